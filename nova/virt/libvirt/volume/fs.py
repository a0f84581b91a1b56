# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Volumes that are files in a file system which the host mounts."""

from nova import utils
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.volume import volume


class LibvirtFileVolumeDriver(volume.LibvirtBaseVolumeDriver):
    """A file that the connection says the format of."""

    def get_config(self, connection_info: volume.ConnectionInfo,
                   disk_info: volume.DiskInfo) -> vconfig.LibvirtConfigGuestDisk:
        """Return the disk."""
        conf = super().get_config(connection_info, disk_info)
        conf.source_type = 'file'
        conf.source_path = connection_info['data']['device_path']
        conf.driver_format = connection_info['data'].get('format') or 'raw'
        return conf


class LibvirtNFSVolumeDriver(LibvirtFileVolumeDriver):
    """A file on NFS, or on a file system that behaves as well."""

    def get_config(self, connection_info: volume.ConnectionInfo,
                   disk_info: volume.DiskInfo) -> vconfig.LibvirtConfigGuestDisk:
        """Return the disk."""
        conf = super().get_config(connection_info, disk_info)
        conf.driver_io = self._native_io()
        return conf


class LibvirtSMBFSVolumeDriver(LibvirtFileVolumeDriver):
    """A file on SMB, which does not take O_DIRECT."""

    def get_config(self, connection_info: volume.ConnectionInfo,
                   disk_info: volume.DiskInfo) -> vconfig.LibvirtConfigGuestDisk:
        """Return the disk."""
        conf = super().get_config(connection_info, disk_info)
        conf.driver_cache = 'writeback'
        return conf


class LibvirtGPFSVolumeDriver(volume.LibvirtBaseVolumeDriver):
    """A raw file on GPFS."""

    def get_config(self, connection_info: volume.ConnectionInfo,
                   disk_info: volume.DiskInfo) -> vconfig.LibvirtConfigGuestDisk:
        """Return the disk."""
        conf = super().get_config(connection_info, disk_info)
        conf.source_type = 'file'
        conf.source_path = connection_info['data']['device_path']
        return conf


class LibvirtVZStorageVolumeDriver(LibvirtGPFSVolumeDriver):
    """A raw file on Virtuozzo Storage."""

    def get_config(self, connection_info: volume.ConnectionInfo,
                   disk_info: volume.DiskInfo) -> vconfig.LibvirtConfigGuestDisk:
        """Return the disk."""
        conf = super().get_config(connection_info, disk_info)
        conf.driver_io = self._native_io()
        return conf


class LibvirtQuobyteVolumeDriver(LibvirtNFSVolumeDriver):
    """A file on Quobyte, in the mount of its export."""

    def get_config(self, connection_info: volume.ConnectionInfo,
                   disk_info: volume.DiskInfo) -> vconfig.LibvirtConfigGuestDisk:
        """Return the disk."""
        data = connection_info['data']
        export = utils.get_hash_str(data['export'].removeprefix('quobyte://'))
        path = f'{self.settings.quobyte_mounts}/{export}/{data["name"]}'
        return super().get_config(
            {**connection_info, 'data': {**data, 'device_path': path}}, disk_info)
