# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is left after each operation failed at each step."""

from nova import exception
from nova.compute import periodic
from nova.compute import power_state
from nova.compute import vm_states
from nova.db import api as db
from nova.tests.unit.compute import base


class BuildFailureTest(base.ComputeTestCase):
    """A build that fails leaves ERROR, a fault, and nothing on the host."""

    def assert_build_failed(self, message: str) -> base.objects.Instance:
        """Build, and check what is left."""
        instance = self.create()
        self.settle()
        self.assert_failed(instance, message)
        self.assert_nothing_on_host(instance)
        found = self.reload(instance)
        self.assertEqual((None, None, None),
                         (found.host, found.node, found.launched_at))
        self.assertEqual([('compute__do_build_and_run_instance', 'Error')],
                         self.last_events(instance))
        return found

    def test_spawn(self) -> None:
        self.driver.fail('spawn', exception.ImageUnacceptable(
            image_id='x', reason='it has a backing file'))
        found = self.assert_build_failed(
            'Image x is unacceptable: it has a backing file')
        self.assertEqual(400, found.fault.code)
        self.assertEqual([found.uuid], self.driver.called('destroy'))

    def test_full_disk(self) -> None:
        self.driver.fail('spawn', OSError(28, 'No space left on device', '/x'))
        found = self.assert_build_failed('No space left on device')
        self.assertEqual(500, found.fault.code)
        self.assertIn('Traceback', found.fault.details)

    def test_hypervisor_gone(self) -> None:
        self.driver.fail('spawn', exception.HypervisorUnavailable())
        self.assert_build_failed('Connection to the hypervisor is broken')

    def test_state_unknown_after_spawn(self) -> None:
        self.driver.fail('get_info', exception.InternalError(err='cannot tell'))
        self.assert_build_failed('cannot tell')

    def test_no_room(self) -> None:
        self.flags(cpu_allocation_ratio=1.0)
        self.start_node(self.driver.__class__(vcpus=1))
        self.built()
        self.assert_build_failed('processors: 1 VCPU requested, 0 of 1 VCPU are free')

    def test_cleanup_fails_too(self) -> None:
        self.driver.fail('spawn', OSError('first'))
        self.driver.fail('destroy', OSError('second'))
        instance = self.create()
        self.settle()
        self.assert_failed(instance, 'first')
        # What is there still takes room, and another try can remove it.
        self.assertEqual(1, len(self.manager.tracker.claims))
        self.driver.hooks.clear()
        self.do('delete', instance)
        self.assert_gone(instance)

    def test_cleanup_is_tried_again(self) -> None:
        self.driver.fail('get_info', exception.InternalError(err='cannot tell'))
        self.driver.fail('destroy', exception.HypervisorUnavailable())
        instance = self.create()
        self.settle()
        self.manager.sync_power_states()
        self.settle()
        self.assertIn(instance.uuid, self.driver.guests)
        self.assertEqual(1, len(self.manager.tracker.claims))
        self.driver.hooks.clear()
        self.manager.sync_power_states()
        self.settle()
        self.assert_failed(instance, 'cannot tell')
        self.assert_nothing_on_host(instance)
        self.assertIsNone(self.reload(instance).host)

    def test_look_without_a_hypervisor(self) -> None:
        instance = self.built()
        self.driver.fail('get_power_states', exception.HypervisorUnavailable())
        with self.assertLogs('nova.compute', 'WARNING') as logs:
            periodic.Task(self.manager.sync_power_states, 1).run_safely()
            self.settle()
        self.assertEqual(['WARNING'], [one.levelname for one in logs.records])
        self.assert_state(instance, vm_states.ACTIVE)

    def test_failed_one_can_be_deleted(self) -> None:
        self.driver.fail('spawn', OSError('no'))
        instance = self.create()
        self.settle()
        self.do('delete', instance)
        self.assert_gone(instance)

    def test_its_room_is_free_again(self) -> None:
        self.driver.fail('spawn', OSError('no'))
        self.create_several(10)
        self.settle()
        self.assertEqual(0, self.manager.tracker.claims.used.vcpus)

    def test_second_instance_cannot_be_recorded(self) -> None:
        create, calls = db.instance_create, []

        def fail_second(values: dict) -> object:
            calls.append(values)
            if len(calls) == 2:
                raise OSError('database is full')
            return create(values)
        self.patch(db, 'instance_create', fail_second)
        self.assertRaises(OSError, self.create_several, 3)
        self.settle()
        self.assertEqual([], self.api.get_all(self.context))
        self.assertEqual([], self.driver.called('spawn'))


