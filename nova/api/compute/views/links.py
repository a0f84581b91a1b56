# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Links from one document to others."""

from typing import Any
from urllib import parse

from nova.api import request as api_request

_BASE = 'compute'
_VERSION = 'compute/v2.1'


def bookmark(request: api_request.Request, kind: str,
             identifier: str) -> dict[str, str]:
    """Return the link to a thing that holds for any version of the API."""
    name = parse.quote(identifier, safe='')
    return {'rel': 'bookmark',
            'href': f'{request.host_url}{_BASE}/{kind}/{name}'}


def to(request: api_request.Request, kind: str,
       identifier: str) -> list[dict[str, str]]:
    """Return both links to a thing."""
    name = parse.quote(identifier, safe='')
    return [{'rel': 'self',
             'href': f'{request.host_url}{_VERSION}/{kind}/{name}'},
            bookmark(request, kind, identifier)]


def next_page(request: api_request.Request, items: list[Any], *, limit: int,
              key: str) -> list[dict[str, str]]:
    """Return the link to what follows a full page, or none.

    :param key: the attribute of the last item that becomes the marker.
    """
    if not items or len(items) < limit:
        return []
    query = [(name, value) for name, value in request.args.items(multi=True)
             if name != 'marker']
    query.append(('marker', str(getattr(items[-1], key))))
    path = parse.quote(request.path.lstrip('/'))
    return [{'rel': 'next',
             'href': f'{request.host_url}{path}?{parse.urlencode(query)}'}]
