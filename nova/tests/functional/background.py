# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A call that is made while the test goes on."""

from collections.abc import Callable
import threading

from nova import exception


class Background:
    """A call in a thread of its own, or a greenlet."""

    def __init__(self, call: Callable[[], object]) -> None:
        #: What it was ended by, if it was.
        self.error: exception.NovaException | None = None
        self._call = call
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._call()
        except exception.NovaException as error:
            self.error = error

    def wait(self, timeout_s: float = 60) -> None:
        self._thread.join(timeout_s)
        assert self.is_over(), f'{self._call} has not ended'

    def is_over(self) -> bool:
        return not self._thread.is_alive()
