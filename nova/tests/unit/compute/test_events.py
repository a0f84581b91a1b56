# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What guests do by themselves."""

import time
from unittest import mock

from oslo_utils import uuidutils

from nova import exception
from nova.compute import power_state
from nova.compute import task_states
from nova.compute import vm_states
from nova.tests.unit.compute import base
from nova.virt import event as virtevent

STOPPED = virtevent.EVENT_LIFECYCLE_STOPPED


class EventTest(base.ComputeTestCase):
    """Events of the driver."""

    def emit(self, uuid: str, transition: int = STOPPED) -> None:
        """Report something about a guest."""
        self.driver.emit_event(virtevent.LifecycleEvent(uuid, transition))

    def test_guest_that_shuts_itself_down(self) -> None:
        instance = self.built()
        started = time.monotonic()
        self.driver.shut_down_by_itself(instance.uuid)
        self.wait_for(lambda: self.reload(instance).vm_state == vm_states.STOPPED,
                      'SHUTOFF')
        self.assertLess(time.monotonic() - started, 2)
        self.assert_state(instance, vm_states.STOPPED, power_state.SHUTDOWN)
        self.do('start', instance)
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)

    def test_guest_that_crashes(self) -> None:
        instance = self.built()
        self.driver.change_by_itself(instance.uuid, power_state.CRASHED, STOPPED)
        self.settle()
        self.assert_state(instance, vm_states.STOPPED, power_state.CRASHED)

    def test_stopped_of_a_reboot_does_not_count(self) -> None:
        instance = self.built()
        gate = self.gate('reboot_down')
        self.ask('reboot', instance, 'HARD')
        gate.wait_until_reached()
        # The guest is down, and its event has been delivered.
        self.assertEqual(vm_states.ACTIVE, self.reload(instance).vm_state)
        gate.open()
        self.settle()
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)

    def test_stopped_of_a_reboot_that_arrives_late(self) -> None:
        instance = self.built()
        self.do('reboot', instance, 'HARD')
        self.emit(instance.uuid)
        self.settle()
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)

    def test_guest_that_goes_down_during_an_operation(self) -> None:
        instance = self.built()
        self.driver.hooks['pause'] = lambda one: None
        gate = self.gate('get_info')
        self.ask('pause', instance)
        gate.wait_until_reached()
        self.driver.hooks.clear()
        self.driver.shut_down_by_itself(instance.uuid)
        gate.open()
        self.settle()
        self.assert_state(instance, vm_states.STOPPED, power_state.SHUTDOWN)

    def test_guest_that_goes_down_while_it_is_built(self) -> None:
        gate = self.gate('get_info')
        instance = self.create()
        gate.wait_until_reached()
        self.driver.hooks.clear()
        self.driver.shut_down_by_itself(instance.uuid)
        gate.open()
        self.settle()
        self.assert_state(instance, vm_states.STOPPED, power_state.SHUTDOWN)

    def test_busy_instance_does_not_hold_up_others(self) -> None:
        self.flags(sync_power_state_pool_size=1)
        busy, other = self.built(name='busy'), self.built(name='other')
        gate = self.gate('power_off')
        self.ask('stop', busy)
        gate.wait_until_reached()
        self.emit(busy.uuid)
        self.driver.shut_down_by_itself(other.uuid)
        self.wait_for(lambda: self.reload(other).vm_state == vm_states.STOPPED,
                      'SHUTOFF of the other')
        self.assertEqual(task_states.POWERING_OFF, self.reload(busy).task_state)

    def test_guests_of_others_are_left_alone(self) -> None:
        before = len(self.driver.calls)
        self.emit(uuidutils.generate_uuid())
        self.settle()
        self.assertEqual(before, len(self.driver.calls))

    def test_many_events_of_one_guest_are_one_look(self) -> None:
        instance = self.built()
        looks = len(self.driver.called('get_info'))
        gate = self.gate('power_off')
        self.ask('stop', instance)
        gate.wait_until_reached()
        for _number in range(100):
            self.emit(instance.uuid)
        gate.open()
        self.settle()
        # One at the end of the operation, one for all of the events.
        self.assertLessEqual(len(self.driver.called('get_info')) - looks, 3)

    def test_event_while_the_hypervisor_is_away(self) -> None:
        instance = self.built()
        self.driver.fail('get_info', exception.HypervisorUnavailable())
        self.driver.shut_down_by_itself(instance.uuid)
        self.settle()
        self.assert_state(instance, vm_states.ACTIVE)
        self.driver.hooks.clear()
        self.manager.sync_power_states()
        self.settle()
        self.assert_state(instance, vm_states.STOPPED)

    def test_events_can_be_switched_off(self) -> None:
        self.flags(group='workarounds', handle_virt_lifecycle_events=False)
        self.driver.register_event_listener(None)
        self.start_node(self.driver)
        instance = self.built()
        self.driver.shut_down_by_itself(instance.uuid)
        self.settle()
        self.assert_state(instance, vm_states.ACTIVE)


