# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What kind of image a file is, where nobody wrote it down."""

import os

QCOW2_MAGIC = b'QFI\xfb'

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
