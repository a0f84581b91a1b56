# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the next start makes of what a killed process has left."""

from nova import exception
from nova.compute import power_state
from nova.compute import recorder
from nova.compute import recovery
from nova.compute import task_states
from nova.compute import vm_states
from nova.tests.unit.compute import base


class RecoveryTest(base.ComputeTestCase):
    """One state after another."""

    def kill_in(self, vm_state: str, task_state: str | None,
                power: int | None = power_state.RUNNING) -> base.objects.Instance:
        """Leave a built instance in a state, and start again.

        :param power: what the guest does; None removes it.
        """
        instance = self.built()
        self.put_in(instance, vm_state, task_state)
        if power is None:
            del self.driver.guests[instance.uuid]
        else:
            self.driver.guests[instance.uuid].state = power
        self.restart_node()
        return instance

    def test_running_one_is_left_alone(self) -> None:
        instance = self.kill_in(vm_states.ACTIVE, None)
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)
        called = {name for name, _uuid in self.driver.calls}
        self.assertEqual(set(), called & {'destroy', 'power_off', 'power_on',
                                          'reboot_hard', 'reboot_soft'})

    def test_what_it_takes_is_still_claimed(self) -> None:
        self.kill_in(vm_states.ACTIVE, None)
        self.assertEqual(1, self.manager.tracker.claims.used.vcpus)

    def test_guest_that_went_down_meanwhile(self) -> None:
        instance = self.kill_in(vm_states.ACTIVE, None, power_state.SHUTDOWN)
        self.assert_state(instance, vm_states.STOPPED, power_state.SHUTDOWN)

    def test_guest_that_ran_before_the_host_went_down(self) -> None:
        self.flags(resume_guests_state_on_host_boot=True)
        instance = self.kill_in(vm_states.ACTIVE, None, power_state.SHUTDOWN)
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)
        self.assertEqual(['create'], self.actions(instance))

    def test_stopped_one_is_not_resumed(self) -> None:
        self.flags(resume_guests_state_on_host_boot=True)
        instance = self.kill_in(vm_states.STOPPED, None, power_state.SHUTDOWN)
        self.assert_state(instance, vm_states.STOPPED, power_state.SHUTDOWN)

    def test_waiting_build(self) -> None:
        instance = self.record_unbuilt()
        self.restart_node()
        self.assert_failed(instance, 'The build was interrupted')
        self.assert_nothing_on_host(instance)

    def test_half_built(self) -> None:
        instance = self.record_unbuilt(
            task_state=task_states.SPAWNING)
        self.put_in(instance, vm_states.BUILDING, task_states.SPAWNING, host='here')
        self.driver.guests[instance.uuid] = base.fake_driver.Guest()
        self.restart_node()
        self.assert_failed(instance, 'The build was interrupted')
        self.assert_nothing_on_host(instance)
        self.assertIsNone(self.reload(instance).host)
        self.do('delete', instance)
        self.assert_gone(instance)

    def test_action_of_an_interrupted_build_is_finished(self) -> None:
        instance = self.record_unbuilt(task_state=task_states.SPAWNING)
        action = self.api.get_actions(self.context, instance.uuid)[0]
        of_then = recorder._context_of(self.context, action)
        base.objects.InstanceActionEvent.event_start(
            of_then, instance.uuid, 'compute_cut_short', want_result=False)
        self.restart_node()
        self.assertIn(('compute_cut_short', 'Error'), self.last_events(instance))

    def test_delete_is_finished(self) -> None:
        instance = self.kill_in(vm_states.ACTIVE, task_states.DELETING)
        self.assert_gone(instance)

    def test_delete_of_a_build_is_finished(self) -> None:
        instance = self.kill_in(vm_states.BUILDING, task_states.DELETING, None)
        self.assert_gone(instance)

    def test_delete_that_fails_again(self) -> None:
        self.driver.fail('destroy', exception.InternalError(err='no'))
        instance = self.kill_in(vm_states.ACTIVE, task_states.DELETING)
        self.assert_failed(instance, 'no')

    def test_hard_reboot_is_resumed(self) -> None:
        for task in (task_states.REBOOTING_HARD, task_states.REBOOT_PENDING_HARD,
                     task_states.REBOOT_STARTED_HARD):
            instance = self.kill_in(vm_states.ACTIVE, task, None)
            self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)
            self.assertIn(instance.uuid, self.driver.called('reboot_hard'))

    def test_hard_reboot_out_of_error_is_resumed(self) -> None:
        instance = self.kill_in(vm_states.ERROR, task_states.REBOOT_STARTED_HARD)
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)

    def test_soft_reboot_of_a_guest_that_runs(self) -> None:
        for task in (task_states.REBOOTING, task_states.REBOOT_PENDING,
                     task_states.REBOOT_STARTED):
            instance = self.kill_in(vm_states.ACTIVE, task)
            self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)
        self.assertEqual([], self.driver.called('reboot_hard'))

    def test_soft_reboot_of_a_guest_that_is_down(self) -> None:
        instance = self.kill_in(vm_states.ACTIVE, task_states.REBOOT_STARTED,
                                power_state.SHUTDOWN)
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)

    def test_other_tasks_end_at_what_the_guest_does(self) -> None:
        for before, task in (
                (vm_states.STOPPED, task_states.POWERING_ON),
                (vm_states.ACTIVE, task_states.POWERING_OFF),
                (vm_states.ACTIVE, task_states.PAUSING),
                (vm_states.PAUSED, task_states.UNPAUSING)):
            for power, after in ((power_state.RUNNING, vm_states.ACTIVE),
                                 (power_state.PAUSED, vm_states.PAUSED),
                                 (power_state.SHUTDOWN, vm_states.STOPPED),
                                 (power_state.CRASHED, vm_states.STOPPED),
                                 (None, vm_states.STOPPED)):
                instance = self.kill_in(before, task, power)
                self.assert_state(instance, after, power or power_state.NOSTATE)

    def test_error_stays(self) -> None:
        instance = self.kill_in(vm_states.ERROR, None)
        self.assert_state(instance, vm_states.ERROR, power_state.RUNNING)

    def test_failed_build_that_could_not_be_cleaned_up(self) -> None:
        instance = self.record_unbuilt(vm_states.ERROR, None)
        self.put_in(instance, vm_states.ERROR, None, host='here')
        self.driver.guests[instance.uuid] = base.fake_driver.Guest()
        self.restart_node()
        self.assert_state(instance, vm_states.ERROR)
        self.assert_nothing_on_host(instance)

    def test_one_that_fails_stops_no_other(self) -> None:
        bad, good = self.built(name='bad'), self.built(name='good')
        for instance in (bad, good):
            self.put_in(instance, vm_states.ACTIVE, task_states.POWERING_OFF)

        def fail_bad(instance: base.objects.Instance) -> None:
            if instance.uuid == bad.uuid:
                raise exception.InternalError(err='odd domain')
        self.driver.hooks['get_info'] = fail_bad
        self.restart_node()
        self.assert_failed(bad, 'odd domain')
        self.assert_state(good, vm_states.ACTIVE)

    def test_hypervisor_away(self) -> None:
        instance = self.built()
        self.put_in(instance, vm_states.ACTIVE, task_states.PAUSING)
        self.driver.fail('get_info', exception.HypervisorUnavailable())
        self.assertRaises(exception.HypervisorUnavailable, self.restart_node)
        self.assertEqual(task_states.PAUSING, self.reload(instance).task_state)

    def test_interrupted_says_what(self) -> None:
        self.assertIn('powering-off was interrupted',
                      str(recovery.Interrupted(what='powering-off')))


