# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Work that goes on after the request that asked for it was answered."""

from collections.abc import Callable
import threading
from typing import Any

from oslo_log import log as logging

from nova import thread_pool_factory

LOG = logging.getLogger(__name__)


class Background:
    """Runs operations in the pools of this process, until it is stopped."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._accepted = 0
        self._running = 0
        self._is_stopped = False

    @property
    def is_stopped(self) -> bool:
        """Whether nothing may begin any more."""
        return self._is_stopped

    def run(self, kind: thread_pool_factory.ExecutorType,
            work: Callable[..., Any], *args: Any) -> None:
        """Run something once the pool of that kind has room.

        What is still waiting when stop() is called never begins; the database
        tells the next start about it.
        """
        with self._changed:
            self._accepted += 1
        try:
            thread_pool_factory.spawn_on(kind, self._work, work, *args)
        except Exception:
            with self._changed:
                self._accepted -= 1
            raise

    def _work(self, work: Callable[..., Any], *args: Any) -> None:
        if not self._begin():
            return
        try:
            work(*args)
        except Exception:  # noqa: BLE001
            # The top of a thread: nobody else would ever see it.
            LOG.exception('%s failed', getattr(work, '__qualname__', work))
        finally:
            self._end()

    def _begin(self) -> bool:
        with self._changed:
            if self._is_stopped:
                self._accepted -= 1
                self._changed.notify_all()
                return False
            self._running += 1
            return True

    def _end(self) -> None:
        with self._changed:
            self._running -= 1
            self._accepted -= 1
            self._changed.notify_all()

    def wait_until_idle(self, timeout_s: float) -> bool:
        """Wait until nothing runs or waits; False if that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._accepted, timeout_s)

    def stop(self, timeout_s: float) -> int:
        """Begin nothing more, and wait for what runs.

        :returns: how many operations still run after that time.
        """
        with self._changed:
            self._is_stopped = True
            self._changed.wait_for(lambda: not self._running, timeout_s)
            return self._running
