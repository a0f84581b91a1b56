# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Whether an image can be booted with a flavor, as far as is known at once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oslo_utils import units

from nova import exception
from nova import objects
import nova.conf
from nova.i18n import _
from nova.virt import hardware

if TYPE_CHECKING:
    Image = Mapping[str, Any]

CONF = nova.conf.CONF


def check(image: 'Image', flavor: 'objects.Flavor') -> None:
    """Refuse an image that cannot be booted with a flavor.

    :param image: what the image service says about it.
    :raises exception.ImageNotActive: if it has no content yet or any more.
    :raises exception.ImageUnacceptable: if it describes itself wrongly, or has a
        format that this host does not boot.
    :raises exception.FlavorMemoryTooSmall: if it needs more memory.
    :raises exception.FlavorDiskTooSmall: if it needs a larger root disk.
    :raises exception.NovaException: as hardware.numa_get_constraints(), for wishes
        about CPUs, cells and pages that contradict each other.
    """
    if image.get('status', 'active') != 'active':
        raise exception.ImageNotActive(image_id=image['id'])
    image_meta = _described(image)
    hardware.numa_get_constraints(flavor, image_meta)
    if flavor.memory_mb < int(image.get('min_ram') or 0):
        raise exception.FlavorMemoryTooSmall()
    # A root disk of size 0 becomes as large as the image.
    if flavor.root_gb:
        _check_disk(image, flavor.root_gb * units.Gi)


def _described(image: 'Image') -> 'objects.ImageMeta':
    disk_format = image.get('disk_format')
    if disk_format in CONF.compute.image_type_exclude_list:
        raise exception.ImageUnacceptable(
            image_id=image['id'],
            reason=_('this host does not boot images of format %s') % disk_format)
    try:
        return objects.ImageMeta.from_dict(image)
    except (ValueError, exception.Invalid) as error:
        raise exception.ImageUnacceptable(
            image_id=image['id'], reason=' '.join(str(error).split())) from error


def _check_disk(image: 'Image', disk_bytes: int) -> None:
    size = max(int(image.get('size') or 0), int(image.get('virtual_size') or 0))
    if size > disk_bytes:
        raise exception.FlavorDiskSmallerThanImage(
            flavor_size=disk_bytes, image_size=size)
    min_disk = int(image.get('min_disk') or 0) * units.Gi
    if min_disk > disk_bytes:
        raise exception.FlavorDiskSmallerThanMinDisk(
            flavor_size=disk_bytes, image_min_disk=min_disk)
