# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The base of tests in which libvirtd fails while it is asked all the time."""

import gc
import os
from typing import Any

import fixtures
import testtools

from nova.tests.fixtures import libvirtload
from nova.tests.fixtures import privatelibvirtd
from nova.tests.functional import waiting
from nova.virt.libvirt import host as libvirt_host

GUESTS = 6
CALLERS = 4
#: How late a ticker of 10 ms may be, beside what other tests take of the processors;
#: benchmarks/faults.py, on a machine of its own, allows 0.1 s in all.
LATE_S = 0.5
#: Longest time after which the guests' states are right again.
TRUTH_S = 5


class UnderLoadTestCase(testtools.TestCase):
    """Gives a libvirtd of its own, a Host, some guests and callers."""

    #: Lines for libvirtd.conf.
    options: tuple[str, ...] = ()

    def setUp(self) -> None:
        super().setUp()
        reason = privatelibvirtd.why_not()
        if reason:
            self.skipTest(reason)
        self.useFixture(fixtures.FakeLogger(level=None))
        self.libvirtd = self.useFixture(privatelibvirtd.PrivateLibvirtd(*self.options))
        self.connected = False
        self.told: list[tuple[str, int]] = []
        self.host = libvirt_host.Host(
            self.libvirtd.uri, lifecycle_event_handler=self._note,
            conn_event_handler=self._note_connection)
        self.addCleanup(self.host.cleanup)
        self.host.initialize()
        self.uuids = libvirtload.make_guests(self.host, GUESTS)
        self.ticker = libvirtload.Ticker()
        self.load = libvirtload.Load(self.host, self.uuids, CALLERS)
        self.addCleanup(self.ticker.end)
        self.addCleanup(self.load.end)
        self.wait_answers()

    def _note(self, event: Any) -> None:
        if hasattr(event, 'transition'):
            self.told.append((event.uuid, event.transition))

    def _note_connection(self, connected: bool, reason: str | None) -> None:
        self.connected = connected

    def wait_lost(self) -> None:
        waiting.until(lambda: not self.connected, 10, 'the connection is lost')

    def wait_back(self) -> None:
        waiting.until(lambda: self.connected, 30, 'there is a connection')

    def wait_answers(self) -> None:
        """Wait until calls are answered that began after this one."""
        goal = self.load.outcomes['answered'] + 2 * CALLERS
        waiting.until(lambda: self.load.outcomes['answered'] > goal, 30, 'answers')

    def assert_held_up_nobody(self) -> None:
        """End the load: every call has an answer or a clear error."""
        self.assertTrue(self.load.end(), 'a call has not ended')
        self.ticker.end()
        self.assertLess(self.ticker.worst_of_ours_s, LATE_S)
        self.assertLessEqual(set(self.load.outcomes),
                             {'answered', 'HypervisorUnavailable'})

    def wait_late_calls_ended(self) -> None:
        """Wait until no thread is occupied by a call that was given up."""
        waiting.until(lambda: not self.host._connection.calls.late, 10,
                      'no call is late')

    @staticmethod
    def held() -> tuple[int, int]:
        """Give how many threads and descriptors this process has.

        A dead connection that Python has not collected yet is not left over.
        """
        gc.collect()
        return len(os.listdir('/proc/self/task')), len(os.listdir('/proc/self/fd'))
