# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Calls into libvirt, which may block for as long as libvirtd likes.

Each call runs in a native thread that is not the caller's: under eventlet one of
its own pool, so that the hub goes on, else one that is kept here.  Hence the caller
can go on after a deadline.  The thread cannot; it is free again when libvirt
answers or keepalive closes the connection.  So many threads may be late and no
more: what is called beyond them fails at once.
"""

from collections.abc import Callable
import threading
import time
from typing import Any, TypeVar, cast

from nova import utils
from nova.i18n import _
from nova.virt.libvirt import errors
from nova.virt.libvirt.threads import native

T = TypeVar('T')

#: Threads that calls without an answer may occupy: fewer than the 20 of eventlet's
#: pool, so that a new connection can always be opened.
MAX_LATE = 16
#: Calls that were made so long ago, several at once, may wait for nobody.
NUDGE_AFTER_S = 0.05
#: A call that takes longer has the connection no more to itself.
LONG_S = 0.005
#: Idle threads that are kept for the next calls.
MAX_IDLE = 32

#: What libvirt answers with; all else are objects of its own, whose methods may block.
_PLAIN = (str, bytes, int, float, dict, type(None))
_DATA = (*_PLAIN, list, tuple)

#: Methods that the client library answers by itself.
LOCAL = frozenset({'ID', 'UUID', 'UUIDString', 'connect', 'name'})

#: Methods that take as long as the guest's memory or disk is big, that wait for the
#: guest, or that libvirt gives up by itself: nobody can say here when they are late.
UNLIMITED = frozenset({
    'blockCommit', 'blockCopy', 'blockPull', 'blockRebase', 'blockResize', 'close',
    'coreDump', 'coreDumpWithFormat', 'create', 'createWithFiles', 'createWithFlags',
    'createXML', 'createXMLWithFiles', 'destroy', 'destroyFlags', 'fsFreeze',
    'fsThaw', 'managedSave', 'migrate', 'migrate2', 'migrate3',
    'migrateToURI', 'migrateToURI2', 'migrateToURI3', 'qemuAgentCommand', 'restore',
    'restoreFlags', 'revertToSnapshot', 'save', 'saveFlags', 'setTime',
    'setUserPassword', 'shutdownFlags', 'snapshotCreateXML'})


class _Job:
    """One call, which somebody waits for and somebody else makes."""

    def __init__(self, name: str, function: Callable[..., Any], args: tuple[Any, ...],
                 kwargs: dict[str, Any]) -> None:
        self.name = name
        self._function = function
        self._args = args
        self._kwargs = kwargs
        self.began = self.ended = self.given_up = self.counts = False
        self.made_at = time.monotonic()

    def call(self) -> Any:
        return self._function(*self._args, **self._kwargs)


class Calls:
    """Makes calls, and gives up those that get no answer in time.

    :param deadline_s: how long an answer is waited for.
    :param nudge: makes a call that libvirtd answers at once; see _Nudger.
    """

    def __init__(self, deadline_s: float = 60,
                 nudge: Callable[[], None] | None = None) -> None:
        self.deadline_s = deadline_s
        self._nudger = _Nudger(nudge) if nudge is not None else None
        self._turns = _Turns()
        # Taken in threads of either kind, and held for no longer than a comparison.
        self._lock = native('threading').Lock()
        self._late: list[_Job] = []
        #: Calls with a deadline that occupy a thread or are about to, late or not.
        self._under_way = 0
        self._threads = _Threads() if utils.concurrency_mode_threading() else None

    def wrap(self, target: T) -> T:
        """Return an object whose methods are called here, and their results' too."""
        return cast(T, _Proxy(target, self))

    @property
    def late(self) -> list[str]:
        """Names of the calls that were given up and occupy their threads still."""
        return [job.name for job in self._late]

    def close(self) -> None:
        """Let the idle threads end; the late ones end with their calls."""
        if self._threads is not None:
            self._threads.close()
        if self._nudger is not None:
            self._nudger.close()

    def run(self, name: str, function: Callable[..., Any], *args: Any,
            **kwargs: Any) -> Any:
        """Call a function; what it returns or raises comes out.

        :raises nova.virt.libvirt.errors.TooLate: after the deadline; the call may
            take effect all the same.
        :raises nova.exception.HypervisorUnavailable: at once where too many calls are
            late.
        """
        deadline_s = None if name in UNLIMITED else self.deadline_s
        return self._run(_Job(name, function, args, kwargs), deadline_s)

    def run_within(self, deadline_s: float, name: str, function: Callable[..., Any],
                   *args: Any) -> Any:
        """Call a function as run does, with a deadline of its own.

        :raises nova.virt.libvirt.errors.TooLate: after the deadline.
        """
        return self._run(_Job(name, function, args, {}), deadline_s)

    def _run(self, job: _Job, deadline_s: float | None) -> Any:
        self._admit(job, deadline_s is not None)
        if self._threads is not None:
            return self._run_in_thread(self._threads, job, deadline_s)
        return self._run_in_tpool(job, deadline_s)

    def _admit(self, job: _Job, may_be_late: bool) -> None:
        """Let a call begin, unless it may become one late call too many."""
        with self._lock:
            if not (self._late and self._under_way >= MAX_LATE):
                job.counts = may_be_late
                self._under_way += may_be_late
                if self._nudger is not None:
                    self._nudger.add(job)
                return
        raise errors.hypervisor_unavailable(
            _('%(name)s was not called: libvirt has not answered %(late)s')
            % {'name': job.name, 'late': ', '.join(sorted(set(self.late)))})

    def _run_in_thread(self, threads: '_Threads', job: _Job,
                       deadline_s: float | None) -> Any:
        answer = threads.start(self._make, job)
        if not answer.wait(deadline_s):
            raise self._give_up(job, deadline_s)
        return answer.result()

    def _run_in_tpool(self, job: _Job, deadline_s: float | None) -> Any:
        eventlet = utils.get_eventlet()
        timeout = eventlet.Timeout(deadline_s)
        try:
            return eventlet.tpool.execute(self._make, job)
        except eventlet.Timeout as ex:
            if ex is not timeout:
                raise
            raise self._give_up(job, deadline_s) from None
        finally:
            timeout.cancel()

    def _make(self, job: _Job) -> Any:
        """Make a call, unless it was given up before its turn came."""
        if not self._begin(job):
            return None
        turn = self._turns.take()
        try:
            return job.call()
        finally:
            turn.release()
            self._end(job)

    def _begin(self, job: _Job) -> bool:
        with self._lock:
            job.began = not job.given_up
            return job.began

    def _end(self, job: _Job) -> None:
        with self._lock:
            job.ended = True
            self._under_way -= job.counts
            if job.given_up:
                self._late.remove(job)
        self._forget(job)

    def _forget(self, job: _Job) -> None:
        if self._nudger is not None:
            self._nudger.remove(job)

    def _give_up(self, job: _Job, deadline_s: float | None) -> Exception:
        """Wait no longer for a call; return the error that says so."""
        with self._lock:
            job.given_up = True
            if not job.began:
                self._under_way -= job.counts
                self._forget(job)
            elif not job.ended:
                self._late.append(job)
        return errors.too_late(job.name, deadline_s)


