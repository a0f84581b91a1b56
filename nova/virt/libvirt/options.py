# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How a frozen settings object says which options its fields come from.

Nothing here reads the configuration.  Who does hands a look-up to
:func:`from_options`::

    settings = from_options(Settings, lambda group, name: CONF[group][name])
"""

import collections.abc
import dataclasses
from typing import Any, TypeVar

T = TypeVar('T')

#: Answers the value of an option: (group, name); group ``DEFAULT`` is ungrouped.
Lookup = collections.abc.Callable[[str, str], Any]


def option(name: str, default: Any = None) -> Any:
    """Declare a field that comes from the option ``group.name``."""
    return dataclasses.field(default=default, metadata={'option': name})


def nested(cls: type[T]) -> T:
    """Declare a field that is itself a group of settings."""
    field: T = dataclasses.field(default_factory=cls, metadata={'nested': cls})
    return field


def from_options(cls: type[T], lookup: Lookup, **values: Any) -> T:
    """Build settings from configured values.

    :param lookup: its LookupError leaves a field at its default.
    :param values: fields that are given instead of looked up.
    """
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        if field.name not in values:
            values.update(_configured(field, lookup))
    return cls(**values)


def _configured(field: 'dataclasses.Field[Any]', lookup: Lookup) -> dict[str, Any]:
    if 'option' in field.metadata:
        group, _, name = field.metadata['option'].rpartition('.')
        try:
            return {field.name: _frozen(lookup(group or 'DEFAULT', name), field)}
        except LookupError:
            return {}
    if 'nested' in field.metadata:
        return {field.name: from_options(field.metadata['nested'], lookup)}
    return {}


def _frozen(value: Any, field: 'dataclasses.Field[Any]') -> Any:
    if isinstance(field.default, tuple):
        return tuple(value or ())
    return value
