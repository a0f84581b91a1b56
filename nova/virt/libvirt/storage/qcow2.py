# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The head of qcow2 files that this host has made itself."""

import dataclasses
from typing import BinaryIO

from oslo_utils.imageutils import format_inspector

MAGIC = b'QFI\xfb'
#: Bytes that the inspector looks at, of which the head fills less than a half.
_HEAD_BYTES = 512
_FIELDS_BYTES = 32
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
        data = disk.read(_HEAD_BYTES)
        if len(data) < _FIELDS_BYTES:
            return None
        inspector = format_inspector.QcowInspector()
        inspector.eat_chunk(data.ljust(_HEAD_BYTES, b'\0'))
        if not inspector.format_match:
            return None
        fields = inspector.qemu_header_info
        return Head(_backing_file(disk, fields['bf_offset'], fields['bf_sz']),
                    inspector.virtual_size)


def _backing_file(disk: BinaryIO, offset: int, length: int) -> str | None:
    if offset == 0 or length > _MAX_NAME_BYTES:
        return None
    disk.seek(offset)
    return disk.read(length).decode('utf-8', 'surrogateescape')
