# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Rules of security groups, as the network service writes them.

Each is a dict with ``direction`` (ingress, egress), ``ethertype`` (IPv4, IPv6),
``protocol`` (a name, a number or None for any), ``port_range_min`` and
``port_range_max`` (the type and the code of ICMP) and ``remote_ip_prefix``.
"""

from collections.abc import Iterable, Iterator, Mapping
import dataclasses
from typing import Any

import netaddr

from nova import exception
from nova.i18n import _
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import nwfilters

_DIRECTIONS = {'ingress': 'in', 'egress': 'out'}
_VERSIONS = {'IPv4': 4, 'IPv6': 6}
_REPLIES, _ALLOWED, _DENIED = 100, 500, 900

#: Protocols with ports: the number, and what matches them in IPv4 and IPv6.
_WITH_PORTS: Mapping[str, tuple[int, Any, Any]] = {
    'tcp': (6, vconfig.LibvirtConfigNWFilterMatchTCP,
            vconfig.LibvirtConfigNWFilterMatchTCPv6),
    'udp': (17, vconfig.LibvirtConfigNWFilterMatchUDP,
            vconfig.LibvirtConfigNWFilterMatchUDPv6),
    'sctp': (132, vconfig.LibvirtConfigNWFilterMatchSCTP,
             vconfig.LibvirtConfigNWFilterMatchSCTPv6),
}
_ICMP: Mapping[str, tuple[int, Any, Any]] = {
    'icmp': (1, vconfig.LibvirtConfigNWFilterMatchICMP, None),
    'icmpv6': (58, None, vconfig.LibvirtConfigNWFilterMatchICMPv6),
}
_PLAIN: Mapping[str, tuple[int, Any, Any]] = {
    'igmp': (2, vconfig.LibvirtConfigNWFilterMatchIGMP, None),
    'esp': (50, vconfig.LibvirtConfigNWFilterMatchESP,
            vconfig.LibvirtConfigNWFilterMatchESPv6),
    'ah': (51, vconfig.LibvirtConfigNWFilterMatchAH,
           vconfig.LibvirtConfigNWFilterMatchAHv6),
    'udplite': (136, vconfig.LibvirtConfigNWFilterMatchUDPLite,
                vconfig.LibvirtConfigNWFilterMatchUDPLitev6),
}
_ANY: tuple[int, Any, Any] = (0, vconfig.LibvirtConfigNWFilterMatchAll,
                              vconfig.LibvirtConfigNWFilterMatchAllv6)
_PROTOCOLS = {**_WITH_PORTS, **_ICMP, **_PLAIN}
_ALIASES: Mapping[Any, str | None] = {
    'ipv6-icmp': 'icmpv6', 'any': None, '': None,
    **{str(number): name for name, (number, _v4, _v6) in _PROTOCOLS.items()}}

#: Finding routers and neighbours, without which IPv6 does not work at all.
_NEIGHBOURS = (130, 131, 132, 134, 135, 136)
_NEIGHBOURS_OUT = (131, 132, 133, 135, 136, 143)


@dataclasses.dataclass(frozen=True)
class SecurityRule:
    """One rule that lets something through."""

    direction: str
    version: int
    protocol: str | None = None
    low: int | None = None
    high: int | None = None
    remote: netaddr.IPNetwork | None = None


def parse(rule: Mapping[str, Any]) -> SecurityRule:
    """Read a rule.

    :raises exception.InvalidInput: naming the field that is wrong, and its value.
    """
    direction = _one_of(rule, 'direction', _DIRECTIONS)
    version: int = _one_of(rule, 'ethertype', _VERSIONS, 'IPv4')
    protocol = _protocol(rule, version)
    low, high = _range(rule, protocol)
    return SecurityRule(direction, version, protocol, low, high,
                        _remote(rule, version))


def _one_of(rule: Mapping[str, Any], field: str, choices: Mapping[str, Any],
            default: Any = None) -> Any:
    value = rule.get(field, default)
    if value not in choices:
        raise _wrong(field, value)
    return choices[value]


def _protocol(rule: Mapping[str, Any], version: int) -> str | None:
    asked = rule.get('protocol')
    if asked is None:
        return None
    name: str | None = str(asked).lower()
    name = _ALIASES.get(name, name)
    if name is None:
        return None
    if name == 'icmp' and version == 6:
        name = 'icmpv6'  # as the network service takes it
    if name not in _PROTOCOLS or _PROTOCOLS[name][1 if version == 4 else 2] is None:
        raise _wrong('protocol', asked)
    return name


def _range(rule: Mapping[str, Any], protocol: str | None,
           ) -> tuple[int | None, int | None]:
    low, high = rule.get('port_range_min'), rule.get('port_range_max')
    if low is None and high is None:
        return None, None
    if protocol in _ICMP:
        return _number('port_range_min', low, 255), (
            None if high is None else _number('port_range_max', high, 255))
    if protocol not in _WITH_PORTS:
        raise _wrong('port_range_min', low)
    first = _number('port_range_min', low, 65535)
    last = _number('port_range_max', first if high is None else high, 65535)
    if first > last:
        raise _wrong('port_range_max', high)
    return first, last


def _number(field: str, value: Any, highest: int) -> int:
    if not str(value).isdecimal() or int(value) > highest:
        raise _wrong(field, value)
    return int(value)


def _remote(rule: Mapping[str, Any], version: int) -> netaddr.IPNetwork | None:
    prefix = rule.get('remote_ip_prefix')
    if not prefix:
        return None
    try:
        network = netaddr.IPNetwork(prefix).cidr
    except (netaddr.AddrFormatError, ValueError) as error:
        raise _wrong('remote_ip_prefix', prefix) from error
    if network.version != version:
        raise _wrong('remote_ip_prefix', prefix)
    return network if network.prefixlen else None


def _wrong(field: str, value: Any) -> exception.InvalidInput:
    return exception.InvalidInput(
        reason=_('%(field)s of a security group rule is %(value)r')
        % {'field': field, 'value': value})


# As rules of network filters

def to_filter_rules(rules: Iterable[SecurityRule]) -> list[nwfilters.Rule]:
    """Return the rules of a port that lets nothing in but what these say.

    What a guest has asked for comes in.  Out goes everything, unless there are rules
    for it: then no more than they say.
    """
    rules = list(rules)
    restricted = any(rule.direction == 'out' for rule in rules)
    egress = () if restricted else (
        SecurityRule('out', 4), SecurityRule('out', 6))
    return [*_needed_by_guests(), *(_allowed(rule) for rule in (*rules, *egress)),
            *_denied('in'), *(_denied('out') if restricted else ())]


def _needed_by_guests() -> Iterator[nwfilters.Rule]:
    """Yield what address assignment, neighbours and errors of others need."""
    _number, every, every_v6 = _ANY
    udp, udp_v6 = _WITH_PORTS['udp'][1:]
    icmpv6 = _ICMP['icmpv6'][2]
    for server, client, match in ((67, 68, udp), (547, 546, udp_v6)):
        yield _rule('in', _REPLIES, match(srcportstart=server, dstportstart=client),
                    is_stateful=False)
        yield _rule('out', _REPLIES, match(srcportstart=client, dstportstart=server),
                    is_stateful=False)
    # Connection tracking does not look at what finds neighbours.
    for direction, kinds in (('in', _NEIGHBOURS), ('out', _NEIGHBOURS_OUT)):
        for kind in kinds:
            yield _rule(direction, _REPLIES, icmpv6(type=kind), is_stateful=False)
    for match in (every, every_v6):
        yield _rule('in', _REPLIES, match(state='RELATED'))


def _allowed(rule: SecurityRule) -> nwfilters.Rule:
    _number, ipv4, ipv6 = _PROTOCOLS[rule.protocol] if rule.protocol else _ANY
    match = ipv4() if rule.version == 4 else ipv6()
    if rule.protocol in _ICMP:
        match.type, match.code = rule.low, rule.high
    elif rule.low is not None:
        match.dstportstart, match.dstportend = rule.low, rule.high
    if rule.remote is not None:
        far = 'src' if rule.direction == 'in' else 'dst'
        setattr(match, f'{far}ipaddr', str(rule.remote.network))
        setattr(match, f'{far}ipmask', str(rule.remote.prefixlen))
    return _rule(rule.direction, _ALLOWED, match)


def _denied(direction: str) -> Iterator[nwfilters.Rule]:
    for match in _ANY[1:]:
        yield nwfilters.make_rule('drop', direction, _DENIED, match())


def _rule(direction: str, priority: int, match: Any, is_stateful: bool = True,
          ) -> nwfilters.Rule:
    return nwfilters.make_rule('accept', direction, priority, match,
                               is_stateful=is_stateful)