class _Turns:
    """Lets short calls have the connection to themselves, one after the other.

    A call that begins while another thread waits for what comes over the socket
    interrupts that wait.  libvirt's client (9.0.0) then leaves something behind that
    names a place on the waiting thread's stack; where the connection breaks at that
    moment, it is used when the place is another's, and the process crashes.  Beside a
    call that takes long there is no other way, and little danger while it lasts.
    """

    def __init__(self) -> None:
        self._make: Callable[[], threading.Lock] = native('threading').Lock
        self._turn: threading.Lock = self._make()

    def take(self) -> threading.Lock:
        """Wait for one's turn, not longer than LONG_S for each long call.

        :returns: what is to be released after the call.
        """
        while True:
            turn: threading.Lock = self._turn
            if not turn.acquire(timeout=LONG_S):
                self._pass_by(turn)
            elif turn is self._turn:
                return turn
            else:
                turn.release()  # who had it was passed by; those behind have moved

    def _pass_by(self, turn: threading.Lock) -> None:
        if turn is self._turn:
            self._turn = self._make()


class _Nudger:
    """Wakes libvirt's client where it has not noticed a call.

    One of the threads that make calls waits for what comes over the socket, for the
    others too.  A call that another thread makes while that one begins to wait is not
    sent before something else wakes it (libvirt 9.0.0: beside a call that hangs, the
    second of others made one after the other hangs too).  Any call does; so as long
    as several are under way and one of them is not young, one more is made now
    and then.
    """

    def __init__(self, nudge: Callable[[], None]) -> None:
        self._nudge = nudge
        threads = native('threading')
        self._jobs: set[_Job] = set()
        self._several = threads.Event()
        self._closed = False
        self._thread = threads.Thread(
            target=self._run, name='libvirt-nudge', daemon=True)
        self._started = False

    def add(self, job: _Job) -> None:
        """Note a call; not to be called twice at once."""
        self._jobs.add(job)
        if len(self._jobs) > 1 and not self._several.is_set():
            self._several.set()
            if not self._started:
                self._started = True
                self._thread.start()

    def remove(self, job: _Job) -> None:
        """Note that a call is over, from any thread."""
        self._jobs.discard(job)

    def close(self) -> None:
        """Let the thread end."""
        self._closed = True
        self._several.set()

    def _run(self) -> None:
        sleep = native('time').sleep
        while True:
            self._several.wait()
            sleep(NUDGE_AFTER_S)
            if self._closed:
                return
            # First: who comes from now on sets it again.
            self._several.clear()
            jobs = list(self._jobs)
            if len(jobs) < 2:
                continue
            self._several.set()
            if any(time.monotonic() - job.made_at > NUDGE_AFTER_S for job in jobs):
                self._nudge()


