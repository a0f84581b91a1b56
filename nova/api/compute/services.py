# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource ``/os-services``: the one process that is everything."""

from typing import Any

from oslo_utils import timeutils

from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.compute.views import hypervisors as hypervisor_views
from nova.api.compute.views import servers as server_views
from nova.api.compute.views import times

_BINARY = 'nova-compute'


def index(request: api_request.Request) -> api_response.Response:
    """Return the service, unless another host or program is asked for."""
    asked = {'host': request.args.get('host'),
             'binary': request.args.get('binary')}
    shown = [_service(request, node) for node in
             request.services.compute.get_hypervisors(request.context)]
    return api_response.json_response({'services': [
        service for service in shown
        if all(value in (None, service[key]) for key, value in asked.items())]})


def _service(request: api_request.Request, node: Any) -> dict[str, Any]:
    shown = {
        'id': getattr(node, hypervisor_views.id_key(request)),
        'binary': _BINARY,
        'host': node.host,
        'zone': server_views.DEFAULT_ZONE,
        'status': 'enabled',
        'state': 'up',
        # It answers, so this is when it was last seen.
        'updated_at': times.microseconds(timeutils.utcnow()),
        'disabled_reason': None,
    }
    if request.microversion >= 11:
        shown['forced_down'] = False
    return shown


ROUTES = (
    routing.Route('GET', '/v2.1/os-services', index),
)
