# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Devices come and go, now and at the next start."""

from nova import exception
from nova.tests.contract import base
from nova.tests.contract import guests
from nova.virt.libvirt import config as vconfig


class DevicesContract(guests.GuestContract):
    requires = ('attachDeviceFlags',)

    def targets(self, persistent: bool) -> list[str]:
        found = self.guest.get_all_devices(vconfig.LibvirtConfigGuestDisk, persistent)
        return [disk.target_dev for disk in found]

    def now_and_later(self) -> tuple[list[str], list[str]]:
        return self.targets(False), self.targets(True)

    def test_attached_to_what_runs_only(self):
        self.guest.launch()
        self.guest.attach_device(self.disk('sda', 'scsi'), live=True)

        self.assertEqual((['vda', 'sda'], ['vda']), self.now_and_later())
        self.assertIsNotNone(self.guest.get_disk('sda').alias)

    def test_attached_to_the_definition_only(self):
        self.guest.launch()
        self.guest.attach_device(self.disk('sda', 'scsi'), persistent=True)

        self.assertEqual((['vda'], ['vda', 'sda']), self.now_and_later())

    def test_attached_to_both(self):
        self.guest.launch()
        self.guest.attach_device(self.disk('sda', 'scsi'), persistent=True, live=True)

        self.assertEqual((['vda', 'sda'], ['vda', 'sda']), self.now_and_later())

    def test_attached_to_what_it_is_now(self):
        self.guest.attach_device(self.disk('sda', 'scsi'))

        self.assertEqual((['vda', 'sda'], ['vda', 'sda']), self.now_and_later())

    def test_attaching_to_what_does_not_run_is_refused(self):
        sda = self.disk('sda', 'scsi')

        self.assertRaises(exception.InternalError, self.guest.attach_device, sda,
                          persistent=True, live=True)

        self.assertEqual((['vda'], ['vda']), self.now_and_later())

    def test_taken_target_is_refused(self):
        self.guest.launch()

        self.assertRaises(exception.InternalError, self.guest.attach_device,
                          self.conf.devices[-1], persistent=True)

        self.assertEqual((['vda'], ['vda']), self.now_and_later())

    def test_detached_from_the_definition(self):
        self.guest.launch()
        self.guest.detach_device(self.guest.get_disk('vda', True), persistent=True)

        self.assertEqual((['vda'], []), self.now_and_later())

    def test_detached_from_what_runs(self):
        self.guest.launch()
        self.guest.attach_device(self.disk('sda', 'scsi'), persistent=True, live=True)

        self.guest.detach_device(self.guest.get_disk('sda'), live=True)

        self.assertEqual((['vda'], ['vda', 'sda']), self.now_and_later())

    def test_detaching_what_is_not_there(self):
        self.guest.launch()
        vdz = vconfig.LibvirtConfigGuestDisk(
            source_type='file', source_path='/nowhere', target_dev='vdz',
            target_bus='virtio')
        for reach in ({'live': True}, {'persistent': True}):
            error = self.assertRaises(exception.DeviceNotFound,
                                      self.guest.detach_device, vdz, **reach)
            self.assertIn('vdz', str(error))

    def test_detached_and_waited_for(self):
        self.guest.launch()
        sda = self.disk('sda', 'scsi')
        self.guest.attach_device(sda, persistent=True, live=True)

        self.guest.detach_device_and_wait(sda, timeout_s=20)

        self.assertEqual((['vda'], ['vda']), self.now_and_later())
        # What is gone is no error.
        self.guest.detach_device_and_wait(sda, timeout_s=20)

    def test_detached_and_waited_for_while_it_is_off(self):
        self.guest.detach_device_and_wait(self.conf.devices[-1], timeout_s=20)

        self.assertEqual(([], []), self.now_and_later())

    def test_guest_that_keeps_a_device(self):
        self.guest.launch()
        self.let_guest_ignore_us()

        error = self.assertRaises(
            exception.DeviceDetachFailed, self.guest.detach_device_and_wait,
            self.conf.devices[-1], timeout_s=0.1)

        self.assertIn('disk vda', str(error))
        self.assertEqual((['vda'], ['vda']), self.now_and_later())

    def test_devices_are_found(self):
        self.guest.launch()
        interface = vconfig.LibvirtConfigGuestInterface(
            net_type='ethernet', mac_addr='52:54:00:11:22:33', model='virtio')
        self.guest.attach_device(interface, live=True)

        found = self.guest.get_interface_by_cfg(interface)

        self.assertEqual(['52:54:00:11:22:33'], [
            each.mac_addr for each in self.guest.get_interfaces()])
        self.assertEqual('52:54:00:11:22:33', found.mac_addr)
        self.assertEqual('52:54:00:11:22:33',
                         self.guest.get_device_by_alias(found.alias).mac_addr)
        self.assertIsNone(self.guest.get_interface_by_cfg(interface, True))
        self.assertIsNone(self.guest.get_disk('vdz'))
        self.assertEqual('vda', self.guest.get_disk('/dev/vda').target_dev)


class TestDevicesOnFake(DevicesContract, base.OnFake):
    pass


class TestDevicesOnTestDriver(DevicesContract, base.OnTestDriver):
    pass


class TestDevicesOnQemu(DevicesContract, base.OnQemu):
    pass


del DevicesContract  # incomplete: not to be collected by itself
