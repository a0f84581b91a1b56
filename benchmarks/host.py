# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What looking at the host costs as guests become more: ``python -m benchmarks.host``.

Real guests are started at qemu:///system, and removed at the end.  What the driver
does is measured beside a floor in the same run, turn by turn, best of many: the
least that libvirt-python and the kernel must be asked to know the same, one bulk
call for all guests where there is one.  Round trips to libvirtd and programs that
are started are counted in a turn of their own.  Each kind of concurrency runs in a
process of its own.

The exit status is 1 where a limit is exceeded with HUNDREDS of guests: with few, what
Python costs at all is more than what there is to do.
"""

import argparse
from collections.abc import Callable, Iterator
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import types
from typing import Any

import libvirt

from benchmarks import drivers
from nova import monkey_patch

URI = 'qemu:///system'
HUNDREDS = 100
_TURNS = 15
_THREADS = (1, 2, 4, 8, 16)
_THROUGHPUT_S = 0.5
_THROUGHPUT_TURNS = 5


@dataclasses.dataclass(frozen=True)
class Subject:
    """Something that the driver does, and the least that it takes."""

    name: str
    ours: Callable[[], object]
    floor: Callable[[], object]
    #: What the ratio is to be at most; None for what is only reported.
    limit: float | None = None


def _best(function: Callable[[], object]) -> tuple[float, float]:
    """Return wall and CPU seconds of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    function()
    return time.perf_counter() - wall, time.process_time() - cpu


def measure(subject: Subject) -> dict[str, Any]:
    """Measure a subject beside its floor."""
    from benchmarks import counting
    cold_s, _cpu_s = _best(subject.ours)
    subject.ours()
    with counting.counted() as (trips, programs):
        subject.ours()
        found: dict[str, Any] = {'trips': dict(trips), 'programs': list(programs)}
    turns = [(_best(subject.ours), _best(subject.floor)) for _ in range(_TURNS)]
    ours, floor = ([min(values) for values in zip(*each, strict=True)]
                   for each in zip(*turns, strict=True))
    return {**found, 'name': subject.name, 'limit': subject.limit, 'cold_s': cold_s,
            'wall_s': ours[0], 'cpu_s': ours[1], 'floor_wall_s': floor[0],
            'floor_cpu_s': floor[1]}


def _subjects(driver: Any, conn: libvirt.virConnect, folder: str,
              uuids: list[str]) -> Iterator[Subject]:
    disks = [os.path.join(folder, each, 'disk') for each in uuids]

    def audit() -> None:
        conn.getHostname()
        conn.getVersion()
        conn.getCPUMap(0)
        conn.getInfo()
        conn.getMemoryStats(-1, 0)
        _states(conn)
        os.statvfs(folder)
        for disk in disks:
            os.stat(disk)

    def cpu_stats() -> None:
        conn.getCPUStats(-1, 0)
        conn.getInfo()

    yield Subject('resource audit', lambda: driver.get_available_resource(drivers.HOST),
                  audit, 2)
    yield Subject('power states of all', driver.get_power_states,
                  lambda: _states(conn), 2)
    yield Subject('listing', driver.list_instance_uuids,
                  lambda: [each.UUIDString() for each in conn.listAllDomains()], 1.5)
    yield Subject('uptime', driver.get_host_uptime,
                  lambda: open('/proc/uptime').close())
    yield Subject('CPU statistics', driver.get_host_cpu_stats, cpu_stats)
    if uuids:
        domain = conn.lookupByUUIDString(uuids[0])
        instance = types.SimpleNamespace(uuid=uuids[0])
        yield Subject('get_info of one', lambda: driver.get_info(instance),
                      lambda: domain.state(0))


def _states(conn: libvirt.virConnect) -> dict[str, int]:
    stats = conn.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_STATE, 0)
    return {domain.UUIDString(): found['state.state'] for domain, found in stats}


