# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The version document of the Networking API, which anybody may read."""

from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing

_COLLECTIONS = ('networks', 'subnets', 'ports', 'security-groups',
                'security-group-rules')


def index(request: api_request.Request) -> api_response.Response:
    """Return which versions there are."""
    link = {'rel': 'self', 'href': f'{request.host_url}network/v2.0/'}
    return api_response.json_response({'versions': [
        {'id': 'v2.0', 'status': 'CURRENT', 'links': [link]}]})


def resources(request: api_request.Request) -> api_response.Response:
    """Return which collections version 2.0 has."""
    return api_response.json_response({'resources': [
        {'name': plural[:-1], 'collection': plural, 'links': [
            {'rel': 'self', 'href': f'{request.host_url}network/v2.0/{plural}'}]}
        for plural in _COLLECTIONS]})


def extensions(request: api_request.Request) -> api_response.Response:
    """Return which extensions there are: none."""
    return api_response.json_response({'extensions': []})


ROUTES = (
    routing.Route('GET', '/', index, public=True),
    routing.Route('GET', '/v2.0', resources),
    routing.Route('GET', '/v2.0/extensions', extensions),
)
