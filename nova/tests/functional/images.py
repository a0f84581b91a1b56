# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Images for guests that boot, and images that must be refused."""

from collections.abc import Iterator
import contextlib
import fcntl
import functools
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any

CHECKOUT = pathlib.Path(__file__).parents[3]
BANNER = 'userland is up'
#: The image for guests that nobody looks into.
IDLE = 'idle'

#: For a kernel whose processor is emulated: leave out what takes long.
QUICK = ('console=ttyS0 quiet panic=-1 no_timer_check nokaslr no5lvl cryptomgr.notests '
         'mitigations=off')

_KERNEL_ID = '3f0a9c52-0000-4000-8000-00000000000a'
_RAMDISK_ID = '3f0a9c52-0000-4000-8000-00000000000b'


@functools.cache
def tiny() -> pathlib.Path:
    """Give the tiny image of this checkout, built once for all test processes."""
    sys.path.insert(0, str(CHECKOUT))
    from tools.newcomer import image
    from tools.newcomer import report

    with _building() as build:
        progress = report.Report(1, build / 'tiny.log', out=io.StringIO())
        return image.tiny(progress, CHECKOUT).path


@functools.cache
def boot_files() -> pathlib.Path:
    """Give the folder with the tiny guest's kernel and initramfs, built likewise."""
    tiny()
    from tools.newcomer import image

    with _building() as build:
        folder = build / f'boot-{image.builder_digest()}'
        if not folder.exists():
            subprocess.run(
                [sys.executable, '-m', 'tools.guest_image.bootfiles', str(folder)],
                cwd=CHECKOUT, check=True, capture_output=True)
        return folder


def tiny_properties() -> dict[str, str]:
    """Return what an image says whose guests start from the tiny guest's kernel."""
    return {'kernel_id': _KERNEL_ID, 'ramdisk_id': _RAMDISK_ID,
            'os_command_line': QUICK}


@contextlib.contextmanager
def _building() -> Iterator[pathlib.Path]:
    """Give the folder of what is built, which is nobody else's meanwhile."""
    build = CHECKOUT / 'build'
    build.mkdir(exist_ok=True)
    with (build / '.lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield build


class ImageFolder:
    """Puts image files with their properties into a node's folder."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    def add_tiny(self, name: str = 'tiny', **properties: str) -> None:
        """Add the tiny image with a kernel beside it, which starts in half the time."""
        self._add_boot_files()
        self.add_tiny_disk(name, **{**tiny_properties(), **properties})

    def add_tiny_disk(self, name: str = 'tiny', **properties: str) -> None:
        """Add the tiny image alone: BIOS and boot loader start it."""
        _link(tiny(), self._describe(name, 'qcow2', properties=properties))

    def _add_boot_files(self) -> None:
        folder = boot_files()
        for file, kind, image_id in (('vmlinuz', 'aki', _KERNEL_ID),
                                     ('initrd', 'ari', _RAMDISK_ID)):
            target = self.path / f'tiny-{file}.{kind}'
            if not target.exists():
                self._describe(f'tiny-{file}', kind, id=image_id, container_format=kind)
                _link(folder / file, target)

    def add_idle(self, name: str = IDLE, **properties: str) -> None:
        """Add a disk with nothing to boot: its guests run, and cost next to nothing."""
        with self._describe(name, 'raw', properties=properties).open('wb') as file:
            file.truncate(1 << 20)

    def add_qcow2(self, name: str, size: str, *options: str) -> None:
        target = self._describe(name, 'qcow2')
        _qemu_img('create', '-q', '-f', 'qcow2', *options, str(target), size)

    def add_bytes(self, name: str, declared_format: str, content: bytes) -> None:
        self._describe(name, declared_format).write_bytes(content)

    def add_file(self, name: str, declared_format: str, source: pathlib.Path) -> None:
        _link(source, self._describe(name, declared_format))

    def _describe(self, name: str, disk_format: str, **more: Any) -> pathlib.Path:
        image = self.path / f'{name}.{disk_format}'
        properties = {'name': name, 'disk_format': disk_format,
                      'container_format': 'bare', **more}  # fmt: skip
        sidecar = image.with_name(f'{image.name}.yaml')
        sidecar.write_text(json.dumps(properties))
        return image


def _link(source: pathlib.Path, target: pathlib.Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)


def _qemu_img(*arguments: str) -> None:
    subprocess.run(['qemu-img', *arguments], check=True, capture_output=True)