def _throughput(call: Callable[[str], object], uuids: list[str], threads: int) -> float:
    """Return calls in a second, from so many threads (or greenlets) together."""
    counts = [0] * threads
    end = time.monotonic() + _THROUGHPUT_S

    def work(number: int) -> None:
        while time.monotonic() < end:
            call(uuids[counts[number] % len(uuids)])
            counts[number] += 1
    workers = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts) / _THROUGHPUT_S


def _throughputs(driver: Any, conn: libvirt.virConnect, uuids: list[str],
                 ) -> dict[int, tuple[float, float]]:
    domains = {each: conn.lookupByUUIDString(each) for each in uuids}
    instances = {each: types.SimpleNamespace(uuid=each) for each in uuids}
    best = {threads: (0.0, 0.0) for threads in _THREADS}
    # Each number in each turn, so that what else the machine does strikes all.
    for _turn in range(_THROUGHPUT_TURNS):
        for threads, (ours, raw) in best.items():
            best[threads] = (
                max(ours, _throughput(lambda each: driver.get_info(instances[each]),
                                      uuids, threads)),
                max(raw, _throughput(lambda each: domains[each].state(0), uuids,
                                     threads)))
    return best


def _measure_all(folder: str) -> dict[str, Any]:
    uuids = [name for name in os.listdir(folder)
             if os.path.exists(os.path.join(folder, name, 'disk'))]
    with drivers.running(folder, URI) as driver:
        conn = libvirt.open(URI)
        found: dict[str, Any] = {'subjects': [
            measure(each) for each in _subjects(driver, conn, folder, uuids)]}
        if uuids:
            found['throughput'] = _throughputs(driver, conn, uuids)
    return found


def _print(guests: int, backend: str, found: dict[str, Any]) -> None:
    print(f'\n{guests} guests, {backend}')
    print(f'  {"":22} {"wall ms":>9} {"CPU ms":>8} {"floor ms":>9} {"ratio":>6}'
          f' {"first ms":>9} {"trips":>6} {"programs":>8}')
    for each in found['subjects']:
        ratio = each['wall_s'] / each['floor_wall_s']
        limit = each['limit']
        verdict = '' if limit is None else ' ok' if ratio <= limit else f' over {limit}'
        print(f'  {each["name"]:22} {each["wall_s"] * 1e3:9.3f}'
              f' {each["cpu_s"] * 1e3:8.3f} {each["floor_wall_s"] * 1e3:9.3f}'
              f' {ratio:6.2f} {each["cold_s"] * 1e3:9.2f}'
              f' {sum(each["trips"].values()):6d} {len(each["programs"]):8d}{verdict}')
    for threads, (ours, raw) in found.get('throughput', {}).items():
        print(f'  get_info from {threads:>2} at once: {ours:7.0f} a second, raw'
              f' {raw:7.0f}: {ours / raw:5.0%}')


def _exceeds(found: dict[str, Any]) -> bool:
    slow = [each for each in found['subjects'] if each['limit'] is not None
            and each['wall_s'] > each['limit'] * each['floor_wall_s']]
    ours, raw = found['throughput'][max(found['throughput'])]
    return bool(slow or any(each['programs'] for each in found['subjects'])
                or ours < raw / 2)


def _run(folder: str, backend: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, '-W', 'ignore', '-m', 'benchmarks.host', '--measure', folder,
         '--backend', backend], stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> int:
    """Start the guests, and measure; 1 if a limit does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--guests', default='0,10,100,300')
    parser.add_argument('--backend', default='eventlet,threading')
    parser.add_argument('--measure', metavar='FOLDER', help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        monkey_patch.patch(args.backend)
        json.dump(_measure_all(args.measure), sys.stdout)
        return 0
    exceeded = False
    from benchmarks import guests
    with tempfile.TemporaryDirectory(prefix='benchmark-') as folder:
        os.chmod(folder, 0o755)
        with guests.running(libvirt.open(URI), folder) as started:
            for count in map(int, args.guests.split(',')):
                started.grow_to(count)
                for backend in args.backend.split(','):
                    found = _run(folder, backend)
                    _print(count, backend, found)
                    exceeded |= count >= HUNDREDS and _exceeds(found)
    return int(exceeded)


if __name__ == '__main__':
    sys.exit(main())
