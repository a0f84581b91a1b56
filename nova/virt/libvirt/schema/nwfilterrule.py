# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatnwfilter.html#supported-protocols

Each protocol is an element of its own.  Values may be ``$VARIABLES``, which the
interface that refers to the filter gives.
"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import BOOL
from nova.virt.libvirt.schema.convert import NUMBER
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.mapping import Attr


class NWFilterMatch(LibvirtConfigObject):
    """What a rule looks at, whatever the protocol."""

    match = Attr('@match', YESNO)
    srcmacaddr = Attr('@srcmacaddr')
    comment = Attr('@comment')


class _Ethernet(NWFilterMatch):
    """Both ends by their MAC addresses."""

    srcmacmask = Attr('@srcmacmask')
    dstmacaddr = Attr('@dstmacaddr')
    dstmacmask = Attr('@dstmacmask')


class _Addresses(NWFilterMatch):
    """Both ends by their IP addresses."""

    srcipaddr = Attr('@srcipaddr')
    srcipmask = Attr('@srcipmask')
    dstipaddr = Attr('@dstipaddr')
    dstipmask = Attr('@dstipmask')


class _Ports(NWFilterMatch):
    """Both ends by their ports."""

    srcportstart = Attr('@srcportstart', NUMBER)
    srcportend = Attr('@srcportend', NUMBER)
    dstportstart = Attr('@dstportstart', NUMBER)
    dstportend = Attr('@dstportend', NUMBER)


class _Connection(_Addresses):
    """What connection tracking knows."""

    srcipfrom = Attr('@srcipfrom')
    srcipto = Attr('@srcipto')
    dstipfrom = Attr('@dstipfrom')
    dstipto = Attr('@dstipto')
    dscp = Attr('@dscp', NUMBER)
    connlimit_above = Attr('@connlimit-above', NUMBER)
    state = Attr('@state')
    ipset = Attr('@ipset')
    ipsetflags = Attr('@ipsetflags')


class LibvirtConfigNWFilterMatchMAC(_Ethernet):
    """``<mac dstmacaddr='ff:ff:ff:ff:ff:ff' protocolid='arp'/>``"""

    root_name = 'mac'

    protocolid = Attr('@protocolid')


class LibvirtConfigNWFilterMatchVLAN(_Ethernet):
    """``<vlan vlanid='0x123' encap-protocol='ipv4'/>``"""

    root_name = 'vlan'

    vlanid = Attr('@vlanid', NUMBER)
    encap_protocol = Attr('@encap-protocol')


class LibvirtConfigNWFilterMatchSTP(NWFilterMatch):
    """``<stp type='0x12' root-address='6:5:4:3:2:1'/>``"""

    root_name = 'stp'

    srcmacmask = Attr('@srcmacmask')
    type = Attr('@type', NUMBER)
    flags = Attr('@flags', NUMBER)
    root_priority = Attr('@root-priority', NUMBER)
    root_priority_hi = Attr('@root-priority-hi', NUMBER)
    root_address = Attr('@root-address')
    root_address_mask = Attr('@root-address-mask')
    root_cost = Attr('@root-cost', NUMBER)
    root_cost_hi = Attr('@root-cost-hi', NUMBER)
    sender_priority = Attr('@sender-priority', NUMBER)
    sender_priority_hi = Attr('@sender-priority-hi', NUMBER)
    sender_address = Attr('@sender-address')
    sender_address_mask = Attr('@sender-address-mask')
    port = Attr('@port', NUMBER)
    port_hi = Attr('@port-hi', NUMBER)
    age = Attr('@age', NUMBER)
    age_hi = Attr('@age-hi', NUMBER)
    max_age = Attr('@max-age', NUMBER)
    max_age_hi = Attr('@max-age-hi', NUMBER)
    hello_time = Attr('@hello-time', NUMBER)
    hello_time_hi = Attr('@hello-time-hi', NUMBER)
    forward_delay = Attr('@forward-delay', NUMBER)
    forward_delay_hi = Attr('@forward-delay-hi', NUMBER)


class LibvirtConfigNWFilterMatchARP(_Ethernet):
    """``<arp match='no' arpsrcmacaddr='$MAC'/>``"""

    root_name = 'arp'

    hwtype = Attr('@hwtype', NUMBER)
    protocoltype = Attr('@protocoltype', NUMBER)
    opcode = Attr('@opcode')
    arpsrcmacaddr = Attr('@arpsrcmacaddr')
    arpdstmacaddr = Attr('@arpdstmacaddr')
    arpsrcipaddr = Attr('@arpsrcipaddr')
    arpsrcipmask = Attr('@arpsrcipmask')
    arpdstipaddr = Attr('@arpdstipaddr')
    arpdstipmask = Attr('@arpdstipmask')
    gratuitous = Attr('@gratuitous', BOOL)


class LibvirtConfigNWFilterMatchRARP(LibvirtConfigNWFilterMatchARP):
    """``<rarp opcode='Request_Reverse'/>``"""

    root_name = 'rarp'


class LibvirtConfigNWFilterMatchIP(_Ethernet, _Addresses, _Ports):
    """``<ip srcipaddr='$IP' protocol='udp' dstportstart='53'/>``"""

    root_name = 'ip'

    protocol = Attr('@protocol')
    dscp = Attr('@dscp', NUMBER)


