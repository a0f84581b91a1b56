# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Networks, subnets, ports and security groups, which can be read only."""

from collections.abc import Callable
import dataclasses
from typing import Any

from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.network import selection
from nova.db import port_api
from nova.i18n import _
from nova.network import declared
from nova.network import security_rules

Rows = list[dict[str, Any]]

_USER = _('QEMU makes this network up for each server alone: servers reach the '
          'outside, nobody reaches them, and all have the same address')


def _networks(request: api_request.Request) -> Rows:
    return [{
        'id': one.id, 'name': one.name, 'status': 'ACTIVE', 'admin_state_up': True,
        'subnets': [subnet.id for subnet in one.subnets], 'mtu': one.mtu or 1500,
        'shared': True, 'router:external': False,
        'description': _USER if one.is_user else '',
        'port_security_enabled': one.port_security,
        'project_id': request.context.project_id,
        'tenant_id': request.context.project_id, 'availability_zones': [],
        'availability_zone_hints': [], 'tags': [],
    } for one in declared.get_all()]


def _subnets(request: api_request.Request) -> Rows:
    return [{
        'id': one.id, 'name': '', 'network_id': network.id, 'cidr': str(one.cidr),
        'ip_version': one.cidr.version,
        'gateway_ip': str(one.gateway) if one.gateway else None,
        'dns_nameservers': [str(server) for server in one.dns],
        'allocation_pools': [{'start': str(one.first), 'end': str(one.last)}],
        'enable_dhcp': one.dhcp_server is not None, 'host_routes': [],
        'description': '', 'tags': [],
        'ipv6_address_mode': None, 'ipv6_ra_mode': None, 'subnetpool_id': None,
        'project_id': request.context.project_id,
        'tenant_id': request.context.project_id,
    } for network in declared.get_all() for one in network.subnets]


def _ports(request: api_request.Request) -> Rows:
    return [{
        'id': port.uuid, 'name': '', 'network_id': port.network_id,
        'device_id': port.instance_uuid, 'device_owner': 'compute:nova',
        'mac_address': port.mac_address, 'status': 'ACTIVE', 'admin_state_up': True,
        'fixed_ips': [{'subnet_id': one.subnet_id, 'ip_address': one.address}
                      for one in addresses] or _user_addresses(port.network_id),
        'security_groups': _groups_of(port.network_id),
        'allowed_address_pairs': [], 'description': '',
        'tags': [], 'project_id': request.context.project_id,
        'tenant_id': request.context.project_id,
    } for port, addresses in port_api.ports_get()]


def _user_addresses(network_id: str) -> Rows:
    """Return the address that all ports of a network share, if they do."""
    return [{'subnet_id': subnet.id, 'ip_address': str(subnet.first)}
            for network in declared.get_all()
            if network.id == network_id and network.is_user
            for subnet in network.subnets]


def _filtered() -> list[declared.Network]:
    return [one for one in declared.get_all() if one.port_security]


def _groups_of(network_id: str) -> list[str]:
    return [one.security_group.id for one in _filtered() if one.id == network_id]


def _security_groups(request: api_request.Request) -> Rows:
    return [{
        'id': one.security_group.id, 'name': one.name, 'stateful': True,
        'description': _('Every port of network %s') % one.name, 'tags': [],
        'shared': True, 'project_id': request.context.project_id,
        'tenant_id': request.context.project_id,
        'security_group_rules': _rules_of(request, one.security_group),
    } for one in _filtered()]


def _security_group_rules(request: api_request.Request) -> Rows:
    return [rule for one in _filtered()
            for rule in _rules_of(request, one.security_group)]


def _rules_of(request: api_request.Request,
              group: security_rules.SecurityGroup) -> Rows:
    return [{
        **dataclasses.asdict(rule), 'id': group.id_of(rule),
        'name': '', 'security_group_id': group.id, 'remote_group_id': None,
        'remote_address_group_id': None, 'tags': [],
        'normalized_cidr': rule.remote_ip_prefix,
        'project_id': request.context.project_id,
        'tenant_id': request.context.project_id,
    } for rule in group.all_rules()]


#: What rows of each kind have, for a query of which there is no row.
_COMMON = ('id', 'name', 'description', 'tags', 'project_id', 'tenant_id')
_NAMES = {
    'networks': (*_COMMON, 'status', 'admin_state_up', 'subnets', 'mtu', 'shared',
                 'router:external', 'port_security_enabled', 'availability_zones',
                 'availability_zone_hints'),
    'subnets': (*_COMMON, 'network_id', 'cidr', 'ip_version', 'gateway_ip',
                'dns_nameservers', 'allocation_pools', 'enable_dhcp', 'host_routes',
                'ipv6_address_mode', 'ipv6_ra_mode', 'subnetpool_id'),
    'ports': (*_COMMON, 'network_id', 'device_id', 'device_owner', 'mac_address',
              'status', 'admin_state_up', 'fixed_ips', 'security_groups',
              'allowed_address_pairs'),
    'security-groups': (*_COMMON, 'stateful', 'shared', 'security_group_rules'),
    'security-group-rules': (
        *_COMMON, 'security_group_id', 'direction', 'ethertype', 'protocol',
        'port_range_min', 'port_range_max', 'remote_ip_prefix', 'remote_group_id',
        'remote_address_group_id', 'normalized_cidr'),
}


def _routes(plural: str, read: Callable[[api_request.Request], Rows]
            ) -> tuple[routing.Route, ...]:
    names = frozenset(_NAMES[plural])
    singular = plural[:-1].replace('-', '_')
    plural_key = plural.replace('-', '_')

    def index(request: api_request.Request) -> api_response.Response:
        page = selection.select(request, read(request), names)
        links = {f'{plural_key}_links': page.links} if page.links else {}
        return api_response.json_response({plural_key: page.rows, **links})

    def show(request: api_request.Request, row_id: str) -> api_response.Response:
        for row in read(request):
            if row['id'] == row_id:
                return api_response.json_response(
                    {singular: selection.shown(request, row)})
        raise errors.not_found(
            _('%(kind)s %(id)s could not be found.')
            % {'kind': singular.capitalize(), 'id': row_id})

    return (routing.Route('GET', f'/v2.0/{plural}', index),
            routing.Route('GET', f'/v2.0/{plural}/<row_id>', show))


ROUTES = (*_routes('networks', _networks), *_routes('subnets', _subnets),
          *_routes('ports', _ports), *_routes('security-groups', _security_groups),
          *_routes('security-group-rules', _security_group_rules))
