# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import contextlib
import threading
import time

import fixtures
import libvirt

from nova import exception
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit import base
from nova.virt.libvirt import calls
from nova.virt.libvirt import errors
from nova.virt.libvirt import threads


class Domain(libvirt.virDomain):
    """A domain that is nowhere."""

    def __init__(self, name='one'):
        self._name = name

    def __del__(self):
        pass

    def name(self):
        return self._name

    def connect(self):
        return Connection()

    def state(self, flags=0):
        return [1, flags]


class Connection(libvirt.virConnect):
    """A connection whose calls hang until they are let go."""

    def __init__(self):
        # What hangs is libvirt, in a native thread.
        self.go_on = threads.native('threading').Event()
        self.threads = []
        self.made = []

    def __del__(self):
        pass

    def hang(self, *args):
        self.made.append(args)
        self.go_on.wait(60)
        return 'late'

    def migrateToURI3(self):
        return self.hang()

    def ident(self):
        return threads.native('threading').get_ident()

    def unregisterCloseCallback(self):
        return 'freed'

    def fail(self):
        raise libvirt.libvirtError('no')

    def lookup(self):
        return Domain()

    def listAllDomains(self, flags):
        return [Domain('one'), Domain('two')]

    def getAllDomainStats(self, flags):
        return [(Domain('one'), {'state.state': 1})]

    def kinds_of(self, domain, domains):
        return [type(each).__name__ for each in (domain, *domains)]

    def getCPUMap(self, flags):
        return 2, [True, False], 1


