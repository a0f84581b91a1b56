# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A guest whose QEMU does not answer is unknown; nobody waits for it."""

from collections.abc import Callable
import time
from typing import Any

import fixtures
import libvirt
import testtools

from nova.tests.functional import hypervisor
from nova.tests.functional import silence
from nova.tests.functional import waiting

#: A look at all guests takes no longer.
_LIMIT_S = 1
_ROUNDS = 3
_UNKNOWN = libvirt.VIR_DOMAIN_NOSTATE


class SilentGuestTest(testtools.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.FakeLogger())
        self.hypervisor = self.useFixture(hypervisor.Hypervisor())
        self.driver = self.hypervisor.driver
        self.uuids = [self.hypervisor.start_idle().instance.uuid for _ in range(3)]
        self.silent = self.uuids[0]
        self.running = dict.fromkeys(
            self.uuids, (libvirt.VIR_DOMAIN_RUNNING, True))

    def timed(self, look: Callable[[], Any]) -> Any:
        began = time.monotonic()
        found = look()
        self.times.append(time.monotonic() - began)
        return found

    def states(self) -> dict[str, tuple[int, bool]]:
        """Give each guest's state, and whether QEMU was heard."""
        stats = self.timed(self.driver._host.get_domain_stats)
        return {uuid: (stats[uuid]['state.state'], 'block.0.rd.reqs' in stats[uuid])
                for uuid in self.uuids}

    def look_at_all(self) -> float:
        """Look in each way, twice, at guests one of which is silent.

        :returns: seconds that the longest look took.
        """
        self.times: list[float] = []
        expected = {**self.running, self.silent: (_UNKNOWN, False)}
        for _ in range(2):
            # On a busy machine another may be slow to answer once.
            waiting.until(lambda: self.states() == expected, 20, f'{expected}')
            for look in (self.driver.list_instance_uuids, self.driver.get_power_states):
                self.assertLessEqual(set(self.uuids), set(self.timed(look)))
            found = self.timed(lambda: self.driver.get_available_resource('here'))
            self.assertGreaterEqual(found['vcpus_used'], len(self.uuids))
        return max(self.times)

    def wait_for_answers(self) -> None:
        waiting.until(lambda: self.states() == self.running, 60, 'all answers')
        # The call that was held up is over, too.
        waiting.until(lambda: not self.driver._host._connection.calls.late, 30,
                      'no late call')

    def test_it_alone_is_unknown_until_it_answers(self) -> None:
        self.times = []
        rounds = []
        with silence.of(self.hypervisor.domain(self.silent)) as silent:
            self.wait_for_answers()
            for _ in range(_ROUNDS):
                silent.begin()
                rounds.append(self.look_at_all())
                silent.end()
                self.wait_for_answers()
        # What else the machine does takes time as well, but not each time.
        self.assertLess(min(rounds), _LIMIT_S, rounds)
