# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The head of qcow2 files that this host has made itself."""

import dataclasses
import struct
from typing import BinaryIO

MAGIC = b'QFI\xfb'
#: Magic, version, offset and length of the backing file's name, bits of a
#: cluster, size of the disk.
_HEAD = struct.Struct('>4sIQIIQ')
_MAX_NAME_BYTES = 1023


@dataclasses.dataclass(frozen=True)
class Head:
    """What a file says about itself; its guest cannot change it."""

    #: The file that it reads from what it has not itself.
    backing_file: str | None
    #: Bytes that the guest sees.
    size_bytes: int


def read_head(path: str) -> Head | None:
    """Return the head of a file; None if it is no qcow2.

    :raises OSError: if it cannot be read.
    """
    with open(path, 'rb') as disk:
        data = disk.read(_HEAD.size)
        if len(data) < _HEAD.size or not data.startswith(MAGIC):
            return None
        _magic, _version, offset, length, _bits, size = _HEAD.unpack(data)
        return Head(_backing_file(disk, offset, length), size)


def _backing_file(disk: BinaryIO, offset: int, length: int) -> str | None:
    if offset == 0 or length > _MAX_NAME_BYTES:
        return None
    disk.seek(offset)
    return disk.read(length).decode('utf-8', 'surrogateescape')