class _Answer:
    """What a call comes to, for the one who waits for it."""

    def __init__(self) -> None:
        self._is_there = threading.Lock()
        self._is_there.acquire()
        self._value: Any = None
        self._error: BaseException | None = None

    def give(self, value: Any, error: BaseException | None) -> None:
        self._value, self._error = value, error
        self._is_there.release()

    def wait(self, timeout_s: float | None) -> bool:
        """Return whether it is there."""
        return self._is_there.acquire(timeout=-1 if timeout_s is None else timeout_s)

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


class _Thread:
    """A thread that makes one call after the other.

    :param put_back: called with the thread when it is free; returns whether it is
        still needed.
    """

    def __init__(self, put_back: Callable[['_Thread'], bool]) -> None:
        self._put_back = put_back
        self._has_work = threading.Lock()
        self._has_work.acquire()
        self._work: tuple[Callable[[_Job], Any], _Job, _Answer] | None = None
        threading.Thread(target=self._run, name='libvirt-call', daemon=True).start()

    def give(self, make: Callable[[_Job], Any] | None, job: _Job | None = None,
             answer: _Answer | None = None) -> None:
        """Let it make a call; without one it ends."""
        self._work = (make, job, answer) if make and job and answer else None
        self._has_work.release()

    def _run(self) -> None:
        needed = True
        while needed:
            self._has_work.acquire()
            if self._work is None:
                return
            make, job, answer = self._work
            self._work = None
            value = error = None
            try:
                value = make(job)
            except BaseException as ex:  # noqa: BLE001  raised where it is waited for
                error = ex
            # First, so that who got the answer finds this thread for the next call.
            needed = self._put_back(self)
            answer.give(value, error)
            # It would hold what libvirt handed out until the next call.
            del make, job, answer, value, error


class _Threads:
    """The threads of a process without eventlet, one for each call under way."""

    def __init__(self) -> None:
        self._idle: list[_Thread] = []
        self._closed = False

    def start(self, make: Callable[[_Job], Any], job: _Job) -> _Answer:
        """Begin a call."""
        answer = _Answer()
        try:
            thread = self._idle.pop()
        except IndexError:
            thread = _Thread(self._put_back)
        thread.give(make, job, answer)
        return answer

    def _put_back(self, thread: _Thread) -> bool:
        if self._closed or len(self._idle) >= MAX_IDLE:
            return False
        self._idle.append(thread)
        return True

    def close(self) -> None:
        """Let the threads end that do nothing, and the others after their calls."""
        self._closed = True
        while self._idle:
            self._idle.pop().give(None)


class _Proxy:
    """Stands for an object of libvirt; its methods do not block the hub."""

    __slots__ = ('_calls', '_target')

    def __init__(self, target: Any, calls: Calls) -> None:
        self._target = target
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if not callable(found) or name in LOCAL:
            return found
        calls = self._calls

        def call(*args: Any, **kwargs: Any) -> Any:
            return _wrapped(calls.run(name, found, *map(_bare, args), **kwargs), calls)
        return call

    def __eq__(self, other: object) -> bool:
        return bool(self._target == getattr(other, '_target', other))

    def __hash__(self) -> int:
        return hash(self._target)

    def __repr__(self) -> str:
        return repr(self._target)


def beside(known: object, target: T) -> T:
    """Wrap an object so that it is called as another one of libvirt is."""
    return known._calls.wrap(target) if isinstance(known, _Proxy) else target


def at_once(target: Any, name: str, function: Callable[..., T], *args: Any,
            deadline_s: float | None = None) -> T:
    """Let a function make several calls of an object of libvirt as one.

    Where the object's calls run in another thread, so does the function, and nothing
    changes threads between its calls.

    :param name: names the calls where they are late.
    :param function: gets the object as libvirt made it, and the arguments.  It
        returns data: objects of libvirt stay where they were made.
    :param deadline_s: how long it may take; by default as any call.
    :raises nova.virt.libvirt.errors.TooLate: after the deadline.
    """
    if not isinstance(target, _Proxy):
        return function(target, *args)
    calls = target._calls
    within_s = calls.deadline_s if deadline_s is None else deadline_s
    return cast(T, calls.run_within(within_s, name, function, target._target, *args))


def deadline_of(target: Any) -> float | None:
    """Return how long an answer to calls of an object is waited for, if it is known."""
    return target._calls.deadline_s if isinstance(target, _Proxy) else None


def _bare(argument: Any) -> Any:
    """Give libvirt its own object back, out of a list too."""
    if isinstance(argument, _Proxy):
        return argument._target
    if isinstance(argument, list):
        return [_bare(element) for element in argument]
    return argument


def _wrapped(found: Any, calls: Calls) -> Any:
    """Wrap what libvirt handed out, in lists and pairs too; data comes out as it is."""
    if isinstance(found, list):
        return [_wrapped(element, calls) for element in found
                ] if found and not isinstance(found[0], _PLAIN) else found
    if isinstance(found, tuple):
        return tuple(element if isinstance(element, _DATA) else _Proxy(element, calls)
                     for element in found)
    return found if isinstance(found, _DATA) else _Proxy(found, calls)
