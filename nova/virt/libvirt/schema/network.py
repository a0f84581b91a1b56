# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatnetwork.html"""

from nova.virt.libvirt.schema.address import LibvirtConfigGuestDeviceAddressPCI
from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.foreign import LibvirtConfigForeignElement
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import Values
from nova.virt.libvirt.schema.networkip import LibvirtConfigNetworkDNS
from nova.virt.libvirt.schema.networkip import LibvirtConfigNetworkIP
from nova.virt.libvirt.schema.networkip import LibvirtConfigNetworkRoute
from nova.virt.libvirt.schema.port import LibvirtConfigNetworkBandwidth
from nova.virt.libvirt.schema.port import LibvirtConfigNetworkVirtualPort
from nova.virt.libvirt.schema.port import LibvirtConfigNetworkVlan


class LibvirtConfigNetworkForwardInterface(LibvirtConfigObject):
    """``<interface dev='eth10'/>``: one of a pool."""

    root_name = 'interface'

    dev = Attr('@dev')
    #: How many domains use it; libvirt fills it.
    connections = Attr('@connections', INT)


class LibvirtConfigNetworkForwardAddress(LibvirtConfigGuestDeviceAddressPCI):
    """``<address type='pci' domain='0x0000' .../>``: one of a pool."""

    #: How many domains use it; libvirt fills it.
    connections = Attr('@connections', INT)


class LibvirtConfigNetworkForward(LibvirtConfigObject):
    """https://libvirt.org/formatnetwork.html#connectivity"""

    root_name = 'forward'

    mode = Attr('@mode')
    dev = Attr('@dev')
    managed = Attr('@managed', YESNO)

    driver_name = Attr('driver/@name')

    pf_dev = Attr('pf/@dev')

    # <nat>
    nat_ipv6 = Attr('nat/@ipv6', YESNO)
    nat_address_start = Attr('nat/address/@start')
    nat_address_end = Attr('nat/address/@end')
    nat_port_start = Attr('nat/port/@start', INT)
    nat_port_end = Attr('nat/port/@end', INT)

    interfaces = Children('', LibvirtConfigNetworkForwardInterface)
    addresses = Children('', LibvirtConfigNetworkForwardAddress)


class LibvirtConfigNetworkPortGroup(LibvirtConfigObject):
    """``<portgroup name='engineering' default='yes'>...``"""

    root_name = 'portgroup'

    name = Attr('@name')
    default = Attr('@default', YESNO)
    trust_guest_rx_filters = Attr('@trustGuestRxFilters', YESNO)

    vlan = Child(LibvirtConfigNetworkVlan)
    virtualport = Child(LibvirtConfigNetworkVirtualPort)
    bandwidth = Child(LibvirtConfigNetworkBandwidth)


class LibvirtConfigNetwork(LibvirtConfigObject):
    """A network that domains connect to."""

    root_name = 'network'

    connections = Attr('@connections', INT)
    ipv6 = Attr('@ipv6', YESNO)
    trust_guest_rx_filters = Attr('@trustGuestRxFilters', YESNO)

    name = Text('name')
    title = Text('title')
    description = Text('description')
    uuid = Text('uuid')
    metadata = Children('metadata', LibvirtConfigForeignElement)

    forward = Child(LibvirtConfigNetworkForward)

    bridge_name = Attr('bridge/@name')
    bridge_zone = Attr('bridge/@zone')
    bridge_stp = Attr('bridge/@stp', ONOFF)
    #: Seconds.
    bridge_delay = Attr('bridge/@delay', INT)
    bridge_mac_table_manager = Attr('bridge/@macTableManager')

    mtu = Attr('mtu/@size', INT)
    mac_addr = Attr('mac/@address')

    domain_name = Attr('domain/@name')
    domain_local_only = Attr('domain/@localOnly', YESNO)
    domain_register = Attr('domain/@register', YESNO)

    dns = Child(LibvirtConfigNetworkDNS)
    vlan = Child(LibvirtConfigNetworkVlan)
    bandwidth = Child(LibvirtConfigNetworkBandwidth)
    isolated = Attr('port/@isolated', YESNO)
    ips = Children('', LibvirtConfigNetworkIP)
    routes = Children('', LibvirtConfigNetworkRoute)
    virtualport = Child(LibvirtConfigNetworkVirtualPort)
    portgroups = Children('', LibvirtConfigNetworkPortGroup)

    dnsmasq_options = Values('dnsmasq:options/dnsmasq:option', '@value')
