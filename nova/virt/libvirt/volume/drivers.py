# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which driver describes a volume, by the type of its connection."""

from collections.abc import Mapping

from nova import exception
from nova.virt.libvirt import usertext
from nova.virt.libvirt.volume import fs
from nova.virt.libvirt.volume import net
from nova.virt.libvirt.volume import volume

VOLUME_DRIVERS: Mapping[str, type[volume.LibvirtBaseVolumeDriver]] = {
    'fake': volume.LibvirtFakeVolumeDriver,
    'fibre_channel': volume.LibvirtNativeVolumeDriver,
    'gpfs': fs.LibvirtGPFSVolumeDriver,
    'iscsi': volume.LibvirtNativeVolumeDriver,
    'iser': volume.LibvirtNativeVolumeDriver,
    'lightos': volume.LibvirtVolumeDriver,
    'local': volume.LibvirtVolumeDriver,
    'nfs': fs.LibvirtNFSVolumeDriver,
    'nvmeof': volume.LibvirtNativeVolumeDriver,
    'quobyte': fs.LibvirtQuobyteVolumeDriver,
    'rbd': net.LibvirtNetVolumeDriver,
    'scaleio': volume.LibvirtNativeVolumeDriver,
    'smbfs': fs.LibvirtSMBFSVolumeDriver,
    'storpool': volume.LibvirtNativeVolumeDriver,
    'vzstorage': fs.LibvirtVZStorageVolumeDriver,
}


def get_volume_driver(connection_info: volume.ConnectionInfo,
                      settings: volume.VolumeSettings,
                      ) -> volume.LibvirtBaseVolumeDriver:
    """Return the driver of a connection.

    :raises exception.VolumeDriverNotFound: for a type that is not known.
    """
    kind = str(connection_info.get('driver_volume_type'))
    if kind not in VOLUME_DRIVERS:
        raise exception.VolumeDriverNotFound(driver_type=usertext.shown(kind))
    return VOLUME_DRIVERS[kind](settings)
