# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Calls into libvirt, which may block for as long as libvirtd likes.

Each call runs in a native thread that is not the caller's.  Hence the hub goes on,
and the caller can go on after a deadline.  The thread cannot; it is free again when
libvirt answers or keepalive closes the connection.  There are so many threads and no
more: a call beyond them waits for one within its deadline, or fails at once where
others are late and nothing else is answered.
"""

from collections.abc import Callable, Iterator
import contextlib
import math
import time
from typing import Any, TypeVar, cast

from nova.i18n import _
from nova.virt.libvirt import errors
from nova.virt.libvirt.threads import native
from nova.virt.libvirt.workers import Answer
from nova.virt.libvirt.workers import Workers

T = TypeVar('T')

#: Calls with a deadline that occupy a thread at once.  libvirtd itself works on five
#: of a client's at once, unless it is told otherwise (max_client_requests).
MAX_LATE = 16
#: Calls that may take long: builds, migrations, snapshots; each has its thread.
MAX_LONG = 64
#: Threads that are kept for the next calls that may take long.
KEPT_LONG = 4
#: Calls that were made so long ago, several at once, may wait for nobody.
NUDGE_AFTER_S = 0.05
#: How often libvirtd is asked whether it lives while a call may take long.
PROBE_S = 5
#: Where several calls are under way and nothing was answered for so long, nothing is.
LATELY_S = 1
#: Threads for nudges: one that is held up is woken by the next.
_NUDGERS = 3
#: A call that takes longer has the connection no more to itself.
LONG_S = 0.005

#: What libvirt answers with; all else are objects of its own, whose methods may block.
_PLAIN = (str, bytes, int, float, dict, type(None))
_DATA = (*_PLAIN, list, tuple)

#: Methods that the client library answers by itself.
LOCAL = frozenset({'ID', 'UUID', 'UUIDString', 'name'})

#: Methods that free what would keep a connection for ever, dead or not.  They wait
#: for a thread, whatever is late.
FREEING = frozenset({
    'domainEventDeregisterAny', 'nodeDeviceEventDeregisterAny',
    'unregisterCloseCallback'})

#: Methods that take as long as the guest's memory or disk is big, that wait for the
#: guest, or that libvirt gives up by itself: nobody can say here when they are late,
#: as long as libvirtd answers anything at all.
UNLIMITED = frozenset({
    'blockCommit', 'blockCopy', 'blockJobAbort', 'blockPull', 'blockRebase',
    'blockResize', 'close', 'coreDump', 'coreDumpWithFormat', 'create',
    'createWithFiles', 'createWithFlags', 'createXML', 'createXMLWithFiles',
    'delete', 'destroy', 'destroyFlags', 'fsFreeze', 'fsThaw', 'managedSave',
    'migrate', 'migrate2', 'migrate3', 'migrateToURI', 'migrateToURI2',
    'migrateToURI3', 'qemuAgentCommand', 'restore', 'restoreFlags',
    'revertToSnapshot', 'save', 'saveFlags', 'setTime', 'setUserPassword',
    'shutdownFlags', 'snapshotCreateXML'})


class _Job:
    """One call, which somebody waits for and somebody else makes."""

    def __init__(self, name: str, function: Callable[..., Any], args: tuple[Any, ...],
                 kwargs: dict[str, Any], deadline_s: float | None) -> None:
        self.name = name
        self._function = function
        self._args = args
        self._kwargs = kwargs
        self.deadline_s = deadline_s
        self.began = self.ended = self.given_up = False
        self.made_at = time.monotonic()
        #: When its connection was lost: nothing more is heard over that.
        self.lost_at = math.inf

    @property
    def may_take_long(self) -> bool:
        return self.deadline_s is None

    def call(self) -> Any:
        return self._function(*self._args, **self._kwargs)


class _Lane:
    """Calls of one sort, which occupy so many threads and no more."""

    def __init__(self, most: int, kept: int) -> None:
        self._most = most
        self.workers = Workers(most, kept, 'libvirt-call')
        #: Calls that have or want a thread, late or not.
        self.under_way = 0
        #: Those that were given up and occupy their threads still.
        self.late: list[_Job] = []

    def is_blocked(self, hears: Callable[[], bool]) -> bool:
        """Tell whether one call more may become one late call too many.

        :param hears: tells whether anything is answered at present: then some guest
            is silent, not libvirtd, and threads become free.
        """
        if not self.late or self.under_way < self._most:
            return False
        return len(self.late) >= self._most or not hears()


class Calls:
    """Makes calls, and gives up those that get no answer in time.

    :param deadline_s: how long an answer is waited for; where a call may take long,
        how long libvirtd may answer nothing at all meanwhile.
    :param nudge: makes a call that libvirtd answers at once, and returns whether it
        did; see _Nudger.
    """

    def __init__(self, deadline_s: float = 60,
                 nudge: Callable[[], bool] | None = None) -> None:
        self.deadline_s = deadline_s
        self._nudger = _Nudger(nudge) if nudge is not None else None
        self._turns = _Turns()
        # Taken in threads of either kind, and held for no longer than a comparison.
        self._lock = native('threading').Lock()
        self._short = _Lane(MAX_LATE, kept=MAX_LATE)
        self._long = _Lane(MAX_LONG, kept=KEPT_LONG)

    def wrap(self, target: T) -> T:
        """Return an object whose methods are called here, and their results' too."""
        return cast(T, _Proxy(target, self))

    @property
    def late(self) -> list[str]:
        """Names of the calls that were given up and occupy their threads still."""
        return [job.name for lane in (self._short, self._long) for job in lane.late]

    def disown(self) -> None:
        """Note that the connection of the calls under way is lost, from any thread.

        What a later connection answers tells nothing of them.
        """
        if self._nudger is not None:
            self._nudger.disown()

    def close(self) -> None:
        """Let the idle threads end; the late ones end with their calls."""
        for lane in (self._short, self._long):
            lane.workers.close()
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
        return self._run(_Job(name, function, args, kwargs, deadline_s))

    def run_within(self, deadline_s: float, name: str, function: Callable[..., Any],
                   *args: Any) -> Any:
        """Call a function as run does, with a deadline of its own.

        :raises nova.virt.libvirt.errors.TooLate: after the deadline.
        """
        return self._run(_Job(name, function, args, {}, deadline_s))

    def _run(self, job: _Job) -> Any:
        lane = self._lane_of(job)
        self._admit(lane, job)
        try:
            answer = self._start(lane, job)
            if not self._is_answered(answer, job):
                raise errors.too_late(job.name, job.deadline_s or self.deadline_s)
        except BaseException:
            # A time-out of the caller's own as well, or no thread to be had.
            self._give_up(job)
            raise
        return answer.result()

    def _start(self, lane: _Lane, job: _Job) -> Answer:
        try:
            self._note(job)
            return lane.workers.start(self._make, job)
        except RuntimeError as ex:
            raise errors.hypervisor_unavailable(
                _('%(name)s was not called: %(why)s')
                % {'name': job.name, 'why': ex}) from ex

    def _lane_of(self, job: _Job) -> _Lane:
        return self._long if job.may_take_long else self._short

    def _admit(self, lane: _Lane, job: _Job) -> None:
        """Let a call begin, unless it may become one late call too many."""
        with self._lock:
            if job.name in FREEING or not lane.is_blocked(self._hears):
                lane.under_way += 1
                return
        raise errors.hypervisor_unavailable(
            _('%(name)s was not called: libvirt has not answered %(late)s')
            % {'name': job.name, 'late': ', '.join(sorted(set(self.late)))})

    def _hears(self) -> bool:
        return self._nudger is not None and self._nudger.hears

    def _note(self, job: _Job) -> None:
        if self._nudger is not None:
            with self._lock:
                self._nudger.add(job)

    def _is_answered(self, answer: Answer, job: _Job) -> bool:
        """Wait for an answer as long as there may be one."""
        if job.deadline_s is not None:
            return answer.wait(job.deadline_s)
        # Something must have been asked in between, and more than once.
        patience_s = max(self.deadline_s, 3 * PROBE_S)
        while not answer.wait(PROBE_S):
            if self._nudger is not None and self._nudger.silent_s(job) > patience_s:
                return False
        return True

    def _make(self, job: _Job) -> Any:
        """Make a call, unless it was given up before its turn came."""
        with self._turns.turn():
            if not self._begin(job):
                return None
            try:
                return job.call()
            finally:
                self._end(job)

    def _begin(self, job: _Job) -> bool:
        with self._lock:
            job.began = not job.given_up
            return job.began

    def _end(self, job: _Job) -> None:
        lane = self._lane_of(job)
        with self._lock:
            job.ended = True
            lane.under_way -= 1
            if job.given_up:
                lane.late.remove(job)
        if self._nudger is not None:
            self._nudger.remove(job)

    def _give_up(self, job: _Job) -> None:
        """Wait no longer for a call."""
        lane = self._lane_of(job)
        with self._lock:
            job.given_up = True
            if job.began and not job.ended:
                lane.late.append(job)
            if job.began:
                return
            lane.under_way -= 1
        if self._nudger is not None:
            self._nudger.remove(job)


