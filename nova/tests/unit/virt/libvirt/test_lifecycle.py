# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import errno
import os
import threading

import fixtures
import libvirt

from nova import exception
from nova.compute import power_state
from nova.network import model
from nova.tests.unit.virt.libvirt import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import lifecycle
from nova.virt.libvirt.storage import qcow2

FULL = 'No space left on device'


class LifecycleTestCase(base.DriverTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.MonkeyPatch(
            'time.sleep', self.real_sleep_but_short))

    @staticmethod
    def real_sleep_but_short(_seconds: float) -> None:
        threading.Event().wait(0.001)

    @property
    def faults(self):
        return self.libvirt.faults

    def described(self, instance) -> vconfig.LibvirtConfigGuest:
        return self.driver._host.get_guest(instance).get_config()


class TestSpawn(LifecycleTestCase):

    def test_spawn(self) -> None:
        instance = self.spawn()
        self.assertEqual(power_state.RUNNING, self.state(instance))
        config = self.described(instance)
        self.assertEqual(instance.uuid, config.uuid)
        self.assertEqual(instance.name, config.name)
        disk = next(device for device in config.devices
                    if isinstance(device, vconfig.LibvirtConfigGuestDisk))
        self.assertEqual((self.path(instance.uuid, 'disk'), 'qcow2'),
                         (disk.source_path, disk.driver_format))
        head = qcow2.read_head(disk.source_path)
        self.assertEqual(1 << 30, head.size_bytes)
        self.assertTrue(head.backing_file.startswith(self.path('_base')))

    def test_config_drive(self) -> None:
        instance = self.spawn(self.make_instance(config_drive='True'))

        drive = next(device for device in self.described(instance).devices
                     if getattr(device, 'source_device', None) == 'cdrom')
        self.assertEqual(
            (self.path(instance.uuid, 'disk.config'), 'raw'),
            (drive.source_path, drive.driver_format))
        os.unlink(drive.source_path)
        self.driver.reboot(self.context, instance, None, 'HARD')
        self.assertTrue(os.path.exists(drive.source_path))

    def test_cached_image_takes_one_program(self) -> None:
        self.spawn()
        self.programs.commands.clear()
        self.spawn()
        self.assertEqual([('qemu-img', 'create')],
                         [command[:2] for command in self.programs.commands])

    def test_without_power(self) -> None:
        instance = self.spawn(power_on=False)
        self.assertEqual(power_state.SHUTDOWN, self.state(instance))

    def test_kernel(self) -> None:
        instance = self.make_instance(
            kernel_id=self.folder.add(b'kernel', 'aki'),
            ramdisk_id=self.folder.add(b'ramdisk', 'ari'))
        self.spawn(instance)
        config = self.described(instance)
        self.assertEqual(self.path(instance.uuid, 'kernel'), config.os_kernel)
        self.assertEqual(self.path(instance.uuid, 'ramdisk'), config.os_initrd)

    def test_hostile_name(self) -> None:
        instance = self.spawn(self.make_instance(display_name='<&"\'>\n]]>'))
        self.assertEqual(power_state.RUNNING, self.state(instance))

    def test_machine_stays_when_the_default_changes(self) -> None:
        instance = self.spawn()
        self.assertEqual('pc', self.described(instance).os_mach_type)
        self.assertIn('system_metadata', instance.obj_what_changed())
        self.flags(group='libvirt', hw_machine_type=['x86_64=q35'])
        self.driver = self.make_driver()
        self.driver.reboot(self.context, instance, [], 'HARD')
        self.assertEqual('pc', self.described(instance).os_mach_type)
        self.assertEqual('q35', self.described(self.spawn()).os_mach_type)

    def test_exists_already(self) -> None:
        instance = self.spawn()
        before = sorted(self.files_left())
        self.assertRaises(exception.InstanceExists, self.spawn, instance)
        self.assertEqual(power_state.RUNNING, self.state(instance))
        self.assertEqual(before, sorted(self.files_left()))

    def test_volumes_are_refused(self) -> None:
        info = {'block_device_mapping': [{'mount_device': '/dev/vdb'}]}
        error = self.assertRaises(exception.InstanceDeployFailure, self.spawn,
                                  block_device_info=info)
        self.assertIn('volumes', str(error))
        self.assert_nothing_left()

    def test_unbound_ports_are_refused(self) -> None:
        vif = model.VIF(id='a-port', address='fa:16:3e:00:00:01', type='unbound',
                        network=model.Network(id='n'))
        error = self.assertRaises(exception.InternalError, self.spawn,
                                  network_info=[vif])
        self.assertIn('unbound', str(error))
        self.assert_nothing_left()


