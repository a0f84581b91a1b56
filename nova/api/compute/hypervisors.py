# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource ``/os-hypervisors``: the one host that this node is."""

import re
from typing import Any

from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.compute import lookup
from nova.api.compute.schemas import hypervisors as schemas
from nova.api.compute.views import hypervisors as views
from nova.api.compute.views import links
from nova.i18n import _

_NUMBERED = re.compile(r'[0-9]{1,18}', re.ASCII)


def index(request: api_request.Request) -> api_response.Response:
    """Return the hypervisors, no more than their names."""
    return _page(request, views.brief)


def detail(request: api_request.Request) -> api_response.Response:
    """Return the hypervisors with everything about them."""
    return _page(request, views.detail)


def show(request: api_request.Request,
         hypervisor_id: str) -> api_response.Response:
    """Return everything about one hypervisor."""
    schemas.show(request.microversion).check_query(request.args)
    node = _find(request, hypervisor_id)
    return api_response.json_response(
        {'hypervisor': _with_servers(request, node, views.detail)})


def statistics(request: api_request.Request) -> api_response.Response:
    """Return sums over the hypervisors."""
    nodes = request.services.compute.get_hypervisors(request.context)
    return api_response.json_response(
        {'hypervisor_statistics': views.statistics(nodes)})


def _page(request: api_request.Request, view: Any) -> api_response.Response:
    schemas.query(request.microversion).check_query(request.args)
    limit = lookup.limit(request)
    key = views.id_key(request)
    nodes = lookup.page(_wanted(request), limit=limit,
                        marker=request.args.get('marker'), key=key)
    page = {'hypervisors': [
        _with_servers(request, node, view) for node in nodes]}
    following = links.next_page(request, nodes, limit=limit, key=key)
    if following and request.microversion >= 33:
        page['hypervisors_links'] = following
    return api_response.json_response(page)


def _wanted(request: api_request.Request) -> list[Any]:
    nodes = list(request.services.compute.get_hypervisors(request.context))
    pattern = request.args.get('hypervisor_hostname_pattern')
    if pattern is None or request.microversion < 53:
        return nodes
    found = [node for node in nodes if pattern in node.hypervisor_hostname]
    if not found:
        raise errors.not_found(
            _("No hypervisor matching '%s' could be found.") % pattern)
    return found


def _find(request: api_request.Request, hypervisor_id: str) -> Any:
    key = views.id_key(request)
    for node in request.services.compute.get_hypervisors(request.context):
        if str(getattr(node, key)) == hypervisor_id:
            return node
    if key == 'uuid' and _NUMBERED.fullmatch(hypervisor_id):
        raise errors.bad_request(_('Invalid uuid %s') % hypervisor_id)
    raise errors.not_found(
        _("Hypervisor with ID '%s' could not be found.") % hypervisor_id)


def _with_servers(request: api_request.Request, node: Any,
                  view: Any) -> dict[str, Any]:
    shown: dict[str, Any] = view(request, node)
    if request.microversion >= 53 and _asks_for_servers(request):
        servers = request.services.compute.get_all(
            request.context, filters={'host': node.host},
            sort=[('created_at', 'desc')], limit=None, marker=None)
        if servers:
            shown['servers'] = [views.server(server) for server in servers]
    return shown


def _asks_for_servers(request: api_request.Request) -> bool:
    return request.args.get('with_servers', '').lower() in (
        'true', '1', 'on', 'yes')


ROUTES = (
    routing.Route('GET', '/v2.1/os-hypervisors', index),
    routing.Route('GET', '/v2.1/os-hypervisors/detail', detail),
    routing.Route('GET', '/v2.1/os-hypervisors/statistics', statistics,
                  until=87),
    routing.Route('GET', '/v2.1/os-hypervisors/<hypervisor_id>', show),
)
