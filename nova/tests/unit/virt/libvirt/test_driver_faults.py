# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the driver does when libvirt fails, hangs, is lost, or tells late or twice."""

import threading
from typing import Any

from nova import exception
from nova.compute import power_state
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit.virt.libvirt import base
from nova.virt import event as virtevent

STARTED = virtevent.EVENT_LIFECYCLE_STARTED
STOPPED = virtevent.EVENT_LIFECYCLE_STOPPED


class FaultsTestCase(base.DriverTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.told: list[Any] = []
        self.driver.register_event_listener(self.told.append)

    def transitions(self, instance: Any, *kinds: int) -> list[int]:
        """Return what was told of an instance, of those kinds."""
        return [event.transition for event in list(self.told)
                if event.uuid == instance.uuid and event.transition in kinds]

    def wait_told(self, instance: Any, *expected: int) -> None:
        waiting.wait_for(
            lambda: self.transitions(instance, STARTED, STOPPED) == list(expected),
            f'{expected}: {self.told}')

    def test_error_on_the_second_start(self) -> None:
        self.libvirt.faults.fail('createWithFlags', nth=2)
        first, second = self.spawn(), self.make_instance()

        self.assertRaises(exception.NovaException, self.spawn, second)

        self.assertEqual([first.name], self.driver.list_instances())
        self.assertEqual(power_state.RUNNING, self.state(first))
        self.assertRaises(exception.InstanceNotFound, self.driver.get_info, second)

    def test_call_that_hangs_holds_up_nobody_else(self) -> None:
        slow, other = self.spawn(), self.spawn()
        release = self.libvirt.faults.hang('suspend')
        self.addCleanup(release.set)
        thread = threading.Thread(target=self.driver.pause, args=(slow,))
        thread.start()
        waiting.wait_for(lambda: self.libvirt.faults.count('suspend'), 'the call')

        self.driver.pause(other)
        states = self.state(other), self.state(slow)
        release.set()
        thread.join(60)

        self.assertEqual((power_state.PAUSED, power_state.RUNNING), states)
        self.assertEqual(power_state.PAUSED, self.state(slow))

    def test_lost_connection(self) -> None:
        instance = self.spawn()
        self.wait_told(instance, STARTED)
        self.libvirt.lose_connections()
        self.libvirt.hypervisor.guest_crashes(instance.uuid)

        self.wait_told(instance, STARTED, STOPPED)
        self.assertEqual(power_state.SHUTDOWN, self.state(instance))

    def test_late_events_do_not_delay_the_end_of_a_guest(self) -> None:
        instance = self.spawn()
        self.wait_told(instance, STARTED)
        self.libvirt.event_faults.hold()

        self.driver.power_off(instance, timeout=60, retry_interval=1)

        self.assertEqual(1, self.libvirt.faults.count('shutdown'))
        self.assertEqual(0, self.libvirt.faults.count('destroy'))
        # A look at the states may have found it before its event came.
        self.libvirt.event_faults.release()
        self.wait_told(instance, STARTED, STOPPED)
        self.driver.power_on(self.context, instance, None)
        self.wait_told(instance, STARTED, STOPPED, STARTED)

    def test_late_events_of_a_reboot_end_with_the_start(self) -> None:
        instance = self.spawn()
        self.wait_told(instance, STARTED)
        self.libvirt.event_faults.hold()
        self.driver.reboot(self.context, instance, None, 'HARD')
        del self.told[:]
        self.libvirt.event_faults.release()

        waiting.wait_for(
            lambda: self.transitions(instance, STARTED, STOPPED)[-1:] == [STARTED],
            'the start')
        self.assertEqual(power_state.RUNNING, self.state(instance))

    def test_doubled_events(self) -> None:
        instance = self.spawn()
        self.wait_told(instance, STARTED)
        self.libvirt.event_faults.double(99)
        self.libvirt.hypervisor.guest_shuts_down(instance.uuid)
        self.wait_told(instance, STARTED, STOPPED, STOPPED)
        self.libvirt.event_faults.double(0)

        self.driver.power_on(self.context, instance, None)

        self.wait_told(instance, STARTED, STOPPED, STOPPED, STARTED)
        self.assertEqual(power_state.RUNNING, self.state(instance))

    def test_doubled_events_of_a_device(self) -> None:
        instance = self.spawn()
        guest = self.driver._host.get_guest(instance)
        device = guest.get_disk('vda')
        self.libvirt.event_faults.double(99)

        guest.detach_device_and_wait(device, timeout_s=60)

        self.assertIsNone(guest.get_disk('vda'))
        # Once for what runs and once for the definition.
        self.assertEqual(2, self.libvirt.faults.count('detachDeviceFlags'))
