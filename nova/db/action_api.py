# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Actions, their events, and faults in the database."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy import orm

from nova import exception
from nova.db import engine
from nova.db import models

Values = Mapping[str, Any]


def action_start(values: Values) -> models.InstanceAction:
    """Add an action; InstanceNotFound if its instance is gone."""
    row = models.InstanceAction(**values)
    _add_to_instance(row)
    return row


def action_finish(instance_uuid: str, request_id: str,
                  values: Values) -> models.InstanceAction:
    """Change an action; InstanceActionNotFound if it is gone."""
    with engine.get().writer() as session:
        action = _find_action(session, instance_uuid, request_id)
        for name, value in values.items():
            setattr(action, name, value)
    return action


def actions_get(instance_uuid: str, limit: int | None = None,
                marker: str | None = None,
                filters: Values | None = None) -> Sequence[models.InstanceAction]:
    """Return the actions of an instance, the latest first.

    :param marker: request id of the action after which to begin.
    """
    model = models.InstanceAction
    query = sa.select(model).where(model.instance_uuid == instance_uuid)
    changed = sa.func.coalesce(model.updated_at, model.created_at)
    for name, value in (filters or {}).items():
        query = query.where(
            changed >= value if name == 'changes-since' else changed <= value)
    query = query.order_by(model.created_at.desc(), model.id.desc()).limit(limit)
    with engine.get().reader() as session:
        if marker is not None:
            query = query.where(model.id < _marker_id(session, instance_uuid, marker))
        return session.scalars(query).all()


def _marker_id(session: orm.Session, instance_uuid: str, marker: str) -> int:
    try:
        return _find_action(session, instance_uuid, marker).id
    except exception.InstanceActionNotFound as error:
        raise exception.MarkerNotFound(marker=marker) from error


def action_get_by_request_id(instance_uuid: str,
                             request_id: str) -> models.InstanceAction | None:
    """Return the action that a request began."""
    with engine.get().reader() as session:
        return _first_action(session, instance_uuid, request_id)


def action_event_start(instance_uuid: str, request_id: str,
                       values: Values) -> models.InstanceActionEvent:
    """Add an event to an action; InstanceActionNotFound if it is gone."""
    with engine.get().writer() as session:
        action = _find_action(session, instance_uuid, request_id)
        event = models.InstanceActionEvent(action_id=action.id, **values)
        session.add(event)
    return event


def action_event_finish(instance_uuid: str, request_id: str, event_name: str,
                        values: Values) -> models.InstanceActionEvent:
    """Finish an event; a failed one makes its action a failed one.

    :raises InstanceActionNotFound: the instance was deleted meanwhile.
    :raises InstanceActionEventNotFound: that event was not begun.
    """
    with engine.get().writer() as session:
        action = _find_action(session, instance_uuid, request_id)
        event = _find_event(session, action.id, event_name)
        for name, value in values.items():
            setattr(event, name, value)
        if values.get('result') == 'Error':
            action.message = 'Error'
    return event


def action_events_get(action_id: int) -> Sequence[models.InstanceActionEvent]:
    """Return the events of an action, the latest first."""
    model = models.InstanceActionEvent
    query = (sa.select(model).where(model.action_id == action_id)
             .order_by(model.id.desc()))
    with engine.get().reader() as session:
        return session.scalars(query).all()


def action_event_get_by_id(action_id: int,
                           event_id: int) -> models.InstanceActionEvent | None:
    """Return an event of an action."""
    model = models.InstanceActionEvent
    query = sa.select(model).where(
        model.action_id == action_id, model.id == event_id)
    with engine.get().reader() as session:
        return session.scalars(query).one_or_none()


def fault_create(values: Values) -> models.InstanceFault:
    """Add a fault; InstanceNotFound if its instance is gone."""
    row = models.InstanceFault(**values)
    _add_to_instance(row)
    return row


def fault_get_latest(instance_uuid: str) -> models.InstanceFault | None:
    """Return the latest fault of an instance."""
    return next(iter(faults_get([instance_uuid], latest=True)), None)


def faults_get(instance_uuids: Sequence[str],
               latest: bool = False) -> Sequence[models.InstanceFault]:
    """Return the faults of instances, of each the latest first.

    :param latest: only the latest of each.
    """
    model = models.InstanceFault
    query = (sa.select(model).where(model.instance_uuid.in_(instance_uuids))
             .order_by(model.id.desc()))
    if latest:
        newest = (sa.select(sa.func.max(model.id))
                  .where(model.instance_uuid.in_(instance_uuids))
                  .group_by(model.instance_uuid))
        query = query.where(model.id.in_(newest))
    with engine.get().reader() as session:
        return session.scalars(query).all()


def _add_to_instance(row: models.InstanceAction | models.InstanceFault) -> None:
    # After a rollback the row is nobody's, and must not be asked.
    uuid = row.instance_uuid
    try:
        with engine.get().writer() as session:
            session.add(row)
    except exc.IntegrityError as error:
        raise exception.InstanceNotFound(instance_id=uuid) from error


def _first_action(session: orm.Session, instance_uuid: str,
                  request_id: str) -> models.InstanceAction | None:
    model = models.InstanceAction
    query = (sa.select(model)
             .where(model.instance_uuid == instance_uuid,
                    model.request_id == request_id)
             .order_by(model.id.desc()).limit(1))
    return session.scalars(query).one_or_none()


def _find_action(session: orm.Session, instance_uuid: str,
                 request_id: str) -> models.InstanceAction:
    action = _first_action(session, instance_uuid, request_id)
    if action is None:
        raise exception.InstanceActionNotFound(
            request_id=request_id, instance_uuid=instance_uuid)
    return action


def _find_event(session: orm.Session, action_id: int,
                event_name: str) -> models.InstanceActionEvent:
    model = models.InstanceActionEvent
    query = (sa.select(model)
             .where(model.action_id == action_id, model.event == event_name)
             .order_by(model.id.desc()).limit(1))
    event = session.scalars(query).one_or_none()
    if event is None:
        raise exception.InstanceActionEventNotFound(
            event=event_name, action_id=action_id)
    return event
