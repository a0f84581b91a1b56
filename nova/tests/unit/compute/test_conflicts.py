# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is refused, and what happens when requests meet each other."""

import threading

from nova import exception
from nova.compute import power_state
from nova.compute import task_states
from nova.compute import vm_states
from nova.tests.unit.compute import base


class WrongStateTest(base.ComputeTestCase):
    """Requests that the state of the instance forbids."""

    def assert_refused(self, instance: base.objects.Instance, *refused: str) -> None:
        """Check that these are refused and change nothing."""
        before = self.reload(instance)
        actions = self.actions(instance)
        for method in refused:
            name, _space, argument = method.partition(' ')
            arguments = [argument] if argument else []
            error = self.assertRaises(exception.InstanceInvalidState, self.ask, name,
                                      instance, *arguments)
            self.assertIn(f'cannot {name}', error.message)
        after = self.reload(instance)
        self.assertEqual((before.vm_state, before.task_state),
                         (after.vm_state, after.task_state))
        self.assertEqual(actions, self.actions(instance))

    def test_active(self) -> None:
        self.assert_refused(self.built(), 'start', 'unpause')

    def test_stopped(self) -> None:
        instance = self.built()
        self.do('stop', instance)
        self.assert_refused(instance, 'stop', 'pause', 'unpause', 'reboot SOFT')

    def test_paused(self) -> None:
        instance = self.built()
        self.do('pause', instance)
        self.assert_refused(instance, 'start', 'stop', 'pause', 'reboot SOFT')

    def test_building(self) -> None:
        gate = self.gate('spawn')
        instance = self.create()
        gate.wait_until_reached()
        self.assert_refused(instance, 'start', 'stop', 'pause', 'unpause',
                            'reboot SOFT', 'reboot HARD')

    def test_never_built(self) -> None:
        self.driver.fail('spawn', OSError('no'))
        instance = self.create()
        self.settle()
        self.assert_refused(instance, 'start', 'stop', 'pause', 'reboot HARD')

    def test_busy(self) -> None:
        instance = self.built()
        gate = self.gate('power_off')
        self.ask('stop', instance)
        gate.wait_until_reached()
        self.assert_refused(instance, 'start', 'stop', 'pause', 'reboot HARD')
        error = self.assertRaises(exception.InstanceInvalidState, self.ask, 'stop',
                                  instance)
        self.assertIn('task_state powering-off', error.message)

    def test_gone(self) -> None:
        instance = self.built()
        self.do('delete', instance)
        for method in ('start', 'stop', 'pause', 'unpause', 'delete'):
            self.assertRaises(exception.InstanceNotFound, getattr(self.api, method),
                              self.context, instance)

    def test_console_of_what_is_not_built(self) -> None:
        instance = self.record_unbuilt()
        self.assertRaises(exception.InstanceNotReady, self.api.get_console_output,
                          self.context, instance)