class StopTest(base.ComputeTestCase):
    """An orderly end."""

    def test_waiting_operations_do_not_begin(self) -> None:
        self.flags(max_concurrent_builds=1)
        gate = self.gate('spawn')
        first = self.create()
        gate.wait_until_reached()
        second = self.create()
        self.assertEqual(1, self.manager.cleanup_host(0.01))
        gate.open()
        self.settle()
        self.assert_state(first, vm_states.ACTIVE)
        self.assertEqual(vm_states.BUILDING, self.reload(second).vm_state)
        self.restart_node()
        self.assert_failed(second, 'interrupted')

    def test_operation_that_waits_for_its_lock_does_not_begin(self) -> None:
        instance = self.built()
        gate = self.gate('power_off')
        self.ask('stop', instance)
        gate.wait_until_reached()
        self.ask('delete', instance)
        self.manager.cleanup_host(0.01)
        gate.open()
        self.settle()
        self.assertEqual([], self.driver.called('destroy'))
        self.restart_node()
        self.assert_gone(instance)

    def test_guests_run_on(self) -> None:
        instance = self.built()
        self.assertEqual(0, self.manager.cleanup_host(5))
        self.assertEqual(power_state.RUNNING,
                         self.driver.guests[instance.uuid].state)
        self.assertEqual(1, len(self.driver.called('cleanup_host')))
