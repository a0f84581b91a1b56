# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Names, buses and boot order of a guest's disks.

``get_disk_info()`` answers with::

    {'disk_bus': 'virtio', 'cdrom_bus': 'ide',
     'mapping': {'root': {'bus': 'virtio', 'dev': 'vda', 'type': 'disk',
                          'boot_index': '1'},
                 'disk': {...}, 'disk.local': {...}, '/dev/vdc': {...}}}

where ``disk``, ``disk.local``, ``disk.eph0``, ``disk.swap``, ``disk.config`` and
``disk.rescue`` are local disks, and volumes go by the name of their device.
"""

from collections.abc import Collection, Mapping, MutableMapping
from typing import Any

from oslo_serialization import jsonutils

from nova import exception
from nova import objects
from nova.i18n import _
from nova.objects import fields
from nova.virt.libvirt import usertext
from nova.virt.libvirt.diskbus import DEFAULTS
from nova.virt.libvirt.diskbus import BlockInfoSettings
from nova.virt.libvirt.diskbus import Info
from nova.virt.libvirt.diskbus import find_disk_dev_for_disk_bus
from nova.virt.libvirt.diskbus import get_dev_count_for_disk_bus
from nova.virt.libvirt.diskbus import get_dev_prefix_for_disk_bus
from nova.virt.libvirt.diskbus import get_disk_bus_for_device_type
from nova.virt.libvirt.diskbus import get_disk_bus_for_disk_dev
from nova.virt.libvirt.diskbus import has_disk_dev
from nova.virt.libvirt.diskbus import is_disk_bus_valid_for_virt

__all__ = [
    'BlockInfoSettings', 'DEFAULTS', 'default_device_names',
    'find_disk_dev_for_disk_bus',
    'get_boot_order', 'get_config_drive_type', 'get_default_ephemeral_info',
    'get_dev_count_for_disk_bus', 'get_dev_prefix_for_disk_bus', 'get_device_name',
    'get_disk_bus_for_device_type', 'get_disk_bus_for_disk_dev', 'get_disk_info',
    'get_disk_mapping', 'get_eph_disk', 'get_info_from_bdm', 'get_next_disk_info',
    'get_rescue_bus', 'get_rescue_device', 'get_root_info', 'has_disk_dev',
    'is_disk_bus_valid_for_virt', 'is_stable_rescue', 'pair_volumes', 'update_bdm',
]

BDM = MutableMapping[str, Any]

SUPPORTED_DEVICE_TYPES = ('disk', 'cdrom', 'floppy', 'lun')
BOOT_DEV_FOR_TYPE = {'disk': 'hd', 'cdrom': 'cdrom', 'floppy': 'fd', 'lun': 'hd'}


def get_next_disk_info(
    mapping: Mapping[str, Info], disk_bus: str, device_type: str = 'disk',
    boot_index: int | None = None, assigned_devices: Collection[str] | None = None, *,
    settings: BlockInfoSettings = DEFAULTS,
) -> Info:
    """Return the next free device on a bus.

    :raises exception.TooManyDiskDevices: if there is none.
    """
    info = {'bus': disk_bus, 'type': device_type,
            'dev': find_disk_dev_for_disk_bus(
                mapping, disk_bus, assigned_devices, settings=settings)}
    if boot_index is not None and boot_index >= 0:
        info['boot_index'] = str(boot_index)
    return info


def get_eph_disk(index: int) -> str:
    """Return the name of the image of an ephemeral disk."""
    return f'disk.eph{index}'


def get_config_drive_type(*, settings: BlockInfoSettings = DEFAULTS) -> str:
    """Return what a config drive looks like to the guest.

    :raises exception.ConfigDriveUnknownFormat: for an unknown format.
    """
    types = {'iso9660': 'cdrom', 'vfat': 'disk'}
    if settings.config_drive_format not in types:
        raise exception.ConfigDriveUnknownFormat(format=settings.config_drive_format)
    return types[settings.config_drive_format]


def get_device_name(bdm: Mapping[str, Any] | None) -> str | None:
    """Return the device name of a volume or a local disk, if it has one."""
    if not bdm:
        return None
    name: str | None = bdm.get('device_name') or bdm.get('mount_device')
    return name


def _strip_dev(name: str | None) -> str | None:
    return name.removeprefix('/dev/') if name else None


def get_info_from_bdm(
    instance: 'objects.Instance', virt_type: str, image_meta: 'objects.ImageMeta',
    bdm: Mapping[str, Any], mapping: Mapping[str, Info] | None = None,
    disk_bus: str | None = None, dev_type: str | None = None,
    allowed_types: Collection[str] | None = None,
    assigned_devices: Collection[str] | None = None, *,
    settings: BlockInfoSettings = DEFAULTS,
) -> Info:
    """Return the device that a block device mapping asks for, and fill its gaps.

    A bus that the guest cannot have gives way to the one that the name suggests,
    or else to the usual one.

    :raises exception.TooManyDiskDevices: if no name is free for it.
    """
    name = _strip_dev(get_device_name(bdm))
    device_type: Any = bdm.get('device_type') or dev_type
    if device_type not in (allowed_types or SUPPORTED_DEVICE_TYPES):
        device_type = 'disk'
    bus = bdm.get('disk_bus') or disk_bus
    if not is_disk_bus_valid_for_virt(virt_type, bus):
        bus = (get_disk_bus_for_disk_dev(virt_type, name) if name else
               get_disk_bus_for_device_type(instance, virt_type, image_meta,
                                            device_type, settings=settings))
    info = {'bus': bus, 'type': device_type, 'dev': name or find_disk_dev_for_disk_bus(
        mapping or {}, str(bus), assigned_devices, settings=settings)}
    if bdm.get('guest_format'):
        info['format'] = bdm['guest_format']
    if bdm.get('encrypted'):
        info.update(_encryption(bdm))
    boot_index = bdm.get('boot_index')
    if boot_index is not None and boot_index >= 0:
        # libvirt counts from 1.
        info['boot_index'] = str(boot_index + 1)
    return info


def _encryption(bdm: Mapping[str, Any]) -> Info:
    """Return what a local disk is encrypted with; volumes say it elsewhere.

    :raises exception.InvalidInput: for options that are no JSON.
    """
    if 'encryption_secret_uuid' not in bdm:
        return {}
    options = bdm.get('encryption_options') or '{}'
    try:
        options = jsonutils.loads(options)
    except ValueError as error:
        raise exception.InvalidInput(
            reason=_('encryption_options must be JSON, not %s')
            % usertext.quoted(options)) from error
    return {'encrypted': True,
            'encryption_secret_uuid': bdm['encryption_secret_uuid'],
            'encryption_format': bdm.get('encryption_format'),
            'encryption_options': options}


def get_root_info(
    instance: 'objects.Instance', virt_type: str, image_meta: 'objects.ImageMeta',
    root_bdm: Mapping[str, Any] | None, disk_bus: str | None, cdrom_bus: str | None,
    root_device_name: str | None = None, *, settings: BlockInfoSettings = DEFAULTS,
) -> Info:
    """Return the device of the root disk.

    :param root_device_name: its name, where the mapping does not say it.
    """
    name = _strip_dev(root_device_name)
    if root_bdm is not None:
        named = dict(root_bdm)
        if not get_device_name(root_bdm) and name:
            named['device_name'] = f'/dev/{name}'
        usual_bus = cdrom_bus if root_bdm.get('device_type') == 'cdrom' else disk_bus
        return get_info_from_bdm(instance, virt_type, image_meta, named, {}, usual_bus,
                                 settings=settings)
    is_iso = (image_meta.obj_attr_is_set('disk_format')
              and image_meta.disk_format == 'iso')
    bus = str(cdrom_bus if is_iso else disk_bus)
    return {'bus': bus, 'type': 'cdrom' if is_iso else 'disk', 'boot_index': '1',
            'dev': name or find_disk_dev_for_disk_bus({}, bus, settings=settings)}


def get_default_ephemeral_info(
    instance: 'objects.Instance', disk_bus: str,
    block_device_info: Mapping[str, Any] | None, mapping: Mapping[str, Info], *,
    settings: BlockInfoSettings = DEFAULTS,
) -> Info | None:
    """Return the device of the flavor's ephemeral disk; None if there is none."""
    if instance.flavor.ephemeral_gb <= 0 or _listed(block_device_info, 'ephemerals'):
        return None
    info = get_next_disk_info(mapping, disk_bus, settings=settings)
    name = f'/dev/{info["dev"]}'
    if any(get_device_name(volume) == name for volume in _volumes(block_device_info)):
        return None
    return info


