# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Everything below ``/network``."""

from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.network import resources
from nova.api.network import versions


class Network:
    """The Networking API, whose errors look like Neutron's."""

    def __init__(self) -> None:
        self.router = routing.Router(
            '/network', (*versions.ROUTES, *resources.ROUTES))

    def prepare(self, request: api_request.Request) -> None:
        """Nothing to look at."""

    def finish(self, request: api_request.Request,
               response: api_response.Response) -> None:
        """Nothing to add."""

    def show_fault(self, fault: errors.Fault) -> api_response.Response:
        """Return a fault."""
        return api_response.json_response(
            {'NeutronError': {'type': fault.title.replace(' ', ''),
                              'message': fault.message, 'detail': ''}},
            fault.status, fault.headers)