class TestSpawnFails(LifecycleTestCase):

    def assert_failed(self, error: type[BaseException], instance=None) -> str:
        raised = self.assertRaises(error, self.spawn, instance)
        self.assert_nothing_left()
        return str(raised)

    def test_no_such_image(self) -> None:
        self.folder.remove(self.image_id)
        self.assertIn(self.image_id, self.assert_failed(exception.ImageNotFound))

    def test_each_program(self) -> None:
        for program in ('convert', 'create'):
            self.programs.heal()
            self.programs.fail('qemu-img', program, stderr=FULL)
            message = self.assert_failed(exception.InstanceDeployFailure)
            self.assertIn(FULL, message)

    def test_definition_is_refused(self) -> None:
        self.faults.fail('defineXML', message='unsupported configuration: injected')
        message = self.assert_failed(exception.InternalError)
        self.assertIn('unsupported configuration: injected', message)

    def test_start_fails(self) -> None:
        self.faults.fail('createWithFlags', message='could not start: injected')
        message = self.assert_failed(exception.InternalError)
        self.assertIn('could not start: injected', message)

    def test_design_fails(self) -> None:
        instance = self.make_instance(flavor_vcpus=2, flavor_extra_specs={
            'hw:cpu_max_sockets': '1', 'hw:cpu_max_cores': '1',
            'hw:cpu_max_threads': '1'})
        self.assert_failed(exception.ImageVCPULimitsRangeImpossible, instance)

    def test_interrupted(self) -> None:
        def interrupt(*args: object) -> None:
            raise KeyboardInterrupt
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.guest.Guest.launch', interrupt))
        self.assert_failed(KeyboardInterrupt)

    def test_files_of_before_are_kept(self) -> None:
        instance = self.spawn()
        self.driver.destroy(self.context, instance, [], destroy_disks=False)
        self.faults.fail('createWithFlags')
        self.assertRaises(exception.InternalError, self.spawn, instance)
        self.assertEqual([], self.driver.list_instances())
        self.assertTrue(os.path.exists(self.path(instance.uuid, 'disk')))

    def test_name_of_another_domain(self) -> None:
        first = self.spawn()
        second = self.make_instance(id=first.id)
        error = self.assertRaises(exception.InternalError, self.spawn, second)
        self.assertIn('already exists', str(error))
        self.assertFalse(os.path.exists(self.path(second.uuid)))
        self.assertEqual(power_state.RUNNING, self.state(first))

    def test_libvirt_goes_away(self) -> None:
        """The files stay with a domain that nobody can remove yet."""
        instance = self.make_instance()
        launched = threading.Event()

        def lose(*args: object) -> None:
            launched.set()
            self.libvirt.stop_daemon()
            raise exception.HypervisorUnavailable
        with fixtures.MonkeyPatch('nova.virt.libvirt.guest.Guest.launch', lose):
            self.assertRaises(exception.HypervisorUnavailable, self.spawn, instance)
        self.assertTrue(launched.is_set())
        self.assertTrue(os.path.exists(self.path(instance.uuid, 'disk')))
        self.libvirt.start_daemon()
        self.driver.destroy(self.context, instance, [])
        self.assert_nothing_left()

    def test_libvirt_is_away(self) -> None:
        self.libvirt.stop_daemon()
        self.assertRaises(exception.HypervisorUnavailable, self.spawn)
        self.assertEqual([], self.files_left())

    def test_killed_halfway(self) -> None:
        """What a killed service has left goes with destroy() after a restart."""
        instance = self.make_instance()
        os.makedirs(self.path(instance.uuid))
        for name in ('disk.part', 'disk.info.part', 'kernel.part'):
            with open(self.path(instance.uuid, name), 'w'):
                pass
        os.makedirs(self.path('_base'))
        with open(self.path('_base', 'abc.download.part'), 'w'):
            pass
        self.driver = self.make_driver()
        self.driver.destroy(self.context, instance, [])
        self.assert_nothing_left()


