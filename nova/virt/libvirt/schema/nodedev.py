# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatnode.html"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import PCI_NUMBERS
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Params
from nova.virt.libvirt.schema.mapping import Records
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import Values


class LibvirtConfigNodeDeviceVpdCap(LibvirtConfigObject):
    """``<capability type='vpd'>``: what the card says about itself."""

    root_name = 'capability'
    recognised_by = {'type': 'vpd'}

    type = Attr('@type', default='vpd')
    card_name = Text('name')

    change_level = Text('fields[access=readonly]/change_level')
    manufacture_id = Text('fields[access=readonly]/manufacture_id')
    part_number = Text('fields[access=readonly]/part_number')
    card_serial_number = Text('fields[access=readonly]/serial_number')
    ro_vendor_fields = Params('fields[access=readonly]/vendor_field',
                              key='@index', value='.', into=dict)

    asset_tag = Text('fields[access=readwrite]/asset_tag')
    rw_vendor_fields = Params('fields[access=readwrite]/vendor_field',
                              key='@index', value='.', into=dict)
    rw_system_fields = Params('fields[access=readwrite]/system_field',
                              key='@index', value='.', into=dict)


class LibvirtConfigNodeDevicePciSubFunctionCap(LibvirtConfigObject):
    """``<capability type='virt_functions'><address domain='0x0000' .../>``"""

    root_name = 'capability'

    type = Attr('@type')
    #: Domain, bus, slot and function.
    device_addrs = Values('address', '.', PCI_NUMBERS)


class LibvirtConfigNodeDeviceMdevCapableSubFunctionCap(LibvirtConfigObject):
    """``<capability type='mdev_types'><type id='nvidia-11'>...``"""

    root_name = 'capability'
    recognised_by = {'type': 'mdev_types'}

    type = Attr('@type', default='mdev_types')
    mdev_types = Records('type', type='@id', name='name', deviceAPI='deviceAPI',
                         availableInstances=('availableInstances', INT))


class LibvirtConfigNodeDeviceMdevInformation(LibvirtConfigObject):
    """``<capability type='mdev'><type id='nvidia-11'/><iommuGroup number='12'/>``"""

    root_name = 'capability'
    recognised_by = {'type': 'mdev'}

    capability_type = Attr('@type', default='mdev')
    type = Attr('type/@id')
    uuid = Text('uuid')
    iommu_group = Attr('iommuGroup/@number', INT)


class LibvirtConfigNodeDeviceVDPACap(LibvirtConfigObject):
    """``<capability type='vdpa'><chardev>/dev/vhost-vdpa-0</chardev></capability>``"""

    root_name = 'capability'
    recognised_by = {'type': 'vdpa'}

    type = Attr('@type', default='vdpa')
    dev_path = Text('chardev')


class LibvirtConfigNodeDevicePciCap(LibvirtConfigObject):
    """``<capability type='pci'>``"""

    root_name = 'capability'
    recognised_by = {'type': 'pci'}

    type = Attr('@type', default='pci')

    domain = Text('domain', INT)
    bus = Text('bus', INT)
    slot = Text('slot', INT)
    function = Text('function', INT)
    product = Text('product')
    product_id = Attr('product/@id')
    vendor = Text('vendor')
    vendor_id = Attr('vendor/@id')
    numa_node = Attr('numa/@node', INT)

    vpd_capability = Child(LibvirtConfigNodeDeviceVpdCap)
    mdev_capability = Children('', LibvirtConfigNodeDeviceMdevCapableSubFunctionCap)
    fun_capability = Children('', LibvirtConfigNodeDevicePciSubFunctionCap)

    interface = Text('interface')
    address = Text('address')
    link_state = Attr('link/@state')
    features = Values('feature', '@name')

    @property
    def pci_address(self) -> str | None:
        """Return ``dddd:bb:ss.f``; None for what is no PCI function itself."""
        if self.domain is None:
            return None
        return f'{self.domain:04x}:{self.bus:02x}:{self.slot:02x}.{self.function:x}'


class LibvirtConfigNodeDeviceNetCap(LibvirtConfigNodeDevicePciCap):
    """``<capability type='net'>``: it stands where a PCI capability does."""

    recognised_by = {'type': 'net'}

    type = Attr('@type', default='net')


class LibvirtConfigNodeDevice(LibvirtConfigObject):
    """A device of the host."""

    root_name = 'device'

    name = Text('name')
    parent = Text('parent')

    pci_capability = Child(LibvirtConfigNodeDevicePciCap, LibvirtConfigNodeDeviceNetCap)
    mdev_information = Child(LibvirtConfigNodeDeviceMdevInformation)
    mdev_capability = Child(LibvirtConfigNodeDeviceMdevCapableSubFunctionCap)
    vdpa_capability = Child(LibvirtConfigNodeDeviceVDPACap)
    vpd_capability = Child(LibvirtConfigNodeDeviceVpdCap)
