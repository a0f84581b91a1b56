# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource ``/servers/{id}/os-instance-actions``: what was done to it."""

from typing import Any

from oslo_utils import timeutils

from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.compute import lookup
from nova.api.compute.schemas import instance_actions as schemas
from nova.api.compute.views import instance_actions as views
from nova.api.compute.views import links
from nova.i18n import _


def index(request: api_request.Request,
          server_id: str) -> api_response.Response:
    """Return a page of actions, the newest first."""
    schemas.query(request.microversion).check_query(request.args)
    instance = lookup.instance(request, server_id)
    paged = request.microversion >= 58
    limit = lookup.limit(request) if paged else request.services.max_limit
    actions = lookup.page(
        _actions(request, instance), limit=limit,
        marker=request.args.get('marker') if paged else None, key='request_id')
    page = {'instanceActions': [
        views.brief(request, action) for action in actions]}
    following = links.next_page(request, actions, limit=limit, key='request_id')
    if following and paged:
        page['links'] = following
    return api_response.json_response(page)


def show(request: api_request.Request, server_id: str,
         request_id: str) -> api_response.Response:
    """Return one action with its events."""
    instance = lookup.instance(request, server_id)
    found = request.services.compute.get_action(
        request.context, instance.uuid, request_id)
    if found is None:
        raise errors.not_found(
            _('Action %s not found') % request_id)
    action, events = found
    return api_response.json_response(
        {'instanceAction': views.detail(request, instance, action, events)})


def _actions(request: api_request.Request, instance: Any) -> list[Any]:
    found = request.services.compute.get_actions(
        request.context, instance.uuid)
    actions = sorted(found, key=_age, reverse=True)
    since = _time(request, 'changes-since', 58)
    before = _time(request, 'changes-before', 66)
    return [action for action in actions
            if (since is None or _changed(action) >= since)
            and (before is None or _changed(action) <= before)]


def _age(action: Any) -> Any:
    return action.start_time, action.id


def _changed(action: Any) -> Any:
    return timeutils.normalize_time(action.updated_at or action.start_time)


def _time(request: api_request.Request, name: str, since: int) -> Any:
    value = request.args.get(name)
    if value is None or request.microversion < since:
        return None
    return timeutils.normalize_time(timeutils.parse_isotime(value))


_ACTIONS = '/v2.1/servers/<server_id>/os-instance-actions'

ROUTES = (
    routing.Route('GET', _ACTIONS, index),
    routing.Route('GET', f'{_ACTIONS}/<request_id>', show),
)
