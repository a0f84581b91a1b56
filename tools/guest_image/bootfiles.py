# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Write kernel and initramfs as files: python3 -m tools.guest_image.bootfiles FOLDER

For guests that start without a boot loader.  In them is QEMU's guest agent.
"""

import argparse
import functools
import os
import pathlib
import shutil
import sys
import tempfile

from tools.guest_image import agent
from tools.guest_image import kernel
from tools.guest_image import userland


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog='tools.guest_image.bootfiles')
    parser.add_argument('folder', type=pathlib.Path)
    folder = parser.parse_args(arguments).folder
    with tempfile.TemporaryDirectory(prefix='boot-files-') as work:
        build(folder, pathlib.Path(work))
    return 0


def build(folder: pathlib.Path, work: pathlib.Path) -> None:
    """Make `folder` with `vmlinuz` and `initrd`; after a failure it is not there."""
    wanted = (*kernel.WANTED_MODULES, *agent.WANTED_MODULES)
    guest_kernel = kernel.fetch(work, wanted)
    add_agent = functools.partial(agent.add, work=work)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.with_name(f'.{folder.name}.part')
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        (part / 'vmlinuz').write_bytes(kernel.read_image(guest_kernel.image))
        (part / 'initrd').write_bytes(userland.initramfs(guest_kernel, add_agent))
        os.rename(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())
