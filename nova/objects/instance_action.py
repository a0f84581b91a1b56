# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Actions: what was asked of a server, and the steps that it took."""

import traceback
from typing import Any

from oslo_utils import timeutils

from nova import exception
from nova.db import api as db
from nova.db import queries
from nova.objects import base
from nova.objects import fields

_ACTION_COLUMNS = ('id', 'action', 'instance_uuid', 'request_id', 'user_id',
                   'project_id', 'start_time', 'finish_time', 'message',
                   'created_at', 'updated_at')
_EVENT_COLUMNS = ('id', 'event', 'action_id', 'start_time', 'finish_time', 'result',
                  'traceback', 'host', 'details', 'created_at', 'updated_at')


@base.NovaObjectRegistry.register
class InstanceAction(base.NovaPersistentObject, base.NovaObject,
                     base.NovaObjectDictCompat):
    """Something that was asked of a server by one request."""

    VERSION = '1.2'

    fields = {
        'id': fields.IntegerField(),
        'action': fields.StringField(nullable=True),
        'instance_uuid': fields.UUIDField(nullable=True),
        'request_id': fields.StringField(nullable=True),
        'user_id': fields.StringField(nullable=True),
        'project_id': fields.StringField(nullable=True),
        'start_time': fields.DateTimeField(nullable=True),
        'finish_time': fields.DateTimeField(nullable=True),
        'message': fields.StringField(nullable=True),
    }

    @classmethod
    def _from_db_object(cls, context: Any, action: 'InstanceAction',
                        row: Any) -> 'InstanceAction':
        return _fill(context, action, row, _ACTION_COLUMNS)

    @classmethod
    def get_by_request_id(cls, context: Any, instance_uuid: str,
                          request_id: str) -> 'InstanceAction | None':
        """Return the action that a request began, None if it began none."""
        row = db.action_get_by_request_id(instance_uuid, request_id)
        return None if row is None else cls._from_db_object(context, cls(), row)

    @classmethod
    def action_start(cls, context: Any, instance_uuid: str, action_name: str,
                     want_result: bool = True) -> 'InstanceAction | None':
        """Record that a request asks something of a server.

        :raises InstanceNotFound: there is no such server.
        """
        row = db.action_start({
            'instance_uuid': instance_uuid, 'action': action_name,
            'request_id': context.request_id, 'user_id': context.user_id,
            'project_id': context.project_id,
            'start_time': queries.naive(context.timestamp)})
        return cls._from_db_object(context, cls(), row) if want_result else None

    @classmethod
    def action_finish(cls, context: Any, instance_uuid: str,
                      want_result: bool = True) -> 'InstanceAction | None':
        """Record that the action of this request is over.

        :raises InstanceActionNotFound: it was deleted with its server.
        """
        row = db.action_finish(instance_uuid, context.request_id,
                               {'finish_time': timeutils.utcnow()})
        return cls._from_db_object(context, cls(), row) if want_result else None

    def finish(self) -> None:
        """Record that the action is over."""
        self.finish_time = timeutils.utcnow()
        self.save()

    def save(self) -> None:
        """Write the end and the message of the action, if they were changed."""
        changes = self.obj_get_changes()
        values = {name: queries.naive(value) for name, value in changes.items()
                  if name in ('finish_time', 'message')}
        if values:
            row = db.action_finish(self.instance_uuid, self.request_id, values)
            self._from_db_object(self._context, self, row)


@base.NovaObjectRegistry.register
class InstanceActionList(base.ObjectListBase, base.NovaObject):
    """Actions."""

    VERSION = '1.1'

    fields = {'objects': fields.ListOfObjectsField('InstanceAction')}

    @classmethod
    def get_by_instance_uuid(
            cls, context: Any, instance_uuid: str, limit: int | None = None,
            marker: str | None = None,
            filters: dict[str, Any] | None = None) -> 'InstanceActionList':
        """Return the actions of a server, the latest first.

        :param marker: request id of the action after which to begin.
        :param filters: times changes-since and changes-before.
        :raises MarkerNotFound: that action is gone.
        """
        times = {name: queries.naive(value)
                 for name, value in (filters or {}).items()}
        rows = db.actions_get(instance_uuid, limit, marker, times)
        return base.obj_make_list(context, cls(context), InstanceAction, rows)


