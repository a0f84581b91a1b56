# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Waiting for the signals that a service is told things by.

A handler may run in the middle of anything, in the hub of eventlet too, where
nothing that waits or wakes others may be called.  So the handlers do nothing, and
the interpreter writes the signal's number into a socket that the main thread or
greenlet reads.
"""

from collections.abc import Callable
import os
import signal
import socket
from types import FrameType

_STDIN = 0

ENDING = (signal.SIGTERM, signal.SIGINT)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Keep the signal from doing what it does by default."""


class Signals:
    """Takes SIGTERM, SIGINT and SIGHUP; must be used in the main thread.

    At a terminal SIGHUP means that the terminal is gone, and ends the process.
    """

    def __init__(self) -> None:
        self._endings = _endings()
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in (*ENDING, signal.SIGHUP):
            signal.signal(number, _ignore)

    def wait(self, hang_up: Callable[[], None]) -> str:
        """Return the name of the first signal that ends the process.

        It may have come already.  From then on the next one ends it at once.

        :param hang_up: called for each SIGHUP before that.
        """
        while True:
            numbers = self._reader.recv(16)
            for number in numbers:
                if number in self._endings:
                    end_at_once()
                    return signal.Signals(number).name
            if signal.SIGHUP in numbers:
                hang_up()


def _endings() -> tuple[signal.Signals, ...]:
    return (*ENDING, signal.SIGHUP) if os.isatty(_STDIN) else ENDING


def end_at_once() -> None:
    """Let the next signal end this process, whatever it is in the middle of.

    To be told to read files again ends nothing: a start has yet to read them, and
    an end needs them no more.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for number in _endings():
        signal.signal(number, signal.SIG_DFL)


def die_after(seconds: int) -> None:
    """End this process by SIGALRM unless it ends by itself before that."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)
