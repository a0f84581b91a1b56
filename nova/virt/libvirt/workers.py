# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Threads of the operating system that do one piece of work after the other.

eventlet's own pool (tpool) is not used: it is one for the whole process, and work
that blocks in it keeps out everything else, the opening of a connection too.
``concurrent.futures`` cannot be: under eventlet its locks are those of greenlets.
"""

import collections
from collections.abc import Callable
import os
from types import ModuleType
from typing import Any

from nova import utils
from nova.virt.libvirt.threads import Wakeup
from nova.virt.libvirt.threads import native
from nova.virt.libvirt.threads import start


class Answer:
    """What a piece of work comes to, for the one native thread that waits for it.

    :param native_threading: the module, as it was before any patching.
    """

    def __init__(self, native_threading: ModuleType) -> None:
        self._is_there = native_threading.Lock()
        self._is_there.acquire()
        self._value: Any = None
        self._error: BaseException | None = None

    def give(self, value: Any, error: BaseException | None) -> None:
        """Note the answer; once, from any thread."""
        self._value, self._error = value, error
        self._is_there.release()

    def wait(self, timeout_s: float | None) -> bool:
        """Return whether it is there."""
        return bool(
            self._is_there.acquire(timeout=-1 if timeout_s is None else timeout_s))

    def result(self) -> Any:
        """Return the value, or raise the error."""
        error = self._error
        if error is None:
            return self._value
        try:
            raise error
        finally:
            # The traceback of an error that names it keeps it alive.
            self._error = error = None


class _GreenAnswer(Answer):
    """The same for a greenlet; the others go on while it waits."""

    def __init__(self, native_threading: ModuleType, mail: '_Mail') -> None:
        super().__init__(native_threading)
        self._mail = mail
        self._event = utils.get_eventlet().event.Event()

    def give(self, value: Any, error: BaseException | None) -> None:
        super().give(value, error)
        self._mail.post(self)

    def tell(self) -> None:
        """Wake the one who waits; in the hub's thread."""
        self._event.send()

    def wait(self, timeout_s: float | None) -> bool:
        # The event's own time-out keeps whoever is interrupted until it is over.
        with utils.get_eventlet().Timeout(timeout_s, False):
            self._event.wait()
        # It may be there, and not be told yet: where the hub was busy, for example.
        return not self._is_there.locked()


class _Mail:
    """Brings answers from native threads to greenlets."""

    def __init__(self) -> None:
        self._answers: collections.deque[_GreenAnswer] = collections.deque()
        self._wakeup = Wakeup()
        self.has_ended = False

    def begin(self) -> None:
        """Deliver from now on."""
        start(self._deliver)

    def post(self, answer: _GreenAnswer) -> None:
        """Let an answer be told."""
        self._answers.append(answer)
        self._wakeup.wake()

    def _deliver(self) -> None:
        try:
            while self._wakeup.wait():
                while self._answers:
                    self._answers.popleft().tell()
        finally:
            # A KeyboardInterrupt strikes whichever greenlet runs.
            self.has_ended = True
            self._wakeup.close_writer()
            self._wakeup.close_reader()


#: Made when the first greenlet waits, as there is one hub.
_mail: _Mail | None = None


def _green_answer(native_threading: ModuleType) -> Answer:
    global _mail
    if _mail is None or _mail.has_ended:
        # Before anything that lets others run, who would make their own.
        _mail = mail = _Mail()
        mail.begin()
    return _GreenAnswer(native_threading, _mail)


def _new_answer(native_threading: ModuleType) -> Answer:
    """Return an answer that the caller can wait for, whatever kind of thread it is."""
    # Greenlets run in the first thread of a process, if in any.
    if (utils.concurrency_mode_threading()
            or native_threading.get_native_id() != os.getpid()):
        return Answer(native_threading)
    return _green_answer(native_threading)


_Work = tuple[Callable[[Any], Any], Any, Answer]


class _Worker:
    """A thread that does one piece of work after the other.

    :param put_back: called with the worker when it is free; returns whether it is
        still needed.
    """

    def __init__(self, name: str, put_back: Callable[['_Worker'], bool]) -> None:
        self._put_back = put_back
        threading = native('threading')
        self._has_work = threading.Lock()
        self._has_work.acquire()
        self._work: _Work | None = None
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def give(self, work: _Work | None) -> None:
        """Let it do something; without that it ends."""
        self._work = work
        self._has_work.release()

    def _run(self) -> None:
        needed = True
        while needed:
            self._has_work.acquire()
            if self._work is None:
                return
            function, argument, answer = self._work
            self._work = None
            value = error = None
            try:
                value = function(argument)
            except BaseException as ex:  # noqa: BLE001  raised where it is waited for
                error = ex
            # First, so that who got the answer finds this thread for what follows.
            needed = self._put_back(self)
            answer.give(value, error)
            # It would hold what libvirt handed out until the next work.
            del function, argument, answer, value, error


class Workers:
    """So many threads at most; what there is no thread for waits for one.

    :param kept: how many are kept while they have nothing to do.
    """

    def __init__(self, most: int, kept: int, name: str) -> None:
        self._most = most
        self._kept = kept
        self._name = name
        # Taken in threads of either kind, and held for no longer than a comparison.
        self._threading = native('threading')
        self._lock = self._threading.Lock()
        self._idle: list[_Worker] = []
        self._waiting: collections.deque[_Work] = collections.deque()
        self._count = 0
        self._closed = False

    def start(self, function: Callable[[Any], Any], argument: Any) -> Answer:
        """Let a function be called in another thread.

        :returns: what brings its result.
        :raises RuntimeError: if there is no thread to be had; nothing is called then.
        """
        answer = _new_answer(self._threading)
        work = (function, argument, answer)
        with self._lock:
            worker = self._idle.pop() if self._idle else None
            if worker is None and self._count >= self._most:
                self._waiting.append(work)
                return answer
            self._count += worker is None
        (worker or self._new_worker()).give(work)
        return answer

    def _new_worker(self) -> _Worker:
        try:
            return _Worker(self._name, self._put_back)
        except BaseException:
            with self._lock:
                self._count -= 1
            raise

    def _put_back(self, worker: _Worker) -> bool:
        with self._lock:
            if self._waiting:
                worker.give(self._waiting.popleft())
                return True
            if self._closed or len(self._idle) >= self._kept:
                self._count -= 1
                return False
            self._idle.append(worker)
            return True

    def has_free(self) -> bool:
        """Tell whether something that is started now begins at once."""
        return bool(self._idle) or self._count < self._most

    def close(self) -> None:
        """Let the threads end that do nothing, and the others after their work."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            self._count -= len(idle)
        for worker in idle:
            worker.give(None)