class SyncPowerStatesTest(base.ComputeTestCase):
    """The periodic look at all guests."""

    def sync(self) -> None:
        """Run the task to its end."""
        self.manager.sync_power_states()
        self.settle()

    def test_guests_that_are_what_they_should_be_are_asked_about_at_once(self) -> None:
        for _number in range(3):
            self.built()
        before = len(self.driver.called('get_info'))
        self.sync()
        self.assertEqual(before, len(self.driver.called('get_info')))
        self.assertEqual(1, len(self.driver.called('get_power_states')))

    def test_driver_that_tells_of_one_guest_at_a_time(self) -> None:
        instance = self.built()
        self.driver.guests[instance.uuid].state = power_state.SHUTDOWN
        self.driver.fail('get_power_states', NotImplementedError())
        self.sync()
        self.assert_state(instance, vm_states.STOPPED, power_state.SHUTDOWN)

    def test_guest_of_which_nobody_can_say_what_it_does_is_not_taken_for_gone(
            self) -> None:
        instance = self.built()
        with mock.patch.object(self.driver, 'get_power_states',
                               return_value={instance.uuid: power_state.NOSTATE}):
            self.sync()
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)

    def test_lost_event(self) -> None:
        instance = self.built()
        self.driver.guests[instance.uuid].state = power_state.SHUTDOWN
        self.sync()
        self.assert_state(instance, vm_states.STOPPED, power_state.SHUTDOWN)

    def test_paused_guest_that_went_down(self) -> None:
        instance = self.built()
        self.do('pause', instance)
        self.driver.guests[instance.uuid].state = power_state.SHUTDOWN
        self.sync()
        self.assert_state(instance, vm_states.STOPPED)

    def test_guest_that_is_gone(self) -> None:
        instance = self.built()
        del self.driver.guests[instance.uuid]
        self.sync()
        self.assert_state(instance, vm_states.STOPPED, power_state.NOSTATE)
        self.do('start', instance)
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)

    def test_stopped_guest_that_runs_is_stopped_again(self) -> None:
        instance = self.built()
        self.do('stop', instance)
        self.driver.guests[instance.uuid].state = power_state.RUNNING
        self.sync()
        self.assert_state(instance, vm_states.STOPPED, power_state.SHUTDOWN)
        self.assertEqual(2, len(self.driver.called('power_off')))

    def test_paused_by_somebody_else(self) -> None:
        instance = self.built()
        self.driver.guests[instance.uuid].state = power_state.PAUSED
        self.sync()
        self.assert_state(instance, vm_states.ACTIVE, power_state.PAUSED)

    def test_error_stays(self) -> None:
        instance = self.built()
        self.put_in(instance, vm_states.ERROR)
        self.sync()
        self.assert_state(instance, vm_states.ERROR, power_state.RUNNING)

    def test_nothing_is_written_where_nothing_changed(self) -> None:
        instance = self.built()
        before = self.reload(instance).updated_at
        self.sync()
        self.assertEqual(before, self.reload(instance).updated_at)
