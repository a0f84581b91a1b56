# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the disks of all volumes have in common, and the plainest of them."""

from collections.abc import Mapping
import dataclasses
from typing import Any

from nova import exception
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import usertext
from nova.virt.libvirt.options import option

ConnectionInfo = Mapping[str, Any]
DiskInfo = Mapping[str, Any]

#: Limits that a volume type can set.
_LIMITS = tuple(
    f'{kind}_{unit}_sec{peak}' for kind in ('total', 'read', 'write')
    for unit in ('bytes', 'iops') for peak in ('', '_max')) + ('size_iops_sec',)

_ACCESS_MODES = {'ro': True, 'rw': False}


@dataclasses.dataclass(frozen=True)
class VolumeSettings:
    #: Leave it to QEMU how it waits for volumes.
    use_default_aio_mode: bool = option('libvirt.use_default_aio_mode_for_volumes',
                                        False)
    #: Where exports of Quobyte are mounted.
    quobyte_mounts: str = option('libvirt.quobyte_mount_point_base',
                                 '/var/lib/nova/mnt')
    #: Whom volumes in Ceph without credentials of their own are opened as.
    rbd_user: str | None = option('libvirt.rbd_user')
    rbd_secret_uuid: str | None = option('libvirt.rbd_secret_uuid')


def get_volume_id(connection_info: ConnectionInfo) -> str | None:
    """Return the UUID of a volume; None if its connection does not say it."""
    data = connection_info.get('data') or {}
    volume_id: str | None = connection_info.get('serial') or data.get('volume_id')
    return volume_id


class LibvirtBaseVolumeDriver:
    """Describes the disk of a volume that is connected."""

    def __init__(self, settings: VolumeSettings | None = None) -> None:
        self.settings = settings or VolumeSettings()

    def get_config(self, connection_info: ConnectionInfo,
                   disk_info: DiskInfo) -> vconfig.LibvirtConfigGuestDisk:
        """Return the disk; asks and changes nothing.

        :param disk_info: its device, bus and type.
        :raises exception.InvalidVolumeAccessMode: for a mode other than ro or rw.
        """
        data = connection_info.get('data') or {}
        conf = vconfig.LibvirtConfigGuestDisk()
        conf.driver_name = 'qemu'
        conf.driver_format = 'raw'
        conf.driver_cache = 'none'
        conf.source_device = disk_info['type']
        conf.target_dev = disk_info['dev']
        conf.target_bus = disk_info['bus']
        conf.serial = connection_info.get('serial')
        volume_id = get_volume_id(connection_info)
        conf.alias = f'ua-{volume_id}' if volume_id else None
        conf.logical_block_size = _number(data, 'logical_block_size')
        conf.physical_block_size = _number(data, 'physical_block_size')
        conf.shareable = bool(connection_info.get('multiattach'))
        conf.readonly = _is_readonly(data)
        # A string is no promise that the volume service checked.
        conf.driver_discard = 'unmap' if data.get('discard') is True else None
        _limit(conf, data.get('qos_specs') or {})
        return conf

    def _native_io(self) -> str | None:
        return None if self.settings.use_default_aio_mode else 'native'


def _number(data: Mapping[str, Any], name: str) -> int | None:
    value = data.get(name)
    return None if value is None else usertext.whole_number(name, value)


def _is_readonly(data: Mapping[str, Any]) -> bool:
    mode = data.get('access_mode')
    if not mode:
        return False
    if mode not in _ACCESS_MODES:
        raise exception.InvalidVolumeAccessMode(access_mode=usertext.shown(mode))
    return _ACCESS_MODES[mode]


def _limit(conf: vconfig.LibvirtConfigGuestDisk, specs: Mapping[str, Any]) -> None:
    for name in _LIMITS:
        if name in specs:
            setattr(conf, f'disk_{name}', usertext.whole_number(name, specs[name]))


class LibvirtVolumeDriver(LibvirtBaseVolumeDriver):
    """A volume that is a block device of the host."""

    def get_config(self, connection_info: ConnectionInfo,
                   disk_info: DiskInfo) -> vconfig.LibvirtConfigGuestDisk:
        """Return the disk."""
        conf = super().get_config(connection_info, disk_info)
        conf.source_type = 'block'
        conf.source_path = connection_info['data']['device_path']
        return conf


class LibvirtFakeVolumeDriver(LibvirtBaseVolumeDriver):
    """A volume that there is not."""

    def get_config(self, connection_info: ConnectionInfo,
                   disk_info: DiskInfo) -> vconfig.LibvirtConfigGuestDisk:
        """Return the disk."""
        conf = super().get_config(connection_info, disk_info)
        conf.source_type = 'network'
        conf.source_protocol = 'fake'
        conf.source_name = 'fake'
        return conf


class LibvirtNativeVolumeDriver(LibvirtVolumeDriver):
    """A block device that never blocks a caller that does not want to wait."""

    def get_config(self, connection_info: ConnectionInfo,
                   disk_info: DiskInfo) -> vconfig.LibvirtConfigGuestDisk:
        """Return the disk."""
        conf = super().get_config(connection_info, disk_info)
        conf.driver_io = self._native_io()
        return conf
