# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Network interfaces of the host, as virsh iface-dumpxml shows them."""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Columns
from nova.virt.libvirt.schema.mapping import Flag


class LibvirtConfigInterfaceDHCP(LibvirtConfigObject):
    """``<dhcp peerdns='no'/>``"""

    root_name = 'dhcp'

    peerdns = Attr('@peerdns', YESNO)


class LibvirtConfigInterfaceProtocol(LibvirtConfigObject):
    """``<protocol family='ipv4'><ip address='192.168.0.5' prefix='24'/>...``"""

    root_name = 'protocol'

    family = Attr('@family')
    autoconf = Flag('autoconf')
    dhcp = Child(LibvirtConfigInterfaceDHCP)
    ip_addresses: list[Any]
    ip_prefixes: list[Any]
    _ips = Columns('ip', ip_addresses='@address', ip_prefixes=('@prefix', INT),
                   optional=('ip_prefixes',))
    route_gateway = Attr('route/@gateway')


class LibvirtConfigInterface(LibvirtConfigObject):
    """An Ethernet device, bridge, bond or VLAN, with what is in it."""

    root_name = 'interface'

    type = Attr('@type')
    name = Attr('@name')

    start_mode = Attr('start/@mode')
    mac_addr = Attr('mac/@address')
    #: Mb per second.
    link_speed = Attr('link/@speed', INT)
    link_state = Attr('link/@state')
    mtu = Attr('mtu/@size', INT)
    protocols = Children('', LibvirtConfigInterfaceProtocol)

    bridge_stp = Attr('bridge/@stp', ONOFF)
    #: Seconds, with a fraction.
    bridge_delay = Attr('bridge/@delay')
    bridge_interfaces = Children('bridge', 'self')

    bond_mode = Attr('bond/@mode')
    # Milliseconds.
    miimon_freq = Attr('bond/miimon/@freq', INT)
    miimon_downdelay = Attr('bond/miimon/@downdelay', INT)
    miimon_updelay = Attr('bond/miimon/@updelay', INT)
    miimon_carrier = Attr('bond/miimon/@carrier')
    arpmon_interval = Attr('bond/arpmon/@interval', INT)
    arpmon_target = Attr('bond/arpmon/@target')
    arpmon_validate = Attr('bond/arpmon/@validate')
    bond_interfaces = Children('bond', 'self')

    vlan_tag = Attr('vlan/@tag', INT)
    vlan_interface = Child('self', path='vlan')