class LibvirtConfigNWFilterMatchIPv6(_Ethernet, _Addresses, _Ports):
    """``<ipv6 protocol='icmpv6' type='1' typeend='255'/>``"""

    root_name = 'ipv6'

    protocol = Attr('@protocol')
    type = Attr('@type', NUMBER)
    typeend = Attr('@typeend', NUMBER)
    code = Attr('@code', NUMBER)
    codeend = Attr('@codeend', NUMBER)


class LibvirtConfigNWFilterMatchTCP(_Connection, _Ports):
    """``<tcp dstportstart='22' flags='SYN/ALL'/>``"""

    root_name = 'tcp'

    flags = Attr('@flags')


class LibvirtConfigNWFilterMatchTCPv6(LibvirtConfigNWFilterMatchTCP):
    """``<tcp-ipv6 dstportstart='22'/>``"""

    root_name = 'tcp-ipv6'


class LibvirtConfigNWFilterMatchUDP(_Connection, _Ports):
    """``<udp srcportstart='67' dstportstart='68'/>``"""

    root_name = 'udp'


class LibvirtConfigNWFilterMatchUDPv6(LibvirtConfigNWFilterMatchUDP):
    """``<udp-ipv6 dstportstart='53'/>``"""

    root_name = 'udp-ipv6'


class LibvirtConfigNWFilterMatchSCTP(_Connection, _Ports):
    """``<sctp dstportstart='5060'/>``"""

    root_name = 'sctp'


class LibvirtConfigNWFilterMatchSCTPv6(LibvirtConfigNWFilterMatchSCTP):
    """``<sctp-ipv6 dstportstart='5060'/>``"""

    root_name = 'sctp-ipv6'


class LibvirtConfigNWFilterMatchICMP(_Connection):
    """``<icmp type='8' code='0' state='NEW'/>``"""

    root_name = 'icmp'

    type = Attr('@type', NUMBER)
    code = Attr('@code', NUMBER)


class LibvirtConfigNWFilterMatchICMPv6(LibvirtConfigNWFilterMatchICMP):
    """``<icmpv6 type='128'/>``"""

    root_name = 'icmpv6'


class LibvirtConfigNWFilterMatchIGMP(_Connection):
    """``<igmp srcipaddr='10.1.2.3'/>``"""

    root_name = 'igmp'


class LibvirtConfigNWFilterMatchAll(_Connection):
    """``<all state='ESTABLISHED'/>``"""

    root_name = 'all'


class LibvirtConfigNWFilterMatchAllv6(LibvirtConfigNWFilterMatchAll):
    """``<all-ipv6 state='ESTABLISHED'/>``"""

    root_name = 'all-ipv6'


class LibvirtConfigNWFilterMatchESP(_Connection):
    """``<esp dstipaddr='10.1.2.3'/>``"""

    root_name = 'esp'


class LibvirtConfigNWFilterMatchESPv6(LibvirtConfigNWFilterMatchESP):
    """``<esp-ipv6 srcipaddr='a:b:c::'/>``"""

    root_name = 'esp-ipv6'


class LibvirtConfigNWFilterMatchAH(_Connection):
    """``<ah dstipaddr='10.1.2.3'/>``"""

    root_name = 'ah'


class LibvirtConfigNWFilterMatchAHv6(LibvirtConfigNWFilterMatchAH):
    """``<ah-ipv6 srcipaddr='a:b:c::'/>``"""

    root_name = 'ah-ipv6'


class LibvirtConfigNWFilterMatchUDPLite(_Connection):
    """``<udplite dstipaddr='10.1.2.3'/>``"""

    root_name = 'udplite'


class LibvirtConfigNWFilterMatchUDPLitev6(LibvirtConfigNWFilterMatchUDPLite):
    """``<udplite-ipv6 srcipaddr='a:b:c::'/>``"""

    root_name = 'udplite-ipv6'


#: The protocols, to choose from.
MATCHES = (
    LibvirtConfigNWFilterMatchMAC,
    LibvirtConfigNWFilterMatchVLAN,
    LibvirtConfigNWFilterMatchSTP,
    LibvirtConfigNWFilterMatchARP,
    LibvirtConfigNWFilterMatchRARP,
    LibvirtConfigNWFilterMatchIP,
    LibvirtConfigNWFilterMatchIPv6,
    LibvirtConfigNWFilterMatchTCP,
    LibvirtConfigNWFilterMatchTCPv6,
    LibvirtConfigNWFilterMatchUDP,
    LibvirtConfigNWFilterMatchUDPv6,
    LibvirtConfigNWFilterMatchSCTP,
    LibvirtConfigNWFilterMatchSCTPv6,
    LibvirtConfigNWFilterMatchICMP,
    LibvirtConfigNWFilterMatchICMPv6,
    LibvirtConfigNWFilterMatchIGMP,
    LibvirtConfigNWFilterMatchAll,
    LibvirtConfigNWFilterMatchAllv6,
    LibvirtConfigNWFilterMatchESP,
    LibvirtConfigNWFilterMatchESPv6,
    LibvirtConfigNWFilterMatchAH,
    LibvirtConfigNWFilterMatchAHv6,
    LibvirtConfigNWFilterMatchUDPLite,
    LibvirtConfigNWFilterMatchUDPLitev6,
)
