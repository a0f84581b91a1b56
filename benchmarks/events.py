# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Measure how events reach a listener: ``python -m benchmarks.events``.

Beside the driver's way, and in the same run, a bare callback of libvirt-python on a
connection of its own takes the same events.  Real guests are suspended and resumed by
another process; a burst comes from libvirt's test driver.  Each concurrency back end
runs in a process of its own.

How far apart libvirtd and the kernel let one event come on two connections is seen
from a second bare callback, and how long another thread takes to learn of it from one
that does nothing else: nobody can be nearer to the first callback than that.  Both are
looked at after the driver's listener, in the same process: each more that is called in
libvirt's one thread delays who was woken by the one before.

The exit status is 1 where a limit is exceeded.
"""

import argparse
import collections
from collections.abc import Callable, Iterator
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

from benchmarks import drivers
from nova import monkey_patch

BACKENDS = (monkey_patch.EVENTLET, monkey_patch.THREADING)
GUESTS = 5
ROUNDS = 200
BURST = 20_000
#: Limits: of all but a hundredth of the events, of each stop, and of native threads'
#: part in a burst.
LATE_MS, STOP_LATE_MS = 1, 50
DISPATCH_TIMES = 2
#: VIR_DOMAIN_EVENT_UNDEFINED and SHUTDOWN, which is followed by the stop: no news.
_UNTOLD = (1, 6)

#: Suspends and resumes guests, and stops each in the end, at a steady pace.
ACTOR = """
import sys, time, libvirt
libvirt.registerErrorHandler(lambda *_: None, None)
conn = libvirt.open(sys.argv[1])
guests = [conn.lookupByUUIDString(uuid) for uuid in sys.argv[3:]]
for _ in range(int(sys.argv[2])):
    for act in ('suspend', 'resume'):
        for guest in guests:
            getattr(guest, act)()
            time.sleep(0.01)
for guest in guests:
    guest.destroy()
    time.sleep(0.01)
"""


def main() -> int:
    """Run what the command line asks for; 1 if a limit does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--backend', choices=BACKENDS)
    parser.add_argument('--uri', default='qemu:///system')
    chosen = parser.parse_args()
    if chosen.backend is None:
        return max(subprocess.run(
            [sys.executable, '-m', 'benchmarks.events', '--backend', backend,
             '--uri', chosen.uri]).returncode for backend in BACKENDS)
    monkey_patch.patch(chosen.backend)
    print(f'{chosen.backend}:')
    good = [*_latencies(chosen.uri),
            _burst() <= DISPATCH_TIMES or chosen.backend == monkey_patch.EVENTLET]
    return int(not all(good))


class _Raw:
    """A bare callback on a connection of its own."""

    def __init__(self, uri: str) -> None:
        import libvirt
        self.seen: dict[str, list[tuple[int, float]]] = collections.defaultdict(list)
        self._conn = libvirt.open(uri)
        self._id = self._conn.domainEventRegisterAny(
            None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, self._note, None)

    def _note(self, conn: Any, domain: Any, event: int, detail: int, _: Any) -> None:
        if event not in _UNTOLD:
            self.seen[domain.UUIDString()].append((event, time.monotonic()))

    def close(self) -> None:
        self._conn.domainEventDeregisterAny(self._id)
        self._conn.close()


class _Handed(_Raw):
    """A bare callback that wakes a thread, and what that thread has seen by then."""

    def __init__(self, uri: str) -> None:
        from nova.virt.libvirt import threads
        self._os = threads.native('os')
        self._reader, self._writer = os.pipe()
        self._found: collections.deque[tuple[str, int]] = collections.deque()
        self._thread = threads.native('threading').Thread(target=self._take)
        self._thread.start()
        super().__init__(uri)

    def _note(self, conn: Any, domain: Any, event: int, detail: int, _: Any) -> None:
        if event not in _UNTOLD:
            self._found.append((domain.UUIDString(), event))
            self._os.write(self._writer, b'x')

    def _take(self) -> None:
        while self._os.read(self._reader, 100):
            while self._found:
                guest, event = self._found.popleft()
                self.seen[guest].append((event, time.monotonic()))

    def close(self) -> None:
        super().close()
        os.close(self._writer)
        while self._thread.is_alive():
            time.sleep(0.01)
        os.close(self._reader)


class _Listener:
    """Who is told by the driver, or by its Host."""

    def __init__(self) -> None:
        self.seen: dict[str, list[tuple[int, float]]] = collections.defaultdict(list)

    def note(self, event: Any) -> None:
        """Take note of an event."""
        if hasattr(event, 'transition'):
            self.seen[event.uuid].append((event.transition, time.monotonic()))


class _Host(_Listener):
    """The listener of a Host."""

    def __init__(self, uri: str) -> None:
        from nova.virt.libvirt import host
        super().__init__()
        self.host = host.Host(uri, lifecycle_event_handler=self.note)
        self.host.initialize()

    def close(self) -> None:
        self.host.cleanup()


def _latencies(uri: str) -> list[bool]:
    """Measure a steady pace of events; tell whether the limits hold."""
    listener = _Listener()
    with tempfile.TemporaryDirectory(prefix='benchmark-') as folder:
        os.chmod(folder, 0o755)
        with drivers.running(folder, uri) as driver:
            driver.register_event_listener(listener.note)
            return [_latency(uri, folder, listener, audit)
                    for audit in (None, lambda: _audit(driver))]


