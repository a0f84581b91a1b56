# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import os
import threading

import fixtures
import libvirt

from nova import exception
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit import base
from nova.virt import event as virtevent
from nova.virt.libvirt import eventqueue

XML = """<domain type='qemu'><name>one</name>
<uuid>12345678-1234-4234-8234-123456789abc</uuid>
<memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>"""
OTHER_XML = XML.replace('one', 'two').replace('abc<', 'abd<')
STARTED = virtevent.EVENT_LIFECYCLE_STARTED
STOPPED = virtevent.EVENT_LIFECYCLE_STOPPED
RESUMED = virtevent.EVENT_LIFECYCLE_RESUMED
PAUSED = virtevent.EVENT_LIFECYCLE_PAUSED


def open_descriptors():
    return len(os.listdir('/proc/self/fd'))


class EventQueueTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.fake = self.useFixture(fakelibvirt.FakeLibvirt())
        self.conn = self.fake.open('qemu:///system')
        self.told = []
        self.connected = []
        self.reconnect = True
        self.queue = eventqueue.EventQueue(
            self.note, lambda *args: self.connected.append(args),
            lambda: self.reconnect)
        self.queue.start()
        self.addCleanup(self.queue.stop)

    def note(self, event):
        self.told.append(event.transition)

    def watch(self):
        self.queue.watch(self.conn)
        self.queue.opened(self.conn)
        waiting.wait_for(lambda: self.queue._has_states, 'the first look')

    def wait_told(self, *expected):
        waiting.wait_for(lambda: self.told == list(expected),
                         f'{expected}, but {self.told}')

    # Delivery

    def test_events_are_told_in_order(self):
        self.watch()
        domain = self.conn.defineXML(XML)
        for _ in range(50):
            domain.create()
            domain.destroy()
        self.wait_told(*[RESUMED, STARTED, STOPPED] * 50)

    def test_listener_runs_in_the_dispatcher(self):
        threads = []
        self.queue._lifecycle_event_handler = (
            lambda event: threads.append(threading.current_thread()))
        self.watch()
        self.conn.defineXML(XML).create()
        waiting.wait_for(lambda: len(threads) == 2, 'two events')
        self.assertEqual({self.queue._dispatcher}, set(threads))

    def test_listener_that_fails_hears_the_next_event(self):
        def fail(event):
            self.note(event)
            raise ValueError('listener')
        self.queue._lifecycle_event_handler = fail
        self.watch()
        self.conn.defineXML(XML).create()
        self.wait_told(RESUMED, STARTED)
        self.assertIn('A listener failed', self.logs.output)

    def test_connection_listener_that_fails_ends_nothing(self):
        def fail(*args):
            raise ValueError('listener')
        self.queue._news._handler = fail
        self.watch()
        self.conn.defineXML(XML).create()
        self.wait_told(RESUMED, STARTED)

    def test_connection_listener_that_hangs_holds_up_no_event(self):
        going_on = threading.Event()
        self.addCleanup(going_on.set)
        self.queue._news._handler = lambda *args: going_on.wait(60)
        self.watch()
        with self.queue.listener(
                virtevent.LifecycleEvent, self.conn.defineXML(XML).UUIDString()
                ) as listener:
            self.conn.lookupByName('one').create()
            listener.wait(10)
        self.wait_told(RESUMED, STARTED)

    def test_hypervisor_without_events_is_named_in_the_log(self):
        self.fake.faults.fail('domainEventRegisterAny', libvirt.VIR_ERR_NO_SUPPORT)
        self.watch()
        self.assertIn('libvirt offers no events', self.logs.output)

    def test_silent_libvirt_does_not_end_the_delivery(self):
        self.watch()

        def silent(conn):
            raise exception.HypervisorUnavailable
        self.queue._states_of = silent
        self.queue._look_at_guests(self.conn)
        self.conn.defineXML(XML).create()
        self.wait_told(RESUMED, STARTED)
        self.assertNotIn('could not be delivered', self.logs.output)
        self.assertIsNone(self.queue._look)

    def test_look_that_takes_long_holds_up_no_event_and_knows_none_better(self):
        domain, other = self.conn.defineXML(XML), self.conn.defineXML(OTHER_XML)
        domain.create()
        other.create()
        self.watch()
        read = self.queue._states_of

        def slow(conn):
            states = read(conn)
            domain.destroy()
            self.wait_told(STOPPED)
            self.fake.hypervisor.find(
                other.UUIDString()).state = libvirt.VIR_DOMAIN_PAUSED
            return states | read(conn) | {domain.UUIDString(): states[
                domain.UUIDString()]}
        self.queue._states_of = slow
        self.queue._look_at_guests(self.conn)
        self.wait_told(STOPPED, PAUSED)

    def test_first_look_knows_no_event_better(self):
        self.queue.watch(self.conn)
        domain = self.conn.defineXML(XML)
        domain.create()
        read = self.queue._states_of

        def slow(conn):
            states = read(conn)
            domain.destroy()
            self.wait_told(RESUMED, STARTED, STOPPED)
            return states
        self.queue._states_of = slow
        self.queue._look_at_guests(self.conn)
        self.queue._states_of = read
        self.queue._look_at_guests(self.conn)
        waiting.wait_for(lambda: self.queue._look is None, 'the end')
        self.assertEqual([RESUMED, STARTED, STOPPED], self.told)

    def test_look_over_the_connection_before_is_of_no_use(self):
        self.watch()
        look, newer = eventqueue._Look(1), eventqueue._Look(2)
        gone = {'one': libvirt.VIR_DOMAIN_RUNNING}
        for item in (look, newer, eventqueue._Looked(look, gone),
                     eventqueue._Looked(newer, {})):
            self.queue._queue_event(item)
        waiting.wait_for(lambda: self.queue._look is None, 'the end')
        self.assertEqual([], self.told)

    def pauses(self):
        """Note how long the dispatcher is to wait for more."""
        class Stopped:
            def __init__(self, waits):
                self.wait = waits.append

            def set(self):
                pass
        waits = []
        self.queue._stopped = Stopped(waits)
        return waits

    def test_event_close_to_another_is_not_waited_for(self):
        self.watch()
        waits = self.pauses()
        record = self.fake.hypervisor.find(self.conn.defineXML(XML).UUIDString())
        for number in range(eventqueue.BURST // 2):
            self.fake.hypervisor.emit(record, libvirt.VIR_DOMAIN_EVENT_STARTED, 0)
            self.wait_told(*[STARTED] * (number + 1))
        self.assertEqual([], waits)

    def test_more_of_a_burst_is_waited_for(self):
        self.watch()
        waits = self.pauses()
        record = self.fake.hypervisor.find(self.conn.defineXML(XML).UUIDString())
        self.queue._wakeup.wake, wake = lambda: None, self.queue._wakeup.wake
        for _ in range(eventqueue.BURST):
            self.fake.hypervisor.emit(record, libvirt.VIR_DOMAIN_EVENT_STARTED, 0)
        waiting.wait_for(lambda: len(self.queue._queue) >= eventqueue.BURST, 'all')
        wake()
        waiting.wait_for(lambda: waits, 'a pause')
        self.assertEqual((eventqueue.BURST_PAUSE_S, [STARTED] * eventqueue.BURST),
                         (waits[0], self.told))

    def test_burst_loses_nothing(self):
        self.watch()
        domain = self.conn.defineXML(XML)
        record = self.fake.hypervisor.find(domain.UUIDString())
        kinds = (libvirt.VIR_DOMAIN_EVENT_STARTED, libvirt.VIR_DOMAIN_EVENT_STOPPED)
        for number in range(5000):
            self.fake.hypervisor.emit(record, kinds[number % 2], 0)
        waiting.wait_for(lambda: len(self.told) == 5000, f'{len(self.told)}')
        self.assertEqual([STARTED, STOPPED] * 2500, self.told)

    # Connections

    def test_connection_is_told_of(self):
        self.watch()
        self.queue.lost('why')
        waiting.wait_for(lambda: self.connected == [(True, None), (False, 'why')],
                         f'{self.connected}')

    def test_loss_that_somebody_mended_is_not_told(self):
        self.reconnect = False
        self.watch()
        self.queue.lost('why')
        self.queue.opened(self.conn)
        waiting.wait_for(lambda: len(self.connected) == 2, 'both')
        self.assertEqual([(True, None), (True, None)], self.connected)

    def test_former_connection_is_not_heard(self):
        self.watch()
        former, self.conn = self.conn, self.fake.open('qemu:///system')
        self.queue.watch(self.conn)
        former.defineXML(XML).create()
        self.wait_told(RESUMED, STARTED)

    def test_connection_that_is_let_go_has_no_callbacks(self):
        self.watch()
        self.queue.unwatch(self.conn)
        self.assertEqual({}, self.conn._callbacks)

    def test_what_happened_meanwhile_is_told_once(self):
        self.watch()
        domain = self.conn.defineXML(XML)
        domain.create()
        self.wait_told(RESUMED, STARTED)
        self.fake.lose_connections()
        self.queue.lost('gone')
        self.fake.hypervisor.guest_shuts_down(domain.UUIDString())
        again = self.fake.open('qemu:///system')
        self.queue.watch(again)
        self.queue.opened(again)
        self.wait_told(RESUMED, STARTED, STOPPED)
        # Late news of the same stop.
        record = self.fake.hypervisor.find(domain.UUIDString())
        self.fake.hypervisor.emit(record, libvirt.VIR_DOMAIN_EVENT_STOPPED, 0)
        again.lookupByName('one').create()
        self.wait_told(RESUMED, STARTED, STOPPED, RESUMED, STARTED)

    def test_change_without_any_event_is_found_while_libvirt_settles(self):
        domain = self.conn.defineXML(XML)
        domain.create()
        self.watch()
        record = self.fake.hypervisor.find(domain.UUIDString())
        record.state = libvirt.VIR_DOMAIN_SHUTOFF
        self.wait_told(STOPPED)

    def test_guest_that_is_only_starting_or_moving_is_no_news(self):
        domain = self.conn.defineXML(XML)
        domain.create()
        self.watch()
        record = self.fake.hypervisor.find(domain.UUIDString())
        record.state = libvirt.VIR_DOMAIN_PAUSED
        record.reason = libvirt.VIR_DOMAIN_PAUSED_MIGRATION
        self.queue._look_at_guests(self.conn)
        domain.destroy()
        self.wait_told(STOPPED)

    def test_states_that_cannot_be_read_are_left_for_the_next_time(self):
        self.fake.faults.fail('getAllDomainStats', libvirt.VIR_ERR_INTERNAL_ERROR)
        self.queue.watch(self.conn)
        self.queue.opened(self.conn)
        waiting.wait_for(lambda: self.queue._has_states, 'the second look')

    def test_next_connection_ends_the_looks_over_the_one_before(self):
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.eventqueue.SETTLING_S', (0.0, 300.0)))
        settle, begun, ended = self.queue._settle, [], []

        def note(conn, superseded):
            begun.append(conn)
            settle(conn, superseded)
            ended.append(conn)
        self.queue._settle = note
        self.watch()
        self.assertEqual([], ended)
        again = self.fake.open('qemu:///system')
        self.queue.opened(again)
        waiting.wait_for(lambda: ended, 'the end of the first')
        waiting.wait_for(lambda: len(begun) == 2, 'the second')
        self.assertEqual([self.conn], ended)

    # The end

    def test_what_came_in_too_late_is_not_told_in_the_next_life(self):
        self.watch()
        waiting.wait_for(lambda: self.connected, 'the connection')
        self.queue.stop()
        self.queue._queue.append((1, eventqueue._Lost('long ago')))
        self.queue.start()
        self.queue.lost('now')
        waiting.wait_for(lambda: len(self.connected) > 1, 'the loss')
        self.assertEqual([(True, None), (False, 'now')], self.connected)

    def test_nothing_is_told_after_the_end(self):
        self.watch()
        waiting.wait_for(lambda: self.connected, 'the connection')
        domain = self.conn.defineXML(XML)
        self.queue.stop()
        domain.create()
        self.queue.lost('late')
        self.assertEqual(([], [(True, None)]), (self.told, self.connected))

    def test_listener_may_end_it(self):
        self.queue._lifecycle_event_handler = lambda event: self.queue.stop()
        self.watch()
        self.conn.defineXML(XML).create()
        waiting.wait_for(lambda: not self.queue._dispatcher.is_alive(), 'the end')

    def test_loop_runs_until_those_who_compare_have_let_go(self):
        asked, go_on, alive = threading.Event(), threading.Event(), []
        self.addCleanup(go_on.set)
        release = eventqueue.LOOP.release

        def states_of(conn):
            asked.set()
            go_on.wait(10)
            return {}
        self.queue._states_of = states_of
        self.useFixture(fixtures.MockPatchObject(
            eventqueue.LOOP, 'release', side_effect=lambda: (
                alive.append(settler.is_alive()), release())))
        self.queue.watch(self.conn)
        self.queue.opened(self.conn)
        (settler,) = self.queue._settlers
        self.assertTrue(asked.wait(10))
        stopping = threading.Thread(target=self.queue.stop)
        stopping.start()
        waiting.wait_for(lambda: self.queue._wakeup is None, 'the end to begin')
        go_on.set()
        stopping.join(30)
        self.assertEqual([False], alive)

    def test_threads_and_descriptors_are_given_back(self):
        self.queue.stop()
        descriptors, threads = open_descriptors(), threading.active_count()
        for _ in range(100):
            self.queue.start()
            self.queue.stop()
        self.assertLessEqual(open_descriptors(), descriptors)
        self.assertLessEqual(threading.active_count(), threads)
