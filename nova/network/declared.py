# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The networks of this node, as a YAML file declares them.

The file ``[standalone] networks_file`` looks like this; ``name`` is needed, and either
``bridge`` with one subnet or ``libvirt_network``; the rest is optional::

    networks:
      - name: lan
        bridge: br0                 # it must be there
        id: 6ce4a4e8-0d1f-4b0e-9a39-6c3cbd5e1a52
        mtu: 1500
        port_security: true         # false: guests may use any address
        security_group_rules: []    # see security_rules.py
        subnets:
          - cidr: 192.0.2.0/24
            gateway: 192.0.2.1
            dns: [192.0.2.53]
            range: [192.0.2.100, 192.0.2.199]
      - name: nat
        libvirt_network: default    # what is not said here is taken from there

Without a file there are no networks.  It is read when the process starts, and when it
is told to.
"""

from collections import Counter
from collections.abc import Callable, Iterable
import dataclasses
from typing import Any
import uuid

import jsonschema
import netaddr
import yaml

from nova import exception
import nova.conf
from nova.i18n import _
from nova.network import security_rules

CONF = nova.conf.CONF

#: What each file said when it was read last.
_read: dict[str | None, tuple['Network', ...]] = {}

#: What ids are made of where the file gives none: the same at every start.
_NAMESPACE = uuid.UUID('5d1f7d3a-94d8-4d0c-8f5c-7c5f0f3f6a11')

_TEXT = {'type': 'string', 'minLength': 1, 'maxLength': 64}
_SCHEMA = {
    'type': 'object',
    'required': ['networks'],
    'additionalProperties': False,
    'properties': {'networks': {'type': 'array', 'items': {
        'type': 'object',
        'required': ['name'],
        'additionalProperties': False,
        'properties': {
            'name': {'type': 'string', 'pattern': r'^\S([^\x00-\x1f\x7f]{0,253}\S)?\Z'},
            'id': {'type': 'string', 'pattern':
                   r'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z'},
            'bridge': {'type': 'string',
                       'pattern': r'^(?!\.{1,2}\Z)[A-Za-z0-9_.-]{1,15}\Z'},
            'libvirt_network': {'type': 'string', 'pattern': r'^[^/\s]{1,64}\Z'},
            'mtu': {'type': 'integer', 'minimum': 68, 'maximum': 65535},
            'port_security': {'type': 'boolean'},
            'security_group_rules': security_rules.SCHEMA,
            'subnets': {'type': 'array', 'minItems': 1, 'items': {
                'type': 'object',
                'required': ['cidr'],
                'additionalProperties': False,
                'properties': {
                    'cidr': _TEXT,
                    'gateway': _TEXT,
                    'dns': {'type': 'array', 'items': _TEXT},
                    'range': {'type': 'array', 'minItems': 2, 'maxItems': 2,
                              'items': _TEXT},
                },
            }},
        },
    }}},
}


@dataclasses.dataclass(frozen=True)
class Subnet:
    """Addresses of a network, of which a range is given to servers."""

    id: str
    cidr: netaddr.IPNetwork
    gateway: netaddr.IPAddress | None
    dns: tuple[netaddr.IPAddress, ...]
    first: netaddr.IPAddress
    last: netaddr.IPAddress
    #: Whether the file says which range is given to servers.
    has_range: bool = True
    #: Who tells servers their addresses; None: nobody that is known here.
    dhcp_server: netaddr.IPAddress | None = None
    #: Addresses of the host.
    host_addresses: tuple[netaddr.IPAddress, ...] = ()

    def is_allottable(self, address: netaddr.IPAddress) -> bool:
        """Tell whether a server may have an address, if it asks for it."""
        kept = {self.gateway, self.cidr.network, self.cidr.broadcast, *self.dns,
                self.dhcp_server, *self.host_addresses}
        return address in self.cidr and address not in kept


@dataclasses.dataclass(frozen=True)
class Network:
    """A bridge of this host, and the addresses behind it."""

    id: str
    name: str
    bridge: str | None
    mtu: int | None
    port_security: bool
    subnets: tuple[Subnet, ...]
    security_group: security_rules.SecurityGroup
    #: The network of libvirt that has the bridge.
    libvirt_network: str | None = None
    #: Whether QEMU makes it up for each server alone, since nobody here is root.
    is_user: bool = False


#: Makes of networks, as the file declares them, what they are on this host.
Complete = Callable[[tuple[Network, ...]], tuple[Network, ...]]


def get_all() -> tuple[Network, ...]:
    """Return the networks in the order in which they are declared.

    :raises exception.InvalidConfiguration: as :func:`load`.
    """
    return _declared(CONF.standalone.networks_file)


def get(network_id: str) -> Network:
    """Return the network with that id.

    :raises exception.NetworkNotFound: if there is none.
    """
    for network in get_all():
        if network.id == network_id:
            return network
    raise exception.NetworkNotFound(network_id=network_id)


def reload(complete: Complete = lambda networks: networks) -> tuple[Network, ...]:
    """Read the file again; after a failure the networks are what they were.

    :param complete: says what they are on this host, or raises ValueError.
    :raises exception.InvalidConfiguration: as :func:`load`.
    """
    path = CONF.standalone.networks_file
    networks = load(path) if path else ()
    try:
        _read[path] = complete(networks)
    except ValueError as error:
        raise _broken(str(path), str(error)) from error
    return _read[path]


def _declared(path: str | None) -> tuple[Network, ...]:
    if path not in _read:
        _read[path] = load(path) if path else ()
    return _read[path]


def load(path: str) -> tuple[Network, ...]:
    """Read and check a file of networks.

    :raises exception.InvalidConfiguration: if it cannot be read or a network is
        wrong; the message names the file, the network, the field and its value.
    """
    try:
        with open(path, encoding='utf-8') as stream:
            content = yaml.safe_load(stream)
    except OSError as error:
        raise _broken(path, error.strerror or str(error)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _broken(path, ' '.join(str(error).split())) from error
    validator = jsonschema.Draft202012Validator(_SCHEMA)
    wrong = jsonschema.exceptions.best_match(validator.iter_errors(content))
    if wrong is not None:
        raise _broken(path, f'{_where(wrong, content)}: {wrong.message}') from wrong
    try:
        networks = tuple(_network(one) for one in content['networks'])
        _refuse_what_is_used_twice(networks)
    except ValueError as error:
        raise _broken(path, str(error)) from error
    return networks


def _where(wrong: jsonschema.ValidationError, content: Any) -> str:
    keys = list(wrong.absolute_path)
    if len(keys) < 2:
        return wrong.json_path.replace('$', 'file', 1)
    declared = content['networks'][keys[1]]
    name = declared.get('name') if isinstance(declared, dict) else None
    field = '.'.join(str(key) for key in keys[2:])
    return f'networks[{keys[1]}] ({name}) {field}'.rstrip()


def _broken(path: str, reason: str) -> exception.InvalidConfiguration:
    return exception.InvalidConfiguration(
        _('[standalone] networks_file %(path)s: %(reason)s')
        % {'path': path, 'reason': reason})


def _network(declared: dict[str, Any]) -> Network:
    name = declared['name']
    _check_kind(declared)
    network_id = declared.get('id') or str(uuid.uuid5(_NAMESPACE, name))
    return Network(
        id=network_id, name=name, bridge=declared.get('bridge'),
        libvirt_network=declared.get('libvirt_network'),
        mtu=declared.get('mtu'), port_security=declared.get('port_security', True),
        subnets=tuple(
            _subnet(one, network_id, f'{name} subnets.{index}')
            for index, one in enumerate(declared.get('subnets', ()))),
        security_group=_security_group(declared, network_id))


def _check_kind(declared: dict[str, Any]) -> None:
    name, bridge = declared['name'], declared.get('bridge')
    network = declared.get('libvirt_network')
    if bridge is None and network is None:
        raise ValueError(f'{name}: neither bridge nor libvirt_network is given')
    if bridge is not None and network is not None:
        raise ValueError(f'{name} bridge: {bridge!r} is given, and libvirt_network '
                         f'{network!r} has one of its own')
    if network is None and 'subnets' not in declared:
        raise ValueError(f'{name} subnets: needed where bridge is given')


def _security_group(declared: dict[str, Any],
                    network_id: str) -> security_rules.SecurityGroup:
    where = f'{declared["name"]} security_group_rules'
    return security_rules.SecurityGroup(
        id=str(uuid.uuid5(uuid.UUID(network_id), 'security group')),
        rules=tuple(
            security_rules.parse(one, f'{where}.{index}')
            for index, one in enumerate(declared.get('security_group_rules', ()))))


def _subnet(declared: dict[str, Any], network_id: str, where: str) -> Subnet:
    cidr = _cidr(declared['cidr'], where)
    gateway = declared.get('gateway')
    first, last = (
        _inside(one, cidr, f'{where}.range') for one in declared['range']
    ) if 'range' in declared else (cidr[0], cidr[-1])
    if last < first:
        raise ValueError(f'{where}.range: {last} comes before {first}')
    return Subnet(
        id=str(uuid.uuid5(uuid.UUID(network_id), str(cidr))), cidr=cidr,
        gateway=_inside(gateway, cidr, f'{where}.gateway') if gateway else None,
        dns=tuple(_address(one, f'{where}.dns') for one in declared.get('dns', ())),
        first=first, last=last, has_range='range' in declared)


def _cidr(value: str, where: str) -> netaddr.IPNetwork:
    try:
        cidr = netaddr.IPNetwork(value)
    except (netaddr.AddrFormatError, ValueError) as error:
        raise ValueError(f'{where}.cidr: {value!r} is no subnet') from error
    if cidr.ip != cidr.network or '/' not in value:
        raise ValueError(f'{where}.cidr: {value!r} is no subnet: {cidr.cidr} is')
    if cidr.size < 4:
        raise ValueError(f'{where}.cidr: {value!r} has no room for a server')
    return cidr


def _address(value: str, where: str) -> netaddr.IPAddress:
    try:
        return netaddr.IPAddress(value, flags=netaddr.INET_PTON)
    except (netaddr.AddrFormatError, ValueError) as error:
        raise ValueError(f'{where}: {value!r} is no IP address') from error


def _inside(value: str, cidr: netaddr.IPNetwork, where: str) -> netaddr.IPAddress:
    address = _address(value, where)
    if address not in cidr:
        raise ValueError(f'{where}: {value!r} is not in {cidr}')
    return address


def _refuse_what_is_used_twice(networks: Iterable[Network]) -> None:
    networks = tuple(networks)
    values = {field: [getattr(network, field) for network in networks]
              for field in ('id', 'name')}
    for field, used in values.items():
        for value, times in Counter(used).most_common(1):
            if times > 1:
                raise ValueError(f'{field} {value!r} is used {times} times')
    for network in networks:
        _refuse_overlap(network)


def _refuse_overlap(network: Network) -> None:
    for index, one in enumerate(network.subnets):
        for other in network.subnets[:index]:
            if one.cidr in other.cidr or other.cidr in one.cidr:
                raise ValueError(f'{network.name} subnets.{index}.cidr: '
                                 f"'{one.cidr}' overlaps {other.cidr}")
