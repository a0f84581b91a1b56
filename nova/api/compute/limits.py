# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource ``/limits``: what is bounded, and how much is in use."""

from typing import Any

from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.compute import create_request

_UNLIMITED = -1


def show(request: api_request.Request) -> api_response.Response:
    """Return the limits; what a node has room for is not one of them."""
    instances = request.services.compute.get_all(
        request.context, filters={}, sort=[('created_at', 'desc')], limit=None,
        marker=None)
    absolute = {
        'maxServerMeta': create_request.MAX_METADATA,
        'maxTotalInstances': _UNLIMITED,
        'maxTotalCores': _UNLIMITED,
        'maxTotalRAMSize': _UNLIMITED,
        'totalInstancesUsed': len(instances),
        'totalCoresUsed': _sum(instances, 'vcpus'),
        'totalRAMUsed': _sum(instances, 'memory_mb'),
    }
    return api_response.json_response(
        {'limits': {'rate': [], 'absolute': absolute}})


def _sum(instances: list[Any], attribute: str) -> int:
    return sum(getattr(one.flavor, attribute) for one in instances)


ROUTES = (
    routing.Route('GET', '/v2.1/limits', show),
)
