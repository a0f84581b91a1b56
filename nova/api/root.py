# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The document at ``/``, and the answer to paths that nobody serves."""

from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.compute import faults
from nova.api.compute import versions


def index(request: api_request.Request) -> api_response.Response:
    """Return which compute APIs there are."""
    return versions.index(request)


class Root:
    """What lies above the services."""

    def __init__(self) -> None:
        self.router = routing.Router(
            '', (routing.Route('GET', '/', index, public=True),))

    def prepare(self, request: api_request.Request) -> None:
        """Nothing to look at."""

    def finish(self, request: api_request.Request,
               response: api_response.Response) -> None:
        """Nothing to add."""

    def show_fault(self, fault: errors.Fault) -> api_response.Response:
        """Return a fault in the shape of the Compute API."""
        return faults.show(fault)