class TestDestroy(LifecycleTestCase):

    def test_destroy(self) -> None:
        instance = self.spawn()
        self.driver.destroy(self.context, instance, [])
        self.assert_nothing_left()
        self.assertRaises(exception.InstanceNotFound,
                          self.driver.get_info, instance)

    def test_again(self) -> None:
        instance = self.spawn()
        for _number in range(2):
            self.driver.destroy(self.context, instance, [])
        self.assert_nothing_left()

    def test_shut_off(self) -> None:
        instance = self.spawn(power_on=False)
        self.driver.destroy(self.context, instance, [])
        self.assert_nothing_left()

    def test_disks_stay(self) -> None:
        instance = self.spawn()
        self.driver.destroy(self.context, instance, [], destroy_disks=False)
        self.assertEqual([], self.driver.list_instances())
        self.assertTrue(os.path.exists(self.path(instance.uuid, 'disk')))
        self.assertTrue(self.driver.instance_on_disk(instance))

    def test_stops_by_itself_meanwhile(self) -> None:
        instance = self.spawn()

        def stop(guest) -> None:
            self.libvirt.hypervisor.stop(instance.uuid)
            raise exception.InternalError(err='domain is not running')
        with fixtures.MonkeyPatch('nova.virt.libvirt.guest.Guest.poweroff', stop):
            self.driver.destroy(self.context, instance, [])
        self.assert_nothing_left()

    def test_vanishes_meanwhile(self) -> None:
        for method in ('destroy', 'undefineFlags'):
            instance = self.spawn()
            self.faults.fail(method, libvirt.VIR_ERR_NO_DOMAIN)
            self.driver.destroy(self.context, instance, [])
            self.assertFalse(os.path.exists(self.path(instance.uuid)))

    def test_cannot_be_killed_at_once(self) -> None:
        instance = self.spawn()
        self.faults.fail('destroy', message='Failed to terminate process',
                         times=lifecycle.KILL_ATTEMPTS - 1)
        self.driver.destroy(self.context, instance, [])
        self.assert_nothing_left()

    def test_cannot_be_killed(self) -> None:
        instance = self.spawn()
        self.faults.fail('destroy', message='Failed to terminate process',
                         times=lifecycle.KILL_ATTEMPTS)
        error = self.assertRaises(exception.InstancePowerOffFailure,
                                  self.driver.destroy, self.context, instance, [])
        self.assertIn('Failed to terminate process', str(error))
        self.assertTrue(os.path.exists(self.path(instance.uuid, 'disk')))
        self.driver.destroy(self.context, instance, [])
        self.assert_nothing_left()

    def test_cannot_be_undefined(self) -> None:
        instance = self.spawn()
        self.faults.fail('undefineFlags')
        self.assertRaises(exception.InternalError,
                          self.driver.destroy, self.context, instance, [])
        self.assertTrue(os.path.exists(self.path(instance.uuid, 'disk')))
        self.driver.destroy(self.context, instance, [])
        self.assert_nothing_left()

    def test_files_cannot_be_removed(self) -> None:
        instance = self.spawn()

        def refuse(path: str) -> None:
            raise PermissionError(errno.EACCES, 'refused', path)
        with fixtures.MonkeyPatch('shutil.rmtree', refuse):
            self.assertRaises(exception.InstanceTerminationFailure,
                              self.driver.destroy, self.context, instance, [])
        self.driver.destroy(self.context, instance, [])
        self.assert_nothing_left()

    def test_libvirt_is_away(self) -> None:
        instance = self.spawn()
        self.libvirt.stop_daemon()
        self.assertRaises(exception.HypervisorUnavailable,
                          self.driver.destroy, self.context, instance, [])
        self.assertTrue(os.path.exists(self.path(instance.uuid, 'disk')))


