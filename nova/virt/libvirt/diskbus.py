# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Buses that disks sit on, and the device names that go with them."""

from collections.abc import Collection, Mapping
import dataclasses
import itertools
from typing import Any

from nova import exception
from nova import objects
from nova.i18n import _
from nova.objects import fields
from nova.virt.libvirt import machine

Info = dict[str, Any]

_VALID_BUSES: dict[str, tuple[str, ...]] = {
    'kvm': ('virtio', 'scsi', 'ide', 'sata', 'usb', 'fdc'),
    'qemu': ('virtio', 'scsi', 'ide', 'sata', 'usb', 'fdc'),
    'lxc': ('lxc',),
    'parallels': ('ide', 'scsi', 'sata'),
}
_PREFIX_OF_BUS = {'ide': 'hd', 'virtio': 'vd', 'xen': 'xvd', 'scsi': 'sd',
                  'usb': 'sd', 'sata': 'sd', 'fdc': 'fd', 'uml': 'ubd'}
#: ``sd`` may be SATA or USB as well; SCSI is the likeliest.
_BUS_OF_PREFIX = {'hd': 'ide', 'vd': 'virtio', 'xvd': 'xen', 'sd': 'scsi',
                  'fd': 'fdc', 'ubd': 'uml'}


@dataclasses.dataclass(frozen=True)
class BlockInfoSettings:
    """What the configuration and the host say about disk names and buses."""

    #: Replaces the prefix that the bus has.
    disk_prefix: str | None = None
    #: Disks of one guest on a bus; negative for no limit.
    max_disk_devices: int = -1
    #: ``ARCH=MACHINE`` entries.
    machine_types: tuple[str, ...] = ()
    #: Machine of uname; who does not say it names the disks of a PC.
    host_arch: str = fields.Architecture.X86_64
    config_drive_format: str = 'iso9660'
    force_config_drive: bool = False
    #: Of disks whose image does not ask for one.
    usual_disk_bus: str = 'virtio'


DEFAULTS = BlockInfoSettings()


def has_disk_dev(mapping: Mapping[str, Info], disk_dev: str) -> bool:
    """Tell whether a device name is taken."""
    return any(info['dev'] == disk_dev for info in mapping.values())


def get_dev_prefix_for_disk_bus(disk_bus: str, *,
                                settings: BlockInfoSettings = DEFAULTS) -> str | None:
    """Return how names of devices on a bus begin; None where they have none.

    :raises exception.InternalError: for an unknown bus.
    """
    if settings.disk_prefix:
        return settings.disk_prefix
    if disk_bus == 'lxc':
        return None
    if disk_bus not in _PREFIX_OF_BUS:
        raise exception.InternalError(
            err=_('Unable to determine disk prefix for %s') % disk_bus)
    return _PREFIX_OF_BUS[disk_bus]


def get_dev_count_for_disk_bus(disk_bus: str, *,
                               settings: BlockInfoSettings = DEFAULTS) -> int:
    """Return how many devices a guest may have on a bus; negative for no limit."""
    return 4 if disk_bus == 'ide' else settings.max_disk_devices


def find_disk_dev_for_disk_bus(mapping: Mapping[str, Info], bus: str,
                               assigned_devices: Collection[str] | None = None, *,
                               settings: BlockInfoSettings = DEFAULTS) -> str | None:
    """Return the first free device name on a bus; None where devices have none.

    :param assigned_devices: names that are taken beside those of the mapping.
    :raises exception.TooManyDiskDevices: if every name is taken.
    """
    prefix = get_dev_prefix_for_disk_bus(bus, settings=settings)
    if prefix is None:
        return None
    limit = get_dev_count_for_disk_bus(bus, settings=settings)
    taken = {*(assigned_devices or ()), *(info['dev'] for info in mapping.values())}
    for index in range(limit) if limit >= 0 else itertools.count():
        name = prefix + _letters(index)
        if name not in taken:
            return name
    raise exception.TooManyDiskDevices(maximum=limit)


def _letters(index: int) -> str:
    """Return a, b ... z, aa, ab ..."""
    name = ''
    while index >= 0:
        index, letter = divmod(index, 26)
        name = chr(ord('a') + letter) + name
        index -= 1
    return name


def is_disk_bus_valid_for_virt(virt_type: str, disk_bus: str | None) -> bool:
    """Tell whether guests of a type can have disks on a bus.

    :raises exception.UnsupportedVirtType: for an unknown type of guest.
    """
    if virt_type not in _VALID_BUSES:
        raise exception.UnsupportedVirtType(virt=virt_type)
    return disk_bus in _VALID_BUSES[virt_type]


def get_disk_bus_for_device_type(
    instance: 'objects.Instance', virt_type: str, image_meta: 'objects.ImageMeta',
    device_type: str = 'disk', *, settings: BlockInfoSettings = DEFAULTS,
) -> str | None:
    """Return the bus for disks of a type: what the image asks for, or the usual.

    :raises exception.UnsupportedHardware: if guests cannot have what it asks for.
    """
    wanted = _wanted_bus(image_meta, device_type)
    if wanted is None:
        return _usual_bus(virt_type, image_meta, device_type, settings)
    if not is_disk_bus_valid_for_virt(virt_type, wanted):
        raise exception.UnsupportedHardware(model=wanted, virt=virt_type)
    return wanted


def _wanted_bus(image_meta: 'objects.ImageMeta', device_type: str) -> str | None:
    # A LUN has no property of its own.
    if device_type not in ('disk', 'cdrom', 'floppy'):
        return None
    bus: str | None = image_meta.properties.get(f'hw_{device_type}_bus')
    return bus


def _usual_bus(virt_type: str, image_meta: 'objects.ImageMeta', device_type: str,
               settings: BlockInfoSettings) -> str | None:
    if virt_type == 'lxc':
        return 'lxc'
    if virt_type == 'parallels':
        return {'cdrom': 'ide', 'disk': 'scsi'}.get(device_type)
    if device_type == 'cdrom':
        return _usual_cdrom_bus(image_meta, settings)
    return {'disk': settings.usual_disk_bus, 'floppy': 'fdc'}.get(device_type)


def _usual_cdrom_bus(image_meta: 'objects.ImageMeta',
                     settings: BlockInfoSettings) -> str:
    # Whether it is emulated does not matter here.
    arch = image_meta.properties.get('hw_architecture') or settings.host_arch
    machine_type = machine.get_machine_type(image_meta, arch, settings.machine_types)
    if (machine.is_power(arch) or machine.is_s390(arch)
            or arch == fields.Architecture.AARCH64):
        return 'scsi'
    return 'sata' if machine.is_q35(machine_type) else 'ide'


def get_disk_bus_for_disk_dev(virt_type: str, disk_dev: str) -> str:
    """Return the bus that the name of a device suggests.

    :raises exception.InternalError: for a name that suggests none.
    """
    if virt_type == 'lxc':
        return 'lxc'
    prefix = next((p for p in _BUS_OF_PREFIX if disk_dev.startswith(p)), None)
    if prefix is None:
        raise exception.InternalError(
            err=_("Unable to determine disk bus for '%s'") % disk_dev)
    return _BUS_OF_PREFIX[prefix]
