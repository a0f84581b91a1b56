# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import threading

import fixtures
import libvirt

from nova import exception
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit import base
from nova.virt import event as virtevent
from nova.virt.libvirt import event as libvirtevent
from nova.virt.libvirt import eventqueue
from nova.virt.libvirt import host as libvirt_host
from nova.virt.libvirt import listeners

XML = """<domain type='qemu'><name>{name}</name><memory unit='MiB'>64</memory>
<os><type>hvm</type></os></domain>"""
STARTED = virtevent.EVENT_LIFECYCLE_STARTED
STOPPED = virtevent.EVENT_LIFECYCLE_STOPPED
RESUMED = virtevent.EVENT_LIFECYCLE_RESUMED
COMPLETED = virtevent.EVENT_LIFECYCLE_MIGRATION_COMPLETED
REMOVED = libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED

#: What libvirt passes to the callback of each kind, and what it becomes.
KINDS = (
    (libvirt.VIR_DOMAIN_EVENT_ID_REBOOT, (), libvirtevent.RebootEvent, {}),
    (libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, ('net1',),
     libvirtevent.DeviceAddedEvent, {'dev': 'net1'}),
    (libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, ('net1',),
     libvirtevent.DeviceRemovedEvent, {'dev': 'net1'}),
    (libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, ('net1',),
     libvirtevent.DeviceRemovalFailedEvent, {'dev': 'net1'}),
    (libvirt.VIR_DOMAIN_EVENT_ID_JOB_COMPLETED, ({'time_elapsed': 5},),
     libvirtevent.JobCompletedEvent, {'stats': {'time_elapsed': 5}}),
    (libvirt.VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION, (3,),
     libvirtevent.MigrationIterationEvent, {'iteration': 3}),
    (libvirt.VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, ('vda', 2, 0),
     libvirtevent.BlockJobEvent, {'disk': 'vda', 'type': 2, 'status': 0}),
    (libvirt.VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, (1, 2),
     libvirtevent.AgentLifecycleEvent, {'state': 1, 'reason': 2}),
    (libvirt.VIR_DOMAIN_EVENT_ID_WATCHDOG, (3,),
     libvirtevent.WatchdogEvent, {'action': 3}),
    (libvirt.VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, ('/disk', 'virtio0', 1, 'enospc'),
     libvirtevent.IOErrorEvent,
     {'path': '/disk', 'alias': 'virtio0', 'action': 1, 'reason': 'enospc'}),
    (libvirt.VIR_DOMAIN_EVENT_ID_DISK_CHANGE, ('/old', None, 'ide0', 0),
     libvirtevent.DiskChangeEvent,
     {'old_path': '/old', 'new_path': None, 'alias': 'ide0', 'reason': 0}),
    (libvirt.VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, ('ide0', 1),
     libvirtevent.TrayChangeEvent, {'alias': 'ide0', 'reason': 1}),
    (libvirt.VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, (65536,),
     libvirtevent.BalloonChangeEvent, {'actual_kb': 65536}),
)


class HostTestCase(base.TestCase):
    """A Host on a fake libvirt with two guests that do not run."""

    def setUp(self):
        super().setUp()
        # Looks that come later would find what a slow test is just doing.
        self.useFixture(fixtures.MockPatchObject(eventqueue, 'SETTLING_S', (0.0,)))
        self.fake = self.useFixture(fakelibvirt.FakeLibvirt())
        self.told = []
        self.host = libvirt_host.Host(
            'qemu:///system', lifecycle_event_handler=self.told.append,
            opener=self.fake.open)
        self.addCleanup(self.host.cleanup)
        self.conn = self.host.get_connection()
        waiting.wait_for(lambda: self.host._events._has_states, 'the first look')
        self.domain = self.conn.defineXML(XML.format(name='one'))
        self.other = self.conn.defineXML(XML.format(name='two'))
        self.uuid = self.domain.UUIDString()

    def emit(self, family, *values, domain=None):
        found = self.fake.hypervisor.find((domain or self.domain).UUIDString())
        self.fake.hypervisor.tell(found, family, *values)

    def transitions(self):
        return [event.transition for event in self.told
                if isinstance(event, virtevent.LifecycleEvent)]

    def wait_told(self, *expected):
        waiting.wait_for(lambda: self.transitions() == list(expected),
                         f'{expected}, but {self.transitions()}')

    def settle(self):
        """Wait until everything that came in was delivered."""
        with self.host.listener(libvirtevent.RebootEvent, self.other.UUIDString()) as (
                listener):
            self.emit(libvirt.VIR_DOMAIN_EVENT_ID_REBOOT, domain=self.other)
            listener.wait(10)


