# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirt's event loop, in a thread of the operating system.

Nothing of eventlet may be used there: no lock, no log, no queue of the patched
standard library.
"""

import threading
from typing import Any

import libvirt
from oslo_log import log as logging

from nova import utils
from nova.virt.libvirt.threads import native

LOG = logging.getLogger(__name__)

#: How long the end of the thread is waited for.
JOIN_TIMEOUT_S = 10
#: Turns of the loop in which it frees what was closed, before it ends.
_LAST_TURNS = 3
#: Between two turns of which the first one failed.
FAILURE_PAUSE_S = 0.1


class EventLoop:
    """libvirt's event loop, of which there is one per process, in its own thread.

    It runs as long as anybody holds it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._thread: Any = None
        self._stopping = False
        self._registered = False
        #: The number of what wakes the loop to end it: one for all of its lives, since
        #: libvirt-python keeps for good what a timer is given.
        self._timer: int | None = None
        self._last_turns = 0
        self._failure: Exception | None = None

    def acquire(self) -> None:
        """Make the loop run; to be called before the first connection is opened."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._start()

    def release(self) -> None:
        """Let the loop end when nobody holds it any more."""
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._stop()

    def _start(self) -> None:
        if not self._registered:
            libvirt.registerErrorHandler(_ignore, None)
            libvirt.virEventRegisterDefaultImpl()
            self._registered = True
        if self._timer is None:
            self._timer = libvirt.virEventAddTimeout(-1, self._count_down, None)
        self._stopping = False
        self._thread = native('threading').Thread(
            target=self._native_thread, name='libvirt-events', daemon=True)
        self._thread.start()

    def _native_thread(self) -> None:
        while not self._stopping:
            try:
                libvirt.virEventRunDefaultImpl()
            except Exception as ex:  # noqa: BLE001  without it no event ever comes
                self._failure = ex
                native('time').sleep(FAILURE_PAUSE_S)

    def report(self) -> None:
        """Log the last failure of the loop, which its own thread must not."""
        failure, self._failure = self._failure, None
        if failure is not None:
            LOG.error("libvirt's event loop failed and went on: %s", failure)

    def _stop(self) -> None:
        self._last_turns = _LAST_TURNS
        libvirt.virEventUpdateTimeout(self._timer, 1)
        utils.tpool_wrap(self._thread).join(JOIN_TIMEOUT_S)
        self._thread = None

    def _count_down(self, timer: int, opaque: None) -> None:
        self._last_turns -= 1
        if self._last_turns == 0:
            libvirt.virEventUpdateTimeout(timer, -1)
            self._stopping = True


def _ignore(context: Any, error: Any) -> None:
    """Keep libvirt from writing to stderr what it raises as an error too."""


LOOP = EventLoop()
