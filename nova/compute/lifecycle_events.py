# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the driver reports of guests, as a reason to look at them.

An event says only that something happened; by the time it is read, an operation
may have changed it again.  Hence an event never decides a state: it makes the
guest be looked at as soon as no operation runs on it.  Several events of one guest
that wait for that are one.
"""

from collections.abc import Callable
import threading

from oslo_log import log as logging

from nova.compute import locks as instance_locks
from nova.virt import event as virtevent

LOG = logging.getLogger(__name__)

Look = Callable[[str], None]


class LifecycleEvents:
    """Has guests looked at, each under its instance's lock.

    :param locks: what operations hold; whoever releases one calls recheck().
    :param look: looks at a guest, given the instance's UUID.
    :param spawn: runs its argument with a UUID in the background.
    """

    def __init__(self, locks: instance_locks.InstanceLocks, look: Look,
                 spawn: Callable[[Look, str], None]) -> None:
        self._locks = locks
        self._look = look
        self._spawn = spawn
        self._guard = threading.Lock()
        self._pending: set[str] = set()

    def handle(self, event: virtevent.Event) -> None:
        """Take note of an event; returns at once."""
        if isinstance(event, virtevent.LifecycleEvent):
            LOG.debug('Received %r', event)
            self.note(event.get_instance_uuid())

    def note(self, uuid: str) -> None:
        """Have a guest looked at as soon as possible."""
        with self._guard:
            is_new = uuid not in self._pending
            self._pending.add(uuid)
        if is_new:
            self._spawn(self._look_now, uuid)

    def recheck(self, uuid: str) -> None:
        """Have a guest looked at that could not be while its lock was held."""
        with self._guard:
            is_pending = uuid in self._pending
        if is_pending:
            self._spawn(self._look_now, uuid)

    def _look_now(self, uuid: str) -> None:
        try:
            with self._locks.try_hold(uuid) as held:
                # If it is not held here, its holder calls recheck() afterwards.
                if not held:
                    return
                if self._take(uuid):
                    self._look(uuid)
        finally:
            if held:
                self.recheck(uuid)

    def _take(self, uuid: str) -> bool:
        """Forget a note before looking, so that a later event is a new one."""
        with self._guard:
            was_pending = uuid in self._pending
            self._pending.discard(uuid)
            return was_pending
