# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import json
import os
import queue

from nova import exception
from nova.compute import power_state
from nova.network import model
from nova.tests.unit.virt.libvirt import base
from nova.virt import driver as virt_driver
from nova.virt import event
from nova.virt import virtapi
from nova.virt.libvirt import driver


class TestInitHost(base.DriverTestCase):

    def start(self) -> driver.LibvirtDriver:
        started = driver.LibvirtDriver(virtapi.VirtAPI())
        self.addCleanup(started.cleanup_host, 'here')
        started.init_host('here')
        return started

    def test_loaded_by_name(self) -> None:
        self.flags(compute_driver='libvirt.LibvirtDriver')
        loaded = virt_driver.load_compute_driver(virtapi.VirtAPI())
        self.assertIsInstance(loaded, driver.LibvirtDriver)

    def test_libvirt_does_not_run(self) -> None:
        self.libvirt.stop_daemon()
        self.assertRaises(exception.HypervisorUnavailable, self.start)

    def test_versions_that_are_too_old(self) -> None:
        self.libvirt.machine.libvirt_version = 7_010_003
        self.libvirt.machine.qemu_version = 6_001_001
        error = self.assertRaises(exception.HypervisorTooOld, self.start)
        self.assertEqual('libvirt 7.10.3 has to be upgraded to 8.0.0 or newer; '
                         'QEMU 6.1.1 has to be upgraded to 6.2.0 or newer',
                         str(error))

    def test_virt_type_that_libvirt_does_not_have(self) -> None:
        self.flags(group='libvirt', virt_type='parallels',
                   connection_uri='qemu:///system')
        error = self.assertRaises(exception.InvalidHypervisorVirtType, self.start)
        self.assertIn('parallels', str(error))
        self.assertIn('qemu', str(error))

    def test_config_drives_of_another_format(self) -> None:
        self.flags(config_drive_format='vfat')
        error = self.assertRaises(exception.InvalidConfiguration, self.start)
        self.assertIn('config_drive_format is vfat', str(error))

    def test_instances_cannot_be_stored(self) -> None:
        path = os.path.join(self.state_path, 'file')
        with open(path, 'w'):
            pass
        self.flags(instances_path=path)
        error = self.assertRaises(exception.InvalidLocalStorage, self.start)
        self.assertIn(path, str(error))

    def test_uri(self) -> None:
        for virt_type, uri in (('kvm', 'qemu:///system'), ('lxc', 'lxc:///')):
            self.flags(group='libvirt', virt_type=virt_type)
            self.assertEqual(uri, driver.LibvirtDriver._uri())
        self.flags(group='libvirt', connection_uri='qemu:///session')
        self.assertEqual('qemu:///session', driver.LibvirtDriver._uri())

    def test_guests_run_on_without_the_driver(self) -> None:
        instance = self.spawn()
        self.driver.cleanup_host('here')
        self.driver = self.start()
        self.assertEqual(power_state.RUNNING, self.state(instance))


class TestHost(base.DriverTestCase):

    def test_resources(self) -> None:
        self.spawn()
        found = self.driver.get_available_resource('here')
        self.assertEqual('QEMU', found['hypervisor_type'])
        self.assertEqual(1, found['vcpus_used'])
        self.assertLessEqual(found['local_gb_used'], found['local_gb'])
        self.assertIn('features', json.loads(found['cpu_info']))
        self.assertIn(('x86_64', 'qemu', 'hvm'), found['supported_instances'])

    def test_disk_that_is_promised(self) -> None:
        before = self.driver.get_available_resource('here')
        self.spawn(self.make_instance(flavor_root_gb=1 << 20))
        after = self.driver.get_available_resource('here')
        self.assertLess(after['disk_available_least'], 0)
        self.assertGreaterEqual(before['disk_available_least'], 0)

    def test_nodes(self) -> None:
        nodes = self.driver.get_available_nodes()
        self.assertEqual(1, len(nodes))
        self.assertEqual(
            nodes, list(self.driver.get_nodenames_by_uuid().values()))
        self.assertTrue(self.driver.node_is_available(nodes[0]))

    def test_address(self) -> None:
        self.flags(my_ip='192.0.2.7')
        self.assertEqual('192.0.2.7', self.driver.get_host_ip_addr())

    def test_uptime(self) -> None:
        self.assertRegex(self.driver.get_host_uptime(),
                         r'^ [\d:]+ up [\w:, ]+,  0 user,  load average: [\d., ]+$')

    def test_cpu_stats(self) -> None:
        self.assertLessEqual({'kernel', 'user', 'idle', 'iowait', 'frequency'},
                             set(self.driver.get_host_cpu_stats()))


