# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource ``/v2/images``, which can be read only."""

from typing import Any
from urllib import parse

from nova import exception
from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.compute import lookup
from nova.api.image import filters
from nova.api.image import schemas
from nova.api.image import views
from nova.i18n import _

#: Images of a page where the client does not say.
_DEFAULT_LIMIT = 25


def index(request: api_request.Request) -> api_response.Response:
    """Return a page of images."""
    schemas.LIST.check_query(request.args)
    described = request.services.images.get_all(request.context)
    images = filters.wanted(request, [views.image(one) for one in described])
    limit = lookup.limit(request) if 'limit' in request.args else _DEFAULT_LIMIT
    page = _behind(images, request.args.get('marker'))[:limit]
    shown: dict[str, Any] = {
        'images': page,
        'first': _link(request, None),
        'schema': '/v2/schemas/images',
    }
    if page and page[-1] is not images[-1]:
        shown['next'] = _link(request, page[-1]['id'])
    return api_response.json_response(shown)


def show(request: api_request.Request, image_id: str) -> api_response.Response:
    """Return one image."""
    return api_response.json_response(_find(request, image_id))


def _find(request: api_request.Request, image_id: str) -> dict[str, Any]:
    try:
        described = request.services.images.get(request.context, image_id)
    except exception.ImageNotFound:
        raise errors.not_found(
            _('No image found with ID %s') % image_id) from None
    return views.image(described)


def _behind(images: list[dict[str, Any]],
            marker: str | None) -> list[dict[str, Any]]:
    if marker is None:
        return images
    ids = [image['id'] for image in images]
    if marker not in ids:
        raise errors.bad_request(_('marker [%s] not found') % marker)
    return images[ids.index(marker) + 1:]


def _link(request: api_request.Request, marker: str | None) -> str:
    query = [(name, value) for name, value in request.args.items(multi=True)
             if name != 'marker']
    if marker is not None:
        query.append(('marker', marker))
    return '/v2/images' + (f'?{parse.urlencode(query)}' if query else '')


ROUTES = (
    routing.Route('GET', '/v2/images', index),
    routing.Route('GET', '/v2/images/<image_id>', show),
)
