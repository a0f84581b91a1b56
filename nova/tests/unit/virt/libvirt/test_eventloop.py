# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import fixtures
import libvirt

from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit import base
from nova.virt.libvirt import eventloop


class EventLoopTestCase(base.TestCase):
    def test_it_runs_as_long_as_anybody_holds_it(self):
        loop = eventloop.EventLoop()
        loop._registered = eventloop.LOOP._registered
        loop.acquire()
        loop.acquire()
        thread = loop._thread
        loop.release()
        self.assertTrue(thread.is_alive())
        loop.release()
        self.assertFalse(thread.is_alive())

    def test_all_its_lives_have_one_timer(self):
        loop = eventloop.EventLoop()
        loop._registered = eventloop.LOOP._registered
        add, added = libvirt.virEventAddTimeout, []

        def note(*args):
            added.append(args)
            return add(*args)
        self.useFixture(fixtures.MonkeyPatch('libvirt.virEventAddTimeout', note))
        for _ in range(3):
            loop.acquire()
            loop.release()
        self.assertEqual(1, len(added))

    def test_it_goes_on_after_a_failure(self):
        loop = eventloop.EventLoop()
        loop._registered = eventloop.LOOP._registered
        turn, turns = libvirt.virEventRunDefaultImpl, []

        def fail_first():
            turns.append(None)
            if len(turns) == 1:
                raise ValueError('broken')
            turn()
        self.useFixture(fixtures.MonkeyPatch(
            'libvirt.virEventRunDefaultImpl', fail_first))
        loop.acquire()
        thread = loop._thread
        waiting.wait_for(lambda: len(turns) > 1, 'the second turn')
        loop.release()
        self.assertFalse(thread.is_alive())
        self.assertNotIn('broken', self.logs.output)
        loop.report()
        self.assertIn('broken', self.logs.output)
