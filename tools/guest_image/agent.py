# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""QEMU's guest agent, as distributions build it, for a guest that has no libraries."""

import pathlib
import re

from tools.guest_image import cpio
from tools.guest_image import packages
from tools.guest_image import userland

_PACKAGE = 'qemu-guest-agent'
_PROGRAM = 'usr/sbin/qemu-ga'
_FOLDERS = ('etc/qemu', 'lib', 'lib64', 'sbin', 'usr', 'usr/lib', 'usr/sbin', 'var',
            'var/run')  # fmt: skip

#: What the guest loads for it, beside what it loads anyway: its channel.
WANTED_MODULES = ('virtio_console',)


def add(archive: cpio.Archive, work: pathlib.Path) -> None:
    """Put the agent into the guest, with what it calls; init starts it.

    :raises: subprocess.CalledProcessError with the output of the failed command
    """
    root = work / 'agent'
    packages.unpack(_PACKAGE, work, root)
    program = root / _PROGRAM
    for name in _FOLDERS:
        archive.directory(name)
    archive.file(_PROGRAM, program.read_bytes(), executable=True)
    for library in libraries(program):
        archive.file(place(library), library.read_bytes(), executable=True)
    # Where the agent expects it, or it has no way to set the time.
    archive.symlink('sbin/hwclock', '/bin/busybox')
    userland.add_script(archive, 'agent', 'etc/agent')
    userland.add_script(archive, 'shutdown', 'sbin/shutdown')
    userland.add_script(archive, 'chpasswd', 'usr/sbin/chpasswd')


def libraries(program: pathlib.Path) -> list[pathlib.Path]:
    """List the libraries of this machine that a program needs, and their loader."""
    told = packages.run(['ldd', str(program)]).decode()
    return [pathlib.Path(path) for path in re.findall(r'(/\S+) \(0x', told)]


def place(library: pathlib.Path) -> str:
    """Tell where the loader looks for a library, or the kernel for the loader."""
    folder = library.parent if library.name.startswith('ld-') else pathlib.Path('/lib')
    return str(folder / library.name).lstrip('/')
