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
        target = self._describe(name, 'qcow2', properties=properties)
        _link(tiny(), target)

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
