# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The names that block devices get where nobody gave them one."""

from typing import TYPE_CHECKING, Any

from nova.virt.libvirt import blockinfo
from nova.virt.libvirt import guestsystems

if TYPE_CHECKING:
    from nova import objects


class DeviceNames:
    """Names block devices as guests of one kind will see them.

    :param virt_type: [libvirt] virt_type
    :param systems: finds out which systems instances run.
    """

    def __init__(self, virt_type: str, systems: guestsystems.GuestSystems,
                 settings: blockinfo.BlockInfoSettings) -> None:
        self._virt_type = virt_type
        self._systems = systems
        self._settings = settings

    def root(self, instance: 'objects.Instance', image_meta: 'objects.ImageMeta',
             root_bdm: Any) -> str:
        """Return the path that the root disk gets.

        :raises nova.exception.UnsupportedHardware: for a bus that guests of this
            kind do not have.
        """
        settings = self._settings_of(instance, image_meta)
        disk_bus, cdrom_bus = (
            blockinfo.get_disk_bus_for_device_type(
                instance, self._virt_type, image_meta, device_type,
                settings=settings)
            for device_type in ('disk', 'cdrom'))
        root = blockinfo.get_root_info(
            instance, self._virt_type, image_meta, root_bdm, disk_bus, cdrom_bus,
            settings=settings)
        return f'/dev/{root["dev"]}'

    def fill(self, instance: 'objects.Instance', root_device_name: str | None,
             ephemerals: Any = (), swap: Any = (), volumes: Any = ()) -> None:
        """Give a name to each block device mapping that has none."""
        info = {'root_device_name': root_device_name, 'ephemerals': ephemerals,
                'swap': swap[0] if swap else None, 'block_device_mapping': volumes}
        blockinfo.default_device_names(
            self._virt_type, None, instance, info, instance.image_meta,
            settings=self._settings_of(instance, instance.image_meta))

    def _settings_of(self, instance: 'objects.Instance',
                     image_meta: 'objects.ImageMeta') -> blockinfo.BlockInfoSettings:
        guest_os = self._systems.find(instance, image_meta)
        return guestsystems.disk_settings(self._settings, image_meta, guest_os)
