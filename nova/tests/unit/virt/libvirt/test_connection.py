# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import gc
import threading
from unittest import mock

import fixtures
import libvirt

from nova import exception
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.fixtures.libvirt import native
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit import base
from nova.virt.libvirt import connection
from nova.virt.libvirt import threads

URI = 'qemu:///system'


class ConnectionTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.fake = self.useFixture(fakelibvirt.FakeLibvirt())
        self.lost = []

    def make(self, **kwargs):
        kwargs.setdefault('opener', self.fake.open)
        made = connection.Connection(URI, on_lost=self.lost.append, **kwargs)
        self.addCleanup(made.close)
        return made

    def open_count(self):
        gc.collect()
        return len(self.fake.connections)


class GetTestCase(ConnectionTestCase):
    def test_one_connection_serves_all(self):
        conn = self.make()
        self.assertIs(conn.get(), conn.get())
        self.assertEqual(1, self.fake.faults.count('openAuth'))

    def test_live_connection_costs_no_call(self):
        conn = self.make()
        conn.get()
        before = len(self.fake.faults.calls)
        conn.get()
        self.assertEqual(before, len(self.fake.faults.calls))

    def test_caller_that_looked_too_early_gets_the_new_connection(self):
        conn = self.make()
        first = conn.get()
        self.assertIs(first, conn._reopened())
        self.assertEqual(1, self.fake.faults.count('openAuth'))

    def test_callers_that_race_for_a_new_connection_all_get_one(self):
        self.useFixture(fixtures.MockPatchObject(connection, 'SHORT_LIFE_S', 0))
        conn = self.make()
        for _ in range(50):
            self.fake.lose_connections()
            got = []
            threads = [threading.Thread(target=lambda got=got: got.append(conn.get()))
                       for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(10)
            self.assertEqual(4, len(got))

    def test_read_only_connection_is_opened_so(self):
        codes = [
            self.assertRaises(libvirt.libvirtError, conn.get().defineXML,
                              '<domain').get_error_code()
            for conn in (self.make(read_only=True), self.make())]
        self.assertEqual(
            [libvirt.VIR_ERR_OPERATION_DENIED, libvirt.VIR_ERR_XML_DETAIL], codes)

    def test_refused_connection_is_an_unavailable_hypervisor(self):
        self.fake.stop_daemon()
        error = self.assertRaises(exception.HypervisorUnavailable, self.make().get)
        self.assertIn('Connection refused', str(error))
        self.assertIsInstance(error.__cause__, libvirt.libvirtError)

    def test_next_call_tries_again(self):
        conn = self.make()
        self.fake.stop_daemon()
        self.assertRaises(exception.HypervisorUnavailable, conn.get)
        self.fake.start_daemon()
        self.assertTrue(conn.get().isAlive())

    def test_credentials_are_never_made_up(self):
        asked = []

        def opener(uri, auth, flags):
            asked.append(auth[1]([['any']], None))
            return self.fake.open(uri, auth, flags)
        self.make(opener=opener).get()
        self.assertEqual([-1], asked)

    def test_credentials_come_from_who_is_asked_to_give_them(self):
        def opener(uri, auth, flags):
            asked = [[libvirt.VIR_CRED_PASSPHRASE, 'Password', '', '', None]]
            given.append((auth[1](asked, None), asked[0][-1]))
            return self.fake.open(uri, auth, flags)

        def answer(creds, opaque):
            creds[0][-1] = 'secret'
            return 0
        given = []
        self.make(opener=opener, auth_callback=answer).get()
        self.assertEqual([(0, 'secret')], given)

    def test_driver_without_keepalive_will_do(self):
        self.fake.faults.fail('setKeepAlive', libvirt.VIR_ERR_NO_SUPPORT)
        self.assertTrue(self.make().get().isAlive())

    def test_connection_that_is_lost_while_it_is_opened_is_none(self):
        self.fake.faults.fail('setKeepAlive', libvirt.VIR_ERR_INTERNAL_ERROR,
                              domain=libvirt.VIR_FROM_RPC)
        conn = self.make(keepalive=connection.KeepAlive())
        self.assertRaises(exception.HypervisorUnavailable, conn.get)
        self.assertTrue(conn.get().isAlive())
        self.assertEqual(2, self.fake.faults.count('openAuth'))

    def test_keepalive_is_for_other_machines(self):
        found = [connection.default_keepalive(uri) for uri in (
            'qemu:///system', 'qemu+unix:///system?socket=/x', 'qemu+tcp://a/system')]
        self.assertEqual(
            [None, None, connection.KeepAlive(interval_s=5, count=5)], found)

    def test_nudge_is_answered_over_a_connection_that_lives(self):
        conn = self.make()
        answers = [conn._nudge()]
        conn.get()
        answers.append(conn._nudge())
        self.fake.faults.fail('getLibVersion')
        answers.append(conn._nudge())
        self.assertEqual([False, True, False], answers)

    def test_keepalive_is_what_was_asked(self):
        seen = []

        def opener(uri, auth, flags):
            conn = self.fake.open(uri, auth, flags)
            conn.setKeepAlive = lambda *args: seen.append(args)
            return conn
        self.make(opener=opener, keepalive=connection.KeepAlive(3, 4)).get()
        self.assertEqual([(3, 4)], seen)

    def test_failure_to_register_leaves_no_connection(self):
        def fail(conn):
            raise ValueError('no')
        self.assertRaises(ValueError, self.make(on_open=fail).get)
        self.assertEqual(0, self.open_count())

    def test_error_of_a_failed_opening_keeps_no_connection(self):
        def fail(conn):
            listed = conn.listAllDomains(0)
            raise ValueError(listed)
        error = self.assertRaises(ValueError, self.make(on_open=fail).get)
        self.assertEqual(0, self.open_count())
        self.assertIsNotNone(error.__traceback__)

    def test_no_thread_to_be_had_is_an_unavailable_hypervisor_for_now(self):
        conn = self.make()
        with fixtures.MockPatchObject(
                threads, 'start', side_effect=RuntimeError("can't start new thread")):
            error = self.assertRaises(exception.HypervisorUnavailable, conn.get)
            self.assertTrue(conn.reconnect())
        self.assertIn("can't start new thread", str(error))
        self.assertTrue(conn.get().isAlive())
        self.fake.stop_daemon()
        self.assertTrue(conn.reconnect())
        self.fake.start_daemon()
        waiting.wait_for(lambda: conn._test_connection(conn._link), 'a connection')

    def test_attempt_that_is_interrupted_ends_for_those_who_wait(self):
        def interrupt(conn):
            raise SystemExit
        for hook in ('on_open', 'on_ready'):
            conn = self.make(open_timeout_s=5, **{hook: interrupt})
            error = self.assertRaises(exception.HypervisorUnavailable, conn.get)
            self.assertNotIn('no answer', str(error))

    def test_no_thread_to_give_up_the_old_one_keeps_nobody_from_a_new_one(self):
        conn = self.make()
        conn.get()
        self.fake.lose_connections()
        waiting.wait_for(lambda: self.lost, 'the loss')
        start, refused = threads.start, []

        def once(target, *args):
            if target == conn._give_up and not refused:
                refused.append(1)
                raise RuntimeError("can't start new thread")
            return start(target, *args)
        with fixtures.MockPatchObject(threads, 'start', once):
            self.assertTrue(conn.get().isAlive())
        self.assertEqual([1], refused)
        waiting.wait_for(lambda: self.open_count() == 1, 'the end of the old one')


class HangingTestCase(ConnectionTestCase):
    def test_opening_that_hangs_is_given_up_after_its_time(self):
        self.fake.faults.hang('openAuth')
        conn = self.make(open_timeout_s=0.05)
        error = self.assertRaises(exception.HypervisorUnavailable, conn.get)
        self.assertIn('no answer', str(error))

    def test_all_wait_for_the_same_opening(self):
        release = self.fake.faults.hang('openAuth')
        conn, got = self.make(), []
        threads = [threading.Thread(target=lambda: got.append(conn.get()))
                   for _ in range(5)]
        for thread in threads:
            thread.start()
        waiting.wait_for(lambda: self.fake.faults.count('openAuth'), 'opening')
        release.set()
        for thread in threads:
            thread.join(10)
        self.assertEqual(1, len({id(each) for each in got}))
        self.assertEqual((5, 1), (len(got), self.fake.faults.count('openAuth')))

    def test_attempt_from_before_the_daemon_came_back_is_not_the_last(self):
        release, attempts, outcomes = native.threading.Event(), [], []

        def opener(uri, auth, flags):
            attempts.append(uri)
            if len(attempts) > 1:
                return self.fake.open(uri, auth, flags)
            release.wait(10)
            raise fakelibvirt.make_error(libvirt.VIR_ERR_SYSTEM_ERROR, 'refused')
        conn = self.make(opener=opener)

        def get():
            try:
                outcomes.append(conn.get().isAlive())
            except exception.HypervisorUnavailable:
                outcomes.append('refused')
        threads = [threading.Thread(target=get) for _ in range(3)]
        threads[0].start()
        waiting.wait_for(lambda: attempts, 'opening')
        with mock.patch.object(conn, '_current_attempt',
                               side_effect=conn._current_attempt) as joined:
            for thread in threads[1:]:
                thread.start()
            waiting.wait_for(lambda: joined.call_count == 2, 'the other callers')
            release.set()
            for thread in threads:
                thread.join(10)
        self.assertEqual(['1', '1', 'refused'], sorted(map(str, outcomes)))
        self.assertEqual(2, len(attempts))

    def test_connection_opened_too_late_is_used_when_it_comes(self):
        release = self.fake.faults.hang('openAuth')
        conn = self.make(open_timeout_s=0.05)
        self.assertRaises(exception.HypervisorUnavailable, conn.get)
        release.set()
        waiting.wait_for(lambda: conn._link is not None, 'the late connection')
        self.assertTrue(conn.get().isAlive())
        self.assertEqual(1, self.fake.faults.count('openAuth'))

    def test_connection_opened_after_the_end_is_closed(self):
        release = self.fake.faults.hang('openAuth')
        conn = self.make(open_timeout_s=0.05)
        self.assertRaises(exception.HypervisorUnavailable, conn.get)
        conn.close()
        release.set()
        waiting.wait_for(
            lambda: conn._attempt is None and self.open_count() == 0, 'the end')


class LosingTestCase(ConnectionTestCase):
    def test_loss_is_told_with_its_reason(self):
        self.make().get()
        self.fake.lose_connections(libvirt.VIR_CONNECT_CLOSE_REASON_KEEPALIVE)
        self.assertEqual(['libvirt does not answer'], self.lost)

    def test_connection_that_is_lost_while_it_is_announced(self):
        losses = [self.fake.lose_connections]

        def ready(conn):
            if losses:
                losses.pop()()
        self.make(on_ready=ready).get()
        self.assertEqual(['libvirt closed the connection', 'it was lost at once'],
                         self.lost)

    def test_one_reconnects_for_all_who_ask_for_it(self):
        conn = self.make()
        conn.get()
        self.fake.stop_daemon()
        with fixtures.MockPatchObject(threads, 'start') as start:
            self.assertEqual([True] * 3, [conn.reconnect() for _each in range(3)])
        self.assertEqual(1, start.mock.call_count)

    def test_lost_connection_is_replaced(self):
        conn = self.make()
        first = conn.get()
        self.fake.lose_connections()
        self.assertIsNot(first, conn.get())
        del first
        waiting.wait_for(lambda: self.open_count() == 1, 'the lost one to be freed')

    def test_callers_see_each_connection_announced_before_they_get_it(self):
        opened, ready, closed = [], [], []
        conn = self.make(on_open=lambda c: opened.append(id(c)),
                         on_ready=lambda c: ready.append(id(c)),
                         on_close=lambda c: closed.append(id(c)))
        first = id(conn.get())
        self.assertEqual(([first], [first], []), (opened, ready, closed))
        self.fake.lose_connections()
        conn.get()
        waiting.wait_for(lambda: closed == [first], 'the first to be given up')
        self.assertEqual(2, len(ready))

    def test_suspect_error_ends_a_connection(self):
        conn = self.make()
        first = conn.get()
        conn.suspect(first, fakelibvirt.make_error(
            libvirt.VIR_ERR_INTERNAL_ERROR, 'x', libvirt.VIR_FROM_RPC))
        # Nobody has to ask for it.
        waiting.wait_for(lambda: self.fake.faults.count('openAuth') == 2, 'another')
        self.assertIsNot(first, conn.get())

    def test_suspect_error_of_an_earlier_connection_ends_no_later_one(self):
        conn = self.make()
        first = conn.get()
        self.fake.lose_connections()
        second = conn.get()
        conn.suspect(first, fakelibvirt.make_error(
            libvirt.VIR_ERR_INTERNAL_ERROR, 'x', libvirt.VIR_FROM_RPC))
        self.assertIs(second, conn.get())

    def test_failure_to_announce_is_told_and_another_is_opened(self):
        failures = [ValueError('no')]

        def ready(conn):
            if failures:
                raise failures.pop()
        conn = self.make(on_ready=ready, open_timeout_s=10)
        self.assertRaises(ValueError, conn.get)
        self.assertTrue(conn.get().isAlive())
        self.assertEqual(2, self.fake.faults.count('openAuth'))

    def test_pauses_grow_between_connections_that_are_lost_at_once(self):
        conn = self.make()
        conn._closed = mock.Mock(conn._closed, wraps=conn._closed)
        conn._closed.wait.side_effect = lambda pause_s: None
        for _ in range(8):
            conn.get()
            self.fake.lose_connections()
        self.useFixture(fixtures.MockPatchObject(connection, 'SHORT_LIFE_S', 0))
        for _ in range(2):
            conn.get()
            self.fake.lose_connections()
        self.assertEqual([0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0],
                         [each.args[0] for each in conn._closed.wait.mock_calls])

    def test_pauses_grow_no_further_however_many_were_lost_at_once(self):
        conn = self.make(open_timeout_s=1)
        conn._closed = mock.Mock(conn._closed, wraps=conn._closed)
        conn._closed.wait.side_effect = lambda pause_s: None
        conn.get()
        conn._short_lives = 5000
        self.fake.lose_connections()
        self.assertTrue(conn.get().isAlive())

    def test_other_error_does_not(self):
        conn = self.make()
        first = conn.get()
        conn.suspect(
            first, fakelibvirt.make_error(libvirt.VIR_ERR_OPERATION_FAILED, 'x'))
        self.assertIs(first, conn.get())

    def test_reconnects_by_itself_once_the_daemon_is_back(self):
        ready = []
        conn = self.make(on_ready=ready.append)
        conn.get()
        self.fake.stop_daemon()
        self.assertTrue(conn.reconnect())
        tried = self.fake.faults.count('openAuth')
        waiting.wait_for(lambda: self.fake.faults.count('openAuth') > tried + 1,
                         'attempts')
        self.fake.start_daemon()
        waiting.wait_for(lambda: len(ready) == 2, 'the connection')

    def test_there_is_nothing_to_reconnect_while_it_lives(self):
        conn = self.make()
        conn.get()
        self.assertFalse(conn.reconnect())

    def test_attempts_end_when_it_is_closed(self):
        conn = self.make()
        self.fake.stop_daemon()
        conn.reconnect()
        conn.close()
        waiting.wait_for(lambda: not conn._reconnecting, 'the attempts to end')


class CloseTestCase(ConnectionTestCase):
    def test_nothing_stays_open(self):
        conn = self.make()
        conn.get()
        conn.close()
        self.assertEqual(0, self.open_count())

    def test_nothing_is_handed_out_afterwards(self):
        conn = self.make()
        conn.get()
        conn.close()
        self.assertRaises(exception.HypervisorUnavailable, conn.get)

    def test_call_under_way_keeps_its_connection(self):
        conn = self.make()
        used = conn.get()
        conn.close()
        self.assertEqual('fake-host', used.getHostname())

    def test_closing_is_no_loss(self):
        conn = self.make()
        conn.get()
        conn.close()
        self.fake.lose_connections()
        self.assertEqual([], self.lost)


class VersionTestCase(ConnectionTestCase):
    def test_versions_are_compared(self):
        has = self.make()._has_min_version
        self.assertTrue(has(9_000_000, 7_002_000, 'QEMU'))
        self.assertTrue(has())
        self.assertFalse(has(lv_ver=9_000_001))
        self.assertFalse(has(hv_ver=7_002_001))
        self.assertFalse(has(hv_type='Xen'))

    def test_versions_are_asked_once_per_connection(self):
        conn = self.make()
        conn._has_min_version(1)
        conn._has_min_version(2)
        self.assertEqual(1, self.fake.faults.count('getLibVersion'))
        self.fake.lose_connections()
        self.fake.machine.libvirt_version = 10_000_000
        self.assertTrue(conn._has_min_version(lv_ver=10_000_000))