class ListenerTestCase(HostTestCase):
    def listener(self, kind=libvirtevent.DeviceRemovedEvent, matches=None):
        return self.host.listener(kind, self.uuid, matches)

    def test_each_kind_is_read(self):
        self.assertEqual(set(libvirtevent.READERS), {kind[0] for kind in KINDS})
        for family, values, kind, expected in KINDS:
            with self.listener(kind) as listener:
                self.emit(family, *values)
                found = vars(listener.wait(10))
            self.assertEqual(self.uuid, found.pop('uuid'))
            self.assertIsInstance(found.pop('timestamp'), float)
            self.assertEqual(expected, found)

    def test_every_listener_to_all_events_is_told(self):
        self.emit(REMOVED, 'net1')
        self.settle()
        self.assertEqual(['net1'], [event.dev for event in self.told
                                    if isinstance(event, libvirtevent.DeviceEvent)])

    def test_events_come_in_order_and_once(self):
        with self.listener() as listener:
            for number in range(20):
                self.emit(REMOVED, f'net{number}')
            heard = [listener.wait(10).dev for _ in range(20)]
            self.assertEqual([f'net{number}' for number in range(20)], heard)
            self.assertRaises(eventqueue.WaitTimeout, listener.wait, 0)

    def test_only_what_is_meant_is_heard(self):
        with self.listener(matches=lambda event: event.dev == 'net2') as listener:
            self.emit(REMOVED, 'net2', domain=self.other)
            self.emit(libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, 'net2')
            self.emit(REMOVED, 'net1')
            self.emit(REMOVED, 'net2')
            self.assertEqual('net2', listener.wait(10).dev)
            self.settle()
            self.assertRaises(eventqueue.WaitTimeout, listener.wait, 0)

    def test_several_kinds(self):
        kinds = (libvirtevent.DeviceRemovedEvent, libvirtevent.DeviceRemovalFailedEvent)
        with self.listener(kinds) as listener:
            self.emit(libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, 'net1')
            self.assertIsInstance(
                listener.wait(10), libvirtevent.DeviceRemovalFailedEvent)

    def hold_dispatcher(self):
        """Keep the dispatcher busy; return the event that lets it go on."""
        held, go_on = threading.Event(), threading.Event()
        self.addCleanup(go_on.set)
        self.host._events._lifecycle_event_handler = (
            lambda event: (held.set(), go_on.wait(10)))
        self.emit(libvirt.VIR_DOMAIN_EVENT_ID_REBOOT)
        self.assertTrue(held.wait(10))
        return go_on

    def test_loss_that_came_before_is_not_heard(self):
        go_on = self.hold_dispatcher()
        self.host._events.lost('long ago')
        with self.listener() as listener:
            self.emit(REMOVED, 'net2')
            go_on.set()
            self.assertEqual('net2', listener.wait(10).dev)

    def test_what_came_in_before_is_not_heard(self):
        go_on = self.hold_dispatcher()
        self.emit(REMOVED, 'net1')
        with self.listener() as listener:
            self.emit(REMOVED, 'net2')
            go_on.set()
            self.assertEqual('net2', listener.wait(10).dev)

    def test_lifecycle(self):
        with self.listener(virtevent.LifecycleEvent,
                           lambda event: event.transition == STARTED) as listener:
            self.domain.create()
            self.assertEqual(STARTED, listener.wait(10).transition)

    def test_nothing_in_time_names_what_was_waited_for(self):
        with self.listener() as listener:
            error = self.assertRaises(eventqueue.WaitTimeout, listener.wait, 0.01)
        self.assertIn('DeviceRemovedEvent', str(error))
        self.assertIn(self.uuid, str(error))

    def test_lost_connection_ends_the_wait(self):
        with self.listener() as listener:
            self.host._events.lost('gone')
            error = self.assertRaises(
                exception.HypervisorUnavailable, listener.wait, 10)
        self.assertIn('gone', str(error))

    def test_nobody_listens_after_the_block(self):
        try:
            with self.listener():
                raise ValueError
        except ValueError:
            pass
        self.assertEqual(0, len(self.host._events._listeners))

    def test_listener_that_fails_does_not_stop_the_others(self):
        def fail(event):
            raise ValueError('broken')
        with self.listener(matches=fail) as broken, self.listener() as listener:
            self.emit(REMOVED, 'net1')
            self.assertEqual('net1', listener.wait(10).dev)
            self.assertRaises(eventqueue.WaitTimeout, broken.wait, 0)
        self.assertIn('A listener failed', self.logs.output)

    def test_guest_is_given_as_object_or_uuid(self):
        class Guest:
            uuid = 'a'
        self.assertEqual('a', listeners.uuid_of(Guest()))
        self.assertEqual('a', listeners.uuid_of('a'))


