# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The version documents of the Compute API, which anybody may read."""

from typing import Any

from nova.api import microversion
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing

_MEDIA_TYPE = 'application/vnd.openstack.compute+json;version=2.1'


def index(request: api_request.Request) -> api_response.Response:
    """Return which versions of the API there are."""
    return api_response.json_response({'versions': [_version(request)]})


def show(request: api_request.Request) -> api_response.Response:
    """Return the document of v2.1."""
    version = _version(request)
    version['media-types'] = [
        {'base': 'application/json', 'type': _MEDIA_TYPE}]
    return api_response.json_response({'version': version})


def _version(request: api_request.Request) -> dict[str, Any]:
    return {
        'id': 'v2.1',
        'status': 'CURRENT',
        'version': microversion.MAX_VERSION,
        'min_version': microversion.MIN_VERSION,
        'updated': '2013-07-23T11:33:21Z',
        'links': [{'rel': 'self',
                   'href': f'{request.host_url}compute/v2.1/'}],
    }


ROUTES = (
    routing.Route('GET', '/', index, public=True),
    routing.Route('GET', '/v2.1', show, public=True),
)