class OperationFailure:
    """Any other operation that fails leaves ERROR and a fault."""

    before: str | None = None
    event: str | None = None
    argument: str | None = None
    method: str
    step: str

    def setUp(self) -> None:
        super().setUp()
        self.instance = self.built()
        if self.before:
            self.do(self.before, self.instance)
        self.arguments = [self.argument] if self.argument else []

    def test_error_and_fault(self) -> None:
        self.driver.fail(self.step, exception.InternalError(err='libvirt says no'))
        self.do(self.method, self.instance, *self.arguments)
        self.assert_failed(self.instance, 'libvirt says no')
        event = f'compute_{self.event or self.method}_instance'
        self.assertEqual([(event, 'Error')], self.last_events(self.instance))
        action = self.api.get_actions(self.context, self.instance.uuid)[0]
        self.assertEqual('Error', action.message)

    def test_unexpected_exception(self) -> None:
        self.driver.fail(self.step, ZeroDivisionError('oops'))
        self.do(self.method, self.instance, *self.arguments)
        self.assert_failed(self.instance, 'ZeroDivisionError: oops')

    def test_outage(self) -> None:
        before = self.reload(self.instance).vm_state
        self.driver.fail(self.step, exception.HypervisorUnavailable())
        self.do(self.method, self.instance, *self.arguments)
        expected = vm_states.ERROR if self.method == 'delete' else before
        if self.step == 'reboot_down':
            expected = vm_states.STOPPED  # the guest was down, and looked at
        self.assert_state(self.instance, expected)
        self.assertIn('hypervisor', self.reload(self.instance).fault.message)

    def test_can_be_repaired(self) -> None:
        self.driver.fail(self.step, exception.InternalError(err='no'))
        self.do(self.method, self.instance, *self.arguments)
        self.driver.hooks.clear()
        self.do('reboot', self.instance, 'HARD')
        self.assert_state(self.instance, vm_states.ACTIVE, power_state.RUNNING)
        self.do('delete', self.instance)
        self.assert_gone(self.instance)


class StartFailureTest(OperationFailure, base.ComputeTestCase):
    """A guest that does not start."""

    before, method, step = 'stop', 'start', 'power_on'


class StopFailureTest(OperationFailure, base.ComputeTestCase):
    """A guest that does not stop."""

    method, step = 'stop', 'power_off'


class PauseFailureTest(OperationFailure, base.ComputeTestCase):
    """A guest that cannot be paused."""

    method, step = 'pause', 'pause'


class UnpauseFailureTest(OperationFailure, base.ComputeTestCase):
    """A guest that stays paused."""

    before, method, step = 'pause', 'unpause', 'unpause'


class SoftRebootFailureTest(OperationFailure, base.ComputeTestCase):
    """A guest that does not restart."""

    method, argument, step = 'reboot', 'SOFT', 'reboot_soft'


class HardRebootFailureTest(OperationFailure, base.ComputeTestCase):
    """A guest that cannot be restarted."""

    method, argument, step = 'reboot', 'HARD', 'reboot_hard'


class HalfRebootFailureTest(OperationFailure, base.ComputeTestCase):
    """A guest that goes down and does not come up."""

    method, argument, step = 'reboot', 'HARD', 'reboot_down'


class DeleteFailureTest(OperationFailure, base.ComputeTestCase):
    """A guest that cannot be removed."""

    method, event, step = 'delete', 'terminate', 'destroy'
