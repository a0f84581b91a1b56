# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Filters, order and pages of lists of instances."""

from collections.abc import Iterable, Mapping, Sequence
import re
from typing import Any

import sqlalchemy as sa

from nova import exception
from nova.db import models

Column = tuple[Any, bool]  # the column, and whether it descends

#: Not by what is JSON or a long text.
_SORTABLE = frozenset(
    column.name for column in models.Instance.__table__.columns
    if not isinstance(column.type, (sa.JSON, sa.Text)))

#: Filters whose value is a regular expression.
_PATTERNS = {'name': 'display_name', 'display_name': 'display_name',
             'hostname': 'hostname', 'display_description': 'display_description'}


def sort_columns(sort: Sequence[tuple[str, str]]) -> list[Column]:
    """Return the columns to sort by, ended by one that leaves no ties."""
    columns = [(_column(key), _descends(direction)) for key, direction in sort]
    descending = columns[-1][1] if columns else False
    return [*columns, (models.Instance.id, descending)]


def _column(key: str) -> Any:
    if key not in _SORTABLE:
        raise exception.InvalidSortKey()
    return getattr(models.Instance, key)


def _descends(direction: str) -> bool:
    if direction not in ('asc', 'desc'):
        raise exception.InvalidInput(
            reason=f'sort direction {direction!r} is neither asc nor desc')
    return direction == 'desc'


def order_by(columns: Iterable[Column]) -> list[Any]:
    """Return the order, with NULL as the greatest value on every database."""
    order = []
    for column, descending in columns:
        for key in (column.is_(None), column):
            order.append(key.desc() if descending else key.asc())
    return order


def after(columns: Sequence[Column], row: models.Instance) -> Any:
    """Return the condition for what comes after a row in the order."""
    ties: list[Any] = []
    choices = []
    for column, descending in columns:
        value = getattr(row, column.key)
        choices.append(sa.and_(*ties, _beyond(column, descending, value)))
        ties.append(column.is_(None) if value is None else column == value)
    return sa.or_(*choices)


def _beyond(column: Any, descending: bool, value: Any) -> Any:
    if descending:
        return column.is_not(None) if value is None else column < value
    if value is None:
        return sa.false()
    return sa.or_(column > value, column.is_(None))


def filtered(query: Any, filters: Mapping[str, Any]) -> Any:
    """Add the conditions; a list of values means one of them."""
    for name, value in filters.items():
        query = query.where(_condition(name, value))
    return query


def _condition(name: str, value: Any) -> Any:
    special = _SPECIAL.get(name)
    if special is not None:
        return special(value)
    if name in _PATTERNS:
        return _matches(_PATTERNS[name], value)
    if name not in _SORTABLE:
        raise exception.InvalidInput(reason=f'there is no filter {name!r}')
    column = getattr(models.Instance, name)
    if isinstance(value, (list, tuple, set, frozenset)):
        given = [item for item in value if item is not None]
        choice = column.in_(given)
        return choice if None not in value else sa.or_(choice, column.is_(None))
    return column.is_(None) if value is None else column == value


def _matches(name: str, pattern: str) -> Any:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise exception.InvalidInput(
            reason=f'{pattern!r} is not a regular expression: {error}') from error
    return getattr(models.Instance, name).regexp_match(pattern)


def _changed() -> Any:
    return sa.func.coalesce(models.Instance.updated_at, models.Instance.created_at)


def _deleted(value: Any) -> Any:
    # What is deleted is gone, so asking for it finds nothing.
    return sa.false() if value else sa.true()


_SPECIAL: dict[str, Any] = {
    'deleted': _deleted,
    'soft_deleted': lambda value: sa.true(),
    'changes-since': lambda value: _changed() >= naive(value),
    'changes-before': lambda value: _changed() <= naive(value),
}


def naive(value: Any) -> Any:
    """Return a time as the database keeps it: UTC without a zone."""
    if getattr(value, 'tzinfo', None) is None:
        return value
    return value.replace(tzinfo=None) - value.utcoffset()
