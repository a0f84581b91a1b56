# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How large the running guests are, without asking about each of them each time.

A guest is asked about when it was not seen before, or runs under another number:
it was started anew.  Nothing here waits for the guest's process.
"""

import collections
from collections.abc import Callable, Iterable
import dataclasses

import libvirt

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
    """Remembers the size of each running guest, by UUID.

    :param ask: returns what virDomain.info() does; None if the guest is gone.
    """

    def __init__(self, ask: Callable[[libvirt.virDomain], list[int] | None]) -> None:
        self._ask = ask
        self._known: dict[str, Size] = {}
        self._turn: collections.deque[str] = collections.deque()

    def forget(self, uuid: str | None = None) -> None:
        """Ask again the next time: about one guest, or all."""
        if uuid is None:
            self._known = {}
        else:
            self._known.pop(uuid, None)

    def get(self, domains: Iterable[libvirt.virDomain]) -> list[Size]:
        """Return the sizes of guests.

        :param domains: all that run.
        """
        running = {domain.UUIDString(): domain for domain in domains}
        known, due = self._known, self._due(running)
        found = {}
        for uuid, domain in running.items():
            size = known.get(uuid)
            if size is None or size.domain_id != domain.ID() or uuid in due:
                size = self._measure(domain)
            if size is not None:
                found[uuid] = size
        self._known = found
        return list(found.values())

    def _measure(self, domain: libvirt.virDomain) -> Size | None:
        info = self._ask(domain)
        if info is None:
            return None
        return Size(domain.ID(), vcpus=info[3], memory_kb=info[2])

    def _due(self, running: Iterable[str]) -> set[str]:
        if not self._turn:
            self._turn = collections.deque(running)
        turn = self._turn
        due: set[str] = set()
        while turn and len(due) < RECHECKED:
            due.add(turn.popleft())
        return due
