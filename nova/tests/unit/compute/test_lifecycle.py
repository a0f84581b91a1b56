# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What becomes of an instance when everything goes well."""

from nova import exception
from nova import objects
from nova.compute import power_state
from nova.compute import task_states
from nova.compute import vm_states
from nova.tests.unit.compute import base


class LifecycleTest(base.ComputeTestCase):
    """Each operation from request to end."""

    def test_create_records_at_once_and_builds_afterwards(self) -> None:
        gate = self.gate('spawn')
        instance = self.create(metadata={'a': 'b'})
        gate.wait_until_reached()
        shown = self.reload(instance)
        self.assertEqual((vm_states.BUILDING, task_states.SPAWNING),
                         (shown.vm_state, shown.task_state))
        gate.open()
        self.settle()
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)

    def test_create_keeps_what_was_asked_for(self) -> None:
        instance = self.built(
            name='web', metadata={'a': 'b'}, description='x',
            availability_zone='nova')
        self.assertEqual(
            ('web', 'web', 'x', {'a': 'b'}, 'nova', 192, 1),
            (instance.display_name, instance.hostname,
             instance.display_description, instance.metadata,
             instance.availability_zone, instance.memory_mb, instance.vcpus))
        self.assertEqual('m1.nano', instance.flavor.name)
        self.assertEqual(base.IMAGE['id'], instance.image_ref)
        self.assertEqual(('user', 'project'),
                         (instance.user_id, instance.project_id))
        self.assertIsNotNone(instance.launched_at)
        self.assertEqual('/dev/vda', instance.root_device_name)
        self.assertEqual(self.manager.host, instance.host)
        self.assertEqual('fake-node', instance.node)

    def test_create_records_action_and_event(self) -> None:
        instance = self.built()
        self.assertEqual(['create'], self.actions(instance))
        self.assertEqual([('compute__do_build_and_run_instance', 'Success')],
                         self.last_events(instance))

    def test_several_are_numbered_and_share_a_reservation(self) -> None:
        instances = self.create_several(3)
        self.settle()
        self.assertEqual(['vm-1', 'vm-2', 'vm-3'],
                         [one.display_name for one in instances])
        self.assertEqual(1, len({one.reservation_id for one in instances}))

    def test_kernel_and_ramdisk_come_from_the_image(self) -> None:
        kernel, ramdisk = (f'70a599e0-31e7-49b7-b260-868f441e862{c}' for c in 'cd')
        self.images.images[base.IMAGE['id']]['properties'] = {
            'kernel_id': kernel, 'ramdisk_id': ramdisk}
        instance = self.built()
        self.assertEqual((kernel, ramdisk),
                         (instance.kernel_id, instance.ramdisk_id))

    def test_stop_and_start(self) -> None:
        instance = self.built()
        self.do('stop', instance)
        self.assert_state(instance, vm_states.STOPPED, power_state.SHUTDOWN)
        self.do('start', instance)
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)
        self.assertEqual(['create', 'stop', 'start'], self.actions(instance))

    def test_pause_and_unpause(self) -> None:
        instance = self.built()
        self.do('pause', instance)
        self.assert_state(instance, vm_states.PAUSED, power_state.PAUSED)
        self.do('unpause', instance)
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)

    def test_soft_reboot(self) -> None:
        instance = self.built()
        self.do('reboot', instance, 'SOFT')
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)
        self.assertEqual([instance.uuid], self.driver.called('reboot_soft'))

    def test_hard_reboot_starts_a_stopped_one(self) -> None:
        instance = self.built()
        self.do('stop', instance)
        self.do('reboot', instance, 'HARD')
        self.assert_state(instance, vm_states.ACTIVE, power_state.RUNNING)
        self.assertEqual([('compute_reboot_instance', 'Success')],
                         self.last_events(instance))

    def test_delete_leaves_nothing(self) -> None:
        instance = self.built()
        self.do('delete', instance)
        self.assert_gone(instance)
        self.assertEqual([], self.api.get_actions(self.context, instance.uuid))

    def test_console_output(self) -> None:
        instance = self.built()
        self.driver.guests[instance.uuid].console = b'one\ntwo \xff\nthree\n'
        output = self.api.get_console_output
        self.assertEqual('one\ntwo \ufffd\nthree\n', output(self.context, instance))
        self.assertEqual('three\n', output(self.context, instance, tail_length=1))
        self.assertEqual('', output(self.context, instance, tail_length=0))
        self.assertIn('one', output(self.context, instance, tail_length=9))

    def test_rename(self) -> None:
        instance = self.built()
        self.api.update(self.context, instance, name='other')
        self.api.update(self.context, instance, description=None)
        self.assertEqual('other', self.reload(instance).display_name)

    def test_lists_are_filtered_and_sorted(self) -> None:
        self.create(name='b')
        self.create(name='a')
        self.settle()
        found = self.api.get_all(self.context, {'vm_state': ['active']},
                                 [('display_name', 'asc')])
        self.assertEqual(['a', 'b'], [one.display_name for one in found])
        self.assertEqual([], self.api.get_all(self.context, {'vm_state': 'error'}))
        self.assertRaises(exception.MarkerNotFound, self.api.get_all, self.context,
                          marker='70a599e0-31e7-49b7-b260-868f441e8621')

    def test_hypervisor_shows_what_is_used_now(self) -> None:
        self.flags(reserved_host_memory_mb=512)
        self.create_several(2)
        self.settle()
        node, = self.api.get_hypervisors(self.context)
        self.assertEqual((2, 2, 512 + 2 * 192, 2), (
            node.vcpus_used, node.running_vms, node.memory_mb_used,
            node.local_gb_used))
        self.assertEqual(('fake-node', self.manager.host),
                         (node.hypervisor_hostname, node.host))

    def test_node_keeps_its_row_when_the_host_is_renamed(self) -> None:
        before, = self.api.get_hypervisors(self.context)
        self.flags(host='renamed')
        self.start_node(self.driver)
        after, = self.api.get_hypervisors(self.context)
        self.assertEqual((before.uuid, 'renamed'), (after.uuid, after.host))
        self.assertEqual(1, len(objects.ComputeNodeList.get_all(self.context)))

    def test_image_cache_pass_gives_the_driver_all_instances(self) -> None:
        self.manager.run_image_cache_manager_pass()
        self.assertEqual(1, len(self.driver.called('manage_image_cache')))
