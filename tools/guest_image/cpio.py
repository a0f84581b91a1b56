# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Write a "newc" cpio archive, the format of a Linux initramfs.

Writing it here, rather than with cpio(1), needs no root for the device nodes
and leaves no time stamps or inode numbers of the builder in the result.
"""

import os
import stat
from typing import BinaryIO

_MAGIC = b'070701'
_TRAILER = 'TRAILER!!!'


class Archive:
    """Append entries to an initramfs; the order of calls is the order inside."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._inode = 0

    def directory(self, name: str) -> None:
        self._entry(name, stat.S_IFDIR | 0o755)

    def file(self, name: str, content: bytes, *, executable: bool = False) -> None:
        mode = 0o755 if executable else 0o644
        self._entry(name, stat.S_IFREG | mode, content)

    def symlink(self, name: str, target: str) -> None:
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def character_device(self, name: str, major: int, minor: int) -> None:
        self._entry(name, stat.S_IFCHR | 0o600, device=os.makedev(major, minor))

    def close(self) -> None:
        """Write the end mark; the file itself stays open."""
        self._entry(_TRAILER, 0)

    def _entry(
        self, name: str, mode: int, content: bytes = b'', device: int = 0
    ) -> None:
        self._inode += 1
        raw_name = name.encode() + b'\0'
        fields = (
            self._inode, mode, 0, 0, 1, 0, len(content),
            0, 0, os.major(device), os.minor(device), len(raw_name), 0,
        )  # fmt: skip
        header = _MAGIC + b''.join(b'%08X' % value for value in fields)
        self._write_padded(header + raw_name)
        self._write_padded(content)

    def _write_padded(self, data: bytes) -> None:
        self._out.write(data + b'\0' * (-len(data) % 4))
