# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource ``/servers``: list, create, show, update, delete."""

from typing import Any

from nova import exception
from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.compute import create_request
from nova.api.compute import lookup
from nova.api.compute import server_filters
from nova.api.compute.schemas import servers as schemas
from nova.api.compute.views import links
from nova.api.compute.views import servers as views
from nova.i18n import _


def index(request: api_request.Request) -> api_response.Response:
    """Return a page of servers, no more than their names."""
    return _page(request, views.brief)


def detail(request: api_request.Request) -> api_response.Response:
    """Return a page of servers with everything about them."""
    return _page(request, views.detail)


def show(request: api_request.Request, server_id: str) -> api_response.Response:
    """Return everything about one server."""
    instance = lookup.instance(request, server_id)
    return api_response.json_response({'server': views.show(request, instance)})


def create(request: api_request.Request) -> api_response.Response:
    """Create one or several servers; they are built after the answer."""
    body = request.json_body()
    schemas.create(request.microversion).check(body)
    arguments = create_request.arguments(request, body)
    try:
        instances = request.services.compute.create(
            request.context, **arguments)
    except (exception.FlavorNotFound, exception.ImageNotFound) as error:
        # What the body names and is not there makes the body wrong.
        raise errors.bad_request(error.format_message()) from error
    if create_request.wants_reservation(body):
        return api_response.json_response(
            {'reservation_id': instances[0].reservation_id}, 202)
    return _created(request, instances[0])


def update(request: api_request.Request,
           server_id: str) -> api_response.Response:
    """Change the name of a server."""
    body = request.json_body()
    schemas.update(request.microversion).check(body)
    changes = dict(body['server'])
    changes.pop('OS-DCF:diskConfig', None)
    instance = lookup.instance(request, server_id)
    unsupported = sorted(set(changes) - {'name', 'description'})
    if unsupported:
        raise errors.bad_request(
            _('This node cannot change: %s') % ', '.join(unsupported))
    if changes:
        instance = request.services.compute.update(
            request.context, instance, **changes) or instance
    return api_response.json_response({'server': views.show(request, instance)})


def delete(request: api_request.Request,
           server_id: str) -> api_response.Response:
    """Delete a server; it is gone some time after the answer."""
    instance = lookup.instance(request, server_id)
    request.services.compute.delete(request.context, instance)
    return api_response.empty_response(204)


def _created(request: api_request.Request,
             instance: Any) -> api_response.Response:
    shown = views.created(request, instance)
    return api_response.json_response(
        {'server': shown}, 202, {'Location': shown['links'][0]['href']})


def _page(request: api_request.Request, view: Any) -> api_response.Response:
    schemas.query(request.microversion).check_query(request.args)
    limit = lookup.limit(request)
    instances = server_filters.find(request, limit)
    page = {'servers': [view(request, instance) for instance in instances]}
    following = links.next_page(request, instances, limit=limit, key='uuid')
    if following:
        page['servers_links'] = following
    return api_response.json_response(page)


ROUTES = (
    routing.Route('GET', '/v2.1/servers', index),
    routing.Route('GET', '/v2.1/servers/detail', detail),
    routing.Route('POST', '/v2.1/servers', create),
    routing.Route('GET', '/v2.1/servers/<server_id>', show),
    routing.Route('PUT', '/v2.1/servers/<server_id>', update),
    routing.Route('DELETE', '/v2.1/servers/<server_id>', delete),
)
