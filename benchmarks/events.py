# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Measure how events reach a listener: ``python -m benchmarks.events``.

Beside the driver's way, and in the same run, a bare callback of libvirt-python on a
connection of its own takes the same events.  Real guests are suspended and resumed by
another process; a burst comes from libvirt's test driver.  Each concurrency back end
runs in a process of its own.

How far apart libvirtd and the kernel let one event come on two connections is seen
from a second bare callback: nobody can be nearer to the first one than that.

The exit status is 1 where a limit is exceeded.
"""

import argparse
import collections
import subprocess
import sys
import time
from typing import Any
import uuid

from nova import monkey_patch

BACKENDS = (monkey_patch.EVENTLET, monkey_patch.THREADING)
GUESTS = 5
ROUNDS = 200
BURST = 20_000
#: Limits: of all but a hundredth of the events, of each stop, and of native threads'
#: part in a burst.
LATE_MS, STOP_LATE_MS = 1, 50
DISPATCH_TIMES = 2
#: VIR_DOMAIN_EVENT_SHUTDOWN
_SHUTDOWN = 6

XML = """<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid>
<memory unit='MiB'>16</memory><os><type>hvm</type></os>
<devices><controller type='usb' model='none'/><memballoon model='none'/></devices>
</domain>"""

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
    good = [_latency(chosen.uri, audited=False), _latency(chosen.uri, audited=True),
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
        if event != _SHUTDOWN:  # which is followed by the stop, and told to nobody
            self.seen[domain.UUIDString()].append((event, time.monotonic()))

    def close(self) -> None:
        self._conn.domainEventDeregisterAny(self._id)
        self._conn.close()


class _Driver:
    """The listener of a Host."""

    def __init__(self, uri: str) -> None:
        from nova.virt.libvirt import host
        self.seen: dict[str, list[tuple[int, float]]] = collections.defaultdict(list)
        self.host = host.Host(uri, lifecycle_event_handler=self._note)
        self.host.initialize()

    def _note(self, event: Any) -> None:
        if hasattr(event, 'transition'):
            self.seen[event.uuid].append((event.transition, time.monotonic()))


def _latency(uri: str, *, audited: bool) -> bool:
    """Measure a steady pace of events; tell whether the limits hold."""
    import threading
    driver = _Driver(uri)
    uuids = [str(uuid.uuid4()) for _ in range(GUESTS)]
    conn = driver.host.get_connection()
    for number, guest in enumerate(uuids):
        conn.createXML(XML.format(name=f'bench-events-{number}', uuid=guest), 0)
    time.sleep(10)  # the comparisons after connecting are over
    driver.seen.clear()
    raw, other = _Raw(uri), _Raw(uri)
    ending = threading.Event()
    auditor = threading.Thread(target=_audit, args=(driver.host, ending))
    if audited:
        auditor.start()
    actor = subprocess.Popen([sys.executable, '-c', ACTOR, uri, str(ROUNDS), *uuids])
    while actor.poll() is None:
        time.sleep(0.2)
    time.sleep(1)
    ending.set()
    if audited:
        auditor.join()
    print(f'  {"under an audit loop" if audited else "idle"}, later than the bare '
          'callback, ms:')
    good = _report_latency('a listener', uuids, raw, driver)
    _report_latency('another bare callback', uuids, raw, other)
    raw.close()
    other.close()
    driver.host.cleanup()
    return good


def _audit(host: Any, ending: Any) -> None:
    while not ending.is_set():
        host.get_vcpu_used()
        host.get_memory_mb_used()
        host.list_instance_domains(only_running=False)
        time.sleep(0)


def _report_latency(who: str, uuids: list[str], raw: _Raw,
                    told_to: _Raw | _Driver) -> bool:
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
    taker: Any = {'nobody': None, 'raw': _Raw, 'driver': _Driver}[who]
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
    _end(taker)
    eventloop.LOOP.release()
    return spent


def _test_domain(taker: Any) -> Any:
    import libvirt
    if isinstance(taker, _Driver):
        link = taker.host._connection._link
        return link.raw.lookupByName('test')
    conn = taker._conn if taker else libvirt.open('test:///default')
    return conn.lookupByName('test')


def _end(taker: Any) -> None:
    if isinstance(taker, _Raw):
        taker.close()
    elif taker is not None:
        taker.host.cleanup()


if __name__ == '__main__':
    sys.exit(main())
