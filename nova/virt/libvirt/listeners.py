# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Waiting for what a command causes, and telling it from what nobody ordered.

A listener is registered before its command is sent, and hears only what came in
afterwards.  An operation is registered likewise: the end of a guest that we restart
is no news, and one that we send to another host has not stopped.
"""

from collections.abc import Callable, Iterator
import contextlib
import dataclasses
import enum
import queue
import threading
from typing import Any, NamedTuple, Protocol

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


@dataclasses.dataclass(eq=False)
class Registered:
    """An operation on a guest under way.

    :param after: number of the last event that came too early to belong to it.
    """

    uuid: str
    kind: Operation
    after: int
    #: Whether the guest was started again; written by the dispatcher alone.
    restarted: bool = False


class _Kept(NamedTuple):
    """A stop that may turn out to be no news."""

    number: int
    event: virtevent.LifecycleEvent
    #: Whether the guest was found off, without an event that says why.
    was_found: bool

    def belongs_to(self, operation: Registered) -> bool:
        """Tell whether the end of an operation decides what this stop is."""
        if self.number <= operation.after:
            return False
        if operation.kind is Operation.MIGRATION:
            return self.was_found
        return not operation.restarted


class Operations:
    """The operations under way, and the ends of guests that belong to them.

    A stop within a reboot is kept until the start that follows it, which makes it
    no news, and every later stop news; without that start it is told after all.  In a
    migration, libvirt's events say what each stop is, and nothing is kept; but a guest
    that is found off, without an event, has stopped if the migration fails, and else
    is the migration that is completed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, list[Registered]] = {}
        #: Seen by the dispatcher alone.
        self._kept: dict[str, _Kept] = {}

    def begin(self, operation: Registered) -> None:
        """Note an operation, before its command is sent."""
        with self._lock:
            before = self._running.get(operation.uuid, [])
            self._running[operation.uuid] = [*before, operation]

    def end(self, operation: Registered) -> None:
        """Forget an operation."""
        with self._lock:
            left = [running for running in self._running.pop(operation.uuid, [])
                    if running is not operation]
            if left:
                self._running[operation.uuid] = left

    def has_unclaimed(self, uuid: str) -> bool:
        """Tell whether a stop is kept that belongs to nothing under way."""
        kept = self._kept.get(uuid)
        return kept is not None and not self._is_claimed(uuid, kept)

    def release(self, uuid: str) -> virtevent.LifecycleEvent | None:
        """Keep such a stop no longer, and return it; None if there is none."""
        return self._kept.pop(uuid).event if self.has_unclaimed(uuid) else None

    def _is_claimed(self, uuid: str, kept: _Kept) -> bool:
        return any(kept.belongs_to(operation)
                   for operation in self._running.get(uuid, ()))

    def keeps(self, number: int, event: virtevent.LifecycleEvent,
              was_found: bool = False) -> bool:
        """Tell whether an event is no news to anybody but listeners (for now)."""
        if not self._running and not self._kept:
            return False
        if event.transition == virtevent.EVENT_LIFECYCLE_STOPPED:
            kept = _Kept(number, event, was_found)
            if self._is_claimed(event.uuid, kept):
                self._kept[event.uuid] = kept
                return True
        elif event.transition == virtevent.EVENT_LIFECYCLE_STARTED:
            self._kept.pop(event.uuid, None)
            for operation in self._running.get(event.uuid, ()):
                operation.restarted |= number > operation.after
        elif event.transition == virtevent.EVENT_LIFECYCLE_MIGRATION_COMPLETED:
            self._kept.pop(event.uuid, None)
        return False
