# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Operations that wait for guests hold up no others."""

from nova import thread_pool_factory
from nova.compute import vm_states
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit.compute import base

ROOM = 2


class PoolsTest(base.ComputeTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.flags(executor_thread_pool_size=ROOM, default_green_pool_size=ROOM)
        thread_pool_factory.reset_all_executors()

    def test_pause_ends_while_all_wait_for_guests_to_stop(self) -> None:
        guests = [self.built() for _number in range(ROOM + 2)]
        gate = self.gate('power_off')
        for guest in guests[1:]:
            self.ask('stop', guest)
        gate.wait_until_reached()

        self.ask('pause', guests[0])

        waiting.wait_for(
            lambda: self.reload(guests[0]).vm_state == vm_states.PAUSED, 'the pause')
        self.assertLessEqual(len(self.driver.called('power_off')), ROOM)
        gate.open()
        self.settle()
        for guest in guests[1:]:
            self.assert_state(guest, vm_states.STOPPED)

    def test_guest_is_deleted_while_all_wait_for_guests_to_stop(self) -> None:
        guests = [self.built() for _number in range(ROOM + 1)]
        gate = self.gate('power_off')
        for guest in guests[1:]:
            self.ask('stop', guest)
        gate.wait_until_reached()

        self.ask('delete', guests[0])

        waiting.wait_for(
            lambda: guests[0].uuid not in self.driver.guests, 'the deletion')
        gate.open()
        self.settle()
        self.assert_gone(guests[0])
