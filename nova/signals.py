# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Waiting for the signal that ends a service.

A handler may run in the middle of anything, in the hub of eventlet too, where
nothing that waits or wakes others may be called.  So the handlers do nothing, and
the interpreter writes the signal's number into a socket that the main thread or
greenlet reads.
"""

import signal
import socket
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGINT)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Keep the signal from doing what it does by default."""


class EndSignals:
    """Takes SIGTERM and SIGINT; must be used in the main thread."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in ENDING:
            signal.signal(number, _ignore)

    def wait(self) -> str:
        """Return the name of the first signal; it may have come already.

        From then on the next one ends the process at once.
        """
        name = None
        while name is None:
            name = self._read()
        end_at_once()
        return name

    def _read(self) -> str | None:
        numbers = self._reader.recv(16)
        return next((signal.Signals(number).name for number in numbers
                     if number in ENDING), None)


def end_at_once() -> None:
    """Let the next signal end this process, whatever it is in the middle of."""
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)


def die_after(seconds: int) -> None:
    """End this process by SIGALRM unless it ends by itself before that."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)
