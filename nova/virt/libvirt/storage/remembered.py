# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What files were found to hold, as long as nobody writes to them."""

from collections.abc import Callable, Iterator
import contextlib
import os
from typing import Generic, TypeVar

T = TypeVar('T')


class Remembered(Generic[T]):
    """Reads each file once for each change of it.

    Writing changes the time of a file; putting another in its place, its number.

    :param read: returns what a file holds.
    """

    def __init__(self, read: Callable[[str], T]) -> None:
        self._read = read
        self._known: dict[str, tuple[tuple[int, int], T]] = {}
        self._seen: dict[str, tuple[tuple[int, int], T]] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def get(self, path: str, stat: os.stat_result) -> T:
        """Return what a file holds.

        :param stat: what it was before it is read, so that a change is not missed.
        """
        identity = (stat.st_ino, stat.st_mtime_ns)
        known = self._known.get(path)
        if known is None or known[0] != identity:
            known = self._known[path] = (identity, self._read(path))
        self._seen[path] = known
        return known[1]

    @contextlib.contextmanager
    def round(self) -> Iterator[None]:
        """Forget afterwards what was not asked for within the block."""
        self._seen = {}
        yield
        self._known, self._seen = self._seen, {}
