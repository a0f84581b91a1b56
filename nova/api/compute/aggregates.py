# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource ``/os-aggregates``: one node has none."""

from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing


def index(request: api_request.Request) -> api_response.Response:
    """Return that there are none."""
    return api_response.json_response({'aggregates': []})


ROUTES = (
    routing.Route('GET', '/v2.1/os-aggregates', index),
)