class OperationTestCase(HostTestCase):
    def setUp(self):
        super().setUp()
        self.domain.create()
        self.wait_told(RESUMED, STARTED)
        self.told.clear()

    def reboot(self, uuid=None):
        return self.host.operation(uuid or self.uuid, listeners.Operation.REBOOT)

    def test_stop_within_a_reboot_is_no_news(self):
        with self.reboot():
            self.domain.destroy()
            self.domain.create()
        self.wait_told(RESUMED, STARTED)

    def test_listener_hears_it_all_the_same(self):
        with self.reboot(), self.host.listener(
                virtevent.LifecycleEvent, self.uuid) as listener:
            self.domain.destroy()
            self.assertEqual(STOPPED, listener.wait(10).transition)

    def test_stop_of_another_guest_is_told_at_once(self):
        with self.reboot(self.other.UUIDString()):
            self.domain.destroy()
            self.wait_told(STOPPED)

    def test_stop_after_the_reboot_is_told(self):
        with self.reboot():
            self.domain.destroy()
            self.domain.create()
        self.domain.destroy()
        self.wait_told(RESUMED, STARTED, STOPPED)

    def test_stop_of_a_failed_reboot_is_told(self):
        try:
            with self.reboot():
                self.domain.destroy()
                raise ValueError
        except ValueError:
            pass
        self.wait_told(STOPPED)

    def test_stop_after_the_restart_is_told_within_the_reboot(self):
        with self.reboot():
            self.domain.destroy()
            self.domain.create()
            self.domain.destroy()
            self.wait_told(RESUMED, STARTED, STOPPED)
        self.settle()
        self.assertEqual([RESUMED, STARTED, STOPPED], self.transitions())

    def test_stop_that_no_start_follows_is_told(self):
        with self.reboot():
            self.domain.destroy()
        self.wait_told(STOPPED)

    def test_start_that_comes_late_makes_the_stop_no_news(self):
        with self.reboot():
            self.domain.destroy()
        self.domain.create()
        self.wait_told(RESUMED, STARTED)

    def test_stop_of_an_inner_reboot_is_left_to_the_outer(self):
        with self.reboot():
            with self.reboot():
                self.domain.destroy()
            self.settle()
            operations = self.host._events._operations
            self.assertFalse(operations.has_unclaimed(self.uuid))
            self.domain.create()
        self.wait_told(RESUMED, STARTED)

    def find_off(self):
        """Let the guest be found off, of which no event came."""
        self.fake.hypervisor.find(self.uuid).state = libvirt.VIR_DOMAIN_SHUTOFF
        self.host._events._look_at_guests(self.conn)
        self.settle()

    def migration(self):
        return self.host.operation(self.uuid, listeners.Operation.MIGRATION)

    def emit_lifecycle(self, kind, detail):
        self.emit(libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, kind, detail)

    def move_away(self):
        """Let the guest go to another host, as libvirt reports it."""
        self.emit_lifecycle(libvirt.VIR_DOMAIN_EVENT_SUSPENDED,
                            libvirt.VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED)
        self.emit_lifecycle(libvirt.VIR_DOMAIN_EVENT_STOPPED,
                            libvirt.VIR_DOMAIN_EVENT_STOPPED_MIGRATED)

    def test_guest_found_off_after_its_migration_has_moved(self):
        with self.migration(), self.host.listener(
                virtevent.LifecycleEvent, self.uuid) as listener:
            self.find_off()
            self.assertEqual(STOPPED, listener.wait(10).transition)
        self.wait_told(COMPLETED)

    def test_guest_found_off_before_the_event_of_its_move_is_told_of_once(self):
        with self.migration():
            self.find_off()
            self.move_away()
            self.wait_told(COMPLETED)
        self.settle()
        self.assertEqual([COMPLETED], self.transitions())

    def test_guest_that_moves_has_neither_paused_nor_stopped(self):
        with self.migration():
            self.move_away()
            self.wait_told(COMPLETED)
        self.settle()
        self.assertEqual([COMPLETED], self.transitions())

    def test_guest_that_somebody_else_moves_likewise(self):
        self.move_away()
        self.wait_told(COMPLETED)

    def test_guest_that_has_moved_though_the_call_failed_is_told_of(self):
        try:
            with self.migration():
                self.move_away()
                raise ValueError
        except ValueError:
            pass
        self.settle()
        self.assertEqual([COMPLETED], self.transitions())

    def test_guest_that_goes_on_here_is_resumed(self):
        try:
            with self.migration():
                self.emit_lifecycle(libvirt.VIR_DOMAIN_EVENT_SUSPENDED,
                                    libvirt.VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED)
                self.emit_lifecycle(libvirt.VIR_DOMAIN_EVENT_RESUMED,
                                    libvirt.VIR_DOMAIN_EVENT_RESUMED_MIGRATED)
                raise ValueError
        except ValueError:
            pass
        self.wait_told(RESUMED)

    def test_guest_found_off_in_a_failed_migration_is_told(self):
        try:
            with self.migration():
                self.find_off()
                self.assertEqual([], self.transitions())
                raise ValueError
        except ValueError:
            pass
        self.wait_told(STOPPED)

    def test_stop_with_an_event_is_told_within_a_migration(self):
        hypervisor = self.fake.hypervisor
        for stop in (hypervisor.guest_shuts_down, hypervisor.guest_crashes,
                     lambda uuid: self.domain.destroy()):
            with self.migration():
                stop(self.uuid)
                self.wait_told(STOPPED)
                self.domain.create()
                self.wait_told(STOPPED, RESUMED, STARTED)
            self.told.clear()

    def test_failure_without_a_stop_tells_nothing(self):
        try:
            with self.reboot():
                raise ValueError
        except ValueError:
            pass
        self.settle()
        self.assertEqual([], self.transitions())

    def test_nested_operations_end_one_by_one(self):
        with self.reboot():
            with self.reboot():
                pass
            self.domain.destroy()
            self.domain.create()
        self.wait_told(RESUMED, STARTED)
        waiting.wait_for(lambda: not self.host._events._operations._running, 'the end')

    def test_end_without_events_forgets_it_too(self):
        with self.reboot():
            self.host.cleanup()
        self.assertEqual({}, self.host._events._operations._running)
