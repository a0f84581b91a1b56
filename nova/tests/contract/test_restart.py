# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A libvirtd that dies under Host and comes back, with real guests."""

import uuid

import fixtures
import testtools

from nova import exception
from nova.tests.contract import base
from nova.tests.fixtures import privatelibvirtd
from nova.tests.fixtures.libvirt import waiting
from nova.virt import event as virtevent
from nova.virt.libvirt import host as libvirt_host

#: Longest time after which Host knows the truth again.
TRUTH_S = 5


class RestartTestCase(testtools.TestCase):
    def setUp(self):
        super().setUp()
        reason = privatelibvirtd.why_not()
        if reason:
            self.skipTest(reason)
        self.useFixture(fixtures.FakeLogger(level=None))
        self.libvirtd = self.useFixture(privatelibvirtd.PrivateLibvirtd())
        self.told, self.connected = [], []
        self.host = libvirt_host.Host(
            self.libvirtd.uri, lifecycle_event_handler=self.note,
            conn_event_handler=lambda up, _reason: self.connected.append(up))
        self.addCleanup(self.host.cleanup)
        self.host.initialize()

    def note(self, event):
        self.told.append((event.get_instance_uuid(), event.get_transition()))

    def start_guest(self, name):
        guest_uuid = str(uuid.uuid4())
        self.host.write_instance_config(base.DOMAIN.format(
            virt_type='qemu', name=name, uuid=guest_uuid)).create()
        waiting.wait_for(
            lambda: (guest_uuid, virtevent.EVENT_LIFECYCLE_STARTED) in self.told,
            f'the start of {name}')
        return guest_uuid

    def crash(self):
        self.libvirtd.kill()
        waiting.wait_for(lambda: self.connected[-1:] == [False], 'the loss')

    def come_back(self):
        self.libvirtd.start()
        waiting.wait_for(lambda: self.connected[-1:] == [True], 'the return', TRUTH_S)

    def test_calls_fail_clearly_and_work_again(self):
        self.crash()
        self.assertRaises(exception.HypervisorUnavailable, self.host.get_hostname)
        self.come_back()
        self.assertTrue(self.host.get_hostname())

    def test_guests_that_ran_on_are_no_news(self):
        self.start_guest('survivor')
        del self.told[:]
        self.crash()
        self.come_back()
        self.assertEqual(['survivor'],
                         [each.name() for each in self.host.list_guests()])
        self.assertEqual([], self.told)

    def test_guest_that_died_meanwhile_is_told_of_once(self):
        victim, survivor = self.start_guest('victim'), self.start_guest('survivor')
        del self.told[:]
        self.crash()
        self.libvirtd.kill_guest('victim')
        self.come_back()
        stopped = (victim, virtevent.EVENT_LIFECYCLE_STOPPED)
        waiting.wait_for(lambda: stopped in self.told, 'the stop', TRUTH_S)
        # The stop of another, told in order, shows that no second one came between.
        self.libvirtd.kill_guest('survivor')
        waiting.wait_for(lambda: len(self.told) > 1, 'another stop')
        self.assertEqual(
            [stopped, (survivor, virtevent.EVENT_LIFECYCLE_STOPPED)], self.told)