@base.NovaObjectRegistry.register
class InstanceActionEvent(base.NovaPersistentObject, base.NovaObject,
                          base.NovaObjectDictCompat):
    """A step of an action on some host."""

    VERSION = '1.4'

    fields = {
        'id': fields.IntegerField(),
        'event': fields.StringField(nullable=True),
        'action_id': fields.IntegerField(nullable=True),
        'start_time': fields.DateTimeField(nullable=True),
        'finish_time': fields.DateTimeField(nullable=True),
        'result': fields.StringField(nullable=True),
        'traceback': fields.StringField(nullable=True),
        'host': fields.StringField(nullable=True),
        'details': fields.StringField(nullable=True),
    }

    @classmethod
    def _from_db_object(cls, context: Any, event: 'InstanceActionEvent',
                        row: Any) -> 'InstanceActionEvent':
        return _fill(context, event, row, _EVENT_COLUMNS)

    @classmethod
    def get_by_id(cls, context: Any, action_id: int,
                  event_id: int) -> 'InstanceActionEvent | None':
        """Return a step of an action, None if there is none."""
        row = db.action_event_get_by_id(action_id, event_id)
        return None if row is None else cls._from_db_object(context, cls(), row)

    @classmethod
    def event_start(cls, context: Any, instance_uuid: str, event_name: str,
                    want_result: bool = True,
                    host: str | None = None) -> 'InstanceActionEvent | None':
        """Record that a step of this request's action begins.

        :raises InstanceActionNotFound: the request has no action.
        """
        row = db.action_event_start(instance_uuid, context.request_id, {
            'event': event_name, 'start_time': timeutils.utcnow(), 'host': host})
        return cls._from_db_object(context, cls(), row) if want_result else None

    @classmethod
    def event_finish(cls, context: Any, instance_uuid: str, event_name: str,
                     want_result: bool | None = True) -> 'InstanceActionEvent | None':
        """Record that a step of this request's action succeeded.

        :raises InstanceActionNotFound: the action was deleted with its server.
        """
        return cls.event_finish_with_failure(
            context, instance_uuid, event_name, want_result=want_result)

    @classmethod
    def event_finish_with_failure(
            cls, context: Any, instance_uuid: str, event_name: str,
            exc_val: Any = None, exc_tb: Any = None,
            want_result: bool | None = None) -> 'InstanceActionEvent | None':
        """Record that a step is over: failed if an exception is given.

        :param exc_val: the exception, or a text that tells of it.
        :param exc_tb: its traceback, or that as text.
        :raises InstanceActionNotFound: the action was deleted with its server.
        """
        failed = exc_val is not None or exc_tb is not None
        row = db.action_event_finish(
            instance_uuid, context.request_id, event_name, {
                'finish_time': timeutils.utcnow(),
                'result': 'Error' if failed else 'Success',
                'traceback': _traceback_text(exc_tb),
                'details': _details(exc_val)})
        return cls._from_db_object(context, cls(), row) if want_result else None


def _traceback_text(exc_tb: Any) -> str | None:
    if exc_tb is None or isinstance(exc_tb, str):
        return exc_tb
    return ''.join(traceback.format_tb(exc_tb))


def _details(exc_val: Any) -> str | None:
    if exc_val is None or isinstance(exc_val, str):
        return exc_val
    if isinstance(exc_val, exception.NovaException):
        return exc_val.format_message()
    # Other messages may hold what a user must not see.
    return type(exc_val).__name__


@base.NovaObjectRegistry.register
class InstanceActionEventList(base.ObjectListBase, base.NovaObject):
    """Steps of actions."""

    VERSION = '1.1'

    fields = {'objects': fields.ListOfObjectsField('InstanceActionEvent')}

    @classmethod
    def get_by_action(cls, context: Any,
                      action_id: int) -> 'InstanceActionEventList':
        """Return the steps of an action, the latest first."""
        rows = db.action_events_get(action_id)
        return base.obj_make_list(context, cls(context), InstanceActionEvent, rows)


def _fill(context: Any, obj: Any, row: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        setattr(obj, name, getattr(row, name))
    obj.deleted, obj.deleted_at = False, None
    obj._context = context
    obj.obj_reset_changes()
    return obj