class TestPowerOff(LifecycleTestCase):

    def test_at_once(self) -> None:
        instance = self.spawn()
        self.driver.power_off(instance)
        self.assertEqual(power_state.SHUTDOWN, self.state(instance))
        self.assertEqual(0, self.faults.count('shutdown'))

    def test_guest_shuts_down(self) -> None:
        instance = self.spawn()
        self.driver.power_off(instance, timeout=60)
        self.assertEqual(power_state.SHUTDOWN, self.state(instance))
        self.assertEqual(0, self.faults.count('destroy'))

    def test_guest_does_not_listen(self) -> None:
        self.libvirt.hypervisor.guests_obey = False
        instance = self.spawn()
        self.driver.power_off(instance, timeout=0.02)
        self.assertEqual(power_state.SHUTDOWN, self.state(instance))
        self.assertEqual((1, 1), (self.faults.count('shutdown'),
                                  self.faults.count('destroy')))

    def test_guest_is_asked_again(self) -> None:
        self.libvirt.hypervisor.guests_obey = False
        instance = self.spawn()
        asked = []

        def ask(uuid: str) -> None:
            asked.append(uuid)
            if len(asked) == 3:
                self.libvirt.hypervisor.guest_shuts_down(uuid)
        with fixtures.MonkeyPatch(
                'nova.tests.fixtures.libvirt.FakeHypervisor.ask_shutdown',
                lambda _hypervisor, uuid: ask(uuid)):
            self.driver.power_off(instance, timeout=60, retry_interval=0.002)
        self.assertEqual(3, len(asked))
        self.assertEqual(0, self.faults.count('destroy'))

    def test_request_fails(self) -> None:
        instance = self.spawn()
        self.faults.fail('shutdown', times=None)
        self.driver.power_off(instance, timeout=0.01)
        self.assertEqual(power_state.SHUTDOWN, self.state(instance))

    def test_paused_guest_cannot_answer(self) -> None:
        instance = self.spawn()
        self.driver.pause(instance)
        self.driver.power_off(instance, timeout=60)
        self.assertEqual(power_state.SHUTDOWN, self.state(instance))
        self.assertEqual(0, self.faults.count('shutdown'))

    def test_off_already(self) -> None:
        instance = self.spawn(power_on=False)
        for timeout in (0, 60):
            self.driver.power_off(instance, timeout=timeout)
        self.assertEqual(power_state.SHUTDOWN, self.state(instance))
        self.assertEqual(0, self.faults.count('shutdown'))

    def test_gone(self) -> None:
        for timeout in (0, 60):
            self.driver.power_off(self.make_instance(), timeout=timeout)
        self.assertEqual(0, self.faults.count('destroy'))