def _listed(block_device_info: Mapping[str, Any] | None, key: str) -> list[BDM]:
    return list((block_device_info or {}).get(key) or [])


def _volumes(block_device_info: Mapping[str, Any] | None) -> list[BDM]:
    return _listed(block_device_info, 'block_device_mapping')


def _swap(block_device_info: Mapping[str, Any] | None) -> BDM | None:
    return (block_device_info or {}).get('swap')


def update_bdm(bdm: BDM, info: Info) -> None:
    """Note in a block device mapping which device it became."""
    name_key = 'mount_device' if 'mount_device' in bdm else 'device_name'
    bdm.update({name_key: f'/dev/{info["dev"]}', 'disk_bus': info['bus'],
                'device_type': info['type']})


def get_rescue_device(rescue_image_meta: 'objects.ImageMeta') -> str:
    """Return the type of the disk that a stable rescue boots from.

    :raises exception.UnsupportedRescueDevice: if there is no such type.
    """
    device: str = rescue_image_meta.properties.get('hw_rescue_device') or 'disk'
    if device not in SUPPORTED_DEVICE_TYPES:
        raise exception.UnsupportedRescueDevice(device=device)
    return device


def get_rescue_bus(
    instance: 'objects.Instance', virt_type: str,
    rescue_image_meta: 'objects.ImageMeta', rescue_device: str, *,
    settings: BlockInfoSettings = DEFAULTS,
) -> str | None:
    """Return the bus of the disk that a stable rescue boots from.

    :raises exception.UnsupportedRescueBus: if guests cannot have what is asked for.
    """
    bus: str | None = rescue_image_meta.properties.get('hw_rescue_bus')
    if bus is not None and not is_disk_bus_valid_for_virt(virt_type, bus):
        raise exception.UnsupportedRescueBus(bus=bus, virt=virt_type)
    if bus is not None:
        return bus
    return get_disk_bus_for_device_type(instance, virt_type, rescue_image_meta,
                                        rescue_device, settings=settings)


