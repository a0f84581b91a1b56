# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which field of an object cannot be written: sought once writing has failed."""

from collections.abc import Iterator
import reprlib
from typing import Any

from nova import exception

#: What goes wrong in writing a value of a kind that nobody expected.
WRONG = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


_shortener = reprlib.Repr()
_shortener.maxstring = _shortener.maxother = 100
#: Returns a value as it is shown in a message.
shown = _shortener.repr


def culprit(obj: Any, cause: Exception) -> exception.InvalidInput:
    """Return an error that names the class, the field and the value.

    Each field is written alone; where that fails for an object in it, its own fields.
    """
    where = getattr(cause, 'key', '?'), getattr(cause, 'value', '')
    inner: Any = obj
    while inner is not None:
        found = _bad_field(inner)
        if found is None:
            break
        obj, where, cause = inner, found[:2], found[2]
        inner = next((each for each in _objects_in(where[1])
                      if _bad_field(each) is not None), None)
    return obj._bad_value(*_narrowed(obj, *where), cause)  # type: ignore[no-any-return]


def _narrowed(obj: Any, key: str, value: Any) -> tuple[str, Any]:
    """Return which of many values in a field it is, if it is one alone."""
    parts: list[tuple[Any, Any, Any]]
    if isinstance(value, dict):
        parts = [(name, {name: each}, each) for name, each in value.items()]
    elif isinstance(value, list):
        parts = [(number, [each], each) for number, each in enumerate(value)]
    else:
        return key, value
    if _reason(obj, key, type(value)()) is not None:
        # It is the collection that does not belong there.
        return key, value
    for name, alone, each in parts:
        if _reason(obj, key, alone) is not None:
            return f'{key}[{shown(name)}]', each
    return key, value


def _bad_field(obj: Any) -> tuple[str, Any, Exception] | None:
    """Return a field that cannot be written, its value and the reason."""
    # The discriminators first: without a good one nothing else can be written.
    for key in (*obj._keys, *obj._fields):
        if key not in obj.__dict__:
            continue
        value = obj.__dict__[key]
        if (reason := _reason(obj, key, value)) is not None:
            return key, value, reason
    return None


def _reason(obj: Any, key: str, value: Any) -> Exception | None:
    """Return why a field cannot be written with a value; None if it can."""
    alone = object.__new__(type(obj))
    alone.__dict__.update(obj._defaults)
    kept = {key, 'tag', 'root_name', 'ns_uri', 'ns_prefix'}
    if key not in obj._keys:
        kept.update(obj._keys)
    alone.__dict__.update({name: value for name, value in obj.__dict__.items()
                           if name in kept})
    alone.__dict__[key] = value
    # As if it had been read: nothing else has to be there.
    alone._origin = {}
    try:
        alone._written_alone()
    except WRONG as ex:
        return ex
    return None


def _objects_in(value: Any) -> Iterator[Any]:
    members = value if isinstance(value, (list, set, tuple)) else (value,)
    return (each for each in members if hasattr(each, '_written_alone'))
