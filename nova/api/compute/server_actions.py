# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource ``/servers/{id}/action``: one action per request."""

from collections.abc import Callable
import dataclasses
import re
from typing import Any

from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api import validation
from nova.api.compute import lookup
from nova.api.compute.schemas import server_actions as schemas
from nova.i18n import _

# Characters that would command the terminal of whoever reads the output.
_CONTROL = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f]')

Handler = Callable[[api_request.Request, Any, Any], api_response.Response]


@dataclasses.dataclass(frozen=True)
class Action:
    """One action.

    :param handler: called with request, instance and what the body says.
    """

    handler: Handler
    validator: validation.Validator


def act(request: api_request.Request, server_id: str) -> api_response.Response:
    """Do what the only key of the body names."""
    body = request.json_body()
    name = _name(body)
    action = _ACTIONS.get(name)
    if action is None:
        raise errors.bad_request(
            _('There is no such action: %s') % name[:64])
    action.validator.check(body)
    instance = lookup.instance(request, server_id)
    return action.handler(request, instance, body[name])


def _name(body: Any) -> str:
    if not isinstance(body, dict) or not body:
        raise errors.bad_request(_('Malformed request body: no action in it'))
    if len(body) > 1:
        raise errors.bad_request(
            _('Multiple actions specified: %s')
            % ', '.join(sorted(body))[:200])
    return str(next(iter(body)))


def _calling(method: str) -> Handler:
    """Return the handler of an action that is one method of the compute API."""
    def handler(request: api_request.Request, instance: Any,
                _content: Any) -> api_response.Response:
        getattr(request.services.compute, method)(request.context, instance)
        return api_response.empty_response(202)
    return handler


def _reboot(request: api_request.Request, instance: Any,
            content: Any) -> api_response.Response:
    request.services.compute.reboot(
        request.context, instance, content['type'].upper())
    return api_response.empty_response(202)


def _console_output(request: api_request.Request, instance: Any,
                    content: Any) -> api_response.Response:
    length = content.get('length')
    lines = None if length is None or int(length) < 0 else int(length)
    output = request.services.compute.get_console_output(
        request.context, instance, tail_length=lines)
    return api_response.json_response({'output': _printable(output)})


def _printable(output: str) -> str:
    # What a guest prints need not be text in any encoding.
    return _CONTROL.sub('', output).encode('utf-8', 'replace').decode('utf-8')


def _action(name: str, handler: Handler,
            content: validation.Schema = schemas.BARE) -> tuple[str, Action]:
    return name, Action(handler, schemas.of(name, content))


_ACTIONS = dict((
    _action('os-start', _calling('start')),
    _action('os-stop', _calling('stop')),
    _action('pause', _calling('pause')),
    _action('unpause', _calling('unpause')),
    _action('forceDelete', _calling('delete')),
    _action('reboot', _reboot, schemas.REBOOT),
    _action('os-getConsoleOutput', _console_output, schemas.CONSOLE_OUTPUT),
))

ROUTES = (
    routing.Route('POST', '/v2.1/servers/<server_id>/action', act),
)
