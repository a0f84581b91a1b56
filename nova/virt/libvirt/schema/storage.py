# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatstorage.html#storage-volume-xml"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import BYTES
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Flag
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskEncryption


class LibvirtConfigStorageExtent(LibvirtConfigObject):
    """``<extent start='0' end='100'/>``, in bytes."""

    root_name = 'extent'

    start = Attr('@start', INT)
    end = Attr('@end', INT)


class LibvirtConfigStorageVolumeDevice(LibvirtConfigObject):
    """``<device path='/dev/sda1'>``: where the volume is."""

    root_name = 'device'

    path = Attr('@path')
    extents = Children('', LibvirtConfigStorageExtent)


class LibvirtConfigStoragePermissions(LibvirtConfigObject):
    """``<permissions><mode>0600</mode><owner>107</owner>...``"""

    root_name = 'permissions'

    #: Octal.
    mode = Text('mode')
    owner = Text('owner', INT)
    group = Text('group', INT)
    label = Text('label')


class StorageVolumeFile(LibvirtConfigObject):
    """A file, device or image, and what is known of it."""

    path = Text('path')
    format = Attr('format/@type')
    permissions = Child(LibvirtConfigStoragePermissions)

    # Seconds since the epoch with nanoseconds, more than a float holds.
    atime = Text('timestamps/atime')
    mtime = Text('timestamps/mtime')
    ctime = Text('timestamps/ctime')
    btime = Text('timestamps/btime')


class LibvirtConfigStorageVolumeTarget(StorageVolumeFile):
    """``<target><path>/var/lib/virt/images/sparse.img</path>...``"""

    root_name = 'target'

    encryption = Child(LibvirtConfigGuestDiskEncryption)
    compat = Text('compat')
    nocow = Flag('nocow')
    #: Bytes.
    cluster_size = Text('clusterSize', BYTES)
    lazy_refcounts = Flag('features/lazy_refcounts')
    extended_l2 = Flag('features/extended_l2')


class LibvirtConfigStorageVolumeBackingStore(StorageVolumeFile):
    """``<backingStore><path>/var/lib/virt/images/master.img</path>...``"""

    root_name = 'backingStore'


class LibvirtConfigStorageVolume(LibvirtConfigObject):
    """A volume of a storage pool."""

    root_name = 'volume'

    type = Attr('@type')

    name = Text('name')
    key = Text('key')

    devices = Children('source', LibvirtConfigStorageVolumeDevice)

    # Bytes.
    capacity = Text('capacity', BYTES)
    allocation = Text('allocation', BYTES)
    physical = Text('physical', BYTES)

    target = Child(LibvirtConfigStorageVolumeTarget)
    backing_store = Child(LibvirtConfigStorageVolumeBackingStore)
