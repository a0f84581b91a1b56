# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The version document of the Image API, which anybody may read."""

from typing import Any

from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing


def choose(request: api_request.Request) -> api_response.Response:
    """Return which versions there are, as a choice to be made."""
    return api_response.json_response(_versions(request), 300)


def index(request: api_request.Request) -> api_response.Response:
    """Return which versions there are."""
    return api_response.json_response(_versions(request))


def _versions(request: api_request.Request) -> dict[str, Any]:
    link = {'rel': 'self', 'href': f'{request.host_url}image/v2/'}
    return {'versions': [
        {'id': version, 'status': status, 'links': [link]}
        for version, status in (('v2.9', 'CURRENT'), ('v2.0', 'SUPPORTED'))]}


ROUTES = (
    routing.Route('GET', '/', choose, public=True),
    routing.Route('GET', '/versions', index, public=True),
)
