# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Build the tiny image: python3 -m tools.guest_image OUTPUT.qcow2"""

import argparse
import gzip
import os
import pathlib
import subprocess
import sys
import tempfile

from tools.guest_image import disk
from tools.guest_image import kernel
from tools.guest_image import userland

_HERE = pathlib.Path(__file__).parent
_SIZE_MB = 32

#: Every time stamp in the image, so that two builds are the same.
_EPOCH = 1_700_000_000


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog='tools.guest_image', description=__doc__)
    parser.add_argument('output', type=pathlib.Path)
    output = parser.parse_args(arguments).output
    try:
        build(output)
    except subprocess.CalledProcessError as error:
        print(f'{" ".join(error.cmd)}\n{_text(error)}', file=sys.stderr)
        return 1
    except (OSError, LookupError, ValueError) as error:
        print(f'cannot build {output}: {error}', file=sys.stderr)
        return 1
    return 0


def build(output: pathlib.Path) -> None:
    """Make the image; a failure leaves no file at `output`."""
    os.environ['SOURCE_DATE_EPOCH'] = str(_EPOCH)
    with tempfile.TemporaryDirectory(prefix='guest-image-') as folder:
        work = pathlib.Path(folder)
        print('fetching the kernel package', flush=True)
        guest_kernel = kernel.fetch(work)
        print(f'making a disk with Linux {guest_kernel.release}', flush=True)
        files = _boot_files(guest_kernel, work)
        disk.write(work / 'disk.raw', files, size_mb=_SIZE_MB)
        disk.to_qcow2(work / 'disk.raw', work / 'disk.qcow2')
        _move(work / 'disk.qcow2', output)


def _boot_files(
    guest_kernel: kernel.Kernel, work: pathlib.Path
) -> dict[str, pathlib.Path]:
    initrd = work / 'initrd'
    # A BIOS reads slower than a kernel unpacks.
    initrd.write_bytes(gzip.compress(userland.initramfs(guest_kernel), mtime=0))
    config = work / 'syslinux.cfg'
    config.write_bytes((_HERE / 'syslinux.cfg').read_bytes())
    files = {'syslinux.cfg': config, 'vmlinuz': guest_kernel.image, 'initrd': initrd}
    for path in files.values():
        os.utime(path, (_EPOCH, _EPOCH))
    return files


def _move(source: pathlib.Path, output: pathlib.Path) -> None:
    """Put the image in place in one step, from whatever file system."""
    output.parent.mkdir(parents=True, exist_ok=True)
    part = output.with_name(f'.{output.name}.part')
    try:
        part.write_bytes(source.read_bytes())
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def _text(error: subprocess.CalledProcessError) -> str:
    return (error.stderr or error.stdout or b'').decode(errors='replace').strip()


if __name__ == '__main__':
    sys.exit(main())
