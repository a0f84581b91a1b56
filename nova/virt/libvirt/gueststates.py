# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The names, states and statistics of guests, many in one round trip.

Handles of domains are made, used and dropped in the thread of the call; what comes
out is data.
"""

from collections.abc import Callable, Container, Iterable
import threading
from typing import Any

import libvirt

from nova import exception
from nova.virt.libvirt import calls
from nova.virt.libvirt import errors
from nova.virt.libvirt import threads

#: (VIR_DOMAIN_*, number of the domain, or -1 if it does not run)
State = tuple[int, int]
States = dict[str, State]
Stats = dict[str, dict[str, Any]]

RUNNING = libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE
ALL = RUNNING | libvirt.VIR_CONNECT_LIST_DOMAINS_INACTIVE
#: What a guest that is busy does not answer is left out.
_NO_WAIT = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
_STATE = libvirt.VIR_DOMAIN_STATS_STATE
_ASK = 'domainListGetStats'

#: A round trip for single states is waited for so long, by those who share the next
#: one; then it is a long one, and they go beside it.
LONG_S = 0.05
#: QEMU has answered after so long, or does not: for all guests, and for each.
PATIENCE_S = 0.5
PATIENCE_EACH_S = 0.005
#: Where a call is held up, QEMU that says nothing for so long is what does it.
SILENT_AFTER_MS = 150
_LOOKS, _PAUSE_S = 10, 0.02
#: Guests without an answer that are got around by a call that each holds up: libvirtd
#: works on five of a client's at once, and on nothing else of it then.
MAX_SILENT = 3
#: Statistics that QEMU is not asked for.
_WITHOUT_QEMU = (_STATE | libvirt.VIR_DOMAIN_STATS_BALLOON
                 | libvirt.VIR_DOMAIN_STATS_INTERFACE)


class _Batch:
    """Guests whose states are asked for in one round trip."""

    def __init__(self) -> None:
        self.uuids: set[str] = set()
        self.is_over = threading.Event()
        #: None if it failed.
        self.states: States | None = None
        self.error: exception.HypervisorUnavailable | None = None


class _Handles:
    """Handles by UUID, of one connection: these stay right while domains come and go.

    Those of two connections are never mixed, which libvirt refuses.
    """

    def __init__(self, conn: libvirt.virConnect | None) -> None:
        self.conn = conn
        self._found: dict[str, libvirt.virDomain] = {}

    def get(self, conn: libvirt.virConnect, uuids: set[str]) -> list[libvirt.virDomain]:
        """Return the handles of guests, of those that there are."""
        handles = (self._find(conn, uuid) for uuid in uuids)
        return [handle for handle in handles if handle is not None]

    def _find(self, conn: libvirt.virConnect, uuid: str) -> libvirt.virDomain | None:
        handle = self._found.get(uuid)
        if handle is None:
            try:
                handle = self._found[uuid] = conn.lookupByUUIDString(uuid)
            except libvirt.libvirtError as error:
                if not errors.is_no_domain(error):
                    raise
        return handle

    def drop(self, uuids: Iterable[str]) -> None:
        for uuid in uuids:
            self._found.pop(uuid, None)

    def keep(self, uuids: Container[str]) -> None:
        """Drop all others."""
        self.drop([uuid for uuid in list(self._found) if uuid not in uuids])


class GuestStates:
    """Asks libvirt what guests are doing.

    :param get_connection: returns a live connection.
    """

    def __init__(self, get_connection: Callable[[], libvirt.virConnect]) -> None:
        self._get_connection = get_connection
        self._lock = threading.Lock()
        self._way = threading.Lock()
        #: Collects who asks before the way is free.
        self._next: _Batch | None = None
        self._handles = _Handles(None)
        self._is_xen: bool | None = None
        #: Guests whose QEMU did not answer when last asked for statistics, and how
        #: many guests there were then.
        self._silent: set[str] = set()
        self._count = 0

    def forget(self) -> None:
        """Let go of the handles, each of which holds its connection."""
        self._handles = _Handles(None)

    # One guest

    def get(self, uuid: str) -> State | None:
        """Return the state of a guest; None if there is none.

        It is asked for after the call begins, at the cost of at most one round trip
        once the guest is known.  Of one whose QEMU does not answer it is what libvirt
        knows: NOSTATE of a single guest would be taken for its end.

        :raises nova.exception.HypervisorUnavailable: without a connection.
        :raises nova.virt.libvirt.errors.TooLate: after the deadline of calls.
        """
        batch, leads = self._join(uuid)
        if leads:
            self._lead(batch)
        else:
            self._follow(batch)
        if batch.error is not None:
            raise exception.HypervisorUnavailable(str(batch.error)) from batch.error
        if batch.states is None:
            # It failed for somebody else, and says so there.
            return self._ask_on_the_way({uuid}).get(uuid)
        return batch.states.get(uuid)

    def _join(self, uuid: str) -> tuple[_Batch, bool]:
        """Return the batch that a guest is in now, and whether it was empty."""
        with self._lock:
            leads = self._next is None
            batch = self._next = self._next or _Batch()
            batch.uuids.add(uuid)
        return batch, leads

    def _lead(self, batch: _Batch) -> None:
        """Ask for all that are in a batch once the way is free."""
        try:
            batch.states = self._ask_on_the_way(batch.uuids, batch)
        except exception.HypervisorUnavailable as error:
            batch.error = error
            raise
        finally:
            self._close(batch)
            batch.is_over.set()

    def _follow(self, batch: _Batch) -> None:
        """Wait for who asks for all that are in a batch."""
        deadline_s = calls.deadline_of(self._get_connection())
        if not batch.is_over.wait(deadline_s):
            raise errors.too_late(_ASK, deadline_s)

    def _ask_on_the_way(self, uuids: set[str], batch: _Batch | None = None) -> States:
        has_way = self._way.acquire(timeout=LONG_S)
        try:
            if batch is not None:
                self._close(batch)
            return self._ask(uuids)
        finally:
            if has_way:
                self._way.release()

    def _close(self, batch: _Batch) -> None:
        """Let nobody join any more."""
        with self._lock:
            if self._next is batch:
                self._next = None

    def _ask(self, uuids: set[str]) -> States:
        return calls.at_once(self._get_connection(), _ASK, self._states_of, uuids)

    def _states_of(self, conn: libvirt.virConnect, uuids: set[str]) -> States:
        kept = self._handles_of(conn)
        handles = kept.get(conn, uuids)
        if not handles:
            return {}
        found = {domain.UUIDString(): (stats['state.state'], domain.ID())
                 for domain, stats
                 in conn.domainListGetStats(handles, _STATE, _NO_WAIT)}
        kept.drop(uuids - found.keys())
        return found

    def _handles_of(self, conn: libvirt.virConnect) -> _Handles:
        kept = self._handles
        if kept.conn is not conn:
            kept = self._handles = _Handles(conn)
        return kept

    # All guests

    def get_all(self) -> States:
        """Return the states of all guests by UUID, in one round trip.

        While there are guests that did not answer when last asked for statistics, it
        is looked first whether they do by now: those that do not are in
        VIR_DOMAIN_NOSTATE, as in the statistics.
        """
        conn = self._get_connection()
        silent = self._still_silent(conn)
        found = calls.at_once(conn, 'getAllDomainStats', self._states_of_all)
        for uuid in silent & found.keys():
            found[uuid] = (libvirt.VIR_DOMAIN_NOSTATE, found[uuid][1])
        return found

    def _still_silent(self, conn: libvirt.virConnect) -> set[str]:
        if self._silent:
            self._silent = calls.at_once(conn, 'controlInfo', _silent)
        return self._silent

    def _states_of_all(self, conn: libvirt.virConnect) -> States:
        found = {domain.UUIDString(): (stats['state.state'], domain.ID())
                 for domain, stats in conn.getAllDomainStats(_STATE, _NO_WAIT)}
        # Nobody asks about a guest any more that has gone.
        self._handles_of(conn).keep(found)
        return found

    def get_names(self) -> dict[str, str]:
        """Return the names of all guests by UUID."""
        return calls.at_once(self._get_connection(), 'listAllDomains', lambda conn: {
            domain.UUIDString(): domain.name() for domain in self._guests(conn)})

    def get_uuids(self) -> list[str]:
        """Return the UUIDs of all guests."""
        return calls.at_once(self._get_connection(), 'listAllDomains', lambda conn: [
            domain.UUIDString() for domain in self._guests(conn)])

    def _guests(self, conn: libvirt.virConnect) -> list[libvirt.virDomain]:
        domains: list[libvirt.virDomain] = conn.listAllDomains(ALL)
        if self._is_xen is None:
            self._is_xen = conn.getType() == 'Xen'
        return [*filter(is_guest, domains)] if self._is_xen else domains

    def get_stats(self, kinds: int, only_running: bool) -> Stats:
        """Return statistics of all guests by UUID.

        A guest whose QEMU does not answer is got around: the call that it holds up
        keeps it busy, so that the next one leaves out what only QEMU knows of it.
        Its state is VIR_DOMAIN_NOSTATE, since nobody can say what it is doing.  Where
        there are MAX_SILENT of them, no QEMU is asked.
        """
        flags = _NO_WAIT
        if only_running:
            flags |= libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE
        conn = self._get_connection()
        self._still_silent(conn)
        found = self._get_stats(conn, kinds, flags)
        self._count = len(found)
        for uuid in self._silent & found.keys():
            found[uuid]['state.state'] = libvirt.VIR_DOMAIN_NOSTATE
        return found

    def _get_stats(self, conn: libvirt.virConnect, kinds: int, flags: int) -> Stats:
        patience_s = PATIENCE_S + PATIENCE_EACH_S * self._count
        for _turn in range(MAX_SILENT):
            if len(self._silent) >= MAX_SILENT:
                break
            try:
                return calls.at_once(conn, 'getAllDomainStats', _stats, kinds, flags,
                                     deadline_s=patience_s)
            except errors.TooLate:
                self._silent = calls.at_once(conn, 'controlInfo', _silent)
                if not self._silent:
                    break  # they are only slow
        if self._silent:
            kinds = kinds & _WITHOUT_QEMU or _WITHOUT_QEMU
        return calls.at_once(conn, 'getAllDomainStats', _stats, kinds, flags)


def is_guest(domain: libvirt.virDomain) -> bool:
    """Tell a guest from the domain that Xen itself runs in."""
    return bool(domain.ID() != 0)


def _stats(conn: libvirt.virConnect, kinds: int, flags: int) -> Stats:
    return {domain.UUIDString(): stats
            for domain, stats in conn.getAllDomainStats(kinds, flags)}


def _silent(conn: libvirt.virConnect) -> set[str]:
    """Return the guests whose QEMU was asked something and does not answer."""
    waits: dict[str, int] = {}
    for _look in range(_LOOKS):
        waits = {domain.UUIDString(): _waits_ms(domain)
                 for domain in conn.listAllDomains(RUNNING)}
        if not any(0 < since_ms < SILENT_AFTER_MS for since_ms in waits.values()):
            break
        threads.native('time').sleep(_PAUSE_S)
    return {uuid for uuid, since_ms in waits.items() if since_ms >= SILENT_AFTER_MS}


def _waits_ms(domain: libvirt.virDomain) -> int:
    """Return for how long libvirt has been waiting for QEMU; 0 if it is not."""
    try:
        state, _details, since_ms = domain.controlInfo()
    except libvirt.libvirtError as error:
        if errors.is_no_domain(error) or errors.is_operation_invalid(error):
            return 0
        raise
    return int(since_ms) if state == libvirt.VIR_DOMAIN_CONTROL_OCCUPIED else 0
