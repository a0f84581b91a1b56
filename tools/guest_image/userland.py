# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The guest's userland: busybox, a few programs, modules, and an init."""

from collections.abc import Callable
import io
import pathlib

from tools.guest_image import compiler
from tools.guest_image import cpio
from tools.guest_image import kernel

_HERE = pathlib.Path(__file__).parent
_BUSYBOX = pathlib.Path('/bin/busybox')
_FOLDERS = ('bin', 'dev', 'proc', 'sys', 'root', 'tmp', 'modules',
            'etc', 'etc/acpi', 'etc/acpi/PWRF')  # fmt: skip


def _add_nothing(archive: cpio.Archive) -> None:
    pass


def initramfs(guest_kernel: kernel.Kernel,
              add_more: Callable[[cpio.Archive], None] = _add_nothing) -> bytes:
    """Compose the guest's userland as a cpio archive, not compressed."""
    buffer = io.BytesIO()
    archive = cpio.Archive(buffer)
    for name in _FOLDERS:
        archive.directory(name)
    archive.character_device('dev/console', 5, 1)
    archive.file('bin/busybox', _BUSYBOX.read_bytes(), executable=True)
    archive.file('bin/frames', compiler.static(_HERE / 'frames.c'), executable=True)
    add_script(archive, 'init', 'init')
    add_script(archive, 'lease', 'etc/lease')
    add_script(archive, 'power-button', 'etc/acpi/PWRF/00000080')
    _add_modules(archive, guest_kernel)
    add_more(archive)
    archive.close()
    return buffer.getvalue()


def add_script(archive: cpio.Archive, name: str, target: str) -> None:
    """Put a script that stands beside this file into the guest."""
    archive.file(target, (_HERE / name).read_bytes(), executable=True)


def _add_modules(archive: cpio.Archive, guest_kernel: kernel.Kernel) -> None:
    names = []
    for path in guest_kernel.modules:
        names.append(path.name.split('.ko')[0] + '.ko')
        archive.file(f'modules/{names[-1]}', kernel.read_module(path))
    archive.file('modules/order', '\n'.join([*names, '']).encode())
