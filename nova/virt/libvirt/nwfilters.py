# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The network filters of guests, in libvirt's terms.

A guest may send from its own addresses only: a filter of each port says which these
are, and refers to base filters that all ports share.  Those take each of the port's
addresses with the MAC address that it belongs to and the length of its prefix, in
lists that are gone through side by side.

``out`` is what the guest sends, ``in`` what it receives.
"""

from collections.abc import Iterable, Iterator
import dataclasses
from typing import Any
import uuid

import netaddr

from nova.virt.libvirt import config as vconfig

Filter = vconfig.LibvirtConfigNWFilter
Rule = vconfig.LibvirtConfigNWFilterRule

#: UUIDs follow from names: libvirt tells a filter that is changed from another one
#: of the same name by the UUID.
_NAMESPACE = uuid.UUID('5d3ad16c-67f7-4d0a-a1a5-0c4f7f6a1d0e')

#: Nobody's address, for a port that has none of a family.
_NO_ADDRESS = '0.0.0.0'  # nosec B104

_PREFIX = 'nova-instance-'

_RARP = '0x8035'
_MIN, _EARLY, _USUAL, _LAST = -1000, 100, 500, 1000


@dataclasses.dataclass(frozen=True)
class Source:
    """Addresses that a guest may send from, with the MAC address they belong to."""

    mac_addr: str
    network: netaddr.IPNetwork


def filter_name(instance_name: str, mac_addr: str) -> str:
    """Return the name of the filter of a port."""
    return f'{_PREFIX}{instance_name}-{mac_addr.replace(":", "").lower()}'


def owner_of(name: str) -> str | None:
    """Return the instance whose port a filter is for; None for any other filter."""
    owner, _dash, mac_addr = name.removeprefix(_PREFIX).rpartition('-')
    is_port = name.startswith(_PREFIX) and len(mac_addr) == 12
    return owner if is_port else None


def make_filter(name: str, chain: str = 'root', priority: int | None = None,
                rules: Iterable[Rule] = ()) -> Filter:
    """Return a filter with the UUID that belongs to its name."""
    conf = Filter()
    conf.name, conf.chain, conf.priority = name, chain, priority
    conf.uuid = str(uuid.uuid5(_NAMESPACE, name))
    for rule in rules:
        conf.add_rule(rule)
    return conf


def make_rule(action: str, direction: str, priority: int,
              *matches: vconfig.LibvirtConfigObject,
              is_stateful: bool = True) -> Rule:
    """Return a rule; without a match it holds for everything."""
    rule = Rule()
    rule.action, rule.direction, rule.priority = action, direction, priority
    rule.statematch = None if is_stateful else 'false'
    rule.matches = list(matches)
    return rule


# The base filters

def base_filters() -> list[Filter]:
    """Return the filters that all ports share."""
    return [_no_mac_spoofing(), _no_arp_spoofing(), _no_ip_spoofing(),
            _no_ipv6_spoofing(), _no_dhcp_server(), _no_dhcpv6_server(),
            _only_dhcp_server(), _announce_self(), _no_other_traffic()]


def _no_mac_spoofing() -> Filter:
    mac = vconfig.LibvirtConfigNWFilterMatchMAC
    return make_filter('nova-no-mac-spoofing', 'mac', -800, [
        make_rule('return', 'out', _USUAL, mac(srcmacaddr='$OWNMAC')),
        make_rule('drop', 'out', _LAST, mac())])


def _no_arp_spoofing() -> Filter:
    arp = vconfig.LibvirtConfigNWFilterMatchARP
    return make_filter('nova-no-arp-spoofing', 'arp', -500, [
        make_rule('return', 'out', _USUAL, arp(
            srcmacaddr='$IPMAC[@1]', arpsrcmacaddr='$IPMAC[@1]',
            arpsrcipaddr='$IP[@1]', arpsrcipmask='$IPMASK[@1]')),
        # Who has an address must be asked before it is taken.
        make_rule('return', 'out', _USUAL, arp(
            opcode='Request', arpsrcmacaddr='$OWNMAC', arpsrcipaddr=_NO_ADDRESS)),
        make_rule('drop', 'out', _LAST, arp())])


def _no_ip_spoofing() -> Filter:
    ip = vconfig.LibvirtConfigNWFilterMatchIP
    return make_filter('nova-no-ip-spoofing', 'ipv4', -700, [
        make_rule('return', 'out', _EARLY, ip(
            srcipaddr=_NO_ADDRESS, dstipaddr='255.255.255.255', protocol='udp',
            srcportstart=68, dstportstart=67)),
        make_rule('return', 'out', _USUAL, ip(
            srcmacaddr='$IPMAC[@1]', srcipaddr='$IP[@1]', srcipmask='$IPMASK[@1]')),
        make_rule('drop', 'out', _LAST, ip())])


def _no_ipv6_spoofing() -> Filter:
    ipv6 = vconfig.LibvirtConfigNWFilterMatchIPv6
    # Without an address yet: router and neighbour solicitations, listener reports.
    unborn = [make_rule('return', 'out', _USUAL, ipv6(
        srcipaddr='::', srcipmask='128', protocol='icmpv6', type=kind))
        for kind in (133, 135, 143)]
    return make_filter('nova-no-ipv6-spoofing', 'ipv6', -600, [
        # Only routers advertise and redirect.
        make_rule('drop', 'out', _MIN, ipv6(protocol='icmpv6', type=134)),
        make_rule('drop', 'out', _MIN, ipv6(protocol='icmpv6', type=137)),
        *unborn,
        make_rule('return', 'out', _USUAL, ipv6(
            srcmacaddr='$IPV6MAC[@1]', srcipaddr='$IPV6[@1]',
            srcipmask='$IPV6MASK[@1]')),
        make_rule('drop', 'out', _LAST, ipv6())])


def _no_dhcp_server() -> Filter:
    return make_filter('nova-no-dhcp-server', 'ipv4', -700, [
        make_rule('drop', 'out', _MIN, vconfig.LibvirtConfigNWFilterMatchIP(
            protocol='udp', srcportstart=67))])


def _no_dhcpv6_server() -> Filter:
    return make_filter('nova-no-dhcpv6-server', 'ipv6', -600, [
        make_rule('drop', 'out', _MIN, vconfig.LibvirtConfigNWFilterMatchIPv6(
            protocol='udp', srcportstart=547))])


def _only_dhcp_server() -> Filter:
    ip = vconfig.LibvirtConfigNWFilterMatchIP
    return make_filter('nova-only-dhcp-server', 'ipv4', -700, [
        make_rule('return', 'in', _EARLY, ip(
            srcipaddr='$DHCPSERVER', protocol='udp', srcportstart=67,
            dstportstart=68)),
        make_rule('drop', 'in', _USUAL, ip(
            protocol='udp', srcportstart=67, dstportstart=68))])


def _announce_self() -> Filter:
    # QEMU tells switches where the guest is after a migration.
    return make_filter('nova-announce-self', 'rarp', -400, [
        make_rule('return', 'out', _USUAL, vconfig.LibvirtConfigNWFilterMatchRARP(
            opcode='Request_Reverse', arpsrcmacaddr='$MAC', arpdstmacaddr='$MAC',
            arpsrcipaddr=_NO_ADDRESS, arpdstipaddr=_NO_ADDRESS)),
        make_rule('drop', 'out', _LAST, vconfig.LibvirtConfigNWFilterMatchRARP())])


def _no_other_traffic() -> Filter:
    mac = vconfig.LibvirtConfigNWFilterMatchMAC
    known = [make_rule('accept', 'out', _USUAL, mac(protocolid=protocol))
             for protocol in ('arp', 'ipv4', 'ipv6', _RARP)]
    return make_filter('nova-no-other-traffic', rules=[
        *known, make_rule('drop', 'out', _LAST, mac())])


# The filter of a port

def port_filter(name: str, mac_addr: str, sources: Iterable[Source],
                dhcp_servers: Iterable[str] = (), rules: Iterable[Rule] = ()) -> Filter:
    """Return the filter of a port.

    :param sources: what the guest may send from.
    :param dhcp_servers: who may answer the guest's DHCP; nobody said: anybody.
    :param rules: what else holds for this port.
    """
    sources = list(sources)
    own = [mac_addr, *(source.mac_addr for source in sources)]
    macs = [('OWNMAC', mac) for mac in dict.fromkeys(own)]
    ipv4 = _side_by_side('IP', [s for s in sources if s.network.version == 4]
                         or [Source(mac_addr, netaddr.IPNetwork(_NO_ADDRESS))])
    ipv6 = _side_by_side('IPV6', [
        Source(mac_addr, netaddr.IPNetwork(_link_local(mac_addr))),
        *(s for s in sources if s.network.version == 6)])
    servers = [('DHCPSERVER', server) for server in dhcp_servers]
    conf = make_filter(name)
    _refer(conf, 'nova-no-mac-spoofing', macs)
    _refer(conf, 'nova-no-dhcp-server')
    _refer(conf, 'nova-no-dhcpv6-server')
    _refer(conf, 'nova-no-ip-spoofing', ipv4)
    _refer(conf, 'nova-no-ipv6-spoofing', ipv6)
    _refer(conf, 'nova-no-arp-spoofing', [*ipv4, *macs])
    _refer(conf, 'nova-announce-self')
    if servers:
        _refer(conf, 'nova-only-dhcp-server', servers)
    _refer(conf, 'nova-no-other-traffic')
    for rule in rules:
        conf.add_rule(rule)
    return conf


def _side_by_side(name: str, sources: Iterable[Source]) -> list[tuple[str, str]]:
    return list(_parameters(name, dict.fromkeys(sources)))


def _parameters(name: str, sources: Iterable[Source]) -> Iterator[tuple[str, str]]:
    for source in sources:
        yield name, str(source.network.network)
        yield f'{name}MASK', str(source.network.prefixlen)
        yield f'{name}MAC', source.mac_addr


def _refer(conf: Filter, name: str, parameters: Iterable[tuple[str, Any]] = (),
           ) -> None:
    reference = vconfig.LibvirtConfigNWFilterRef(filter=name)
    reference.parameters = [
        {'key': key, 'value': value} for key, value in parameters]
    conf.entries.append(reference)


def _link_local(mac_addr: str) -> str:
    return str(netaddr.EUI(mac_addr).ipv6_link_local())
