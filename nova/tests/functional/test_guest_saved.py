# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A guest is paused, saved and restored, and goes on where it was."""

from nova.compute import power_state
from nova.tests.functional import tinyguest
from nova.tests.functional import waiting

_COUNTER = '(while :; do echo . >> /tmp/count; usleep 50000; done) & counter=$!'
_COUNT = 'wc -l < /tmp/count'


class SavedTest(tinyguest.TinyGuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.tiny = self.hypervisor.boot()
        self.guest = self.tiny.guest
        self.tiny.run(_COUNTER)

    def test_pause_save_and_restore(self) -> None:
        self.guest.pause()
        self.assertEqual(('paused', power_state.PAUSED), self.states())
        self.guest.resume()
        self.assertEqual(('running', power_state.RUNNING), self.states())
        self.wait_for_progress('resumed')

        boot_id = self.boot_id()
        process, counted = self.tiny.pid, self.count()
        self.guest.save_memory_state()
        self.assertEqual((False, True), self.kept())
        self.assertFalse(tinyguest.is_running(process))

        self.guest.launch()
        self.tiny.connect()
        self.assertEqual((True, False), self.kept())
        self.assertLessEqual(counted, self.count())
        self.wait_for_progress('restored')
        self.assertEqual(boot_id, self.boot_id())

        self.guest.save_memory_state()
        self.guest.discard_saved_memory()
        self.assertEqual((False, False), self.kept())
        self.guest.launch(pause=True)
        # Memory that comes from somewhere would be 'paused'.
        self.assertEqual('prelaunch', self.tiny.qemu_status())

    def states(self) -> tuple[str, int]:
        """What QEMU says, and what we say."""
        return (self.tiny.qemu_status(),
                self.guest.get_power_state(self.hypervisor.host))

    def kept(self) -> tuple[bool, bool]:
        return self.guest.is_active(), self.guest.has_saved_memory()

    def boot_id(self) -> str:
        return self.tiny.run('cat /proc/sys/kernel/random/boot_id')

    def count(self) -> int:
        return int(self.tiny.run(_COUNT))

    def wait_for_progress(self, when: str) -> None:
        before = self.count()
        waiting.until(lambda: self.count() > before, 10, f'the guest counts, {when}')
