# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource ``/servers/{id}/os-interface``: what a server is plugged in with."""

from typing import Any

from nova import exception
from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.compute import lookup
from nova.api.compute.schemas import interfaces as schemas
from nova.i18n import _
from nova.network import allotment


def index(request: api_request.Request, server_id: str) -> api_response.Response:
    """Return the interfaces of a server."""
    instance = lookup.instance(request, server_id)
    found = request.services.compute.get_interfaces(request.context, instance)
    return api_response.json_response(
        {'interfaceAttachments': [_shown(request, one) for one in found]})


def show(request: api_request.Request, server_id: str,
         port_id: str) -> api_response.Response:
    """Return one interface of a server."""
    instance = lookup.instance(request, server_id)
    for one in request.services.compute.get_interfaces(request.context, instance):
        if one.port_id == port_id:
            return api_response.json_response(
                {'interfaceAttachment': _shown(request, one)})
    raise exception.PortNotFound(port_id=port_id)


def attach(request: api_request.Request, server_id: str) -> api_response.Response:
    """Give a server one more interface; it has it when this is answered."""
    body = request.json_body()
    schemas.ATTACH.check(body)
    arguments = _arguments(body['interfaceAttachment'])
    instance = lookup.instance(request, server_id)
    try:
        attached = request.services.compute.attach_interface(
            request.context, instance, **arguments)
    except exception.InterfaceAttachFailed as error:
        # Whoever asks owns the node, and is told what is wrong with it.
        raise errors.Fault(500, f'{error}: {error.__cause__}') from error
    return api_response.json_response(
        {'interfaceAttachment': _shown(request, attached)})


def _arguments(asked: dict[str, Any]) -> dict[str, Any]:
    unsupported = [name for name in ('port_id', 'tag') if name in asked]
    if unsupported:
        raise errors.bad_request(
            _('This node does not support: %s; it makes a port for each interface '
              'of a network (net_id)') % ', '.join(unsupported))
    if 'fixed_ips' in asked and 'net_id' not in asked:
        raise errors.bad_request(_('fixed_ips: net_id is needed too'))
    addresses = [one['ip_address'] for one in asked.get('fixed_ips', ())]
    return {'network_id': asked.get('net_id'),
            'fixed_ip': addresses[0] if addresses else None}


def detach(request: api_request.Request, server_id: str,
           port_id: str) -> api_response.Response:
    """Take an interface from a server, some time after the answer."""
    instance = lookup.instance(request, server_id)
    request.services.compute.detach_interface(request.context, instance, port_id)
    return api_response.empty_response(202)


def _shown(request: api_request.Request,
           interface: allotment.Interface) -> dict[str, Any]:
    shown = {
        'port_id': interface.port_id, 'net_id': interface.network_id,
        'mac_addr': interface.mac_address,
        'port_state': 'ACTIVE' if interface.is_active else 'DOWN',
        'fixed_ips': [{'subnet_id': subnet_id, 'ip_address': address}
                      for subnet_id, address in interface.addresses]}
    if request.microversion >= 70:
        shown['tag'] = None
    return shown


_INTERFACES = '/v2.1/servers/<server_id>/os-interface'

ROUTES = (
    routing.Route('GET', _INTERFACES, index),
    routing.Route('POST', _INTERFACES, attach),
    routing.Route('GET', f'{_INTERFACES}/<port_id>', show),
    routing.Route('DELETE', f'{_INTERFACES}/<port_id>', detach),
)
