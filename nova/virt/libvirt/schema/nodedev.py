# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatnode.html"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Params
from nova.virt.libvirt.schema.mapping import Records
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.nodedevcaps import OTHERS
from nova.virt.libvirt.schema.nodedevpci import (
    LibvirtConfigNodeDeviceMdevCapableSubFunctionCap,
)
from nova.virt.libvirt.schema.nodedevpci import LibvirtConfigNodeDeviceNetCap
from nova.virt.libvirt.schema.nodedevpci import LibvirtConfigNodeDevicePciCap
from nova.virt.libvirt.schema.nodedevpci import LibvirtConfigNodeDeviceVpdCap


class LibvirtConfigNodeDeviceMdevInformation(LibvirtConfigObject):
    """``<capability type='mdev'><type id='nvidia-11'/><iommuGroup number='12'/>``"""

    root_name = 'capability'
    recognised_by = {'type': 'mdev'}

    capability_type = Attr('@type', default='mdev')
    type = Attr('type/@id')
    uuid = Text('uuid')
    parent_addr = Text('parent_addr')
    iommu_group = Attr('iommuGroup/@number', INT)
    attrs = Params('attr')


class LibvirtConfigNodeDeviceVDPACap(LibvirtConfigObject):
    """``<capability type='vdpa'><chardev>/dev/vhost-vdpa-0</chardev></capability>``"""

    root_name = 'capability'
    recognised_by = {'type': 'vdpa'}

    type = Attr('@type', default='vdpa')
    dev_path = Text('chardev')


class LibvirtConfigNodeDevice(LibvirtConfigObject):
    """A device of the host."""

    root_name = 'device'

    name = Text('name')
    path = Text('path')
    #: Where it is under /dev, and the links to it.
    devnodes = Records('devnode', path='.', type='@type')
    parent = Text('parent')
    # A virtual HBA is created on the parent that has these names.
    parent_wwnn = Attr('parent/@wwnn')
    parent_wwpn = Attr('parent/@wwpn')
    parent_fabric_wwn = Attr('parent/@fabric_wwn')
    driver = Text('driver/name')

    pci_capability = Child(LibvirtConfigNodeDevicePciCap, LibvirtConfigNodeDeviceNetCap)
    mdev_information = Child(LibvirtConfigNodeDeviceMdevInformation)
    mdev_capability = Child(LibvirtConfigNodeDeviceMdevCapableSubFunctionCap)
    vdpa_capability = Child(LibvirtConfigNodeDeviceVDPACap)
    vpd_capability = Child(LibvirtConfigNodeDeviceVpdCap)
    capabilities = Children('', *OTHERS)