def _audit(driver: Any) -> None:
    """Ask what the service asks of the driver at each of its rounds."""
    driver.get_available_resource(drivers.HOST)
    driver.get_power_states()


def _latency(uri: str, folder: str, listener: _Listener,
             audit: Callable[[], None] | None) -> bool:
    print(f'  {"under an audit loop" if audit else "idle"}, later than the bare '
          f'callback, ms:')
    with _guests(uri, folder) as uuids:
        listener.seen.clear()
        raw = _Raw(uri)
        _watch(uri, uuids, audit)
        raw.close()
        good = _report_latency('a listener', uuids, raw, listener)
    with _guests(uri, folder) as uuids:
        raw = _Raw(uri)
        others = {'another bare callback': _Raw(uri), 'a bare thread': _Handed(uri)}
        _watch(uri, uuids, audit)
        for name, other in others.items():
            _report_latency(name, uuids, raw, other)
            other.close()
        raw.close()
    return good


@contextlib.contextmanager
def _guests(uri: str, folder: str) -> Iterator[list[str]]:
    """Give running guests to a block once they have nothing to do any more."""
    import libvirt

    from benchmarks import guests
    conn = libvirt.open(uri)
    with guests.running(conn, folder) as started:
        started.grow_to(GUESTS)
        for each in started.uuids:
            conn.lookupByUUIDString(each).resume()
        # Their firmware has found nothing to boot, and comparing the states of guests
        # after connecting is over.
        time.sleep(10)
        yield started.uuids
    conn.close()


@contextlib.contextmanager
def _repeated(audit: Callable[[], None] | None) -> Iterator[list[None]]:
    """Do something again and again, beside the block; give what grows each time."""
    ending, done = threading.Event(), []

    def repeat() -> None:
        while audit and not ending.is_set():
            done.append(audit())
            time.sleep(0)
    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield done
    finally:
        ending.set()
        thread.join()


def _watch(uri: str, uuids: list[str], audit: Callable[[], None] | None) -> None:
    """Let guests be suspended, resumed and stopped in the end."""
    with _repeated(audit) as audits:
        actor = subprocess.Popen(
            [sys.executable, '-c', ACTOR, uri, str(ROUNDS), *uuids])
        while actor.poll() is None:
            time.sleep(0.2)
        time.sleep(1)
    if audit:
        print(f'    {len(audits)} audits')


def _report_latency(who: str, uuids: list[str], raw: _Raw,
                    told_to: _Raw | _Listener) -> bool:
    late, stops, lost = [], [], False
    for guest in uuids:
        took, told = raw.seen[guest], told_to.seen[guest]
        if len(took) != len(told):
            lost = True
            print(f'  {guest}: {len(took)} raw events but {len(told)} told')
        pairs = [(there - here) * 1000 for (_, here), (_, there)
                 in zip(took, told, strict=False)]
        late += pairs
        stops.append(pairs[-1])
    late.sort()
    nearly_all = late[int(len(late) * .99)]
    print(f'    {who}: {len(late)} events; median {late[len(late) // 2]:.3f}, 99th '
          f'percentile {nearly_all:.3f}, worst {late[-1]:.3f}; '
          f'STOPPED at most {max(stops):.3f}')
    return not lost and nearly_all <= LATE_MS and max(stops) <= STOP_LATE_MS


def _burst() -> float:
    """Take many events of the test driver, barely and through a Host.

    :returns: how many times the CPU time it takes through a Host.
    """
    costs = {'nobody': [], 'raw': [], 'driver': []}
    for _ in range(3):
        for who, found in costs.items():
            found.append(_burst_of(who))
    nobody, raw, driver = (min(costs[who]) for who in ('nobody', 'raw', 'driver'))
    print(f'  burst of {BURST} events: CPU {nobody:.2f} s to make them, {raw:.2f} s '
          f'with a bare callback, {driver:.2f} s with a Host: '
          f'{driver / raw:.2f} times in all, '
          f'{(driver - nobody) / max(raw - nobody, 1e-9):.2f} times for taking them')
    return driver / raw


def _burst_of(who: str) -> float:
    from nova.virt.libvirt import eventloop
    eventloop.LOOP.acquire()
    taker: Any = {'nobody': None, 'raw': _Raw, 'driver': _Host}[who]
    taker = taker and taker('test:///default')
    domain = _test_domain(taker)
    began = time.process_time()
    for number in range(BURST):
        (domain.resume if number % 2 else domain.suspend)()
    if taker is not None:
        seen = taker.seen[domain.UUIDString()]
        deadline = time.monotonic() + 60
        while len(seen) < BURST and time.monotonic() < deadline:
            time.sleep(0.01)
    spent = time.process_time() - began
    if taker is not None:
        kinds = [kind for kind, _at in seen]
        assert len(kinds) == BURST, f'{who}: {len(kinds)} of {BURST} events'
        assert kinds[::2] == kinds[:1] * (BURST // 2), f'{who}: out of order'
        assert kinds[1::2] == kinds[1:2] * (BURST // 2), f'{who}: out of order'
    if taker is not None:
        taker.close()
    eventloop.LOOP.release()
    return spent


def _test_domain(taker: Any) -> Any:
    import libvirt
    if isinstance(taker, _Host):
        link = taker.host._connection._link
        return link.raw.lookupByName('test')
    conn = taker._conn if taker else libvirt.open('test:///default')
    return conn.lookupByName('test')


if __name__ == '__main__':
    sys.exit(main())
