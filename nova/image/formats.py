# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What kind of image a file is, where nobody wrote it down."""

import os
import struct

QCOW2_MAGIC = b'QFI\xfb'

# Magic, version, offset and length of the backing file's name, cluster bits,
# size of the disk.
_QCOW2_HEADER = struct.Struct('>4sIQIIQ')

#: Suffixes of files that are images without a sidecar saying so, with the
#: format of disk and container.
_BY_SUFFIX = {
    '.qcow2': ('qcow2', 'bare'),
    '.raw': ('raw', 'bare'),
    '.iso': ('iso', 'bare'),
    '.vmdk': ('vmdk', 'bare'),
    '.vdi': ('vdi', 'bare'),
    '.vhd': ('vhd', 'bare'),
    '.vhdx': ('vhdx', 'bare'),
    '.aki': ('aki', 'aki'),
    '.ari': ('ari', 'ari'),
}

# The one suffix that is used for more than one format.
_UNSURE = '.img'


def is_image_name(name: str) -> bool:
    """Tell whether a file of that name is an image without a sidecar."""
    suffix = os.path.splitext(name)[1].lower()
    return suffix in _BY_SUFFIX or suffix == _UNSURE


def guess(path: str) -> tuple[str, str]:
    """Return the formats of disk and container that a file should have.

    Whether its content agrees is checked before it is used for a disk.

    :raises OSError: if the file must be looked at and cannot.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    with open(path, 'rb') as stream:
        magic = stream.read(len(QCOW2_MAGIC))
    return ('qcow2' if magic == QCOW2_MAGIC else 'raw'), 'bare'


def virtual_size(path: str, disk_format: str, size: int) -> int | None:
    """Return the size of the disk that an image makes, in bytes.

    :param size: bytes of the file.
    :returns: None where the format does not tell it easily.
    :raises OSError: if the file must be looked at and cannot.
    """
    if disk_format in ('raw', 'iso'):
        return size
    if disk_format != 'qcow2':
        return None
    with open(path, 'rb') as stream:
        header = stream.read(_QCOW2_HEADER.size)
    if len(header) < _QCOW2_HEADER.size:
        return None
    magic, *_rest, disk_size = _QCOW2_HEADER.unpack(header)
    return int(disk_size) if magic == QCOW2_MAGIC else None
