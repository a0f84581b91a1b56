# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Waiting for what a command causes, and telling it from what nobody ordered.

A listener is registered before its command is sent, and hears only what came in
afterwards.  An operation is registered likewise: the end of a guest that we restart
or send to another host is no news.
"""

from collections.abc import Callable, Iterator
import contextlib
import enum
import queue
import threading
from typing import Any, Protocol

from oslo_log import log as logging

from nova.virt import event as virtevent
from nova.virt.libvirt import errors

LOG = logging.getLogger(__name__)

Event = virtevent.InstanceEvent
Kinds = type[Event] | tuple[type[Event], ...]
Matches = Callable[[Any], bool]


class WaitTimeout(TimeoutError):
    """What was waited for has not happened in time."""


class HasUUID(Protocol):
    """A guest or an instance."""

    @property
    def uuid(self) -> str:
        """UUID of the domain."""


def uuid_of(guest: str | HasUUID) -> str:
    """Return the UUID of a guest that is given as such or as an object."""
    return guest if isinstance(guest, str) else guest.uuid


class Listener:
    """Events of one guest, as they come.

    :param after: number of the last event that came too early to be meant.
    """

    def __init__(self, kinds: Kinds, uuid: str, matches: Matches | None,
                 after: int) -> None:
        self._kinds = kinds
        self._uuid = uuid
        self._matches = matches
        self._after = after
        self._heard: queue.Queue[Event | str] = queue.Queue()

    def wait(self, timeout_s: float) -> Any:
        """Return the next event that matches, each one once.

        :raises WaitTimeout: if there is none in time.
        :raises nova.exception.HypervisorUnavailable: if the connection is lost, and
            with it perhaps the event.
        """
        try:
            heard = self._heard.get(timeout=max(timeout_s, 0))
        except queue.Empty:
            raise WaitTimeout(f'{self}: nothing in {timeout_s:g} s') from None
        if isinstance(heard, str):
            raise errors.hypervisor_unavailable(heard)
        return heard

    def __str__(self) -> str:
        kinds = self._kinds if isinstance(self._kinds, tuple) else (self._kinds,)
        return f'{" or ".join(kind.__name__ for kind in kinds)} of {self._uuid}'

    def hear(self, number: int, event: Event) -> None:
        """Take an event if it is meant for this listener."""
        if number > self._after and self._is_meant(event):
            self._heard.put(event)

    def _is_meant(self, event: Event) -> bool:
        if event.uuid != self._uuid or not isinstance(event, self._kinds):
            return False
        try:
            return self._matches is None or self._matches(event)
        except Exception:  # noqa: BLE001  it must not end the others' listening
            LOG.exception('A listener failed on %r', event)
            return False

    def hear_loss(self, number: int, reason: str) -> None:
        """Take note that events may be missed; an earlier loss is not meant."""
        if number > self._after:
            self._heard.put(reason)


class Listeners:
    """Those who listen at present."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []

    @contextlib.contextmanager
    def registered(self, listener: Listener) -> Iterator[Listener]:
        """Let a listener hear events for as long as the block lasts."""
        with self._lock:
            self._listeners = [*self._listeners, listener]
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners = [kept for kept in self._listeners
                                   if kept is not listener]

    def __len__(self) -> int:
        return len(self._listeners)

    def tell(self, number: int, event: Event) -> None:
        """Let those hear an event whom it concerns."""
        for listener in self._listeners:
            listener.hear(number, event)

    def tell_loss(self, number: int, reason: str) -> None:
        """Let everybody who listened by then know that the connection is lost."""
        for listener in self._listeners:
            listener.hear_loss(number, reason)


class Operation(enum.Enum):
    """What we do to a guest that ends its process without stopping the instance."""

    #: The guest ends and is started again.
    REBOOT = 'reboot'
    #: The guest goes on elsewhere.
    MIGRATION = 'migration'


class Operations:
    """The operations under way, and the ends of guests that belong to them.

    A stop within a reboot is kept until the start that follows it, which makes it
    no news; if the operation fails before, the stop is real and told after all.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, list[Operation]] = {}
        #: Seen by the dispatcher alone.
        self._kept: dict[str, virtevent.LifecycleEvent] = {}

    def begin(self, uuid: str, kind: Operation) -> None:
        """Note an operation, before its command is sent."""
        with self._lock:
            self._running.setdefault(uuid, []).append(kind)

    def end(self, uuid: str, kind: Operation,
            succeeded: bool) -> virtevent.LifecycleEvent | None:
        """Forget an operation; return the stop that is to be told, if any."""
        with self._lock:
            running = self._running.get(uuid, [])
            if kind in running:
                running.remove(kind)
            if not running:
                self._running.pop(uuid, None)
            still_rebooting = Operation.REBOOT in running
        if still_rebooting:
            return None
        kept = self._kept.pop(uuid, None)
        return None if succeeded else kept

    def is_running(self, uuid: str, kind: Operation) -> bool:
        """Tell whether there is such an operation on a guest."""
        return kind in self._running.get(uuid, ())

    def keeps(self, event: virtevent.LifecycleEvent) -> bool:
        """Tell whether an event is no news to anybody but listeners (for now)."""
        if not self._running and not self._kept:
            return False
        if event.transition == virtevent.EVENT_LIFECYCLE_STOPPED:
            if self.is_running(event.uuid, Operation.REBOOT):
                self._kept[event.uuid] = event
                return True
        elif event.transition == virtevent.EVENT_LIFECYCLE_STARTED:
            self._kept.pop(event.uuid, None)
        return False


