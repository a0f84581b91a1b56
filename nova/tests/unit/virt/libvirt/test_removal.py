# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Waiting until a guest has let go of a device."""

import threading

import libvirt

from nova import exception
from nova.tests.fixtures.libvirt import devices as fake_devices
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit.virt.libvirt import guestbase

REMOVAL_FAILED = libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED


class RemovalTestCase(guestbase.GuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.hypervisor.guests_obey = False
        self.alias = self.guest.get_disk('vda').alias

    def detach(self, timeout_s: float = 10, **options: object) -> None:
        self.guest.detach_device_and_wait(self.vda(), timeout_s, **options)

    def in_background(self, **options: object) -> threading.Thread:
        """Begin to detach; return once the guest was asked."""
        asked = self.faults.count('detachDeviceFlags')
        thread = threading.Thread(target=self.detach, kwargs=options)
        thread.start()
        self.addCleanup(thread.join)
        waiting.wait_for(
            lambda: self.faults.count('detachDeviceFlags') > asked, 'it was asked')
        return thread

    def let_go(self) -> None:
        fake_devices.let_go(self.hypervisor, self.guest.uuid, self.alias)

    def disks(self) -> tuple[int, int]:
        return (len(self.guest.get_all_disks()),
                len(self.guest.get_config(persistent=True).devices) - 1)

    def assert_failed(self, *words: str, **options: object) -> None:
        error = self.assertRaises(exception.DeviceDetachFailed, self.detach, **options)
        for word in ('disk vda', *words):
            self.assertIn(word, str(error))
        self.assertEqual((1, 1), self.disks())

    def test_guest_that_takes_its_time(self) -> None:
        thread = self.in_background()
        self.assertEqual((1, 1), self.disks())
        self.let_go()
        thread.join()

        self.assertEqual((0, 0), self.disks())

    def test_from_what_runs_alone(self) -> None:
        thread = self.in_background(persistent=False)
        self.let_go()
        thread.join()

        self.assertEqual((0, 1), self.disks())

    def test_from_the_definition_alone(self) -> None:
        self.detach(live=False)

        self.assertEqual((1, 0), self.disks())

    def test_guest_that_stops_meanwhile(self) -> None:
        thread = self.in_background()
        self.guest.poweroff()
        thread.join()

        self.assertEqual(([], False), (
            [device for device in self.guest.get_all_disks()], self.guest.is_active()))

    def test_guest_that_does_not_hear(self) -> None:
        self.assert_failed('not let go of it in 0.05 s', timeout_s=0.05, attempts=3)
        self.assertEqual(3, self.faults.count('detachDeviceFlags'))

    def test_guest_that_hears_the_second_time(self) -> None:
        thread = self.in_background(timeout_s=0.05, attempts=100)
        waiting.wait_for(
            lambda: self.faults.count('detachDeviceFlags') > 1, 'it was asked again')
        self.let_go()
        thread.join()

        self.assertEqual((0, 0), self.disks())

    def test_guest_that_refuses(self) -> None:
        refusing = threading.Thread(target=self._refuse)
        refusing.start()
        self.addCleanup(refusing.join)

        self.assert_failed('refuses')

    def _refuse(self) -> None:
        waiting.wait_for(
            lambda: self.faults.count('detachDeviceFlags'), 'it was asked')
        self.hypervisor.tell(self.record, REMOVAL_FAILED, self.alias)

    def test_asked_before_it_is_still_at_it(self) -> None:
        self.faults.fail('detachDeviceFlags', message='internal error: Device'
                         ' virtio-disk0 is already in the process of unplug')
        thread = self.in_background()
        self.let_go()
        thread.join()

        self.assertEqual((0, 0), self.disks())

    def test_guest_that_refuses_at_once(self) -> None:
        self.faults.fail('detachDeviceFlags', code=libvirt.VIR_ERR_OPERATION_FAILED,
                         message='operation failed: unplug of device was rejected by'
                         ' the guest', times=None)

        self.assert_failed('rejected by the guest', attempts=2)
        self.assertEqual(2, self.faults.count('detachDeviceFlags'))

    def test_guest_that_ends_while_it_is_asked(self) -> None:
        for message in ('internal error: End of file from qemu monitor',
                        'Unable to read from monitor: Connection reset by peer'):
            self.faults.fail('detachDeviceFlags', message=message)
            thread = self.in_background()
            self.guest.poweroff()
            thread.join()

            self.assertIsNone(self.guest.get_disk('vda', True), message)
            self.guest.attach_device(self.vda(), persistent=True)
            self.guest.launch()

    def test_gone_just_now(self) -> None:
        self.hypervisor.guests_obey = True
        self.faults.fail('detachDeviceFlags', code=libvirt.VIR_ERR_DEVICE_MISSING,
                         times=2)
        self.detach()

    def test_domain_that_is_busy(self) -> None:
        self.hypervisor.guests_obey = True
        self.faults.fail('detachDeviceFlags', code=libvirt.VIR_ERR_OPERATION_TIMEOUT,
                         message='Timed out during operation: injected')
        self.detach(attempts=2)
        self.assertEqual((0, 0), self.disks())

    def test_refused_by_libvirt(self) -> None:
        self.faults.fail('detachDeviceFlags', message='injected')
        error = self.assertRaises(exception.InternalError, self.detach)

        self.assertIn('injected', str(error))
        self.assertEqual((1, 1), self.disks())

    def test_connection_that_is_lost(self) -> None:
        failed: list[BaseException] = []

        def run() -> None:
            try:
                self.detach()
            except exception.HypervisorUnavailable as error:
                failed.append(error)
        thread = threading.Thread(target=run)
        thread.start()
        waiting.wait_for(
            lambda: self.faults.count('detachDeviceFlags'), 'it was asked')
        self.libvirt.lose_connections()
        thread.join()

        self.assertEqual(1, len(failed))

    def test_nobody_listens_any_more(self) -> None:
        self.assert_failed(timeout_s=0.05)
        self.assertEqual(0, len(self.host._events._listeners))
