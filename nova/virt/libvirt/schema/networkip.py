# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatnetwork.html#addressing

What ``virNetworkUpdate`` takes on its own has a class of its own.
"""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Columns
from nova.virt.libvirt.schema.mapping import Values


class LibvirtConfigNetworkDHCPRange(LibvirtConfigObject):
    """``<range start='192.168.122.100' end='192.168.122.254'/>``"""

    root_name = 'range'

    start = Attr('@start')
    end = Attr('@end')
    lease_expiry = Attr('lease/@expiry', INT)
    lease_unit = Attr('lease/@unit')


class LibvirtConfigNetworkDHCPHost(LibvirtConfigObject):
    """``<host mac='00:16:3e:77:e2:ed' name='foo' ip='192.168.122.10'/>``"""

    root_name = 'host'

    mac = Attr('@mac')
    #: The DUID, for DHCPv6.
    id = Attr('@id')
    name = Attr('@name')
    ip = Attr('@ip')
    lease_expiry = Attr('lease/@expiry', INT)
    lease_unit = Attr('lease/@unit')


class LibvirtConfigNetworkIP(LibvirtConfigObject):
    """``<ip address='192.168.122.1' netmask='255.255.255.0'><dhcp>...``"""

    root_name = 'ip'

    family = Attr('@family')
    address = Attr('@address')
    netmask = Attr('@netmask')
    prefix = Attr('@prefix', INT)
    local_ptr = Attr('@localPtr', YESNO)

    tftp_root = Attr('tftp/@root')

    ranges = Children('dhcp', LibvirtConfigNetworkDHCPRange)
    hosts = Children('dhcp', LibvirtConfigNetworkDHCPHost)
    bootp_file = Attr('dhcp/bootp/@file')
    bootp_server = Attr('dhcp/bootp/@server')


class LibvirtConfigNetworkRoute(LibvirtConfigObject):
    """``<route address='192.168.222.0' prefix='24' gateway='192.168.122.10'/>``"""

    root_name = 'route'

    family = Attr('@family')
    address = Attr('@address')
    netmask = Attr('@netmask')
    prefix = Attr('@prefix', INT)
    gateway = Attr('@gateway')
    metric = Attr('@metric', INT)


class LibvirtConfigNetworkDNSTXT(LibvirtConfigObject):
    """``<txt name='example' value='example value'/>``"""

    root_name = 'txt'

    name = Attr('@name')
    value = Attr('@value')


class LibvirtConfigNetworkDNSSRV(LibvirtConfigObject):
    """``<srv service='name' protocol='tcp' target='.' port='1024'/>``"""

    root_name = 'srv'

    service = Attr('@service')
    protocol = Attr('@protocol')
    domain = Attr('@domain')
    target = Attr('@target')
    port = Attr('@port', INT)
    priority = Attr('@priority', INT)
    weight = Attr('@weight', INT)


class LibvirtConfigNetworkDNSHost(LibvirtConfigObject):
    """``<host ip='192.168.122.2'><hostname>myhost</hostname></host>``"""

    root_name = 'host'

    ip = Attr('@ip')
    hostnames = Values('hostname')


class LibvirtConfigNetworkDNS(LibvirtConfigObject):
    """What the network's name server answers."""

    root_name = 'dns'

    enable = Attr('@enable', YESNO)
    forward_plain_names = Attr('@forwardPlainNames', YESNO)

    forwarder_domains: list[Any]
    forwarder_addrs: list[Any]
    _forwarders = Columns('forwarder', forwarder_domains='@domain',
                          forwarder_addrs='@addr')
    txts = Children('', LibvirtConfigNetworkDNSTXT)
    srvs = Children('', LibvirtConfigNetworkDNSSRV)
    hosts = Children('', LibvirtConfigNetworkDNSHost)
