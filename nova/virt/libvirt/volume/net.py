# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Volumes that QEMU itself reaches over the network."""

from collections.abc import Mapping
from typing import Any

from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.volume import volume


class LibvirtNetVolumeDriver(volume.LibvirtBaseVolumeDriver):
    """An image in Ceph."""

    def get_config(self, connection_info: volume.ConnectionInfo,
                   disk_info: volume.DiskInfo) -> vconfig.LibvirtConfigGuestDisk:
        """Return the disk."""
        conf = super().get_config(connection_info, disk_info)
        data = connection_info['data']
        conf.source_type = 'network'
        conf.source_protocol = connection_info['driver_volume_type']
        conf.source_name = data.get('name')
        conf.source_hosts = list(data.get('hosts') or [])
        conf.source_ports = list(data.get('ports') or [])
        self._authenticate(conf, data)
        return conf

    def _authenticate(self, conf: vconfig.LibvirtConfigGuestDisk,
                      data: Mapping[str, Any]) -> None:
        """Say who opens the image: the volume's user, or else the host's own."""
        if data.get('auth_enabled'):
            conf.auth_username = data['auth_username']
            conf.auth_secret_uuid = (data.get('secret_uuid')
                                     or self.settings.rbd_secret_uuid)
            conf.auth_secret_type = data['secret_type']
        elif self.settings.rbd_secret_uuid:
            conf.auth_username = self.settings.rbd_user
            conf.auth_secret_uuid = self.settings.rbd_secret_uuid
            conf.auth_secret_type = data['secret_type']
