# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Instances in the database."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy import orm

from nova import exception
from nova.compute import task_states
from nova.db import engine
from nova.db import models
from nova.db import queries

Values = Mapping[str, Any]
Expected = Mapping[str, Sequence[Any]]


def instance_create(values: Values) -> models.Instance:
    """Add an instance; InstanceExists if its UUID is taken."""
    row = models.Instance(**values)
    try:
        with engine.get().writer() as session:
            session.add(row)
    except exc.IntegrityError as error:
        raise exception.InstanceExists(name=values.get('uuid')) from error
    return row


def instance_get_by_uuid(uuid: str) -> models.Instance:
    """Return an instance; InstanceNotFound if there is none."""
    with engine.get().reader() as session:
        return _find(session, uuid)


def instance_get(instance_id: int) -> models.Instance:
    """Return the instance with this number; InstanceNotFound if there is none."""
    with engine.get().reader() as session:
        row = session.get(models.Instance, instance_id)
    if row is None:
        raise exception.InstanceNotFound(instance_id=instance_id)
    return row


def instance_update(uuid: str, values: Values,
                    expected: Expected | None = None) -> models.Instance:
    """Change columns of an instance, if it is in one of the expected states.

    :param expected: the values that vm_state or task_state may have before.
    :raises InstanceNotFound: it was deleted meanwhile.
    :raises UnexpectedTaskStateError: its task state is another.
    :raises InstanceUpdateConflict: its vm state is another.

    Nothing is changed where it raises.
    """
    with engine.get().writer() as session:
        row = _find(session, uuid, for_update=True)
        _check_expected(row, expected or {})
        for name, value in values.items():
            setattr(row, name, value)
    return row


def instance_destroy(uuid: str, host: str | None = None) -> None:
    """Remove an instance and every row of its own.

    :param host: remove it only if it is on this host (or on none).
    :raises InstanceNotFound: there is none.
    :raises ObjectActionError: it is on another host; nothing was removed.
    """
    with engine.get().writer() as session:
        row = _find(session, uuid, for_update=True)
        if host is not None and row.host not in (None, host):
            raise exception.ObjectActionError(
                action='destroy', reason=f'host is {row.host}, not {host}')
        session.execute(
            sa.delete(models.Instance).where(models.Instance.uuid == uuid))


def instance_get_by_filters(
        filters: Values, sort: Sequence[tuple[str, str]] = (),
        limit: int | None = None,
        marker: str | None = None) -> Sequence[models.Instance]:
    """Return the instances that all filters accept, in order.

    :param sort: columns, each with asc or desc; the number decides what is left.
    :param limit: how many at most.
    :param marker: UUID of the instance after which to begin.
    :raises MarkerNotFound: the marker was deleted meanwhile.
    :raises InvalidSortKey: one cannot sort by that.
    :raises InvalidInput: a filter makes no sense.
    """
    order = queries.sort_columns(sort)
    query = queries.filtered(sa.select(models.Instance), filters)
    with engine.get().reader() as session:
        if marker is not None:
            query = query.where(queries.after(order, _marker_row(session, marker)))
        query = query.order_by(*queries.order_by(order)).limit(limit)
        return session.scalars(query).all()


def _find(session: orm.Session, uuid: str,
          for_update: bool = False) -> models.Instance:
    query = sa.select(models.Instance).where(models.Instance.uuid == uuid)
    if for_update:
        query = query.with_for_update()
    row = session.scalars(query).one_or_none()
    if row is None:
        raise exception.InstanceNotFound(instance_id=uuid)
    return row


def _marker_row(session: orm.Session, uuid: str) -> models.Instance:
    try:
        return _find(session, uuid)
    except exception.InstanceNotFound as error:
        raise exception.MarkerNotFound(marker=uuid) from error


def _check_expected(row: models.Instance, expected: Expected) -> None:
    actual = {name: getattr(row, name) for name, allowed in expected.items()
              if getattr(row, name) not in allowed}
    if not actual:
        return
    data: dict[str, Any] = {
        'instance_uuid': row.uuid, 'actual': actual,
        'expected': {name: list(expected[name]) for name in actual}}
    if actual.get('task_state') == task_states.DELETING:
        raise exception.UnexpectedDeletingTaskStateError(**data)
    if 'task_state' in actual:
        raise exception.UnexpectedTaskStateError(**data)
    raise exception.InstanceUpdateConflict(**data)
