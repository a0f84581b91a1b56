# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import gc
import threading
import weakref

import fixtures

from nova import utils
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit import base
from nova.virt.libvirt import threads
from nova.virt.libvirt import workers

NAME = 'worker-under-test'


class WorkersTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.go_on = threads.native('threading').Event()
        self.addCleanup(self.go_on.set)
        self.begun = []

    def make(self, most=2, kept=2):
        made = workers.Workers(most, kept, NAME)
        self.addCleanup(made.close)
        return made

    def hang(self, number):
        self.begun.append(number)
        self.go_on.wait(30)
        return number

    @staticmethod
    def running():
        return [thread for thread in threads.native('threading').enumerate()
                if thread.name == NAME]

    def ident(self, _nothing):
        return threads.native('threading').get_ident()

    def test_same_thread_serves_one_after_the_other(self):
        made = self.make()
        idents = set()
        for _ in range(10):
            answer = made.start(self.ident, None)
            self.assertTrue(answer.wait(30))
            idents.add(answer.result())
        self.assertEqual(1, len(idents))
        self.assertNotIn(self.ident(None), idents)

    def test_errors_are_raised_where_the_answer_is_taken(self):
        answer = self.make().start(lambda word: word.missing, 'x')
        self.assertTrue(answer.wait(30))
        self.assertRaises(AttributeError, answer.result)

    def test_what_is_beyond_waits_for_its_turn(self):
        made = self.make()
        answers = [made.start(self.hang, number) for number in range(5)]
        waiting.wait_for(lambda: len(self.begun) == 2, f'{self.begun}')
        self.assertFalse(made.has_free())
        self.assertFalse(answers[0].wait(0.01))
        self.assertEqual(2, len(self.running()))
        self.go_on.set()
        self.assertTrue(all(answer.wait(30) for answer in answers))
        self.assertEqual([0, 1, 2, 3, 4], [answer.result() for answer in answers])
        self.assertEqual({0, 1}, set(self.begun[:2]))
        self.assertTrue(made.has_free())

    def test_who_came_first_is_served_first(self):
        made = self.make(most=1)
        answers = [made.start(self.hang, number) for number in range(5)]
        self.go_on.set()
        self.assertTrue(all(answer.wait(30) for answer in answers))
        self.assertEqual([0, 1, 2, 3, 4], self.begun)

    def test_no_more_are_kept_than_is_said(self):
        made = self.make(most=5, kept=1)
        answers = [made.start(self.hang, number) for number in range(5)]
        waiting.wait_for(lambda: len(self.begun) == 5, f'{self.begun}')
        self.go_on.set()
        self.assertTrue(all(answer.wait(30) for answer in answers))
        waiting.wait_for(lambda: len(self.running()) == 1, f'{self.running()}')

    def test_at_the_end_all_end_after_what_was_started(self):
        made = self.make()
        answers = [made.start(self.hang, number) for number in range(4)]
        waiting.wait_for(lambda: len(self.begun) == 2, f'{self.begun}')
        made.close()
        self.go_on.set()
        self.assertTrue(all(answer.wait(30) for answer in answers))
        waiting.wait_for(lambda: not self.running(), f'{self.running()}')
        # Who comes later is served, and leaves no thread.
        self.assertTrue(made.start(self.hang, 5).wait(30))
        waiting.wait_for(lambda: not self.running(), f'{self.running()}')

    def test_no_thread_to_be_had_leaves_its_place_free(self):
        made = self.make(most=1)
        with fixtures.MockPatchObject(
                workers, '_Worker', side_effect=RuntimeError("can't start")):
            self.assertRaises(RuntimeError, made.start, self.hang, 0)
        self.go_on.set()
        self.assertTrue(made.start(self.hang, 1).wait(30))

    def test_native_threads_can_wait_too(self):
        made, found = self.make(), []

        def wait():
            answer = made.start(self.ident, None)
            found.append((answer.wait(30), answer.result()))
        thread = threads.native('threading').Thread(target=wait)
        thread.start()
        waiting.wait_for(lambda: not thread.is_alive(), 'its end')
        ((was_there, ident),) = found
        self.assertTrue(was_there)
        self.assertNotIn(ident, (None, self.ident(None), thread.ident))

    def test_others_go_on_while_one_waits(self):
        made, answers, found = self.make(), [], []

        def wait():
            answers.append(made.start(self.hang, 1))
            found.append(answers[0].wait(None))
        waiter = threading.Thread(target=wait)
        waiter.start()
        waiting.wait_for(lambda: self.begun, 'its beginning')
        self.assertEqual([], found)
        self.go_on.set()
        waiter.join(30)
        self.assertEqual(([True], 1), (found, answers[0].result()))

    def test_answers_come_to_greenlets_only_in_the_hubs_thread(self):
        green = not utils.concurrency_mode_threading()
        answer = self.make().start(self.ident, None)
        self.assertEqual(green, isinstance(answer, workers._GreenAnswer))


class MailTestCase(base.TestCase):
    """What brings answers to greenlets."""

    def setUp(self):
        super().setUp()
        if utils.concurrency_mode_threading():
            self.skipTest('answers come to native threads without it')
        self.made = workers.Workers(2, 2, NAME)
        self.addCleanup(self.made.close)

    def test_greenlets_that_come_first_together_share_it(self):
        self.useFixture(fixtures.MockPatchObject(workers, '_mail', None))
        mails, found = [], []

        class Mail(workers._Mail):
            def __init__(self):
                super().__init__()
                mails.append(self)

        def ask(number):
            answer = self.made.start(lambda given: given, number)
            found.append((answer.wait(30), answer.result()))
        self.useFixture(fixtures.MockPatchObject(workers, '_Mail', Mail))
        callers = [threading.Thread(target=ask, args=(n,)) for n in range(5)]
        for each in callers:
            each.start()
        for each in callers:
            each.join(30)
        self.assertEqual([(True, n) for n in range(5)], sorted(found))
        self.assertEqual(1, len(mails))
        mails[0]._wakeup.close_writer()

    def test_end_of_it_is_not_the_end_of_answers(self):
        self.assertTrue(self.made.start(lambda _: None, None).wait(30))
        mail = workers._mail
        mail._wakeup.close_writer()
        waiting.wait_for(lambda: mail.has_ended, 'its end')
        answer = self.made.start(lambda given: given, 7)
        self.assertTrue(answer.wait(30))
        self.assertEqual(7, answer.result())
        self.assertIsNot(mail, workers._mail)

    def test_answer_that_is_there_but_not_told_is_no_late_one(self):
        self.assertTrue(self.made.start(lambda _: None, None).wait(30))
        with fixtures.MockPatchObject(workers._mail, 'post'):
            answer = self.made.start(lambda given: given, 7)
            self.assertTrue(answer.wait(0.3))
        self.assertEqual(7, answer.result())

    def test_who_is_interrupted_keeps_nothing_alive(self):
        """What libvirt handed out above all: that keeps a lost connection."""
        go_on = threads.native('threading').Event()
        self.addCleanup(go_on.set)

        class Handle:
            def hang(self, _nothing):
                go_on.wait(30)

        def call():
            handle = Handle()
            handles.append(weakref.ref(handle))
            self.made.start(handle.hang, None).wait(30)
        handles = []
        eventlet = utils.get_eventlet()
        caller = eventlet.spawn(call)
        waiting.wait_for(lambda: handles, 'the call')
        caller.kill()
        go_on.set()
        del caller

        def is_gone():
            gc.collect()
            return handles[0]() is None
        waiting.wait_for(is_gone, 'its end')
