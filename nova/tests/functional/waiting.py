# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Wait for a condition, never for a time."""

from collections.abc import Callable
import time
from typing import TypeVar

T = TypeVar('T')

_INTERVAL_S = 0.05


class TooLong(AssertionError):
    """A condition did not come true."""


def until(condition: Callable[[], T | None], timeout_s: float, what: str,
          interval_s: float = _INTERVAL_S) -> T:
    """Poll until the condition gives something true, and return that.

    :raises TooLong: naming what was waited for, and what it was last
    """
    end = time.monotonic() + timeout_s
    while not (result := condition()):
        if time.monotonic() > end:
            raise TooLong(f'not within {timeout_s} s: {what} (last: {result!r})')
        time.sleep(interval_s)
    return result
