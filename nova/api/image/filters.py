# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which images a list shows, and in which order."""

from collections.abc import Callable
import csv
import functools
from typing import Any

from oslo_utils import strutils

from nova.api import errors
from nova.api import request as api_request
from nova.api.image import schemas
from nova.i18n import _

Image = dict[str, Any]

_DEFAULT_SORT = [('created_at', 'desc'), ('id', 'desc')]


def wanted(request: api_request.Request, images: list[Image]) -> list[Image]:
    """Return the images that a query asks for, sorted.

    :raises errors.Fault: if the query makes no sense.
    """
    tests = [*_field_tests(request), *_size_tests(request),
             *_flag_tests(request)]
    tags = set(request.args.getlist('tag'))
    found = [image for image in images
             if tags <= set(image['tags'])
             and all(test(image) for test in tests)]
    for key, direction in reversed(_sort(request)):
        found.sort(key=functools.partial(_sort_value, key),
                   reverse=direction == 'desc')
    return found


def _field_tests(
        request: api_request.Request) -> list[Callable[[Image], bool]]:
    return [functools.partial(_has_one_of, name, _alternatives(name, value))
            for name, value in request.args.items(multi=True)
            if name not in schemas.CONTROL and (name, value) != (
                'visibility', 'all')]


def _has_one_of(name: str, values: list[str], image: Image) -> bool:
    value = image.get(name)
    return value is not None and str(value) in values


def _alternatives(name: str, value: str) -> list[str]:
    """Return the values that ``in:A,"B, C"`` stands for, or the one."""
    operator, _colon, rest = value.partition(':')
    if operator != 'in':
        return [value]
    try:
        return next(csv.reader([rest], strict=True), [])
    except csv.Error:
        raise errors.bad_request(
            _('Invalid filter value %(value)s of %(name)s')
            % {'value': value[:200], 'name': name}) from None


def _size_tests(
        request: api_request.Request) -> list[Callable[[Image], bool]]:
    least = int(request.args.get('size_min', 0))
    most = request.args.get('size_max')
    return [lambda image: image['size'] >= least,
            lambda image: most is None or image['size'] <= int(most)]


def _flag_tests(
        request: api_request.Request) -> list[Callable[[Image], bool]]:
    return [functools.partial(_has_flag, name, _flag(request, name))
            for name in ('os_hidden', 'protected') if name in request.args]


def _has_flag(name: str, value: bool, image: Image) -> bool:
    return bool(image[name]) is value


def _flag(request: api_request.Request, name: str) -> bool:
    try:
        return bool(strutils.bool_from_string(request.args[name], strict=True))
    except ValueError as error:
        raise errors.bad_request(f'{name}: {error}') from None


def _sort(request: api_request.Request) -> list[tuple[str, str]]:
    if 'sort' in request.args:
        return [_sort_part(part) for part in request.args['sort'].split(',')]
    keys = request.args.getlist('sort_key')
    directions = request.args.getlist('sort_dir') or ['desc']
    if not keys:
        return _DEFAULT_SORT
    if len(directions) == 1:
        directions *= len(keys)
    if len(directions) != len(keys):
        raise errors.bad_request(
            _('the number of sort_dir and sort_key differs'))
    return list(zip(keys, directions, strict=True))


def _sort_part(part: str) -> tuple[str, str]:
    key, _colon, direction = part.strip().partition(':')
    direction = direction or 'desc'
    if key not in schemas.SORT_KEYS or direction not in ('asc', 'desc'):
        raise errors.bad_request(_('Invalid sort: %s') % part[:64])
    return key, direction


def _sort_value(key: str, image: Image) -> Any:
    value = image[key]
    return value is not None, value