def is_stable_rescue(rescue_image_meta: 'objects.ImageMeta | None') -> bool:
    """Tell whether a rescue keeps the disks of the instance and adds its own."""
    if rescue_image_meta is None:
        return False
    properties = rescue_image_meta.properties
    return bool(properties.get('hw_rescue_device') or properties.get('hw_rescue_bus'))


def get_disk_info(
    virt_type: str, instance: 'objects.Instance', image_meta: 'objects.ImageMeta',
    block_device_info: Mapping[str, Any] | None = None, rescue: bool = False,
    rescue_image_meta: 'objects.ImageMeta | None' = None, *,
    settings: BlockInfoSettings = DEFAULTS,
) -> dict[str, Any]:
    """Return where each disk of a guest goes; nothing given is changed.

    :raises exception.NovaException: for a bus that guests cannot have, and for
        more disks than there are names.
    """
    buses = {
        f'{device_type}_bus': get_disk_bus_for_device_type(
            instance, virt_type, image_meta, device_type, settings=settings)
        for device_type in ('disk', 'cdrom')}
    mapping = get_disk_mapping(
        virt_type, instance, buses['disk_bus'], buses['cdrom_bus'], image_meta,
        block_device_info, rescue, rescue_image_meta, settings=settings)
    return {**buses, 'mapping': mapping}


