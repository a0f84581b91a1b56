# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A Host that is started and stopped again and again leaves nothing behind."""

import collections
import gc
import os

import fixtures
import libvirt
import testtools

from nova import utils
from nova.tests.contract import backends
from nova.tests.fixtures.libvirt import waiting
from nova.virt import event as virtevent
from nova.virt.libvirt import host as libvirt_host

TIMERS = () if utils.concurrency_mode_threading() else (
    utils.get_eventlet().hubs.timer.Timer,)


def held():
    """Return how many threads and descriptors this process has."""
    return len(os.listdir('/proc/self/task')), len(os.listdir('/proc/self/fd'))


def objects():
    """Return how many objects of each type there are that the collector knows."""
    gc.collect()
    return collections.Counter(
        type(each) for each in gc.get_objects() if not is_past(each))


def is_past(found):
    """Tell whether it is a timer that eventlet's hub has done with, or its entry.

    The hub lets go of them when there are a thousand.
    """
    if type(found) is tuple and len(found) == 2:
        found = found[1]
    return isinstance(found, TIMERS) and found.called


class ForgetfulConnection(libvirt.virConnect):
    """A connection of libvirt's test driver, which can close, and tells nobody.

    libvirt (9.0.0) takes close callbacks for it and never gives them back.
    """

    def registerCloseCallback(self, cb, opaque):
        pass


def open_test_driver(uri, auth, flags):
    """Open libvirt's test driver."""
    conn = libvirt.openAuth(uri, auth, flags)
    conn.__class__ = ForgetfulConnection
    return conn


class CleanStopTestCase(testtools.TestCase):
    def setUp(self):
        super().setUp()
        self.useFixture(fixtures.FakeLogger(level=None))
        libvirt.registerErrorHandler(lambda *_: None, None)

    def with_events(self):
        told = []
        host = libvirt_host.Host('test:///default', opener=open_test_driver,
                                 lifecycle_event_handler=told.append)
        host.initialize()
        domain = host.get_connection().lookupByName('test')
        with host.listener(virtevent.LifecycleEvent, domain.UUIDString()) as listener:
            for act in (domain.suspend, domain.resume):
                act()
                listener.wait(10)
        host.cleanup()

    def with_a_daemon(self):
        host = libvirt_host.Host(self.uri)
        host.initialize()
        host.get_version()
        host.cleanup()

    def holds_no_more_than(self, before):
        return all(now <= then for now, then in zip(held(), before, strict=True))

    def grown_since(self, before, few):
        """Return of which types there are many more objects."""
        return {kind.__qualname__: count
                for kind, count in (objects() - before).items() if count > few}

    def assert_gives_everything_back(self, cycle, cycles):
        for _ in range(10):  # threads that stay, as eventlet's pool does
            cycle()
        before, objects_before = held(), objects()
        for _ in range(cycles):
            cycle()
        waiting.wait_for(lambda: self.holds_no_more_than(before),
                         f'no more than {before}, but at first {held()}')
        # Other parts of the process may come to hold some more, and do not each time.
        waiting.wait_for(lambda: not self.grown_since(objects_before, cycles // 10),
                         f'{self.grown_since(objects_before, cycles // 10)}')

    def test_thousand_lives_leave_nothing(self):
        self.assert_gives_everything_back(self.with_events, 1000)

    def test_lives_with_a_daemon_leave_nothing(self):
        found, reason = backends.find_qemu()
        if found is None:
            self.skipTest(f'no usable QEMU: {reason}')
        self.uri = found.uri
        self.assert_gives_everything_back(self.with_a_daemon, 100)
