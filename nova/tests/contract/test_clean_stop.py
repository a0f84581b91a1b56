# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A Host that is started and stopped again and again leaves nothing running."""

import os

import fixtures
import libvirt
import testtools

from nova.tests.fixtures.libvirt import waiting
from nova.virt.libvirt import host as libvirt_host

CYCLES = 1000


def held():
    """Return how many threads and descriptors this process has."""
    return len(os.listdir('/proc/self/task')), len(os.listdir('/proc/self/fd'))


class CleanStopTestCase(testtools.TestCase):
    def setUp(self):
        super().setUp()
        self.useFixture(fixtures.FakeLogger(level=None))
        libvirt.registerErrorHandler(lambda *_: None, None)

    def cycle(self):
        host = libvirt_host.Host('test:///default')
        host.initialize()
        host.get_version()
        host.cleanup()

    def holds_no_more_than(self, before):
        return all(now <= then for now, then in zip(held(), before, strict=True))

    def test_threads_and_descriptors_are_given_back(self):
        for _ in range(10):  # threads that stay, as eventlet's pool does
            self.cycle()
        before = held()
        for _ in range(CYCLES):
            self.cycle()
        waiting.wait_for(lambda: self.holds_no_more_than(before),
                         f'no more than {before}, but {held()}')
