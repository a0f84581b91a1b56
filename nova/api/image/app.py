# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Everything below ``/image``."""

from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.image import images
from nova.api.image import versions


class Image:
    """The Image API, whose errors look like Glance's."""

    def __init__(self) -> None:
        self.router = routing.Router(
            '/image', (*versions.ROUTES, *images.ROUTES))

    def prepare(self, request: api_request.Request) -> None:
        """Nothing to look at."""

    def finish(self, request: api_request.Request,
               response: api_response.Response) -> None:
        """Nothing to add."""

    def show_fault(self, fault: errors.Fault) -> api_response.Response:
        """Return a fault."""
        return api_response.json_response(
            {'message': fault.message, 'title': fault.title,
             'code': f'{fault.status} {fault.title}'},
            fault.status, fault.headers)
