# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Text that somebody wrote into a flavor, an image, a volume or a port.

The package brings its own: Nova has nothing of the kind that it could take.
"""

import reprlib
from typing import Any

from nova import exception
from nova.i18n import _

#: Characters of a text that a message repeats.
_MOST = 100
_quoting = reprlib.Repr()
_quoting.maxstring = _quoting.maxother = _MOST


def whole_number(name: str, text: Any) -> int:
    """Return the number that a text is.

    :param name: what it is called where it was written.
    :raises nova.exception.InvalidInput: if it is none.
    """
    try:
        return int(text)
    except (TypeError, ValueError) as error:
        raise exception.InvalidInput(
            reason=_('%(name)s must be a whole number, not %(value)s')
            % {'name': name, 'value': quoted(text)}) from error


def shown(text: Any) -> str:
    """Return of a text what a message can take and a terminal can show."""
    whole = str(text)
    part = whole if len(whole) <= _MOST else f'{whole[:_MOST]}...'
    return part if part.isprintable() else ascii(part)[1:-1]


def quoted(text: Any) -> str:
    """Return the same in quotes, as Python writes it."""
    return _quoting.repr(text)
