# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How large the running guests are, without asking about each of them each time.

A guest is asked about when it was not seen before, when it runs under another number
since it was started anew, and when an event or an operation of ours said that it may
have changed.  Nothing here waits for the guest's process.
"""

import collections
from collections.abc import Iterable
import contextlib
import dataclasses

import libvirt

from nova.virt.libvirt import errors

#: Guests that are asked about again each time, one after the other: libvirt does
#: not tell of everything that somebody else does to a guest.
RECHECKED = 2


@dataclasses.dataclass(frozen=True)
class Size:
    #: Number of the running domain; it gets another one with each start.
    domain_id: int
    vcpus: int
    #: What the guest may use at present, of all that it could be given.
    memory_kb: int


class GuestSizes:
    """Remembers the size of each running guest, by UUID."""

    def __init__(self) -> None:
        self._known: dict[str, Size] = {}
        #: Guests that may have changed since they were asked about.
        self._changed: set[str] = set()
        self._turn: collections.deque[str] = collections.deque()

    def forget(self) -> None:
        """Ask about all of them the next time."""
        self._known = {}

    def changed(self, uuid: str) -> None:
        """Ask about one of them the next time; from any thread."""
        self._changed.add(uuid)

    def get(self, domains: Iterable[libvirt.virDomain]) -> list[Size]:
        """Return the sizes of guests.

        :param domains: all that run.
        """
        running = {domain.UUIDString(): domain for domain in domains}
        # Forgetting replaces it: what was asked about before goes nowhere then.
        known, due = self._known, self._due(running)
        try:
            for uuid, domain in running.items():
                size = known.get(uuid)
                if size is None or size.domain_id != domain.ID() or uuid in due:
                    _note(known, uuid, _measure(domain))
        except libvirt.libvirtError:
            self._changed.update(due)
            raise
        for uuid in list(known):
            if uuid not in running:
                known.pop(uuid, None)
        sizes = (known.get(uuid) for uuid in running)
        return [size for size in sizes if size is not None]

    def _due(self, running: Iterable[str]) -> set[str]:
        """Take whose turn it is; several threads may at once."""
        if not self._turn:
            self._turn = collections.deque(running)
        turn = self._turn
        due: set[str] = set()
        with contextlib.suppress(KeyError):
            while True:
                due.add(self._changed.pop())
        most = len(due) + RECHECKED
        with contextlib.suppress(IndexError):
            while len(due) < most:
                due.add(turn.popleft())
        return due


def _note(known: dict[str, Size], uuid: str, size: Size | None) -> None:
    if size is None:
        known.pop(uuid, None)
    else:
        known[uuid] = size


def _measure(domain: libvirt.virDomain) -> Size | None:
    try:
        info = domain.info()
    except libvirt.libvirtError as error:
        if errors.is_no_domain(error):
            return None
        raise
    return Size(domain.ID(), vcpus=info[3], memory_kb=info[2])
