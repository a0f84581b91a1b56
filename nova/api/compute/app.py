# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Everything below ``/compute``."""

from nova.api import errors
from nova.api import microversion
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.compute import aggregates
from nova.api.compute import availability_zones
from nova.api.compute import faults
from nova.api.compute import flavors
from nova.api.compute import hypervisors
from nova.api.compute import instance_actions
from nova.api.compute import interfaces
from nova.api.compute import limits
from nova.api.compute import server_actions
from nova.api.compute import servers
from nova.api.compute import services
from nova.api.compute import versions

ROUTES = (
    *versions.ROUTES,
    *servers.ROUTES,
    *server_actions.ROUTES,
    *instance_actions.ROUTES,
    *interfaces.ROUTES,
    *flavors.ROUTES,
    *hypervisors.ROUTES,
    *services.ROUTES,
    *availability_zones.ROUTES,
    *aggregates.ROUTES,
    *limits.ROUTES,
)


class Compute:
    """The Compute API, which has microversions."""

    def __init__(self) -> None:
        self.router = routing.Router('/compute', ROUTES)

    def prepare(self, request: api_request.Request) -> None:
        """Settle the microversion.

        :raises exception.InvalidAPIVersionString: if it is not a version.
        :raises exception.InvalidGlobalAPIVersion: if it is not served.
        """
        request.microversion = microversion.negotiate(request.headers)

    def finish(self, request: api_request.Request,
               response: api_response.Response) -> None:
        """Tell in which version the request was answered."""
        response.headers.extend(
            microversion.response_headers(request.microversion))
        response.headers['X-Compute-Request-Id'] = request.request_id

    def show_fault(self, fault: errors.Fault) -> api_response.Response:
        """Return a fault in the shape of the Compute API."""
        return faults.show(fault)
