# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What becomes of each action and why one failed, as users can read it."""

from collections.abc import Iterator
import contextlib
import traceback
from typing import TYPE_CHECKING

from oslo_log import log as logging

from nova import exception
from nova import objects
import nova.conf

if TYPE_CHECKING:
    from nova import context as nova_context

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

#: What is done of the service's own accord belongs to no action, and the rows of
#: an instance that is deleted meanwhile are gone.
_NOTHING_TO_RECORD = (
    exception.InstanceActionNotFound, exception.InstanceActionEventNotFound,
    exception.InstanceNotFound)


@contextlib.contextmanager
def event(context: 'nova_context.RequestContext', instance_uuid: str,
          name: str) -> Iterator[None]:
    """Record the block as one event of the request's action.

    An exception that leaves the block makes event and action failed ones, and
    goes on.

    :param name: the event's, without the ``compute_`` before it.
    """
    with contextlib.suppress(*_NOTHING_TO_RECORD):
        objects.InstanceActionEvent.event_start(
            context, instance_uuid, f'compute_{name}', want_result=False,
            host=CONF.host)
    try:
        yield
    except Exception as error:
        _finish(context, instance_uuid, name, error)
        raise
    _finish(context, instance_uuid, name, None)


def _finish(context: 'nova_context.RequestContext', instance_uuid: str,
            name: str, error: Exception | None) -> None:
    with contextlib.suppress(*_NOTHING_TO_RECORD):
        objects.InstanceActionEvent.event_finish_with_failure(
            context, instance_uuid, f'compute_{name}', exc_val=error,
            exc_tb=error.__traceback__ if error else None, want_result=False)


def fault(context: 'nova_context.RequestContext', instance: 'objects.Instance',
          error: Exception) -> None:
    """Record why an instance is, or was nearly, in ERROR."""
    with contextlib.suppress(exception.InstanceNotFound):
        objects.InstanceFault(
            context, instance_uuid=instance.uuid, code=_code(error),
            message=_message(error), details=_details(error),
            host=CONF.host).create()


def _code(error: Exception) -> int:
    code = getattr(error, 'code', None)
    return code if isinstance(code, int) and 100 <= code < 600 else 500


def _message(error: Exception) -> str:
    if isinstance(error, exception.NovaException):
        return error.format_message()
    # The only user of this node is its administrator, who may read it all.
    text = ' '.join(str(error).split())
    return f'{type(error).__name__}: {text}' if text else type(error).__name__


def _details(error: Exception) -> str | None:
    """Return the traceback where the message was not made for users."""
    if _code(error) < 500:
        return None
    return ''.join(traceback.format_exception(error))


def context_of_latest(context: 'nova_context.RequestContext',
                      instance: 'objects.Instance') -> 'nova_context.RequestContext':
    """Return a context in which the latest action on an instance goes on."""
    actions = objects.InstanceActionList.get_by_instance_uuid(
        context, instance.uuid, limit=1)
    return _context_of(context, actions[0]) if actions else context


def interrupted(context: 'nova_context.RequestContext',
                instance: 'objects.Instance', error: exception.NovaException) -> None:
    """Finish, as failed, the events that the last process left unfinished."""
    for action in objects.InstanceActionList.get_by_instance_uuid(
            context, instance.uuid):
        for one in objects.InstanceActionEventList.get_by_action(
                context, action.id):
            if one.finish_time is None:
                name = one.event.removeprefix('compute_')
                _finish(_context_of(context, action), instance.uuid, name, error)


def _context_of(context: 'nova_context.RequestContext',
                action: 'objects.InstanceAction') -> 'nova_context.RequestContext':
    of_then = context.elevated()
    of_then.request_id = action.request_id
    return of_then
