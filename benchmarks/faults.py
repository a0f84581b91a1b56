# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Let libvirtd fail under a steady load: ``python -m benchmarks.faults``.

A libvirtd of its own is killed and started again, stopped and continued, loses its
socket, and has no place for one more client.  Measured is whether other greenlets or
threads go on, how long calls take to end, when the states of the guests are right
again, and what is left over.  The exit status is 1 where a limit is exceeded.
"""

import argparse
import gc
import os
import signal
import subprocess
import sys
import time
from typing import Any

from benchmarks import daemon
from nova import monkey_patch

BACKENDS = (monkey_patch.EVENTLET, monkey_patch.THREADING)
#: VIR_DOMAIN_RUNNING, VIR_DOMAIN_SHUTOFF
_RUNNING, _SHUT_OFF = 1, 5
#: Limits: of the ticker, of a call, of the truth about guests after a return.
LATE_S = 0.1
CALL_S = 70
TRUTH_S = 5
MAX_CLIENTS = 8


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--backend', choices=BACKENDS)
    parser.add_argument('--guests', type=int, default=50)
    parser.add_argument('--stopped', type=float, default=60, help='seconds')
    parser.add_argument('--repeat', type=int, default=100)
    chosen = parser.parse_args()
    if chosen.backend is None:
        return max(_run_aside(chosen, backend) for backend in BACKENDS)
    monkey_patch.patch(chosen.backend)
    print(f'{chosen.backend}, {chosen.guests} guests:')
    return _Bench(chosen).run()


def _run_aside(chosen: argparse.Namespace, backend: str) -> int:
    status = subprocess.run(
        [sys.executable, '-m', 'benchmarks.faults', '--backend', backend,
         '--guests', str(chosen.guests), '--stopped', str(chosen.stopped),
         '--repeat', str(chosen.repeat)]).returncode
    if status < 0:
        print(f'{backend}: died of {signal.Signals(-status).name}')
    return abs(status)


def libvirt_open(uri: str, auth: list[Any], flags: int) -> Any:
    """Open a connection."""
    import libvirt
    return libvirt.openAuth(uri, auth, flags)


class _Bench:
    def __init__(self, chosen: Any) -> None:
        self._chosen = chosen
        self._broken: list[str] = []
        self._told: list[tuple[str, int, float]] = []
        self.connected = False

    def run(self) -> int:
        from nova import heap
        from nova.virt.libvirt import host
        with daemon.Daemon(f'max_clients = {MAX_CLIENTS}',
                           'max_anonymous_clients = 4') as self._daemon:
            self._host = host.Host(self._daemon.uri, lifecycle_event_handler=self._note,
                                   conn_event_handler=self._connection)
            self._host.initialize()
            self._make_guests()
            heap.freeze()  # as the service does after its start
            for fault in (self.killed, self.stopped, self.socket_removed,
                          self.clients_exhausted, self.repeated):
                self._measure(fault)
            self._host.cleanup()
        for what in self._broken:
            print(f'  EXCEEDED: {what}')
        return 1 if self._broken else 0

    def _note(self, event: Any) -> None:
        if hasattr(event, 'transition'):
            self._told.append((event.uuid, event.transition, time.monotonic()))

    def _connection(self, connected: bool, reason: str | None) -> None:
        self.connected = connected

    def _make_guests(self) -> None:
        from nova.tests.fixtures import libvirtload
        self._uuids = libvirtload.make_guests(self._host, self._chosen.guests)

    def _measure(self, fault: Any) -> None:
        from nova.tests.fixtures import libvirtload
        ticker = libvirtload.Ticker()
        load = libvirtload.Load(self._host, self._uuids)
        time.sleep(1)
        notes = fault()
        self._check(load.end(), f'{fault.__name__}: a call has not ended')
        late_s = ticker.end()
        self._check(late_s <= LATE_S, f'{fault.__name__}: ticker {late_s:.3f} s late')
        self._check(load.longest_s <= CALL_S, f'{fault.__name__}: a call took '
                    f'{load.longest_s:.1f} s')
        unclear = set(load.outcomes) - {'answered', 'HypervisorUnavailable'}
        self._check(not unclear, f'{fault.__name__}: calls ended with {unclear}')
        print(f'  {fault.__name__}: ticker at most {late_s * 1000:.0f} ms late '
              f'({ticker.worst_of_ours_s * 1000:.0f} where it had a processor); '
              f'calls {dict(load.outcomes)}, longest {load.longest_s:.1f} s; {notes}')

    def _check(self, holds: bool, what: str) -> None:
        if not holds:
            self._broken.append(what)

    # Faults

    def killed(self) -> str:
        """kill -9 and a new start; one guest dies while it is away."""
        self._daemon.ask('kill')
        self._wait(lambda: not self.connected, 'loss')
        victim = self._uuids[0]
        began = time.monotonic()
        self._daemon.ask('kill_guest', 'fault-0')
        # Looking whether it answers would stop the other greenlets.
        returned, seconds = self._right_after(
            lambda: self._daemon.ask('start', False), off=victim)
        told = self._told_after(victim, returned)
        self._host.get_connection().lookupByUUIDString(victim).create()
        return (f'away {returned - began:.1f} s; after that states right in '
                f'{seconds:.2f} s, the stop of its dead guest told in {told:.2f} s')

    def stopped(self) -> str:
        """SIGSTOP and SIGCONT."""
        self._daemon.ask('stop')
        time.sleep(self._chosen.stopped)
        _returned, seconds = self._right_after(lambda: self._daemon.ask('go_on'))
        time.sleep(10)
        late = self._host._connection.calls.late
        self._check(not late, f'stopped: {late} still occupy threads after 10 s')
        return f'states right in {seconds:.2f} s, {len(late)} late calls 10 s later'

    def socket_removed(self) -> str:
        """No way in any more, and then a new daemon."""
        self._daemon.ask('remove_socket')
        time.sleep(1)
        self._check(self.connected, 'socket_removed: the open connection is gone')
        self._daemon.ask('kill')
        self._wait(lambda: not self.connected, 'loss')
        time.sleep(1)
        _returned, seconds = self._right_after(
            lambda: self._daemon.ask('start', False))
        return f'states right in {seconds:.2f} s'

    def clients_exhausted(self) -> str:
        """Others have all the places but ours; a second connection waits for them."""
        from nova import exception
        from nova.virt.libvirt import connection
        second = connection.Connection(
            self._daemon.uri, opener=libvirt_open, open_timeout_s=5)
        self._daemon.ask('occupy', MAX_CLIENTS - 1)
        began = time.monotonic()
        try:
            second.get()
            self._check(False, 'clients_exhausted: there was a place')
        except exception.HypervisorUnavailable as error:
            refusal = f'{time.monotonic() - began:.1f} s: {error}'
        self._check(self.connected, 'clients_exhausted: ours is gone')
        self._daemon.ask('leave')
        began = time.monotonic()
        second.reconnect()
        self._wait(lambda: second._test_connection(second._link), 'second connection')
        seconds = time.monotonic() - began
        self._check(seconds <= TRUTH_S, f'clients_exhausted: {seconds:.1f} s')
        second.close()
        return f'refused after {refusal!r}; connected {seconds:.2f} s after they went'

    def repeated(self) -> str:
        """kill -9 and a new start, again and again; nothing may pile up."""
        before, slowest = None, 0.0
        for number in range(self._chosen.repeat + 1):
            self._daemon.ask('kill')
            self._wait(lambda: not self.connected, 'loss')
            _returned, seconds = self._right_after(
                lambda: self._daemon.ask('start', False))
            slowest = max(slowest, seconds)
            if number == 0:
                time.sleep(2)
                before = self._held()
        time.sleep(12)
        after = self._held()
        assert before is not None
        self._check(after[0] <= before[0] + 2, f'repeated: threads {before} {after}')
        self._check(after[1] <= before[1] + 2,
                    f'repeated: descriptors {before} {after}')
        return (f'{self._chosen.repeat} times: states right in {slowest:.2f} s, '
                f'threads beside those for calls {before[0]} -> {after[0]}, '
                f'descriptors {before[1]} -> {after[1]}')

    # Looking

    def _right_after(self, give_back: Any, off: str | None = None,
                     ) -> tuple[float, float]:
        """Give libvirtd back, and wait until the state of each guest is right.

        :returns: when libvirtd was back, and how long it took from then.
        """
        running = len(self._uuids) - (off is not None)
        self._daemon.ask('watch', running)
        give_back()
        expected = {each: _SHUT_OFF if each == off else _RUNNING
                    for each in self._uuids}
        self._wait(lambda: self._states() == expected and self.connected, 'truth')
        right = time.monotonic()
        returned = self._daemon.ask('returned')
        seconds = max(0.0, right - returned)
        self._check(seconds <= TRUTH_S, f'states right only after {seconds:.1f} s')
        return returned, seconds

    def _states(self) -> dict[str, int] | None:
        """Return the state, VIR_DOMAIN_*, of each guest; None if nobody tells."""
        from nova import exception
        try:
            found = self._host.get_domain_states()
        except exception.HypervisorUnavailable:
            return None
        return {uuid: state for uuid, (state, _number) in found.items()}

    def _told_after(self, victim: str, since: float) -> float:
        """Return how long after a moment the stop of a guest was told."""
        from nova.virt import event
        stop = (victim, event.EVENT_LIFECYCLE_STOPPED)
        self._wait(lambda: stop in [told[:2] for told in self._told], 'the stop')
        (at, *_later) = [when for *what, when in self._told if tuple(what) == stop]
        self._check(at - since <= TRUTH_S, f'killed: told after {at - since:.1f} s')
        return max(0.0, at - since)

    @staticmethod
    def _wait(condition: Any, what: str) -> None:
        deadline = time.monotonic() + 120
        while not condition():
            if time.monotonic() > deadline:
                raise SystemExit(f'no {what} in 120 s')
            time.sleep(0.01)

    def _held(self) -> tuple[int, int]:
        """Return how many threads and descriptors this process has.

        A dead connection that Python has not collected yet is not left over, nor are
        the threads that are kept for calls: as many as there were calls at once.
        """
        gc.collect()
        lanes = self._host._connection.calls
        kept = lanes._short.workers._count + lanes._long.workers._count
        return (len(os.listdir('/proc/self/task')) - kept,
                len(os.listdir('/proc/self/fd')))


if __name__ == '__main__':
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
