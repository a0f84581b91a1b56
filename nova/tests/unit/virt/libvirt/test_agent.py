# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import time

import libvirt

from nova import exception
from nova.tests.unit.virt.libvirt import guestbase
from nova.virt.libvirt import config as vconfig


class AgentTestCase(guestbase.GuestTestCase):

    @property
    def agent(self):
        return self.record.agent

    def test_file_systems_are_frozen_and_thawed(self) -> None:
        frozen = self.guest.agent.freeze_filesystems(timeout_s=7)
        state = self.agent.frozen
        thawed = self.guest.agent.thaw_filesystems()

        self.assertEqual((2, True, 2, False),
                         (frozen, state, thawed, self.agent.frozen))

    def test_each_request_has_a_deadline(self) -> None:
        for timeout_s, expected in ((7, 7), (0, 1)):
            self.guest.agent.set_time(timeout_s=timeout_s)
            self.assertEqual(expected, self.agent.timeout_s)

    def test_failed_freeze_is_thawed(self) -> None:
        self.agent.frozen = True
        self.faults.fail('fsFreeze', code=libvirt.VIR_ERR_AGENT_UNRESPONSIVE)

        self.assertRaises(exception.InternalError, self.guest.freeze_filesystems)

        self.assertFalse(self.agent.frozen)

    def test_failed_freeze_of_a_dead_agent_says_so(self) -> None:
        self.agent.answers = False
        error = self.assertRaises(exception.InternalError,
                                  self.guest.freeze_filesystems)

        self.assertIn('not responding', str(error))
        # It must not freeze anything when it comes to life again.
        self.assertEqual(0, self.faults.count('fsFreeze'))

    def test_snapshot_is_not_begun_with_a_dead_agent(self) -> None:
        self.agent.answers = False
        conf = vconfig.LibvirtConfigGuestSnapshot(name='one')

        self.assertRaises(exception.InternalError, self.guest.snapshot, conf,
                          disk_only=True, quiesce=True)
        self.assertEqual(0, self.faults.count('snapshotCreateXML'))

    def test_agent_that_does_not_tell_the_time(self) -> None:
        self.faults.fail('getTime')

        self.assertEqual(2, self.guest.agent.freeze_filesystems())

    def test_password(self) -> None:
        self.guest.set_user_password('root', '<secret>')

        self.assertEqual({'root': '<secret>'}, self.agent.passwords)
        self.assertNotIn('<secret>', self.logs.output)

    def test_time(self) -> None:
        self.guest.sync_guest_time()

        self.assertLess(abs(self.agent.time_s - time.time()), 60)

    def test_time_of_a_guest_whose_agent_is_dead(self) -> None:
        self.agent.answers = False
        self.guest.sync_guest_time()

        self.assertIsNone(self.agent.time_s)
        self.assertIn('was not set', self.logs.output)
