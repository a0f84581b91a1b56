# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Bodies and queries checked against JSON schemas, with errors that name the
field and show what was given."""

import base64
import binascii
from collections.abc import Mapping
import json
import re
from typing import Any
import unicodedata

import jsonschema
from oslo_utils import timeutils
from oslo_utils import uuidutils
from werkzeug import datastructures

from nova import exception
from nova.i18n import _

Schema = Mapping[str, Any]

_FORMATS = jsonschema.FormatChecker(formats=())
_SHOWN = 120


@_FORMATS.checks('uuid')
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or uuidutils.is_uuid_like(value)


@_FORMATS.checks('date-time', raises=(ValueError, OverflowError))
def _is_time(value: object) -> bool:
    if isinstance(value, str):
        # In UTC it may lie before the first year or after the last.
        timeutils.normalize_time(timeutils.parse_isotime(value))
    return True


@_FORMATS.checks('base64')
def _is_base64(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        # Encoders break lines; nothing else may stand between.
        base64.b64decode(re.sub(r'\s', '', value), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


@_FORMATS.checks('name', raises=ValueError)
def _is_name(value: object) -> bool:
    if not isinstance(value, str):
        return True
    if not all(_is_printable(char) for char in value):
        raise ValueError(_('only printable characters are allowed'))
    if value.strip() != value:
        raise ValueError(_('white space at the beginning or end is not allowed'))
    return True


def _is_printable(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] not in 'CZ' or category == 'Zs'


class Validator:
    """A JSON schema, compiled once.

    :param schema: a schema of draft 2020-12; formats are those above.
    """

    def __init__(self, schema: Schema) -> None:
        jsonschema.Draft202012Validator.check_schema(schema)
        self._validator = jsonschema.Draft202012Validator(
            schema, format_checker=_FORMATS)

    def check(self, content: object) -> None:
        """Do nothing if the content fits the schema.

        :raises exception.ValidationError: naming the field otherwise.
        """
        error = jsonschema.exceptions.best_match(
            self._validator.iter_errors(content))
        if error is not None:
            raise exception.ValidationError(detail=_describe(error))

    def check_query(self, args: datastructures.MultiDict[str, str]) -> None:
        """Check the parameters of a query: each has a list of values.

        :raises exception.ValidationError: naming the parameter otherwise.
        """
        self.check(dict(args.lists()))


def _describe(error: jsonschema.ValidationError) -> str:
    reason = _reason(error)
    if not error.absolute_path:
        return reason
    path = '.'.join(str(part) for part in error.absolute_path)
    return _('Invalid input for field/attribute %(path)s. Value: %(value)s. '
             '%(reason)s') % {'path': path, 'value': _shown(error.instance),
                              'reason': reason}


#: What each rule demands; jsonschema's own messages repeat the whole value,
#: which may be huge.
_DEMANDS = {
    'maxLength': _('it may have at most %s characters'),
    'minLength': _('it must have at least %s characters'),
    'maxItems': _('it may have at most %s items'),
    'pattern': _('it must match %s'),
    'format': _('it is not a valid %s'),
    'type': _('it must be of type %s'),
    'enum': _('it must be one of %s'),
    'maximum': _('it may be at most %s'),
    'minimum': _('it must be at least %s'),
}


def _reason(error: jsonschema.ValidationError) -> str:
    if error.cause is not None and error.validator == 'format':
        return _cut(str(error.cause))
    demand = _DEMANDS.get(str(error.validator))
    return demand % (error.validator_value,) if demand else _cut(error.message)


def _shown(value: object) -> str:
    """Return a value as it is quoted in a message, on one line."""
    return _cut(json.dumps(value, ensure_ascii=False, default=str))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f'{text[:_SHOWN]}...'
