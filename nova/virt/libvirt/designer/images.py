# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Where local disks lie, and in which format."""

import dataclasses

from nova import exception
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import Settings

_RAW = ('raw', 'flat')
_QCOW2 = 'qcow2'


@dataclasses.dataclass(frozen=True)
class ImageSource:
    path: str
    format: str
    #: Whether all of its room is reserved.
    is_preallocated: bool = False


def describe_image(name: str, inputs: GuestInputs, settings: Settings) -> ImageSource:
    """Return the file of one local disk.

    :raises nova.exception.UnsupportedImageModel: for an images_type that is not
        known.
    """
    path = f'{machines.instance_dir(inputs, settings)}/{name}'
    preallocated = settings.disk.preallocate_images == 'space'
    usual = _QCOW2 if _images_type(name, settings) == _QCOW2 else 'raw'
    # A disk stays in the format it was made in when images_type changes: in a raw
    # one the guest could have written the head of another format.
    recorded = inputs.allotted.disk_formats.get(path, usual)
    return ImageSource(path, recorded, preallocated)


def _images_type(name: str, settings: Settings) -> str:
    configured = settings.disk.images_type
    if name.startswith('disk.config'):
        return 'raw'
    if configured == 'default':
        return _QCOW2 if settings.disk.use_cow_images else 'flat'
    if configured == _QCOW2 or configured in _RAW:
        return configured
    raise exception.UnsupportedImageModel(image=configured)