class TestReboot(LifecycleTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.instance = self.spawn()
        self.before = self.driver.get_info(self.instance).internal_id
        with open(self.path(self.instance.uuid, 'disk'), 'ab') as file:
            file.write(b'data of the guest')

    def reboot(self, reboot_type: str) -> None:
        self.driver.reboot(self.context, self.instance, [], reboot_type)

    def assert_rebooted(self) -> None:
        info = self.driver.get_info(self.instance)
        self.assertEqual(power_state.RUNNING, info.state)
        self.assertNotEqual(self.before, info.internal_id)
        with open(self.path(self.instance.uuid, 'disk'), 'rb') as file:
            self.assertIn(b'data of the guest', file.read())

    def wait_long(self) -> None:
        self.flags(group='libvirt', wait_soft_reboot_seconds=60)
        self.driver = self.make_driver()

    def test_soft(self) -> None:
        self.wait_long()
        self.reboot('SOFT')
        self.assert_rebooted()
        self.assertEqual((1, 0), (self.faults.count('shutdown'),
                                  self.faults.count('destroy')))

    def test_soft_becomes_hard(self) -> None:
        self.libvirt.hypervisor.guests_obey = False
        self.reboot('SOFT')
        self.assert_rebooted()
        self.assertEqual(1, self.faults.count('destroy'))

    def test_soft_of_a_guest_that_is_off(self) -> None:
        self.driver.power_off(self.instance)
        self.reboot('SOFT')
        self.assert_rebooted()
        self.assertEqual(0, self.faults.count('shutdown'))

    def test_soft_of_a_paused_guest(self) -> None:
        self.driver.pause(self.instance)
        self.reboot('SOFT')
        self.assert_rebooted()

    def test_hard(self) -> None:
        self.reboot('HARD')
        self.assert_rebooted()
        self.assertEqual(0, self.faults.count('shutdown'))

    def test_hard_without_domain(self) -> None:
        self.driver.destroy(self.context, self.instance, [], destroy_disks=False)
        self.reboot('HARD')
        self.assert_rebooted()

    def test_disk_stays_in_its_format(self) -> None:
        self.flags(group='libvirt', images_type='raw')
        self.driver = self.make_driver()
        self.reboot('HARD')
        self.assert_rebooted()
        self.assertIn('qcow2', {
            device.driver_format for device in self.described(self.instance).devices
            if isinstance(device, vconfig.LibvirtConfigGuestDisk)})

    def test_failure_leaves_it_off(self) -> None:
        for method in ('defineXML', 'createWithFlags'):
            self.faults.fail(method)
            self.assertRaises(exception.InternalError, self.reboot, 'HARD')
            self.assertEqual(power_state.SHUTDOWN, self.state(self.instance))
            self.reboot('HARD')
            self.assert_rebooted()

    def test_volumes_are_refused(self) -> None:
        info = {'block_device_mapping': [{'mount_device': '/dev/vdb'}]}
        self.assertRaises(
            exception.InstanceDeployFailure, self.driver.reboot, self.context,
            self.instance, [], 'HARD', block_device_info=info)
        self.assertEqual(power_state.RUNNING, self.state(self.instance))

    def test_power_on(self) -> None:
        self.driver.power_off(self.instance)
        self.driver.power_on(self.context, self.instance, [])
        self.assert_rebooted()


class TestPause(LifecycleTestCase):

    def test_pause(self) -> None:
        instance = self.spawn()
        self.driver.pause(instance)
        self.assertEqual(power_state.PAUSED, self.state(instance))
        self.driver.unpause(instance)
        self.assertEqual(power_state.RUNNING, self.state(instance))

    def test_unpause_of_a_running_guest(self) -> None:
        instance = self.spawn()
        self.driver.unpause(instance)
        self.assertEqual(power_state.RUNNING, self.state(instance))

    def test_guest_that_is_off(self) -> None:
        instance = self.spawn(power_on=False)
        self.assertRaises(exception.InternalError, self.driver.pause, instance)
        self.assertRaises(exception.InternalError, self.driver.unpause, instance)

    def test_gone(self) -> None:
        instance = self.make_instance()
        self.assertRaises(exception.InstanceNotFound, self.driver.pause, instance)
        self.assertRaises(exception.InstanceNotFound, self.driver.unpause, instance)
