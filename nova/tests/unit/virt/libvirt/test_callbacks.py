# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import libvirt

from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit.virt.libvirt import latecalls
from nova.virt.libvirt import callbacks
from nova.virt.libvirt import errors

LIFECYCLE = libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE
REBOOT = libvirt.VIR_DOMAIN_EVENT_ID_REBOOT


def nothing(*args):
    """Take an event."""


class CallbacksTestCase(latecalls.LateCallsTestCase):
    def setUp(self):
        super().setUp()
        self.callbacks = callbacks.Callbacks(
            'domainEventRegisterAny', 'domainEventDeregisterAny')

    def register(self):
        return self.callbacks.register(
            self.conn, [(LIFECYCLE, nothing), (REBOOT, nothing)], 'opaque')

    def registered(self):
        return [(event_id, opaque) for event_id, _uuid, _callback, opaque
                in self.raw._callbacks.values()]

    def test_each_is_registered_and_let_go(self):
        self.assertEqual([], self.register())
        self.assertEqual([(LIFECYCLE, 'opaque'), (REBOOT, 'opaque')],
                         self.registered())
        self.assertTrue(self.callbacks)
        self.callbacks.deregister(self.conn)
        self.assertEqual([], self.registered())
        self.assertFalse(self.callbacks)
        self.callbacks.deregister(self.conn)

    def test_what_the_hypervisor_does_not_have_is_returned(self):
        self.fake.faults.fail('domainEventRegisterAny', libvirt.VIR_ERR_NO_SUPPORT)
        self.assertEqual([LIFECYCLE], self.register())
        self.assertEqual([(REBOOT, 'opaque')], self.registered())

    def test_what_was_registered_before_an_error_is_let_go(self):
        self.fake.faults.fail('domainEventRegisterAny', nth=2)
        self.assertRaises(libvirt.libvirtError, self.register)
        self.assertEqual([(LIFECYCLE, 'opaque')], self.registered())
        self.callbacks.deregister(self.conn)
        self.assertEqual([], self.registered())

    def test_one_that_cannot_be_let_go_keeps_no_other(self):
        self.register()
        self.fake.faults.fail('domainEventDeregisterAny')
        self.callbacks.deregister(self.conn)
        self.assertEqual(1, len(self.registered()))

    def test_what_is_registered_late_is_let_go_at_once(self):
        for late in (1, 2):
            release = self.fake.faults.hang('domainEventRegisterAny', nth=late)
            self.assertRaises(errors.TooLate, self.register)
            self.callbacks.deregister(self.conn)
            release.set()
            waiting.wait_for(lambda: not self.calls.late, 'the late call')
            self.assertEqual([], self.registered(), late)
            self.assertEqual(
                late, self.fake.faults.count('domainEventRegisterAny'))
            self.fake.faults.calls.clear()

    def test_dead_connection_is_no_error(self):
        self.register()
        self.fake.lose_connections()
        self.callbacks.deregister(self.conn)
        self.assertFalse(self.callbacks)
