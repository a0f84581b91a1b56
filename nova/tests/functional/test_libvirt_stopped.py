# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirtd stops answering under load, with all connections open, and goes on."""

import fixtures

from nova import exception
from nova.tests.functional import underload
from nova.tests.functional import waiting
from nova.virt.libvirt import calls
from nova.virt.libvirt import errors

#: Shorter than anybody would configure it, so that calls are given up soon.
DEADLINE_S = 0.3


class LibvirtStoppedTest(underload.UnderLoadTestCase):

    def ask_in_vain(self) -> int:
        """Ask something that gets no answer; return how many calls are late."""
        self.assertRaises(exception.HypervisorUnavailable, self.host.get_hostname)
        return len([name for name in self.host._connection.calls.late
                    if name not in calls.UNLIMITED])

    def test_calls_are_given_up_and_work_again(self) -> None:
        self.host._connection.calls.deadline_s = DEADLINE_S
        self.addCleanup(self.libvirtd.go_on)
        self.useFixture(fixtures.MockPatchObject(calls, 'PROBE_S', 0.1))
        guest = self.host.get_connection().lookupByUUIDString(self.uuids[0])
        self.libvirtd.stop()
        # What may take as long as it likes ends too where nothing is answered.
        self.assertRaises(errors.TooLate, guest.create)
        waiting.until(lambda: self.ask_in_vain() == calls.MAX_LATE, 60,
                      'as many calls are late as may be')
        error = self.assertRaises(
            exception.HypervisorUnavailable, self.host.get_hostname)
        self.assertIn('was not called', str(error))
        self.assertEqual(['create'], [
            name for name in self.host._connection.calls.late
            if name in calls.UNLIMITED])
        self.libvirtd.go_on()
        self.wait_late_calls_ended()
        self.wait_answers()
        self.assertEqual(underload.GUESTS, len(self.host.list_instance_domains()))
        self.assertTrue(self.connected)
        self.assert_held_up_nobody()
