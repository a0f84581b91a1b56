# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""News of the connection, for somebody who may take long to note them."""

import collections
from collections.abc import Callable
import contextlib
import functools
import threading
import time
from typing import Any

from oslo_log import log as logging
import tenacity

from nova.virt.libvirt import threads

LOG = logging.getLogger(__name__)

#: Called with whether libvirt can be reached, and why it cannot.
Handler = Callable[[bool, str | None], None]

#: Between two attempts to tell the latest news, at first and at most.
FIRST_PAUSE_S, MAX_PAUSE_S = 0.5, 30


class News:
    """Tells one handler in a thread of its own whether there is a connection.

    It is told in order.  What it fails on is told again, until it succeeds or there
    are later news: a database may be away at the same moment as libvirt.

    :param ended: set when nothing is to be told any more.
    """

    def __init__(self, handler: Handler, ended: threading.Event) -> None:
        self._handler = handler
        self._ended = ended
        self._lock = threading.Lock()
        self._waiting: collections.deque[tuple[bool, str | None]] = collections.deque()
        #: The one that tells, while there are any.
        self._thread: Any = None

    def tell(self, connected: bool, reason: str | None) -> None:
        """Let the handler be told; it is not waited for."""
        with self._lock:
            self._waiting.append((connected, reason))
            # It may have ended by what is no error: a killed greenlet, for example.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threads.start(self._tell_all)

    def join(self, timeout_s: float) -> None:
        """Wait until nothing is told any more, once that has ended."""
        thread = self._thread
        if thread not in (None, threading.current_thread()):
            thread.join(timeout_s)

    def _tell_all(self) -> None:
        while not self._is_over():
            with contextlib.suppress(tenacity.RetryError):
                self._tell(*self._waiting.popleft())

    def _tell(self, connected: bool, reason: str | None) -> None:
        for attempt in self._attempts(connected):
            if self._waiting and attempt.retry_state.attempt_number > 1:
                return
            with attempt:
                self._handler(connected, reason)

    def _is_over(self) -> bool:
        with self._lock:
            over = self._ended.is_set() or not self._waiting
            if over:
                self._thread = None
            return over

    def _attempts(self, connected: bool) -> tenacity.Retrying:
        return tenacity.Retrying(
            stop=tenacity.stop_when_event_set(self._ended), sleep=self._pause,
            wait=tenacity.wait_exponential(FIRST_PAUSE_S, max=MAX_PAUSE_S),
            before_sleep=functools.partial(_log_failure, connected))

    def _pause(self, seconds: float) -> None:
        """Wait, but no longer than until there are later news."""
        until = time.monotonic() + seconds
        while not self._waiting and time.monotonic() < until:
            if self._ended.wait(min(FIRST_PAUSE_S, seconds)):
                return


def _log_failure(connected: bool, attempt: tenacity.RetryCallState) -> None:
    if attempt.attempt_number == 1 and attempt.outcome is not None:
        LOG.error('A listener failed on the connection being %s, and is told again',
                  'back' if connected else 'lost',
                  exc_info=attempt.outcome.exception())
