# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What may come in and go out in a network, as the networks file declares it.

The fields are those of a rule of the network service's security groups; only
``direction`` is needed::

    security_group_rules:
      - direction: ingress          # or egress
        ethertype: IPv4             # or IPv6
        protocol: tcp
        port_range_min: 22          # of ICMP: the type
        port_range_max: 22          # of ICMP: the code
        remote_ip_prefix: 192.0.2.0/24
        description: administration

Nothing comes in but answers and what a rule lets in.  Everything goes out, unless
there is a rule for egress: then no more than the rules say.
"""

import dataclasses
from typing import Any
import uuid

import netaddr

_WITH_PORTS = ('tcp', 'udp', 'sctp')
_ICMP = ('icmp', 'icmpv6', 'ipv6-icmp')
#: Protocols that only one of the two versions of IP has.
_ONLY_IN = {'igmp': 'IPv4', 'icmpv6': 'IPv6', 'ipv6-icmp': 'IPv6'}
_PROTOCOLS = (*_WITH_PORTS, *_ICMP, 'igmp', 'esp', 'ah', 'udplite')
#: What else a protocol may be called.
_ALIASES = {'any': None, 1: 'icmp', 2: 'igmp', 6: 'tcp', 17: 'udp', 50: 'esp', 51: 'ah',
            58: 'icmpv6', 132: 'sctp', 136: 'udplite'}
_MOST_ICMP = 255

_NUMBER = {'type': ['integer', 'null'], 'minimum': 0, 'maximum': 65535}
SCHEMA = {
    'type': 'array',
    'items': {
        'type': 'object',
        'required': ['direction'],
        'additionalProperties': False,
        'properties': {
            'direction': {'enum': ['ingress', 'egress']},
            'ethertype': {'enum': ['IPv4', 'IPv6']},
            'protocol': {'enum': [*_PROTOCOLS, *_ALIASES, None]},
            'port_range_min': _NUMBER,
            'port_range_max': _NUMBER,
            'remote_ip_prefix': {'type': ['string', 'null'], 'maxLength': 64},
            'description': {'type': 'string', 'maxLength': 255},
        },
    },
}


@dataclasses.dataclass(frozen=True)
class SecurityRule:
    """One rule, with the names of the network service."""

    direction: str
    ethertype: str = 'IPv4'
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    description: str = ''

    def to_dict(self) -> dict[str, Any]:
        """Return what a firewall has to know of it."""
        return {name: value for name, value in dataclasses.asdict(self).items()
                if name != 'description' and value is not None}


#: What the network service lets a new group send.
EGRESS = (SecurityRule('egress', 'IPv4'), SecurityRule('egress', 'IPv6'))


@dataclasses.dataclass(frozen=True)
class SecurityGroup:
    """The rules of one network."""

    id: str
    rules: tuple[SecurityRule, ...] = ()

    def all_rules(self) -> tuple[SecurityRule, ...]:
        """Return the rules with those that hold because none says otherwise."""
        restricted = any(rule.direction == 'egress' for rule in self.rules)
        return self.rules if restricted else (*EGRESS, *self.rules)

    def id_of(self, rule: SecurityRule) -> str:
        """Return the id of a rule: the same at every start."""
        return str(uuid.uuid5(uuid.UUID(self.id), repr(rule)))


def parse(declared: dict[str, Any], where: str) -> SecurityRule:
    """Return a rule that fits the schema.

    :raises ValueError: naming the field that is wrong, and its value.
    """
    fields = dict(declared)
    protocol = fields.get('protocol')
    fields['protocol'] = _ALIASES.get(protocol, protocol)
    rule = SecurityRule(**fields)
    if rule.ethertype != _ONLY_IN.get(rule.protocol or '', rule.ethertype):
        raise ValueError(f'{where}.protocol: {rule.ethertype} has no '
                         f'{rule.protocol!r}')
    _check_range(rule, where)
    return dataclasses.replace(rule, remote_ip_prefix=_prefix(rule, where))


def _check_range(rule: SecurityRule, where: str) -> None:
    low, high = rule.port_range_min, rule.port_range_max
    if high is not None and low is None:
        raise ValueError(f'{where}.port_range_max: {high} without port_range_min')
    if low is None:
        return
    if rule.protocol in _ICMP:
        _check_icmp(low, high, where)
    elif rule.protocol not in _WITH_PORTS:
        raise ValueError(f'{where}.port_range_min: {low}, but protocol '
                         f'{rule.protocol!r} has no ports')
    elif high is not None and high < low:
        raise ValueError(f'{where}.port_range_max: {high} is below {low}')


def _check_icmp(low: int, high: int | None, where: str) -> None:
    for name, value in (('port_range_min', low), ('port_range_max', high)):
        if value is not None and value > _MOST_ICMP:
            raise ValueError(f'{where}.{name}: {value} is no number of ICMP')


def _prefix(rule: SecurityRule, where: str) -> str | None:
    if not rule.remote_ip_prefix:
        return None
    try:
        network = netaddr.IPNetwork(rule.remote_ip_prefix)
    except (netaddr.AddrFormatError, ValueError) as error:
        raise ValueError(f'{where}.remote_ip_prefix: {rule.remote_ip_prefix!r} is '
                         'no address and no CIDR') from error
    if f'IPv{network.version}' != rule.ethertype:
        raise ValueError(f'{where}.remote_ip_prefix: {rule.remote_ip_prefix!r} is '
                         f'not {rule.ethertype}')
    return str(network.cidr)
