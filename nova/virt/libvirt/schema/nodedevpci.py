# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatnode.html ; PCI functions and what they can do."""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import PCI_NUMBERS
from nova.virt.libvirt.schema.mapping import Alias
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Params
from nova.virt.libvirt.schema.mapping import Plain
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

    _card_name = Alias('card_name')
    _change_level = Alias('change_level')
    _manufacture_id = Alias('manufacture_id')
    _part_number = Alias('part_number')
    _serial_number = Alias('card_serial_number')
    _asset_tag = Alias('asset_tag')
    _ro_vendor_fields = Alias('ro_vendor_fields')
    _rw_vendor_fields = Alias('rw_vendor_fields')
    _rw_system_fields = Alias('rw_system_fields')


class LibvirtConfigNodeDevicePciSubFunctionCap(LibvirtConfigObject):
    """``<capability type='virt_functions'><address domain='0x0000' .../>``"""

    root_name = 'capability'

    type = Attr('@type')
    max_count = Attr('@maxCount', INT)
    #: Domain, bus, slot and function.
    device_addrs = Values('address', '.', PCI_NUMBERS)


class LibvirtConfigNodeDeviceMdevCapableSubFunctionCap(LibvirtConfigObject):
    """``<capability type='mdev_types'><type id='nvidia-11'>...``"""

    root_name = 'capability'
    recognised_by = {'type': 'mdev_types'}

    type = Attr('@type', default='mdev_types')
    mdev_types = Records('type', type='@id', name='name', description='description',
                         deviceAPI='deviceAPI',
                         availableInstances=('availableInstances', INT))
    mdev_capability = Plain(factory=list)


class LibvirtConfigNodeDevicePciLink(LibvirtConfigObject):
    """``<link validity='cap' port='1' speed='2.5' width='1'/>``"""

    root_name = 'link'

    validity = Attr('@validity')
    port = Attr('@port', INT)
    #: GT per second, with a fraction.
    speed = Attr('@speed')
    width = Attr('@width', INT)


class LibvirtConfigNodeDevicePciCap(LibvirtConfigObject):
    """``<capability type='pci'>``"""

    root_name = 'capability'
    recognised_by = {'type': 'pci'}

    type = Attr('@type', default='pci')

    #: Hexadecimal: class, subclass and programming interface.
    pci_class = Text('class')
    domain = Text('domain', INT)
    bus = Text('bus', INT)
    slot = Text('slot', INT)
    function = Text('function', INT)
    product = Text('product')
    product_id = Attr('product/@id')
    vendor = Text('vendor')
    vendor_id = Attr('vendor/@id')

    # Nova reads a network device into the same class.
    interface = Text('interface')
    address = Text('address')
    #: Mb per second.
    link_speed = Attr('link/@speed', INT)
    link_state = Attr('link/@state')
    features = Values('feature', '@name')

    fun_capability = Children('', LibvirtConfigNodeDevicePciSubFunctionCap)
    mdev_capability = Children('', LibvirtConfigNodeDeviceMdevCapableSubFunctionCap)
    vpd_capability = Child(LibvirtConfigNodeDeviceVpdCap)

    iommu_group = Attr('iommuGroup/@number', INT)
    #: Domain, bus, slot and function of each.
    iommu_group_addrs = Values('iommuGroup/address', '.', PCI_NUMBERS)
    numa_node = Attr('numa/@node', INT)
    links = Children('pci-express', LibvirtConfigNodeDevicePciLink)

    def pci_address(self) -> str | None:
        """Return ``dddd:bb:ss.f``; None for what is no PCI function itself."""
        if self.domain is None:
            return None
        return f'{self.domain:04x}:{self.bus:02x}:{self.slot:02x}.{self.function:x}'


class LibvirtConfigNodeDeviceNetCap(LibvirtConfigNodeDevicePciCap):
    """``<capability type='net'>``: it stands where a PCI capability does."""

    recognised_by = {'type': 'net'}

    type = Attr('@type', default='net')
