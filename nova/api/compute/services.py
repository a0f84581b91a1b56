# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource ``/os-services``: the one process that is everything."""

from typing import Any

from oslo_utils import timeutils

from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.compute.schemas import services as schemas
from nova.api.compute.views import hypervisors as hypervisor_views
from nova.api.compute.views import servers as server_views
from nova.api.compute.views import times
from nova.i18n import _


def index(request: api_request.Request) -> api_response.Response:
    """Return the service, unless another host or program is asked for."""
    asked = {'host': request.args.get('host'),
             'binary': request.args.get('binary')}
    shown = _shown(request, request.services.compute.get_service(request.context))
    is_asked_for = all(value in (None, shown[key]) for key, value in asked.items())
    return api_response.json_response({'services': [shown] if is_asked_for else []})


def change(request: api_request.Request, target: str) -> api_response.Response:
    """Enable or disable the service; disabled, it takes no new servers.

    :param target: the service; before 2.53, what to do to the one in the body.
    """
    if request.microversion >= 53:
        return _update(request, target)
    return _update_by_host(request, target)


def _update(request: api_request.Request, service_id: str) -> api_response.Response:
    body = request.json_body()
    schemas.UPDATE.check(body)
    if service_id != request.services.compute.get_service(request.context).uuid:
        raise errors.not_found(_('Service %s could not be found.') % service_id)
    disabled = body.get('status') == 'disabled'
    if 'status' not in body or ('disabled_reason' in body and not disabled):
        raise errors.bad_request(
            _("Give 'status'; 'disabled_reason' goes with status 'disabled' alone"))
    changed = request.services.compute.set_service_disabled(
        request.context, disabled, body.get('disabled_reason'))
    return api_response.json_response({'service': _shown(request, changed)})


def _update_by_host(request: api_request.Request,
                    action: str) -> api_response.Response:
    body = request.json_body()
    schemas.BY_HOST.check(body)
    _check_action(action, body)
    service = request.services.compute.get_service(request.context)
    if (body['host'], body['binary']) != (service.host, service.binary):
        raise errors.not_found(_('Host %(host)s runs no %(binary)s') % body)
    request.services.compute.set_service_disabled(
        request.context, action != 'enable', body.get('disabled_reason'))
    answer = {**body, 'status': 'enabled' if action == 'enable' else 'disabled'}
    return api_response.json_response({'service': answer})


def _check_action(action: str, body: dict[str, Any]) -> None:
    if action not in ('enable', 'disable', 'disable-log-reason'):
        raise errors.not_found(_('Unknown action %s') % action)
    if (action == 'disable-log-reason') != ('disabled_reason' in body):
        raise errors.bad_request(
            _("'disabled_reason' goes with the action disable-log-reason"))


def _shown(request: api_request.Request, service: Any) -> dict[str, Any]:
    shown = {
        'id': getattr(service, hypervisor_views.id_key(request)),
        'binary': service.binary,
        'host': service.host,
        'zone': server_views.DEFAULT_ZONE,
        'status': hypervisor_views.status(service),
        'state': 'up',
        # It answers, so this is when it was last seen.
        'updated_at': times.microseconds(timeutils.utcnow()),
        'disabled_reason': service.disabled_reason,
    }
    if request.microversion >= 11:
        shown['forced_down'] = False
    return shown


ROUTES = (
    routing.Route('GET', '/v2.1/os-services', index),
    routing.Route('PUT', '/v2.1/os-services/<target>', change),
)
