# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which field of an object cannot be written: sought once writing has failed."""

from typing import Any

from nova import exception
from nova.virt.libvirt.schema import markup
from nova.virt.libvirt.schema.convert import Converting


def culprit(obj: Any, cause: Exception) -> exception.InvalidInput:
    """Return an error that names the class, the field and the value."""
    waiting = [obj]
    while waiting:
        each = waiting.pop()
        if not hasattr(each, '_declared_leaves'):
            continue
        found = _own_culprit(each)
        if found is not None:
            return found
        for value in each.__dict__.values():
            waiting.extend(value if isinstance(value, (list, set)) else (value,))
    where = getattr(cause, 'key', '?'), getattr(cause, 'value', '')
    return obj._bad_value(*where, cause)  # type: ignore[no-any-return]


def _own_culprit(obj: Any) -> exception.InvalidInput | None:
    values = dict(obj._field_values())
    written = [(leaf.key, values[leaf.key], leaf.conv)
               for leaf in obj._declared_leaves()]
    for key, value, conv in [*written, *obj._cells()]:
        reason = None if value is None else _refusal(conv, value)
        if reason is not None:
            return obj._bad_value(key, value, reason)  # type: ignore[no-any-return]
    for key, value in values.items():
        if not _is_writable(value):
            return obj._bad_value(  # type: ignore[no-any-return]
                key, value, 'XML cannot hold it')
    return None


def _refusal(conv: Converting, value: Any) -> str | None:
    try:
        conv.format(value)
    except (ValueError, TypeError, AttributeError) as ex:
        return str(ex)
    return None if _is_writable(value) else 'XML cannot hold it'


def _is_writable(value: Any) -> bool:
    if isinstance(value, str):
        return markup.is_writable(value)
    if isinstance(value, dict):
        return all(_is_writable(each) for pair in value.items() for each in pair)
    if isinstance(value, (list, set, tuple)):
        return all(_is_writable(each) for each in value)
    return True