class _Turns:
    """Lets short calls have the connection to themselves, one after the other.

    A call that begins while another thread waits for what comes over the socket
    interrupts that wait.  libvirt's client (9.0.0) then leaves something behind that
    names a place on the waiting thread's stack; where the connection breaks at that
    moment, it is used when the place is another's, and the process crashes.  Beside a
    call that takes long there is no other way, and little danger while it lasts.  The
    nudger takes no turn: to interrupt such a wait is what it is for.
    """

    def __init__(self) -> None:
        self._turn = _Turn()
        self._passing = native('threading').Lock()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, but no longer for a call than LONG_S, and have it."""
        turn = self._take()
        try:
            yield
        finally:
            # Who has it next may be slow to note that.
            turn.changed_at = time.monotonic()
            turn.lock.release()

    def _take(self) -> '_Turn':
        while True:
            turn = self._turn
            if not turn.lock.acquire(timeout=turn.left_s()):
                self._pass_by(turn)
            elif turn is self._turn:
                turn.changed_at = time.monotonic()
                return turn
            else:
                turn.lock.release()  # who had it was passed by; those behind have moved

    def _pass_by(self, turn: '_Turn') -> None:
        """Let those behind a long call move on."""
        # Of several who waited for the same turn one makes the next.
        with self._passing:
            if turn is self._turn and not turn.left_s():
                self._turn = _Turn()


class _Turn:
    """What calls wait for, and when it last changed hands."""

    def __init__(self) -> None:
        self.lock = native('threading').Lock()
        self.changed_at = time.monotonic()

    def left_s(self) -> float:
        """Return how much longer a call may have it before it is a long one."""
        return max(0.0, self.changed_at + LONG_S - time.monotonic())


class _Nudger:
    """Wakes libvirt's client where it has not noticed a call, and libvirtd's pulse.

    One of the threads that make calls waits for what comes over the socket, for the
    others too.  A call that another thread makes while that one begins to wait is not
    sent before something else wakes it (libvirt 9.0.0: beside a call that hangs, the
    second of others made one after the other hangs too).  Any call does; so as long
    as several are under way and one of them is not young, one more is made now
    and then.

    A call that may take long is asked beside at intervals, so that it is known
    whether libvirtd still answers anything.
    """

    def __init__(self, nudge: Callable[[], bool]) -> None:
        self._nudge = nudge
        self._workers = Workers(_NUDGERS, kept=1, name='libvirt-nudge')
        self._jobs: set[_Job] = set()
        self._heard_at = time.monotonic()
        #: There is something to do, and it is urgent.
        self._needed = native('threading').Event()
        self._several = native('threading').Event()
        self._closed = False
        self._thread = native('threading').Thread(
            target=self._run, name='libvirt-nudge', daemon=True)
        self._started = False

    def add(self, job: _Job) -> None:
        """Note a call; not to be called twice at once."""
        self._jobs.add(job)
        several = len(self._jobs) > 1
        if several:
            self._several.set()
        if several or job.may_take_long:
            self._needed.set()
            if not self._started:
                self._thread.start()
                self._started = True

    def remove(self, job: _Job) -> None:
        """Note that a call is over, from any thread."""
        self._jobs.discard(job)
        if job.ended:
            self._heard_at = time.monotonic()

    @property
    def hears(self) -> bool:
        """Whether anything was answered lately."""
        return time.monotonic() - self._heard_at < LATELY_S

    def disown(self) -> None:
        """Note that the connection of all calls under way is lost, from any thread."""
        now = time.monotonic()
        for job in list(self._jobs):
            job.lost_at = min(job.lost_at, now)

    def silent_s(self, job: _Job) -> float:
        """Return how long nothing was answered while a call is under way."""
        heard_at = min(self._heard_at, job.lost_at)
        return time.monotonic() - max(heard_at, job.made_at)

    def close(self) -> None:
        """Let the threads end."""
        self._closed = True
        self._needed.set()
        self._several.set()
        self._workers.close()

    def _run(self) -> None:
        sleep = native('time').sleep
        while True:
            self._needed.wait()
            if self._several.wait(PROBE_S):
                sleep(NUDGE_AFTER_S)
            if self._closed:
                return
            if self._is_one_waiting() and self._workers.has_free():
                with contextlib.suppress(RuntimeError):  # no thread to be had
                    self._workers.start(self._ask, None)

    def _is_one_waiting(self) -> bool:
        """Tell whether there is a call to be helped; note if there is none."""
        # First: who comes from now on sets them again.
        self._needed.clear()
        self._several.clear()
        jobs = list(self._jobs)
        if len(jobs) > 1:
            self._several.set()
        elif not any(job.may_take_long for job in jobs):
            return False
        self._needed.set()
        return any(time.monotonic() - job.made_at > NUDGE_AFTER_S for job in jobs)

    def _ask(self, _nothing: None) -> None:
        if self._nudge():
            self._heard_at = time.monotonic()


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
            bare = {key: _bare(value) for key, value in kwargs.items()}
            return _wrapped(calls.run(name, found, *map(_bare, args), **bare), calls)
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