class MeetingTest(base.ComputeTestCase):
    """Requests that come while something else is being done."""

    def test_of_many_stops_at_once_one_is_accepted(self) -> None:
        instance = self.built()
        gate = self.gate('power_off')
        outcomes: list[str] = []
        start = threading.Barrier(8)

        def stop() -> None:
            start.wait()
            try:
                self.ask('stop', instance)
                outcomes.append('accepted')
            except exception.InstanceInvalidState:
                outcomes.append('refused')
        threads = [threading.Thread(target=stop) for _number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        gate.open()
        self.settle()
        self.assertEqual(['accepted'] + ['refused'] * 7, sorted(outcomes))
        self.assertEqual(1, len(self.driver.called('power_off')))
        self.assert_state(instance, vm_states.STOPPED)

    def test_delete_while_building(self) -> None:
        gate = self.gate('spawn')
        instance = self.create()
        gate.wait_until_reached()
        self.ask('delete', instance)
        self.assertEqual(task_states.DELETING, self.reload(instance).task_state)
        gate.open()
        self.settle()
        self.assert_gone(instance)

    def test_delete_while_a_build_fails(self) -> None:
        instance = None

        def delete_and_fail(being_built: base.objects.Instance) -> None:
            self.ask('delete', being_built)
            raise exception.InstanceDeployFailure(reason='no')
        self.driver.hooks['spawn'] = delete_and_fail
        instance = self.create()
        self.settle()
        self.assert_gone(instance)

    def test_delete_while_a_failed_build_is_cleaned_up(self) -> None:
        self.driver.fail('spawn', OSError('no'))
        deleted: list[str] = []

        def delete_once(instance: base.objects.Instance) -> None:
            if not deleted:
                deleted.append(instance.uuid)
                self.ask('delete', instance)
        self.driver.hooks['destroy'] = delete_once
        instance = self.create()
        self.settle()
        self.assert_gone(instance)

    def test_delete_of_a_build_that_waits_for_its_turn(self) -> None:
        self.flags(max_concurrent_builds=1)
        gate = self.gate('spawn')
        first = self.create()
        gate.wait_until_reached()
        second = self.create()
        self.ask('delete', second)
        self.wait_for(lambda: not base.objects.Instance.exists(
            self.context, second.uuid), 'deletion of the second')
        gate.open()
        self.settle()
        self.assertEqual([first.uuid], self.driver.called('spawn'))
        self.assert_gone(second)
        self.assert_state(first, vm_states.ACTIVE)

    def test_two_deletes_at_once(self) -> None:
        instance = self.built()
        gate = self.gate('destroy')
        self.ask('delete', instance)
        gate.wait_until_reached()
        self.ask('delete', instance)
        gate.open()
        self.settle()
        self.assert_gone(instance)
        self.assertEqual(1, len(self.driver.called('destroy')))

    def test_delete_while_stopping(self) -> None:
        instance = self.built()
        gate = self.gate('power_off')
        self.ask('stop', instance)
        gate.wait_until_reached()
        self.ask('delete', instance)
        gate.open()
        self.settle()
        self.assert_gone(instance)

    def test_delete_while_a_stop_fails(self) -> None:
        instance = self.built()

        def delete_and_fail(being_stopped: base.objects.Instance) -> None:
            self.ask('delete', being_stopped)
            raise exception.InstancePowerOffFailure(reason='no')
        self.driver.hooks['power_off'] = delete_and_fail
        self.do('stop', instance)
        self.assert_gone(instance)

    def test_hard_reboot_overtakes_a_soft_one(self) -> None:
        instance = self.built()
        gate = self.gate('reboot_soft')
        self.ask('reboot', instance, 'SOFT')
        gate.wait_until_reached()
        self.ask('reboot', instance, 'HARD')
        gate.open()
        self.settle()
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)
        self.assertEqual(1, len(self.driver.called('reboot_hard')))

    def test_hard_reboot_survives_the_failure_of_a_soft_one(self) -> None:
        instance = self.built()

        def overtake_and_fail(rebooted: base.objects.Instance) -> None:
            self.ask('reboot', rebooted, 'HARD')
            raise exception.InstanceRebootFailure(reason='no')
        self.driver.hooks['reboot_soft'] = overtake_and_fail
        self.do('reboot', instance, 'SOFT')
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)

    def test_two_hard_reboots_are_one(self) -> None:
        instance = self.built()
        holder = self.manager._locks.hold(instance.uuid)
        with holder:
            self.ask('reboot', instance, 'HARD')
            self.ask('reboot', instance, 'HARD')
        self.settle()
        self.assert_state(instance, vm_states.ACTIVE)
        self.assertEqual(1, len(self.driver.called('reboot_hard')))


class ManyTest(base.ComputeTestCase):
    """Many instances at once."""

    def test_twenty_builds_and_deletes_at_once(self) -> None:
        self.flags(max_concurrent_builds=4)
        instances = self.create_several(20)
        self.settle()
        for instance in instances:
            self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)
        self.assertEqual(20, len(self.driver.guests))
        self.assertLessEqual(self.driver.most_spawning, 4)
        for instance in instances:
            self.ask('delete', instance)
        self.settle()
        for instance in instances:
            self.assert_gone(instance)
        self.assertEqual([], self.api.get_all(self.context))

    def test_what_does_not_fit_any_more_fails_alone(self) -> None:
        # Eight processors, each promised four times.
        instances = self.create_several(40)
        self.settle()
        states = [self.reload(one).vm_state for one in instances]
        self.assertEqual(32, states.count(vm_states.ACTIVE))
        self.assertEqual(8, states.count(vm_states.ERROR))
        failed = instances[states.index(vm_states.ERROR)]
        self.assert_failed(failed, 'processors: 1 VCPU requested, 0 of 32 VCPU')
        self.assert_nothing_on_host(failed)
