# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Events of libvirt, from its own thread to whoever listens.

libvirt's event loop runs in a thread of the operating system, where nothing of
eventlet may be used: no lock, no log, no queue of the patched standard library.
Its callbacks put what happened on a deque and a byte into a pipe.  The byte wakes
the dispatcher, a greenlet or a plain thread, which tells the listeners, one event
after the other.
"""

import collections
from collections.abc import Callable, Iterator
import contextlib
import dataclasses
import functools
import itertools
import threading
import time
from typing import Any

import libvirt
from oslo_log import log as logging

from nova import exception
from nova import utils
from nova.virt import event as virtevent
from nova.virt.libvirt import callbacks
from nova.virt.libvirt import errors
from nova.virt.libvirt import event as libvirtevent
from nova.virt.libvirt import listeners
from nova.virt.libvirt import news
from nova.virt.libvirt.eventloop import LOOP
from nova.virt.libvirt.listeners import Operation
from nova.virt.libvirt.listeners import WaitTimeout
from nova.virt.libvirt.threads import Wakeup
from nova.virt.libvirt.threads import start

__all__ = ['LOOP', 'EventQueue', 'Operation', 'WaitTimeout']

LOG = logging.getLogger(__name__)

LifecycleHandler = Callable[[virtevent.InstanceEvent], None]

#: How long the end of a thread is waited for.
JOIN_TIMEOUT_S = 10
#: When, after a connection was made, the states of the guests are compared again: a
#: libvirtd that just started finds out late, and tells nobody, which guests ended
#: while it was away.
SETTLING_S = (0.0, 1.0, 3.0, 8.0)
#: The event of a start may come so long after the call that caused it has returned.
START_GRACE_S = 1.0
#: So many events in so short a time are a burst; what comes in during a pause after
#: them is delivered together.
BURST = 16
BURST_S = 0.001
BURST_PAUSE_S = 0.0005
#: Events that are delivered before other greenlets get their turn.
TURN = 16


@dataclasses.dataclass(frozen=True)
class _Opened:
    """There is a connection."""


@dataclasses.dataclass(eq=False)
class _Look:
    """A look at the states of all guests begins.

    :param after: number of the last event that came in before.
    """

    after: int
    #: Guests of which something was heard since; used by the dispatcher alone.
    heard: set[str] = dataclasses.field(default_factory=set)


@dataclasses.dataclass(frozen=True)
class _Looked:
    """A look has ended.

    :param states: VIR_DOMAIN_* by UUID; None if they could not be read.
    """

    look: _Look
    states: dict[str, int] | None


@dataclasses.dataclass(frozen=True)
class _Lost:
    """There is no connection any more."""

    reason: str


@dataclasses.dataclass(frozen=True)
class _Ended:
    """An operation on a guest has ended."""

    operation: listeners.Registered
    succeeded: bool


@dataclasses.dataclass(frozen=True)
class _Unstarted:
    """The start of a guest that was to follow its stop is overdue."""

    uuid: str


_Item = (libvirtevent.DomainEvent | libvirtevent.LibvirtEvent | _Opened | _Look
         | _Looked | _Lost | _Ended | _Unstarted)


class _Pace:
    """Tells a burst from events that are close together by chance."""

    def __init__(self) -> None:
        self._began = 0.0
        self._count = 0

    def is_burst(self, delivered: int) -> bool:
        """Count events that were delivered just now; tell whether they are many."""
        now = time.monotonic()
        if now - self._began > BURST_S:
            self._began, self._count = now, 0
        self._count += delivered
        return self._count >= BURST


class EventQueue:
    """Takes the events of one connection after the other, and delivers them.

    :param lifecycle_event_handler: called with each LifecycleEvent and each
        LibvirtEvent, in order; the next one waits for it.
    :param conn_event_handler: called when the connection is lost, and when there is
        one again; in a thread of its own, so that no event waits for it.
    :param reconnect: called in the dispatcher when the connection was lost; returns
        whether it still is.
    """

    def __init__(self, lifecycle_event_handler: LifecycleHandler | None = None,
                 conn_event_handler: news.Handler | None = None,
                 reconnect: Callable[[], bool] = lambda: True) -> None:
        self._lifecycle_event_handler = lifecycle_event_handler
        self._conn_event_handler = conn_event_handler
        self._reconnect = reconnect
        self._queue: collections.deque[tuple[int, _Item]] = collections.deque()
        #: Numbers what comes in; libvirt's thread takes from it, without a lock.
        self._numbers = itertools.count(1)
        self._listeners = listeners.Listeners()
        self._operations = listeners.Operations()
        self._states = libvirtevent.GuestStates()
        self._wakeup: Wakeup | None = None
        self._dispatcher: threading.Thread | None = None
        #: Stands for the one connection whose events count.
        self._watched: object = None
        self._callbacks = callbacks.Callbacks(
            'domainEventRegisterAny', 'domainEventDeregisterAny')
        self._has_states = False
        #: The one that began last, until it ends; used by the dispatcher alone.
        self._look: _Look | None = None
        self._stopped = threading.Event()
        self._news: news.News | None = None
        #: Ends the comparing for the connection before.
        self._superseded = threading.Event()
        #: Those who compare, each of which holds its connection.
        self._settlers: list[threading.Thread] = []

    # Its life

    def start(self) -> None:
        """Begin to deliver events."""
        self._init_events()

    def _init_events(self) -> None:
        # What came in too late to be delivered in the life before.
        self._queue.clear()
        self._init_events_pipe()
        self._stopped = threading.Event()
        if self._conn_event_handler is not None:
            self._news = news.News(self._conn_event_handler, self._stopped)
        LOOP.acquire()
        self._dispatcher = start(self._dispatch_thread, self._wakeup)

    def _init_events_pipe(self) -> None:
        self._wakeup = Wakeup()

    def stop(self) -> None:
        """Deliver nothing any more; threads have ended, descriptors are closed.

        The connection must have been closed before.
        """
        if self._wakeup is None:
            return
        wakeup, self._wakeup = self._wakeup, None
        self._stopped.set()
        self._superseded.set()
        wakeup.close_writer()
        if self._dispatcher not in (None, threading.current_thread()):
            self._dispatcher.join(JOIN_TIMEOUT_S)
        self._await_settlers()
        if self._news is not None:
            self._news.join(JOIN_TIMEOUT_S)
        LOOP.release()

    def _await_settlers(self) -> None:
        """Wait for those who compare: what they hold is freed while the loop runs."""
        until = time.monotonic() + JOIN_TIMEOUT_S
        for settler in self._settlers:
            settler.join(max(0.0, until - time.monotonic()))
        self._settlers = []

    # Who waits for what

    @contextlib.contextmanager
    def listener(self, kind: listeners.Kinds, uuid: str,
                 matches: listeners.Matches | None = None,
                 ) -> Iterator[listeners.Listener]:
        """Let the block hear the events of a guest that come in from now on."""
        listener = listeners.Listener(kind, uuid, matches, next(self._numbers))
        with self._listeners.registered(listener):
            yield listener

    @contextlib.contextmanager
    def operation(self, uuid: str, kind: Operation) -> Iterator[None]:
        """Let what the block does to the guest's process not be its stop.

        Where the block fails after that, or the guest is not started again, the
        guest's stop is told.  Every other stop is told at once.
        """
        operation = listeners.Registered(uuid, kind, next(self._numbers))
        self._operations.begin(operation)
        succeeded = False
        try:
            yield
            succeeded = True
        finally:
            # Behind the events that came in before.
            if not self._queue_event(_Ended(operation, succeeded)):
                self._operations.end(operation)

    # What comes in

    def watch(self, conn: libvirt.virConnect) -> None:
        """Take the events of a connection from now on, and no other's."""
        token = self._watched = object()
        for event_id in self._callbacks.register(
                conn, [*self._event_callbacks()], token):
            LOG.warning('libvirt offers no events of kind %d: what happens to'
                        ' guests is noticed late', event_id)

    def _event_callbacks(self) -> Iterator[callbacks.Wanted]:
        yield libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, self._event_lifecycle_callback
        for event_id, reader in libvirtevent.READERS.items():
            yield event_id, functools.partial(self._event_callback, reader)

    def unwatch(self, conn: libvirt.virConnect) -> None:
        """Let go of a connection's callbacks, also of one that is dead."""
        self._callbacks.deregister(conn)

    def opened(self, conn: libvirt.virConnect) -> None:
        """Note that there is a connection, whose events are watched."""
        self._superseded.set()
        self._superseded = superseded = threading.Event()
        if self._queue_event(_Opened()):
            self._settlers = [each for each in self._settlers if each.is_alive()]
            self._settlers.append(start(self._settle, conn, superseded))

    def _settle(self, conn: libvirt.virConnect, superseded: threading.Event) -> None:
        began = time.monotonic()
        for due_s in SETTLING_S:
            if superseded.wait(began + due_s - time.monotonic()):
                return
            self._look_at_guests(conn)

    def _look_at_guests(self, conn: libvirt.virConnect) -> None:
        """Have the states of the guests compared with those last seen.

        They are read here and not by the dispatcher: QEMU is not asked for them, but
        libvirt (9.0.0) keeps everybody from a guest that it is killing, for up to 15 s.
        """
        look = _Look(next(self._numbers))
        self._queue_event(look)
        states = None
        try:
            states = self._states_of(conn)
        except (libvirt.libvirtError, exception.HypervisorUnavailable) as ex:
            # The connection is gone again, or silent; the next one compares.
            LOG.debug('States of guests not read: %s', errors.message_of(ex))
        self._queue_event(_Looked(look, states))

    def lost(self, reason: str) -> None:
        """Note that there is no connection any more; from any thread."""
        self._queue_event(_Lost(reason))

    def _event_lifecycle_callback(self, conn: libvirt.virConnect,
                                  dom: libvirt.virDomain, event: int, detail: int,
                                  token: object) -> None:
        """Note an event; runs in libvirt's thread."""
        if token is self._watched:
            self._queue_event(libvirtevent.DomainEvent(
                dom.UUIDString(), event, detail, time.time()))

    def _event_callback(self, reader: libvirtevent.Reader, conn: libvirt.virConnect,
                        dom: libvirt.virDomain, *values: Any) -> None:
        """Note an event of another kind; runs in libvirt's thread."""
        *values_of_event, token = values
        if token is self._watched:
            self._queue_event(reader(dom.UUIDString(), *values_of_event))

    def _queue_event(self, item: _Item) -> bool:
        """Hand something to the dispatcher; from any thread.

        :returns: False if nothing is delivered any more.
        """
        wakeup = self._wakeup
        if wakeup is None:
            return False
        self._queue.append((next(self._numbers), item))
        wakeup.wake()
        return True

    # What goes out

    def _dispatch_thread(self, wakeup: Wakeup) -> None:
        pace = _Pace()
        while wakeup.wait():
            LOOP.report()
            if pace.is_burst(self._dispatch_events()):
                # Changing threads for each event costs more than the event.
                self._stopped.wait(BURST_PAUSE_S)
        wakeup.close_reader()

    def _dispatch_events(self) -> int:
        """Deliver what came in; return how much it was."""
        queue, delivered = self._queue, 0
        while queue and self._wakeup is not None:
            for _turn in range(min(len(queue), TURN)):
                delivered += 1
                try:
                    self._dispatch(*queue.popleft())
                except Exception:  # noqa: BLE001  the next events must be delivered
                    LOG.exception('An event could not be delivered')
            utils.cooperative_yield()
        return delivered

    def _dispatch(self, number: int, item: _Item) -> None:
        if isinstance(item, libvirtevent.DomainEvent):
            self._dispatch_lifecycle(number, item)
        elif isinstance(item, libvirtevent.LibvirtEvent):
            self._listeners.tell(number, item)
            self._tell(item)
        elif isinstance(item, _Look):
            self._look = item
        elif isinstance(item, _Looked):
            self._dispatch_looked(number, item)
        elif isinstance(item, _Ended):
            self._dispatch_ended(number, item)
        elif isinstance(item, _Unstarted):
            self._tell_stop(item.uuid)
        elif isinstance(item, _Opened):
            LOG.info('Connected to libvirt')
            self._tell_connection(True, None)
        else:
            self._dispatch_lost(number, item.reason)

    def _dispatch_lifecycle(self, number: int, item: libvirtevent.DomainEvent) -> None:
        if self._look is not None:
            self._look.heard.add(item.uuid)
        event = self._states.take(item)
        if event is None:
            return
        self._listeners.tell(number, event)
        if not self._operations.keeps(number, event):
            self._tell(event)

    def _dispatch_ended(self, number: int, item: _Ended) -> None:
        uuid, kind = item.operation.uuid, item.operation.kind
        self._operations.end(item.operation)
        if not item.succeeded:
            self._tell_stop(uuid)
        elif kind is Operation.MIGRATION:
            self._tell_completed(number, uuid)
        elif self._operations.has_unclaimed(uuid):
            start(self._await_start, uuid)

    def _await_start(self, uuid: str) -> None:
        if not self._stopped.wait(START_GRACE_S):
            self._queue_event(_Unstarted(uuid))

    def _tell_stop(self, uuid: str) -> None:
        stop = self._operations.release(uuid)
        if stop is not None:
            self._tell(stop)

    def _tell_completed(self, number: int, uuid: str) -> None:
        """Tell what libvirt's event would have, if the guest was found off."""
        stop = self._operations.release(uuid)
        if stop is not None:
            event = virtevent.LifecycleEvent(
                uuid, virtevent.EVENT_LIFECYCLE_MIGRATION_COMPLETED, stop.timestamp)
            self._listeners.tell(number, event)
            self._tell(event)

    def _dispatch_lost(self, number: int, reason: str) -> None:
        # Whoever waits learns it even where somebody was faster to reconnect.
        self._listeners.tell_loss(number, reason)
        if not self._reconnect():
            return  # somebody who needed the connection was faster
        LOG.warning('Connection to libvirt lost: %s', reason)
        self._tell_connection(False, reason)

    def _dispatch_looked(self, number: int, item: _Looked) -> None:
        if item.look is not self._look:
            return  # another connection's has begun
        self._look = None
        if item.states is not None:
            self._compare(number, item.look, item.states)

    def _compare(self, number: int, look: _Look, states: dict[str, int]) -> None:
        if not self._has_states:
            self._has_states = True
            self._states.begin(states, look.heard)
            return
        for event in self._states.catch_up(states, look.heard):
            LOG.debug('Found without an event of libvirt: %r', event)
            self._listeners.tell(look.after, event)
            # What ended the guest may have begun after the look.
            if not self._operations.keeps(number, event, was_found=True):
                self._tell(event)

    @staticmethod
    def _states_of(conn: libvirt.virConnect) -> dict[str, int]:
        """Return the state, VIR_DOMAIN_*, of each guest by UUID."""
        stats = conn.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_STATE, 0)
        return {domain.UUIDString(): libvirtevent.settled_state(
            found['state.state'], found.get('state.reason')) for domain, found in stats}

    def _tell(self, event: virtevent.InstanceEvent) -> None:
        if self._lifecycle_event_handler is None:
            return
        try:
            self._lifecycle_event_handler(event)
        except Exception:  # noqa: BLE001  a listener's error must not end the others'
            LOG.exception('A listener failed on %r', event)

    def _tell_connection(self, connected: bool, reason: str | None) -> None:
        if self._news is not None:
            self._news.tell(connected, reason)
