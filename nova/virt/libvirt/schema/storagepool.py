# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatstorage.html#storage-pool-xml"""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import BYTES
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import PCI
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Columns
from nova.virt.libvirt.schema.mapping import Params
from nova.virt.libvirt.schema.mapping import Spanned
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import Values
from nova.virt.libvirt.schema.storage import LibvirtConfigStorageExtent
from nova.virt.libvirt.schema.storage import LibvirtConfigStoragePermissions


class LibvirtConfigStorageFreeExtent(LibvirtConfigStorageExtent):
    """``<freeExtent start='0' end='100'/>``: room for another volume."""

    root_name = 'freeExtent'


class LibvirtConfigStoragePoolDevice(LibvirtConfigObject):
    """``<device path='/dev/sda'/>``"""

    root_name = 'device'

    path = Attr('@path')
    part_separator = Attr('@part_separator', YESNO)
    free_extents = Children('', LibvirtConfigStorageFreeExtent)


class LibvirtConfigStoragePoolAdapter(LibvirtConfigObject):
    """``<adapter type='fc_host' parent='scsi_host5' wwnn='...' wwpn='...'/>``"""

    root_name = 'adapter'

    type = Attr('@type')
    name = Attr('@name')
    parent = Attr('@parent')
    parent_wwnn = Attr('@parent_wwnn')
    parent_wwpn = Attr('@parent_wwpn')
    parent_fabric_wwn = Attr('@parent_fabric_wwn')
    managed = Attr('@managed', YESNO)
    wwnn = Attr('@wwnn')
    wwpn = Attr('@wwpn')

    parent_unique_id = Attr('parentaddr/@unique_id', INT)
    parent_pci_addr = Spanned('parentaddr/address', PCI)


class LibvirtConfigStoragePoolSource(LibvirtConfigObject):
    """https://libvirt.org/formatstorage.html#source-elements"""

    root_name = 'source'

    host_names: list[Any]
    host_ports: list[Any]
    _hosts = Columns('host', host_names='@name', host_ports=('@port', INT),
                     optional=('host_ports',))
    devices = Children('', LibvirtConfigStoragePoolDevice)
    dir = Attr('dir/@path')
    adapter = Child(LibvirtConfigStoragePoolAdapter)
    name = Text('name')
    initiator_iqn = Attr('initiator/iqn/@name')

    auth_type = Attr('auth/@type')
    auth_username = Attr('auth/@username')
    auth_secret_uuid = Attr('auth/secret/@uuid')
    auth_secret_usage = Attr('auth/secret/@usage')

    format = Attr('format/@type')
    protocol_version = Attr('protocol/@ver')
    vendor = Attr('vendor/@name')
    product = Attr('product/@name')


class LibvirtConfigStoragePoolTarget(LibvirtConfigObject):
    """``<target><path>/var/lib/libvirt/images</path>...``"""

    root_name = 'target'

    path = Text('path')
    permissions = Child(LibvirtConfigStoragePermissions)


class LibvirtConfigStoragePool(LibvirtConfigObject):
    """Where volumes come from."""

    root_name = 'pool'

    type = Attr('@type')

    name = Text('name')
    uuid = Text('uuid')

    # Bytes.
    capacity = Text('capacity', BYTES)
    allocation = Text('allocation', BYTES)
    available = Text('available', BYTES)

    cow_state = Attr('features/cow/@state', YESNO)
    source = Child(LibvirtConfigStoragePoolSource)
    target = Child(LibvirtConfigStoragePoolTarget)
    refresh_volume_allocation = Attr('refresh/volume/@allocation')

    mount_options = Values('fs:mount_opts/fs:option', '@name')
    rbd_options = Params('rbd:config_opts/rbd:option', into=dict)
