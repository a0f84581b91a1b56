# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""One lock for each instance, so that one thing at a time happens to it."""

from collections.abc import Iterator
import contextlib

from oslo_concurrency import lockutils


class InstanceLocks:
    """Locks by UUID; one that nobody uses any more is forgotten."""

    def __init__(self) -> None:
        self._semaphores = lockutils.Semaphores()

    @contextlib.contextmanager
    def hold(self, uuid: str) -> Iterator[None]:
        """Wait for an instance's lock and hold it for the length of the block."""
        with self._semaphores.get(uuid):
            yield

    @contextlib.contextmanager
    def try_hold(self, uuid: str) -> Iterator[bool]:
        """Hold an instance's lock for the length of the block, if it is free.

        :returns: whether it is held.
        """
        semaphore = self._semaphores.get(uuid)
        held = semaphore.acquire(blocking=False)
        try:
            yield held
        finally:
            if held:
                semaphore.release()