class CallsTestCase(base.TestCase):
    answers_nudges = True

    def setUp(self):
        super().setUp()
        self.conn = Connection()
        self.addCleanup(self.conn.go_on.set)

    def make(self, deadline_s=30):
        made = calls.Calls(deadline_s)
        self.addCleanup(made.close)
        return made, made.wrap(self.conn)

    def wait_for_none_late(self, made):
        self.conn.go_on.set()
        waiting.wait_for(lambda: not made.late, f'{made.late}')

    # Making them

    def test_calls_leave_the_thread_of_the_caller(self):
        _made, conn = self.make()
        self.assertNotEqual(self.conn.ident(), conn.ident())

    def test_errors_come_out(self):
        _made, conn = self.make()
        self.assertRaises(libvirt.libvirtError, conn.fail)

    def test_libvirts_objects_are_wrapped(self):
        _made, conn = self.make()
        (domain, stats), = conn.getAllDomainStats(0)
        found = [conn.lookup(), *conn.listAllDomains(0), domain.connect().lookup()]
        self.assertEqual(['one', 'one', 'two', 'one'],
                         [item.name() for item in found])
        self.assertEqual([[1, 7]] * 4, [item.state(7) for item in found])
        self.assertEqual({'state.state': 1}, stats)
        self.assertNotIn(Domain, [type(item) for item in found])

    def test_libvirt_gets_its_own_objects_back(self):
        _made, conn = self.make()
        domain = conn.lookup()
        self.assertEqual(['Domain', 'Domain'], conn.kinds_of(domain, [domain]))
        self.assertEqual(['Domain', 'Domain'],
                         conn.kinds_of(domain=domain, domains=[domain]))

    def test_data_comes_out_as_it_is(self):
        _made, conn = self.make()
        self.assertEqual((2, [True, False], 1), conn.getCPUMap(0))

    def test_what_is_known_here_is_not_handed_over(self):
        made, conn = self.make()
        domain = conn.lookup()
        made.run = None
        self.assertEqual('one', domain.name())

    def test_wrapped_objects_are_equal_as_libvirts_are(self):
        made, _conn = self.make()
        domain = Domain()
        self.assertEqual(made.wrap(domain), made.wrap(domain))
        self.assertEqual(hash(made.wrap(domain)), hash(domain))
        self.assertNotEqual(made.wrap(domain), made.wrap(Domain()))

    def test_others_are_called_as_a_known_object_is(self):
        made, conn = self.make()
        self.assertNotEqual(self.conn.ident(), calls.beside(conn, self.conn).ident())
        self.assertIs(self.conn, calls.beside(self.conn, self.conn))

    def test_several_calls_at_once_are_made_in_one_thread_with_libvirts_own(self):
        made, conn = self.make()
        idents, kind = calls.at_once(
            conn, 'both', lambda bare, kind: ({bare.ident(), bare.ident()}, kind), 'k')
        self.assertEqual(1, len(idents))
        self.assertNotIn(self.conn.ident(), idents)
        self.assertEqual('k', kind)
        self.assertIs(self.conn, calls.at_once(self.conn, 'one', lambda bare: bare))

    # Turns

    def run_together(self, made, function, times):
        callers = [threading.Thread(target=made.run, args=('each', function),
                                    daemon=True) for _ in range(times)]
        for each in callers:
            each.start()
        for each in callers:
            each.join(30)
        self.assertEqual([], [each for each in callers if each.is_alive()])

    def test_short_calls_are_made_one_after_the_other(self):
        made, _conn = self.make()
        self.useFixture(fixtures.MockPatchObject(calls, 'LONG_S', 30))
        under_way, most = [], []

        def short():
            under_way.append(1)
            most.append(len(under_way))
            threads.native('time').sleep(0)  # lets the others go
            under_way.pop()
        self.run_together(made, short, 8)
        self.assertEqual([1] * 8, most)

    def test_who_comes_behind_long_calls_passes_them_by(self):
        made, conn = self.make()
        hanging = self.hang(conn, 3)
        found = []
        self.run_together(made, lambda: found.append(1), 8)
        self.assertEqual([1] * 8, found)
        self.conn.go_on.set()
        for each in hanging:
            each.join(30)
        # Nobody is passed by any more.
        with made._turns.turn():
            self.assertTrue(made._turns._turn.lock.locked())
        self.assertFalse(made._turns._turn.lock.locked())

    def test_many_short_calls_are_no_long_one(self):
        made, _conn = self.make()
        turns = made._turns
        self.useFixture(fixtures.MockPatchObject(calls, 'LONG_S', 0.2))
        first, waits = turns._turn, []

        def short():
            # All of them together take longer than a long call.
            threads.native('time').sleep(0.05)
            waits.append(turns._turn is first)
        self.run_together(made, short, 8)
        self.assertEqual([True] * 8, waits)

    def test_one_of_those_who_pass_by_makes_the_next_turn(self):
        native = threads.native('threading')
        turns = calls._Turns()
        turn, made = turns._turn, []
        turn.changed_at = 0
        both = native.Barrier(2, timeout=0.3)

        class Turn(calls._Turn):
            def __init__(self):
                super().__init__()
                made.append(1)
                with contextlib.suppress(native.BrokenBarrierError):
                    both.wait()
        self.useFixture(fixtures.MockPatchObject(calls, '_Turn', Turn))
        callers = [native.Thread(target=turns._pass_by, args=(turn,))
                   for _ in range(2)]
        for each in callers:
            each.start()
        for each in callers:
            each.join(30)
        self.assertEqual([1], made)

    def test_call_that_is_given_up_before_its_turn_is_never_made(self):
        made, conn = self.make()
        self.useFixture(fixtures.MockPatchObject(calls, 'LONG_S', 30))
        with made._turns.turn():
            self.assertRaises(errors.TooLate, made.run_within, 0.05, 'x', conn.hang)
            self.assertEqual(([], 0), (made.late, made._short.under_way))
        self.assertEqual('one', conn.lookup().name())
        self.assertEqual([], self.conn.made)

    # Nudging

    def nudged(self, deadline_s=30):
        self.nudges = []

        def nudge():
            self.nudges.append(self.conn.ident())
            return self.answers_nudges
        made = calls.Calls(deadline_s, nudge)
        self.addCleanup(made.close)
        return made, made.wrap(self.conn)

    def hang(self, conn, times, before=0):
        hanging = [threading.Thread(target=conn.hang, daemon=True)
                   for _ in range(times)]
        for each in hanging:
            each.start()
        waiting.wait_for(lambda: len(self.conn.made) == before + times, 'the calls')
        return hanging

    def test_calls_under_way_together_are_nudged_until_they_are_over(self):
        made, conn = self.nudged()
        hanging = self.hang(conn, 2)
        waiting.wait_for(lambda: len(self.nudges) > 2, 'nudges')
        self.assertNotIn(self.conn.ident(), self.nudges)
        self.conn.go_on.set()
        for each in hanging:
            each.join(30)
        self.assertEqual(set(), made._nudger._jobs)
        waiting.wait_for(lambda: not made._nudger._several.is_set(), 'the last one')

    def test_one_call_alone_is_not_nudged(self):
        made, conn = self.nudged()
        (hanging,) = self.hang(conn, 1)
        self.assertFalse(made._nudger._several.is_set())
        self.conn.go_on.set()
        hanging.join(30)
        for _ in range(3):
            conn.lookup()
        self.assertEqual([], self.nudges)

    def test_held_up_nudge_is_followed_by_others(self):
        go_on = threads.native('threading').Event()
        nudges = []

        def nudge():
            nudges.append(1)
            if len(nudges) == 1:
                go_on.wait(30)
        made = calls.Calls(30, nudge)
        self.addCleanup(made.close)
        self.addCleanup(go_on.set)
        self.hang(made.wrap(self.conn), 2)
        waiting.wait_for(lambda: len(nudges) > 3, 'nudges')

    # Calls that may take long

    def start_long(self, conn):
        self.answers = []

        def call():
            try:
                self.answers.append(conn.migrateToURI3())
            except exception.HypervisorUnavailable as ex:
                self.answers.append(ex)
        caller = threading.Thread(target=call, daemon=True)
        caller.start()
        waiting.wait_for(lambda: self.conn.made, 'the call')
        return caller

    def test_long_call_alone_goes_on_while_libvirt_answers_something(self):
        self.useFixture(fixtures.MockPatchObject(calls, 'PROBE_S', 0.02))
        made, conn = self.nudged(deadline_s=0.2)
        began = time.monotonic()
        caller = self.start_long(conn)
        waiting.wait_for(lambda: time.monotonic() - began > 0.5, 'its deadline twice')
        self.assertEqual([], self.answers)
        self.conn.go_on.set()
        caller.join(30)
        self.assertEqual(['late'], self.answers)
        # Each is kept, so the pace is that of the probes.
        self.assertIn(len(self.nudges), range(3, 30))

    def test_long_call_is_given_up_where_libvirt_answers_nothing_at_all(self):
        self.useFixture(fixtures.MockPatchObject(calls, 'PROBE_S', 0.02))
        made = calls.Calls(0.1, self.conn.go_on.wait)
        self.addCleanup(made.close)
        self.start_long(made.wrap(self.conn)).join(30)
        (answer,) = self.answers
        self.assertIsInstance(answer, errors.TooLate)
        self.assertIn('migrateToURI3 in 0.1 s', str(answer))
        self.assertEqual(['migrateToURI3'], made.late)
        self.wait_for_none_late(made)

    def test_long_call_is_given_up_where_nudges_find_no_connection(self):
        self.useFixture(fixtures.MockPatchObject(calls, 'PROBE_S', 0.02))
        self.answers_nudges = False
        made, conn = self.nudged(deadline_s=0.1)
        self.start_long(conn).join(30)
        self.assertIsInstance(self.answers[0], errors.TooLate)
        self.wait_for_none_late(made)

    def test_what_a_later_connection_answers_keeps_no_call_of_a_lost_one(self):
        self.useFixture(fixtures.MockPatchObject(calls, 'PROBE_S', 0.02))
        made, conn = self.nudged(deadline_s=0.1)
        caller = self.start_long(conn)
        made.disown()
        caller.join(30)
        self.assertIsInstance(self.answers[0], errors.TooLate)
        self.assertNotEqual([], self.nudges)
        self.wait_for_none_late(made)

    def test_long_calls_leave_the_short_ones_their_threads(self):
        made, conn = self.make()
        callers = [threading.Thread(target=conn.migrateToURI3, daemon=True)
                   for _ in range(calls.MAX_LATE + 10)]
        for caller in callers:
            caller.start()
        waiting.wait_for(lambda: len(self.conn.made) == len(callers), 'all of them')
        self.assertEqual('one', conn.lookup().name())
        self.conn.go_on.set()
        for caller in callers:
            caller.join(30)

    # Giving them up

    def make_late(self, made, conn):
        """Make one more late call: who gives up before its turn comes makes none."""
        late, error = len(made.late), None
        while len(made.late) == late:
            error = self.assertRaises(errors.TooLate, conn.hang)
        return error

    def test_calls_at_once_may_have_a_deadline_of_their_own(self):
        made, conn = self.make()
        error = self.assertRaises(
            errors.TooLate, calls.at_once, conn, 'both', lambda bare: bare.hang(),
            deadline_s=0.05)
        self.assertIn('both in 0.05 s', str(error))
        self.wait_for_none_late(made)

    def test_late_call_is_named(self):
        made, conn = self.make(deadline_s=0.05)
        error = self.make_late(made, conn)
        self.assertIn('hang in 0.05 s', str(error))
        self.assertEqual(['hang'], made.late)
        self.wait_for_none_late(made)

    def test_calls_go_on_beside_a_late_one(self):
        made, conn = self.make(deadline_s=0.05)
        self.make_late(made, conn)
        made.deadline_s = 30
        self.assertEqual('one', conn.lookup().name())
        self.wait_for_none_late(made)

    def test_too_many_late_calls_let_others_fail_at_once(self):
        made, conn = self.make(deadline_s=0.01)
        for _ in range(calls.MAX_LATE):
            self.make_late(made, conn)
        made.deadline_s = 60
        error = self.assertRaises(exception.HypervisorUnavailable, conn.lookup)
        self.assertIn('lookup was not called', str(error))
        self.assertIn('hang', str(error))
        self.wait_for_none_late(made)
        self.assertEqual('one', conn.lookup().name())

    def test_calls_under_way_count_as_soon_as_one_is_late(self):
        made, conn = self.make(deadline_s=30)
        callers = [threading.Thread(target=conn.hang, daemon=True)
                   for _ in range(calls.MAX_LATE - 1)]
        for caller in callers:
            caller.start()
        waiting.wait_for(lambda: len(self.conn.made) == len(callers), 'the calls')
        self.assertEqual('one', conn.lookup().name())
        made.deadline_s = 0.01
        self.make_late(made, conn)
        error = self.assertRaises(exception.HypervisorUnavailable, conn.lookup)
        self.assertIn('lookup was not called', str(error))
        self.conn.go_on.set()
        for caller in callers:
            caller.join(30)
        self.wait_for_none_late(made)
        made.deadline_s = 60
        self.assertEqual('one', conn.lookup().name())
        self.assertEqual(0, made._short.under_way)

    def test_what_frees_a_connection_is_called_whatever_is_late(self):
        made, conn = self.make(deadline_s=0.01)
        for _ in range(calls.MAX_LATE):
            self.make_late(made, conn)
        made.deadline_s = 30
        freed = []
        waiter = threading.Thread(
            target=lambda: freed.append(conn.unregisterCloseCallback()), daemon=True)
        waiter.start()
        waiting.wait_for(lambda: made._short.workers._waiting, 'it to wait')
        self.conn.go_on.set()
        waiter.join(30)
        self.assertEqual(['freed'], freed)

    def test_call_beyond_late_ones_waits_while_something_is_answered(self):
        made, conn = self.nudged(deadline_s=0.01)
        self.make_late(made, conn)
        made.deadline_s = 30
        before = len(self.conn.made)
        hanging = self.hang(conn, calls.MAX_LATE - 1, before)
        waiting.wait_for(lambda: self.nudges, 'a nudge')
        found = []
        waiter = threading.Thread(target=lambda: found.append(conn.lookup().name()),
                                  daemon=True)
        waiter.start()
        waiting.wait_for(lambda: made._short.workers._waiting, 'it to wait')
        self.conn.go_on.set()
        for each in (*hanging, waiter):
            each.join(30)
        self.assertEqual(['one'], found)

    def test_calls_under_way_are_bounded_before_one_is_late(self):
        made, conn = self.make()
        hanging = self.hang(conn, calls.MAX_LATE)
        error = self.assertRaises(
            errors.TooLate, made.run_within, 0.3, 'beyond', self.conn.hang)
        self.assertIn('beyond in 0.3 s', str(error))
        self.assertEqual((calls.MAX_LATE, []), (len(self.conn.made), made.late))
        waited = threading.Thread(target=conn.lookup, daemon=True)
        waited.start()
        self.conn.go_on.set()
        for each in (*hanging, waited):
            each.join(30)
            self.assertFalse(each.is_alive())
        # What was given up before its turn came is never made.
        self.assertEqual(calls.MAX_LATE, len(self.conn.made))
        self.assertEqual('one', conn.lookup().name())
        self.assertEqual(0, made._short.under_way)

    def test_caller_that_is_interrupted_leaves_a_late_call(self):
        made, conn = self.make()
        self.useFixture(fixtures.MockPatchObject(
            made, '_is_answered', side_effect=KeyboardInterrupt))
        self.assertRaises(KeyboardInterrupt, conn.hang)
        waiting.wait_for(lambda: self.conn.made or not made._short.under_way, 'either')
        self.wait_for_none_late(made)
        waiting.wait_for(lambda: not made._short.under_way, 'its end')

    def test_unlimited_calls_are_methods_of_libvirt(self):
        types = (libvirt.virConnect, libvirt.virDomain, libvirt.virDomainSnapshot)
        for name in (calls.UNLIMITED - {'qemuAgentCommand'} | calls.LOCAL - {'ID'}
                     | calls.FREEING):
            self.assertTrue(any(hasattr(kind, name) for kind in types), name)

    # Ending

    def test_nothing_of_it_remains(self):
        def running():
            return [thread for thread in threads.native('threading').enumerate()
                    if thread.name == 'libvirt-call']
        for _ in range(20):
            made, conn = self.make()
            conn.lookup()
            made.close()
        waiting.wait_for(lambda: not running(), f'{running()}')

    def test_call_that_finds_no_thread_leaves_nothing_behind(self):
        made, conn = self.nudged()
        self.useFixture(fixtures.MockPatchObject(
            made._short.workers, 'start',
            side_effect=RuntimeError("can't start new thread")))
        for _ in range(calls.MAX_LATE + 1):
            error = self.assertRaises(exception.HypervisorUnavailable, conn.lookup)
            self.assertIn("lookup was not called: can't start new thread", str(error))
        self.assertEqual((0, set()), (made._short.under_way, made._nudger._jobs))
