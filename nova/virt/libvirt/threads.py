# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Threads of both kinds, and what wakes one from the other.

Under eventlet the standard library's threads, locks and queues are those of
greenlets.  What runs in a thread of the operating system, libvirt's callbacks and
calls above all, must not touch them.
"""

from collections.abc import Callable
import contextlib
import importlib
import os
import threading
from types import ModuleType
from typing import Any

from nova import utils


def start(target: Callable[..., None], *args: Any) -> threading.Thread:
    """Run a function aside: in a greenlet where eventlet patched the library."""
    thread = threading.Thread(target=target, args=args, daemon=True)
    thread.start()
    return thread


def native(name: str) -> ModuleType:
    """Return a module of the standard library as it was before any patching."""
    if utils.concurrency_mode_threading():
        return importlib.import_module(name)
    module: ModuleType = utils.get_eventlet().patcher.original(name)
    return module


class Wakeup:
    """A pipe that wakes its one reader; writing never blocks."""

    def __init__(self) -> None:
        self._os = native('os')
        # Writers are native threads too: a lock of the patched kind is not for them.
        self._lock = native('threading').Lock()
        #: Whether the reader was woken and has not seen it yet.
        self._pending = False
        self._reader, writer = os.pipe()
        self._writer: int | None = writer
        os.set_blocking(writer, False)
        os.set_blocking(self._reader, utils.concurrency_mode_threading())

    def wake(self) -> None:
        """Wake the reader, from any thread; too late after the end, it does nothing.

        What the reader is to find must be there before.
        """
        if self._pending:
            return
        self._pending = True
        with self._lock, contextlib.suppress(BlockingIOError):
            if self._writer is not None:
                self._os.write(self._writer, b'\0')

    def wait(self) -> bool:
        """Wait until woken; return False, once closed, where that is the end."""
        woken = bool(os.read(self._reader, 4096))
        # Before the reader looks: who comes later wakes it again.
        self._pending = False
        return woken

    def close_writer(self) -> None:
        """End it: the reader wakes for the last time."""
        with self._lock:
            writer, self._writer = self._writer, None
        if writer is not None:
            self._os.close(writer)

    def close_reader(self) -> None:
        """Free the reader's end; only for the reader itself."""
        self._os.close(self._reader)
