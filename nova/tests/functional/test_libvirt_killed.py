# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirtd is killed under load and started again."""

from nova.tests.functional import underload
from nova.tests.functional import waiting
from nova.virt import event


class LibvirtKilledTest(underload.UnderLoadTestCase):

    def test_states_are_right_soon_after_its_return(self) -> None:
        victim = (self.uuids[0], event.EVENT_LIFECYCLE_STOPPED)
        self.libvirtd.kill()
        self.wait_lost()
        self.libvirtd.kill_guest('fault-0')
        del self.told[:]
        self.libvirtd.start(wait=False)
        self.wait_back()
        waiting.until(lambda: victim in self.told, underload.TRUTH_S, 'its end is told')
        self.assertEqual([victim], self.told)
        self.assertEqual(underload.GUESTS - 1, len(self.host.list_instance_domains()))
        self.assert_held_up_nobody()
        self.assertIn('HypervisorUnavailable', self.load.outcomes)

    def test_nothing_piles_up(self) -> None:
        self._kill_and_start()
        before = self.held()
        for _ in range(5):
            self._kill_and_start()
        waiting.until(lambda: self._holds_no_more_than(before), 20,
                      f'no more than {before} threads and descriptors')
        self.assert_held_up_nobody()

    def _holds_no_more_than(self, before: tuple[int, int]) -> bool:
        return all(now <= then + 2
                   for now, then in zip(self.held(), before, strict=True))

    def _kill_and_start(self) -> None:
        self.libvirtd.kill()
        self.wait_lost()
        self.libvirtd.start(wait=False)
        self.wait_back()
        self.wait_answers()
