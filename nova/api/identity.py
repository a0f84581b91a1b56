# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The version document of the identity service, and no more of it.

Clients that authenticate by HTTP Basic ask for it to learn what they talk to;
there are no tokens, users or projects to manage.
"""

from typing import Any

from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing

_MEDIA_TYPE = 'application/vnd.openstack.identity-v3+json'


def show_version(request: api_request.Request) -> api_response.Response:
    """Return the document of v3."""
    return api_response.json_response({'version': _version(request)})


def list_versions(request: api_request.Request) -> api_response.Response:
    """Return which versions there are, as a choice to be made."""
    return api_response.json_response(
        {'versions': {'values': [_version(request)]}}, 300)


def _version(request: api_request.Request) -> dict[str, Any]:
    return {
        'id': 'v3.14',
        'status': 'stable',
        'updated': '2020-04-07T00:00:00Z',
        'links': [{'rel': 'self',
                   'href': f'{request.host_url}identity/v3/'}],
        'media-types': [{'base': 'application/json', 'type': _MEDIA_TYPE}],
    }


class Identity:
    """What is below ``/identity``; its errors look like those of keystone."""

    def __init__(self) -> None:
        self.router = routing.Router('/identity', (
            routing.Route('GET', '/', list_versions, public=True),
            routing.Route('GET', '/v3', show_version, public=True),
        ))

    def prepare(self, request: api_request.Request) -> None:
        """Nothing to look at."""

    def finish(self, request: api_request.Request,
               response: api_response.Response) -> None:
        """Nothing to add."""

    def show_fault(self, fault: errors.Fault) -> api_response.Response:
        """Return a fault."""
        return api_response.json_response(
            {'error': {'code': fault.status, 'title': fault.title,
                       'message': fault.message}},
            fault.status, fault.headers)