def get_disk_mapping(
    virt_type: str, instance: 'objects.Instance', disk_bus: str | None,
    cdrom_bus: str | None, image_meta: 'objects.ImageMeta',
    block_device_info: Mapping[str, Any] | None = None, rescue: bool = False,
    rescue_image_meta: 'objects.ImageMeta | None' = None, *,
    settings: BlockInfoSettings = DEFAULTS,
) -> dict[str, Info]:
    """Return the device of each disk by the name of the disk.

    Volumes come in the order of their mappings, as ``pair_volumes()`` relies on.
    """
    mapper = _Mapper(virt_type, instance, str(disk_bus), str(cdrom_bus), image_meta,
                     block_device_info or {}, settings)
    if rescue and not is_stable_rescue(rescue_image_meta):
        return mapper.legacy_rescue()
    mapping = mapper.usual()
    if rescue:
        mapper.add_rescue(rescue_image_meta)
    return mapping


class _Mapper:
    """One guest's disks on their way to names.

    Every name that a block device mapping asks for is kept for it, even where
    its turn comes after that of a disk without a name.
    """

    def __init__(self, virt_type: str, instance: 'objects.Instance', disk_bus: str,
                 cdrom_bus: str, image_meta: 'objects.ImageMeta',
                 block_device_info: Mapping[str, Any],
                 settings: BlockInfoSettings) -> None:
        self.virt_type = virt_type
        self.instance = instance
        self.disk_bus = disk_bus
        self.cdrom_bus = cdrom_bus
        self.image_meta = image_meta
        self.block_device_info = block_device_info
        self.settings = settings
        self.mapping: dict[str, Info] = {}
        self.assigned = self._assigned_names()

    def _assigned_names(self) -> set[str]:
        swap = _swap(self.block_device_info)
        bdms = [*_listed(self.block_device_info, 'ephemerals'),
                *([swap] if swap else []), *_volumes(self.block_device_info)]
        names = (_strip_dev(get_device_name(bdm)) for bdm in bdms)
        return {name for name in names if name}

    def usual(self) -> dict[str, Info]:
        """Map the disks of a guest that is not being rescued."""
        self._add_root()
        if self.virt_type == 'lxc':
            return self.mapping
        self._add_ephemerals()
        self._add_swap()
        self._add_volumes()
        self._add_config_drive('disk.config')
        return self.mapping

    def legacy_rescue(self) -> dict[str, Info]:
        """Map the disk of the rescue image, and the root disk beside it."""
        root = self._next(self.disk_bus, boot_index=1)
        self.mapping['disk.rescue'] = self.mapping['root'] = root
        self.mapping['disk'] = self._next(self.disk_bus)
        self._add_config_drive('disk.config.rescue')
        return self.mapping

    def add_rescue(self, rescue_image_meta: 'objects.ImageMeta') -> None:
        """Add the disk of a stable rescue behind all others."""
        device = get_rescue_device(rescue_image_meta)
        bus = get_rescue_bus(self.instance, self.virt_type, rescue_image_meta, device,
                             settings=self.settings)
        self.mapping['disk.rescue'] = self._next(str(bus), device)

    def _next(self, bus: str, device_type: str = 'disk',
              boot_index: int | None = None) -> Info:
        return get_next_disk_info(self.mapping, bus, device_type, boot_index,
                                  self.assigned, settings=self.settings)

    def _from_bdm(self, bdm: BDM, disk_bus: str | None = None) -> Info:
        return get_info_from_bdm(
            self.instance, self.virt_type, self.image_meta, bdm, self.mapping,
            disk_bus, assigned_devices=self.assigned, settings=self.settings)

    def _add_root(self) -> None:
        volume = self._boot_volume()
        root_bdm = self._image_bdm() or volume
        info = get_root_info(
            self.instance, self.virt_type, self.image_meta, root_bdm, self.disk_bus,
            self.cdrom_bus, self.block_device_info.get('root_device_name'),
            settings=self.settings)
        self.mapping['root'] = info
        if root_bdm is None or root_bdm is not volume:
            self.mapping['disk'] = info

    def _image_bdm(self) -> BDM | None:
        return next((bdm for bdm in _listed(self.block_device_info, 'image')
                     if bdm.get('boot_index') == 0), None)

    def _boot_volume(self) -> BDM | None:
        return next((bdm for bdm in _volumes(self.block_device_info)
                     if bdm.get('boot_index') == 0), None)

    def _add_ephemerals(self) -> None:
        default = get_default_ephemeral_info(
            self.instance, self.disk_bus, self.block_device_info, self.mapping,
            settings=self.settings)
        if default:
            self.mapping['disk.local'] = default
        for index, bdm in enumerate(_listed(self.block_device_info, 'ephemerals')):
            self.mapping[get_eph_disk(index)] = self._from_bdm(bdm, self.disk_bus)

    def _add_swap(self) -> None:
        swap = _swap(self.block_device_info)
        if swap and swap.get('swap_size', 0) > 0:
            self.mapping['disk.swap'] = self._from_bdm(swap, self.disk_bus)
        elif self.instance.flavor.swap > 0:
            self.mapping['disk.swap'] = self._next(self.disk_bus)

    def _add_volumes(self) -> None:
        boot_volume = None if self._image_bdm() else self._boot_volume()
        for bdm in _volumes(self.block_device_info):
            info = (self.mapping['root'] if bdm is boot_volume
                    else self._from_bdm(bdm))
            path = f'/dev/{info["dev"]}'
            if path in self.mapping:
                raise exception.DevicePathInUse(path=usertext.shown(path))
            self.mapping[path] = info

    def _add_config_drive(self, name: str) -> None:
        if not self._needs_config_drive():
            return
        device_type = get_config_drive_type(settings=self.settings)
        bus = get_disk_bus_for_device_type(
            self.instance, self.virt_type, self.image_meta, device_type,
            settings=self.settings)
        self.mapping[name] = self._next(str(bus), device_type)

    def _needs_config_drive(self) -> bool:
        wanted = self.image_meta.properties.get('img_config_drive')
        return bool(self.instance.config_drive or self.settings.force_config_drive
                    or wanted == fields.ConfigDrivePolicy.MANDATORY)


