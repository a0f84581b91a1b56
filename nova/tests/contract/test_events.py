# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Lifecycle events: which come, and in which order."""

import os
import tempfile

import libvirt

from nova.tests.contract import backends
from nova.tests.contract import base
from nova.tests.contract import guests
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
        self.seen, self.ends = [], []
        callback = self.conn.domainEventRegisterAny(
            None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, self.note, None)
        self.addCleanup(self.conn.domainEventDeregisterAny, callback)

    def note(self, conn, domain, event, detail, opaque):
        # QEMU may or may not find the time to say that it was told to end.
        if domain.UUIDString() != self.uuid:
            return
        if event == SHUTDOWN:
            self.ends.append(detail)
        else:
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
        self.assertLessEqual(set(self.ends), {libvirt.VIR_DOMAIN_EVENT_SHUTDOWN_HOST})

    def test_start_paused(self):
        self.need(backends.STARTS_PAUSED)
        self.start(libvirt.VIR_DOMAIN_START_PAUSED)
        self.wait_for_last(SUSPENDED)
        self.assertEqual(
            [(STARTED, libvirt.VIR_DOMAIN_EVENT_STARTED_BOOTED),
             (SUSPENDED, libvirt.VIR_DOMAIN_EVENT_SUSPENDED_PAUSED)], self.seen[1:])

    def test_memory_is_read_and_kept(self):
        self.need(backends.REPORTS_RESUME)
        domain = self.start()
        self.wait_for_last(STARTED)
        for act in (self.reset, self.dump, self.save_and_restore):
            del self.seen[:]
            act(domain)

    def reset(self, domain):
        resets = []
        family = self.conn.domainEventRegisterAny(
            None, libvirt.VIR_DOMAIN_EVENT_ID_REBOOT,
            lambda _conn, domain, _opaque: resets.append(domain.UUIDString()), None)
        domain.reset(0)
        waiting.wait_for(lambda: self.uuid in resets, 'the reset')
        self.conn.domainEventDeregisterAny(family)
        self.assertEqual([], self.seen)

    def dump(self, domain):
        """Have the memory written to a file, for which the guest stops for a while."""
        with tempfile.TemporaryDirectory(dir=guests.parent_folder()) as folder:
            os.chmod(folder, 0o777)
            domain.coreDumpWithFormat(f'{folder}/core', 0, 0)
        self.wait_for_last(RESUMED)
        self.assertEqual(
            [(SUSPENDED, libvirt.VIR_DOMAIN_EVENT_SUSPENDED_PAUSED),
             (RESUMED, libvirt.VIR_DOMAIN_EVENT_RESUMED_UNPAUSED)], self.seen)

    def save_and_restore(self, domain):
        """Save and restore it, running and paused."""
        for act in (domain.managedSave, domain.createWithFlags):
            act(0)
        self.wait_for_last(RESUMED)
        domain.suspend()
        for act in (domain.managedSave, domain.createWithFlags):
            act(0)
        waiting.wait_for(lambda: len(self.seen) > 7, str(self.seen))
        self.assertEqual(
            [(SUSPENDED, libvirt.VIR_DOMAIN_EVENT_SUSPENDED_PAUSED),
             (STOPPED, libvirt.VIR_DOMAIN_EVENT_STOPPED_SAVED),
             (STARTED, libvirt.VIR_DOMAIN_EVENT_STARTED_RESTORED),
             (RESUMED, libvirt.VIR_DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT),
             (SUSPENDED, libvirt.VIR_DOMAIN_EVENT_SUSPENDED_PAUSED),
             (STOPPED, libvirt.VIR_DOMAIN_EVENT_STOPPED_SAVED),
             (STARTED, libvirt.VIR_DOMAIN_EVENT_STARTED_RESTORED),
             (SUSPENDED, libvirt.VIR_DOMAIN_EVENT_SUSPENDED_RESTORED)], self.seen)

    def test_defined_while_it_runs(self):
        self.conn.createXML(self.xml, 0)
        self.wait_for_last(STARTED)
        del self.seen[:]
        self.define()
        self.define()
        domain = self.conn.lookupByUUIDString(self.uuid)
        domain.undefine()
        self.wait_for_last(libvirt.VIR_DOMAIN_EVENT_UNDEFINED)
        self.assertEqual(
            [(libvirt.VIR_DOMAIN_EVENT_DEFINED, libvirt.VIR_DOMAIN_EVENT_DEFINED_ADDED),
             (libvirt.VIR_DOMAIN_EVENT_DEFINED,
              libvirt.VIR_DOMAIN_EVENT_DEFINED_UPDATED),
             (libvirt.VIR_DOMAIN_EVENT_UNDEFINED,
              libvirt.VIR_DOMAIN_EVENT_UNDEFINED_REMOVED)], self.seen)

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
