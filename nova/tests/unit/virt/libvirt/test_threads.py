# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from nova.tests.unit import base
from nova.virt.libvirt import threads


class WakeupTestCase(base.TestCase):
    def test_full_pipe_blocks_nobody(self):
        wakeup = threads.Wakeup()
        for _ in range(70_000):
            # As if the reader had just been about to read each time.
            wakeup._pending = False
            wakeup.wake()
        self.assertRaises(BlockingIOError, wakeup._os.write, wakeup._writer, b'x')
        self.assertTrue(wakeup.wait())
        wakeup.close_writer()
        wakeup.close_reader()

    def test_waking_after_the_end_does_nothing(self):
        wakeup = threads.Wakeup()
        wakeup.close_writer()
        wakeup.wake()
        wakeup.close_writer()
        self.assertFalse(wakeup.wait())
        wakeup.close_reader()
