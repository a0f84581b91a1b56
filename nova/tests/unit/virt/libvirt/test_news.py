# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import threading

import fixtures

from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit import base
from nova.virt.libvirt import news

LOST, BACK = (False, 'why'), (True, None)


class NewsTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.news.FIRST_PAUSE_S', 0.01))
        self.told: list[tuple[bool, str | None]] = []
        self.failing: list[BaseException] = []
        self.going_on = threading.Event()
        self.going_on.set()
        self.ended = threading.Event()
        self.news = news.News(self.note, self.ended)
        self.addCleanup(self.news.join, 10)
        self.addCleanup(self.ended.set)
        self.addCleanup(self.going_on.set)

    def note(self, *what: object) -> None:
        self.told.append(what)
        if self.failing:
            raise self.failing.pop()
        self.going_on.wait(60)

    def wait_told(self, *what: tuple[bool, str | None]) -> None:
        waiting.wait_for(lambda: len(self.told) >= len(what), f'{what}')
        self.assertEqual(list(what), self.told)

    def test_all_are_told_in_order_and_nobody_waits(self) -> None:
        self.going_on.clear()
        for each in (LOST, BACK) * 5:
            self.news.tell(*each)
        self.wait_told(LOST)
        self.going_on.set()
        self.wait_told(*[LOST, BACK] * 5)
        waiting.wait_for(lambda: self.news._thread is None, 'the end of the thread')
        self.news.tell(*LOST)
        self.wait_told(*[LOST, BACK] * 5, LOST)

    def test_what_fails_is_told_again(self) -> None:
        self.failing = [ValueError('database'), OSError('database')]
        self.news.tell(*BACK)
        self.wait_told(BACK, BACK, BACK)
        self.assertEqual(1, self.logs.output.count('A listener failed'))
        self.assertIn('OSError: database', self.logs.output)

    def test_what_fails_gives_way_to_later_news(self) -> None:
        self.failing = [ValueError('database')]
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.news.FIRST_PAUSE_S', 0.2))
        self.news.tell(*LOST)
        self.wait_told(LOST)
        self.news.tell(*BACK)
        self.wait_told(LOST, BACK)

    def test_later_news_are_told_after_the_thread_was_killed(self) -> None:
        self.failing = [SystemExit()]
        self.news.tell(*LOST)
        waiting.wait_for(lambda: not self.news._thread.is_alive(), 'its end')
        self.news.tell(*BACK)
        self.wait_told(LOST, BACK)

    def test_nothing_is_told_after_the_end(self) -> None:
        self.failing = [ValueError('database')] * 1000
        self.news.tell(*LOST)
        waiting.wait_for(lambda: self.told, 'the first attempt')
        self.ended.set()
        self.news.join(10)
        self.assertIsNone(self.news._thread)
        self.news.tell(*BACK)
        self.news.join(10)
        self.assertNotIn(BACK, self.told)

    def test_handler_may_wait_for_the_end(self) -> None:
        def end(*what: object) -> None:
            self.ended.set()
            self.news.join(60)
            self.told.append(what)
        self.news._handler = end
        self.news.tell(*LOST)
        self.wait_told(LOST)