class TestInstances(base.DriverTestCase):

    def test_lists(self) -> None:
        running, stopped = self.spawn(), self.spawn(power_on=False)
        self.assertEqual({running.name, stopped.name},
                         set(self.driver.list_instances()))
        self.assertEqual({running.uuid, stopped.uuid},
                         set(self.driver.list_instance_uuids()))
        self.assertEqual(2, self.driver.get_num_instances())
        self.assertTrue(self.driver.instance_exists(stopped))
        self.assertFalse(self.driver.instance_exists(self.make_instance()))

    def test_power_states(self) -> None:
        running, stopped = self.spawn(), self.spawn(power_on=False)
        self.assertEqual({running.uuid: power_state.RUNNING,
                          stopped.uuid: power_state.SHUTDOWN},
                         self.driver.get_power_states())
        self.driver.pause(running)
        self.assertEqual(power_state.PAUSED,
                         self.driver.get_power_states()[running.uuid])

    def test_resume_state_on_host_boot(self) -> None:
        instance = self.spawn()
        self.driver.resume_state_on_host_boot(self.context, instance, [], None)
        self.assertEqual(0, self.libvirt.faults.count('destroy'))
        self.driver.power_off(instance)
        self.driver.resume_state_on_host_boot(self.context, instance, [], None)
        self.assertEqual(power_state.RUNNING, self.state(instance))

    def test_delete_instance_files(self) -> None:
        instance = self.spawn()
        self.assertTrue(self.driver.delete_instance_files(instance))
        self.assertFalse(self.driver.instance_on_disk(instance))

    def test_cleanup(self) -> None:
        instance = self.spawn(power_on=False)
        self.driver.cleanup(self.context, instance, [])
        self.assert_nothing_left()

    def test_console_output(self) -> None:
        instance = self.spawn()
        with open(self.path(instance.uuid, 'console.log'), 'wb') as log:
            log.write(b'login: ')
        self.assertEqual(b'login: ',
                         self.driver.get_console_output(self.context, instance))

    def test_root_device_name(self) -> None:
        self.assertEqual('/dev/vda', self.driver.default_root_device_name(
            self.make_instance(), self.image_meta, None))

    def test_device_names(self) -> None:
        ephemeral = {'device_name': None, 'disk_bus': None, 'device_type': None,
                     'size': 1, 'guest_format': None}
        self.driver.default_device_names_for_instance(
            self.make_instance(), '/dev/vda', [ephemeral])
        self.assertEqual('/dev/vdb', ephemeral['device_name'])

    def test_vifs(self) -> None:
        instance = self.make_instance()
        self.driver.plug_vifs(instance, [])
        self.driver.unplug_vifs(instance, [])
        unbound = model.VIF(id='a-port', address='fa:16:3e:00:00:01', type='unbound')
        error = self.assertRaises(exception.VirtualInterfacePlugException,
                                  self.driver.plug_vifs, instance, [unbound])
        self.assertIn('vif_type=unbound', str(error))


class TestEvents(base.DriverTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.events: queue.Queue[event.Event] = queue.Queue()
        self.driver.register_event_listener(self.events.put)

    def wait_for(self, instance, transition: int) -> None:
        while True:
            found = self.events.get(timeout=60)
            if (found.uuid, found.transition) == (instance.uuid, transition):
                return

    def test_guest_powers_itself_off(self) -> None:
        instance = self.spawn()
        self.wait_for(instance, event.EVENT_LIFECYCLE_STARTED)
        self.libvirt.hypervisor.guest_shuts_down(instance.uuid)
        self.wait_for(instance, event.EVENT_LIFECYCLE_STOPPED)
        self.assertEqual(power_state.SHUTDOWN, self.state(instance))


class TestImages(base.DriverTestCase):

    def test_capabilities(self) -> None:
        self.assertTrue(self.driver.capabilities['has_imagecache'])
        self.assertEqual(set(virt_driver.NO_CAPABILITIES),
                         set(self.driver.capabilities))

    def test_cache_image(self) -> None:
        self.assertTrue(self.driver.cache_image(self.context, self.image_id))
        self.assertFalse(self.driver.cache_image(self.context, self.image_id))
        self.assertEqual(1, len(os.listdir(self.path('_base'))))

    def test_manage_image_cache(self) -> None:
        self.flags(group='image_cache', remove_unused_original_minimum_age_seconds=0)
        self.driver = self.make_driver()
        instance = self.spawn()
        self.driver.manage_image_cache(self.context, [])
        self.assertEqual(1, len(os.listdir(self.path('_base'))))
        self.driver.destroy(self.context, instance, [])
        self.driver.manage_image_cache(self.context, [])
        self.assertEqual([], os.listdir(self.path('_base')))
