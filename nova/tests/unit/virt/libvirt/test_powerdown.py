# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Waiting until a guest has shut down."""

import threading
import time

import libvirt

from nova import exception
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit.virt.libvirt import guestbase
from nova.virt.libvirt import guest as libvirt_guest


class PowerDownTestCase(guestbase.GuestTestCase):

    def wait_in_background(self, *args: object, **options: object) -> list[object]:
        """Begin to wait; return once the guest was asked."""
        found: list[object] = []

        def run() -> None:
            try:
                found.append(self.guest.shutdown_and_wait(*args, **options))
            except exception.NovaException as error:
                found.append(error)
        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)
        waiting.wait_for(lambda: self.faults.count('shutdown'), 'it was asked')
        return found

    def wait_for(self, found: list[object]) -> object:
        waiting.wait_for(lambda: found, 'the end of the wait')
        return found[0]

    def test_guest_that_obeys(self) -> None:
        self.assertTrue(self.guest.shutdown_and_wait(60))
        self.assertFalse(self.guest.is_active())

    def test_guest_that_takes_its_time(self) -> None:
        self.hypervisor.guests_obey = False
        found = self.wait_in_background(60)
        self.hypervisor.guest_shuts_down(self.guest.uuid)

        self.assertIs(True, self.wait_for(found))
        self.assertEqual(1, self.faults.count('shutdown'))

    def test_guest_that_does_not_hear(self) -> None:
        self.hypervisor.guests_obey = False
        began = time.monotonic()

        self.assertFalse(self.guest.shutdown_and_wait(0.1))

        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(1, self.faults.count('shutdown'))

    def test_guest_that_is_asked_again(self) -> None:
        self.hypervisor.guests_obey = False
        found = self.wait_in_background(60, retry_interval_s=0.01)
        waiting.wait_for(lambda: self.faults.count('shutdown') > 2, 'three requests')
        self.hypervisor.guests_obey = True

        self.assertIs(True, self.wait_for(found))

    def test_requests_that_fail(self) -> None:
        self.faults.fail('shutdown', times=2)

        self.assertTrue(self.guest.shutdown_and_wait(60, retry_interval_s=0.01))
        self.assertEqual(3, self.faults.count('shutdown'))

    def test_by_the_agent_or_the_button(self) -> None:
        for by in (libvirt_guest.Asking.AGENT, libvirt_guest.Asking.ACPI):
            self.assertTrue(self.guest.shutdown_and_wait(60, by=by))
            self.guest.launch()
        self.record.agent.answers = False

        self.assertFalse(self.guest.shutdown_and_wait(
            0.1, by=libvirt_guest.Asking.AGENT))
        self.assertEqual((0, 3), (self.faults.count('shutdown'),
                                  self.faults.count('shutdownFlags')))

    def test_guest_that_ends_before_its_agent_answers(self) -> None:
        self.record.state = libvirt.VIR_DOMAIN_SHUTDOWN
        self.faults.fail('shutdownFlags')

        self.guest.shutdown(by=libvirt_guest.Asking.AGENT)

        self.assertEqual(1, self.faults.count('shutdownFlags'))

    def test_request_that_fails_is_an_error(self) -> None:
        self.faults.fail('shutdown')

        self.assertRaises(exception.InternalError, self.guest.shutdown)

    def test_guest_that_is_paused_meanwhile(self) -> None:
        self.hypervisor.guests_obey = False
        found = self.wait_in_background(60, retry_interval_s=0.01)
        self.guest.pause()

        self.assertIs(False, self.wait_for(found))

    def test_guest_that_is_gone(self) -> None:
        self.guest.poweroff()
        self.guest.delete_configuration()

        self.assertRaises(exception.InstanceNotFound, self.guest.shutdown_and_wait, 60)

    def test_connection_that_is_lost(self) -> None:
        self.hypervisor.guests_obey = False
        found = self.wait_in_background(60)
        self.libvirt.lose_connections()

        self.assertIsInstance(self.wait_for(found), exception.HypervisorUnavailable)