def pair_volumes(block_device_info: Mapping[str, Any] | None,
                 disk_info: Mapping[str, Any]) -> list[tuple[BDM, Info]]:
    """Return each volume with the device that get_disk_info() gave it.

    A container has none: its root is a file system, and nothing else is mapped.
    """
    devices = [info for name, info in disk_info['mapping'].items()
               if name.startswith('/dev/')]
    if not devices:
        return []
    return list(zip(_volumes(block_device_info), devices, strict=True))


def get_boot_order(disk_info: Mapping[str, Any]) -> list[str]:
    """Return the kinds of device to boot from, each once, the first one first.

    Boot indexes compare as text, so that 10 comes before 2.
    """
    bootable = [info for info in disk_info['mapping'].values()
                if info.get('boot_index') is not None]
    in_order = sorted(bootable, key=lambda info: str(info['boot_index']))
    return list(dict.fromkeys(BOOT_DEV_FOR_TYPE[info['type']] for info in in_order))


def default_device_names(
    virt_type: str, context: Any, instance: 'objects.Instance',
    block_device_info: MutableMapping[str, Any], image_meta: 'objects.ImageMeta', *,
    settings: BlockInfoSettings = DEFAULTS,
) -> None:
    """Write the names that disks get into their block device mappings."""
    disk_info = get_disk_info(virt_type, instance, image_meta, block_device_info,
                              settings=settings)
    for bdm, info in pair_volumes(block_device_info, disk_info):
        update_bdm(bdm, info)
    mapping = disk_info['mapping']
    for index, bdm in enumerate(_listed(block_device_info, 'ephemerals')):
        if get_eph_disk(index) in mapping:
            update_bdm(bdm, mapping[get_eph_disk(index)])
    swap = _swap(block_device_info)
    if swap and 'disk.swap' in mapping:
        update_bdm(swap, mapping['disk.swap'])
