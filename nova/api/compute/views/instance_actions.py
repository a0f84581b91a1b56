# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How an action on a server is shown, and the events that it consists of."""

from typing import Any

from nova import utils
from nova.api import request as api_request
from nova.api.compute.views import times


def brief(request: api_request.Request, action: Any) -> dict[str, Any]:
    """Return an action without its events."""
    shown = {
        'action': action.action,
        'instance_uuid': action.instance_uuid,
        'request_id': action.request_id,
        'user_id': action.user_id,
        'project_id': action.project_id,
        'start_time': times.microseconds(action.start_time),
        'message': action.message,
    }
    if request.microversion >= 58:
        shown['updated_at'] = times.microseconds(
            action.updated_at or action.start_time)
    return shown


def detail(request: api_request.Request, instance: Any, action: Any,
           events: list[Any]) -> dict[str, Any]:
    """Return an action with its events, the newest first."""
    ordered = sorted(events, key=lambda event: (event.start_time, event.id),
                     reverse=True)
    return {**brief(request, action),
            'events': [_event(request, instance, event) for event in ordered]}


def _event(request: api_request.Request, instance: Any,
           event: Any) -> dict[str, Any]:
    shown = {
        'event': event.event,
        'start_time': times.microseconds(event.start_time),
        'finish_time': times.microseconds(event.finish_time),
        'result': event.result,
        'traceback': event.traceback,
    }
    if request.microversion >= 62:
        shown['host'] = event.host
        shown['hostId'] = utils.generate_hostid(
            event.host, instance.project_id)
    if request.microversion >= 84:
        shown['details'] = event.details
    return shown
