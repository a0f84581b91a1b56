# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Lifecycle events: which come, and in which order."""

import libvirt

from nova.tests.contract import backends
from nova.tests.contract import base
from nova.tests.fixtures.libvirt import waiting

STARTED = libvirt.VIR_DOMAIN_EVENT_STARTED
SUSPENDED = libvirt.VIR_DOMAIN_EVENT_SUSPENDED
RESUMED = libvirt.VIR_DOMAIN_EVENT_RESUMED
SHUTDOWN = libvirt.VIR_DOMAIN_EVENT_SHUTDOWN
STOPPED = libvirt.VIR_DOMAIN_EVENT_STOPPED


class EventContract(base.BackendTestCase):
    """Which events a connection delivers, whatever is behind it."""

    def setUp(self):
        super().setUp()
        self.seen = []
        callback = self.conn.domainEventRegisterAny(
            None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, self.note, None)
        self.addCleanup(self.conn.domainEventDeregisterAny, callback)

    def note(self, conn, domain, event, detail, opaque):
        # QEMU may or may not find the time to say that it was told to end.
        if domain.UUIDString() == self.uuid and event != SHUTDOWN:
            self.seen.append((event, detail))

    def kinds(self):
        return [event for event, _detail in self.seen]

    def wait_for_last(self, event):
        waiting.wait_for(lambda: self.kinds()[-1:] == [event], f'{event}: {self.seen}')

    def test_definition_comes_and_goes(self):
        self.define().undefine()
        self.wait_for_last(libvirt.VIR_DOMAIN_EVENT_UNDEFINED)
        self.assertEqual([libvirt.VIR_DOMAIN_EVENT_DEFINED,
                          libvirt.VIR_DOMAIN_EVENT_UNDEFINED], self.kinds())

    def test_start_and_stop(self):
        self.define()
        self.wait_for_last(libvirt.VIR_DOMAIN_EVENT_DEFINED)
        del self.seen[:]
        self.conn.lookupByUUIDString(self.uuid).create()
        self.wait_for_last(STARTED)
        self.conn.lookupByUUIDString(self.uuid).destroy()
        self.wait_for_last(STOPPED)
        expected = [(STARTED, libvirt.VIR_DOMAIN_EVENT_STARTED_BOOTED),
                    (STOPPED, libvirt.VIR_DOMAIN_EVENT_STOPPED_DESTROYED)]
        if backends.REPORTS_RESUME not in self.backend.lacks:
            expected.insert(0, (RESUMED, libvirt.VIR_DOMAIN_EVENT_RESUMED_UNPAUSED))
        self.assertEqual(expected, self.seen)

    def test_start_paused(self):
        self.need(backends.STARTS_PAUSED)
        self.start(libvirt.VIR_DOMAIN_START_PAUSED)
        self.wait_for_last(SUSPENDED)
        self.assertEqual(
            [(STARTED, libvirt.VIR_DOMAIN_EVENT_STARTED_BOOTED),
             (SUSPENDED, libvirt.VIR_DOMAIN_EVENT_SUSPENDED_PAUSED)], self.seen[1:])

    def test_pause_and_resume(self):
        domain = self.start()
        self.wait_for_last(STARTED)
        del self.seen[:]
        domain.suspend()
        self.wait_for_last(SUSPENDED)
        domain.resume()
        self.wait_for_last(RESUMED)
        self.assertEqual(
            [(SUSPENDED, libvirt.VIR_DOMAIN_EVENT_SUSPENDED_PAUSED),
             (RESUMED, libvirt.VIR_DOMAIN_EVENT_RESUMED_UNPAUSED)], self.seen)


class TestEventsOnFake(EventContract, base.OnFake):
    pass


class TestEventsOnTestDriver(EventContract, base.OnTestDriver):
    pass


class TestEventsOnQemu(EventContract, base.OnQemu):
    pass


del EventContract
