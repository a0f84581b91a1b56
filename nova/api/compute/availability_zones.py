# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource ``/os-availability-zone``: the zone that this node is in."""

from typing import Any

from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.compute.views import servers as server_views


def index(request: api_request.Request) -> api_response.Response:
    """Return the zone."""
    return _zone(None)


def detail(request: api_request.Request) -> api_response.Response:
    """Return the zone with its hosts."""
    nodes = request.services.compute.get_hypervisors(request.context)
    service = {'active': True, 'available': True, 'updated_at': None}
    return _zone({node.host: {'nova-compute': service} for node in nodes})


def _zone(hosts: dict[str, Any] | None) -> api_response.Response:
    return api_response.json_response({'availabilityZoneInfo': [{
        'zoneName': server_views.DEFAULT_ZONE,
        'zoneState': {'available': True},
        'hosts': hosts,
    }]})


ROUTES = (
    routing.Route('GET', '/v2.1/os-availability-zone', index),
    routing.Route('GET', '/v2.1/os-availability-zone/detail', detail),
)
