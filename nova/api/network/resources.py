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
from nova.db import port_api
from nova.i18n import _
from nova.network import declared
from nova.network import security_rules

Rows = list[dict[str, Any]]

#: Parameters that do not select.
_CONTROL = frozenset(('fields', 'limit', 'marker', 'page_reverse', 'sort_key',
                      'sort_dir'))


def _networks(request: api_request.Request) -> Rows:
    return [{
        'id': one.id, 'name': one.name, 'status': 'ACTIVE', 'admin_state_up': True,
        'subnets': [subnet.id for subnet in one.subnets], 'mtu': one.mtu or 1500,
        'shared': True, 'router:external': False, 'description': '',
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
        'enable_dhcp': False, 'host_routes': [], 'description': '', 'tags': [],
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
                      for one in addresses],
        'security_groups': _groups_of(port.network_id),
        'allowed_address_pairs': [], 'description': '',
        'tags': [], 'project_id': request.context.project_id,
        'tenant_id': request.context.project_id,
    } for port, addresses in port_api.ports_get()]


def _groups_of(network_id: str) -> list[str]:
    return [one.security_group.id for one in declared.get_all()
            if one.id == network_id and one.port_security]


def _security_groups(request: api_request.Request) -> Rows:
    return [{
        'id': one.security_group.id, 'name': one.name, 'stateful': True,
        'description': _('Every port of network %s') % one.name, 'tags': [],
        'shared': True, 'project_id': request.context.project_id,
        'tenant_id': request.context.project_id,
        'security_group_rules': _rules_of(request, one.security_group),
    } for one in declared.get_all()]


def _security_group_rules(request: api_request.Request) -> Rows:
    return [rule for one in declared.get_all()
            for rule in _rules_of(request, one.security_group)]


def _rules_of(request: api_request.Request,
              group: security_rules.SecurityGroup) -> Rows:
    return [{
        **dataclasses.asdict(rule), 'id': group.id_of(rule),
        'security_group_id': group.id, 'remote_group_id': None,
        'remote_address_group_id': None, 'tags': [],
        'normalized_cidr': rule.remote_ip_prefix,
        'project_id': request.context.project_id,
        'tenant_id': request.context.project_id,
    } for rule in group.all_rules()]


def _fits(row: dict[str, Any], request: api_request.Request) -> bool:
    for name in request.args:
        if name in _CONTROL:
            continue
        if name not in row:
            raise errors.bad_request(_('there is no filter %r') % name)
        if str(row[name]).lower() not in [
                value.lower() for value in request.args.getlist(name)]:
            return False
    return True


def _shown(row: dict[str, Any], request: api_request.Request) -> dict[str, Any]:
    fields = request.args.getlist('fields')
    return {name: row[name] for name in row if not fields or name in fields}


def _routes(plural: str, read: Callable[[api_request.Request], Rows]
            ) -> tuple[routing.Route, ...]:
    singular = plural[:-1].replace('-', '_')
    plural_key = plural.replace('-', '_')

    def index(request: api_request.Request) -> api_response.Response:
        return api_response.json_response({plural_key: [
            _shown(row, request) for row in read(request) if _fits(row, request)]})

    def show(request: api_request.Request, row_id: str) -> api_response.Response:
        for row in read(request):
            if row['id'] == row_id:
                return api_response.json_response({singular: _shown(row, request)})
        raise errors.not_found(
            _('%(kind)s %(id)s could not be found.')
            % {'kind': singular.capitalize(), 'id': row_id})

    return (routing.Route('GET', f'/v2.0/{plural}', index),
            routing.Route('GET', f'/v2.0/{plural}/<row_id>', show))


ROUTES = (*_routes('networks', _networks), *_routes('subnets', _subnets),
          *_routes('ports', _ports), *_routes('security-groups', _security_groups),
          *_routes('security-group-rules', _security_group_rules))
