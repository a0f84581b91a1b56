# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which rows of a collection an answer has, in which order, and what of them."""

from collections.abc import Callable, Iterable, Sequence
import dataclasses
from typing import Any
from urllib import parse

from oslo_utils import strutils

from nova.api import errors
from nova.api import request as api_request
from nova.i18n import _

Row = dict[str, Any]

#: Parameters that do not filter.
_CONTROL = frozenset(('fields', 'limit', 'marker', 'page_reverse', 'sort_key',
                      'sort_dir'))


@dataclasses.dataclass(frozen=True)
class Page:
    """Rows of an answer, and where to ask for more."""

    rows: list[Row]
    links: list[dict[str, str]]


def select(request: api_request.Request, rows: Sequence[Row],
           names: Iterable[str]) -> Page:
    """Return what a request asks for.

    :param names: what can be filtered and sorted by, also where there is no row.
    :raises errors.Fault: if the query makes no sense, or its marker is gone.
    """
    names = frozenset(names)
    found = _sorted(request, _filtered(request, rows, names), names)
    page, has_more = _paged(request, found)
    return Page([shown(request, row) for row in page],
                _links(request, page, has_more))


def shown(request: api_request.Request, row: Row) -> Row:
    """Return the fields of a row that a request asks for."""
    fields = request.args.getlist('fields')
    return {name: row[name] for name in row if not fields or name in fields}


# Filters

def _filtered(request: api_request.Request, rows: Iterable[Row],
              names: frozenset[str]) -> list[Row]:
    asked = [name for name in request.args if name not in _CONTROL]
    for name in asked:
        if name not in names:
            raise errors.bad_request(_('there is no filter %r') % name)
    return [row for row in rows if all(
        _fits(row[name], request.args.getlist(name)) for name in asked)]


def _fits(value: Any, wanted: Sequence[str]) -> bool:
    """Tell whether a value is one of those that are wanted."""
    if isinstance(value, list):
        return any(_fits_one_of(value, each) for each in wanted)
    if isinstance(value, bool):
        return value in [_boolean(each) for each in wanted]
    return ('' if value is None else str(value)) in wanted


def _fits_one_of(values: Sequence[Any], wanted: str) -> bool:
    """Tell whether a list has a value, or a dict where ``key=value`` holds."""
    key, _equals, value = wanted.partition('=')
    return any(str(each.get(key)) == value if isinstance(each, dict)
               else str(each) == wanted for each in values)


def _boolean(text: str) -> bool:
    try:
        return bool(strutils.bool_from_string(text, strict=True))
    except ValueError as error:
        raise errors.bad_request(_('%r is neither true nor false') % text) from error


# Order

def _sorted(request: api_request.Request, rows: list[Row],
            names: frozenset[str]) -> list[Row]:
    keys = request.args.getlist('sort_key')
    directions = request.args.getlist('sort_dir') or ['asc'] * len(keys)
    if len(keys) != len(directions):
        raise errors.bad_request(
            _('there are %(keys)d sort_key and %(directions)d sort_dir')
            % {'keys': len(keys), 'directions': len(directions)})
    for key, direction in reversed(list(zip(keys, directions, strict=True))):
        if key not in names or any(isinstance(row[key], list) for row in rows):
            raise errors.bad_request(_('sort_key: nothing is sorted by %r') % key)
        if direction not in ('asc', 'desc'):
            raise errors.bad_request(_('sort_dir: %r is neither asc nor desc')
                                     % direction)
        rows.sort(key=_place(key), reverse=direction == 'desc')
    return rows


def _place(key: str) -> Callable[[Row], tuple[bool, Any]]:
    # What has no value cannot be compared with what has one.
    return lambda row: (row[key] is not None,
                        '' if row[key] is None else row[key])


# Pages

def _paged(request: api_request.Request, rows: list[Row]) -> tuple[list[Row], bool]:
    """Return one page, and whether there are more rows in the direction asked for."""
    limit, marker = _limit(request), request.args.get('marker')
    is_reverse = _is_reverse(request)
    if is_reverse:
        rows = rows[::-1]
    if marker is not None:
        ids = [row['id'] for row in rows]
        if marker not in ids:
            raise errors.not_found(_('marker: there is no %s') % marker)
        rows = rows[ids.index(marker) + 1:]
    page = rows[:limit] if limit else rows
    return page[::-1] if is_reverse else page, len(page) < len(rows)


def _limit(request: api_request.Request) -> int:
    text = request.args.get('limit', '0')
    if not (text.isascii() and text.isdigit()):
        raise errors.bad_request(_('limit: %r is not a number, or below 0') % text)
    return min(int(text), request.services.max_limit)


def _is_reverse(request: api_request.Request) -> bool:
    return _boolean(request.args.get('page_reverse', 'false'))


def _links(request: api_request.Request, page: list[Row],
           has_more: bool) -> list[dict[str, str]]:
    if not page or not _limit(request):
        return []
    is_reverse = _is_reverse(request)
    came_from = request.args.get('marker') is not None
    has_next, has_previous = (
        (came_from, has_more) if is_reverse else (has_more, came_from))
    links = []
    if has_next:
        links.append({'rel': 'next', 'href': _href(request, page[-1]['id'], False)})
    if has_previous:
        links.append({'rel': 'previous', 'href': _href(request, page[0]['id'], True)})
    return links


def _href(request: api_request.Request, marker: str, is_reverse: bool) -> str:
    query = [(name, value) for name, value in request.args.items(multi=True)
             if name not in ('marker', 'page_reverse')]
    query.append(('marker', marker))
    if is_reverse:
        query.append(('page_reverse', 'True'))
    return f'{request.base_url}?{parse.urlencode(query)}'
