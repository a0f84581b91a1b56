# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A guest is started, reset, rebooted and ended, and hears or does not hear of it."""

import time

import libvirt

from nova.compute import power_state
from nova.tests.functional import tinyguest
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import guest as libvirt_guest

ACPI = libvirt_guest.Asking.ACPI
AGENT = libvirt_guest.Asking.AGENT
_BOOT_ID = 'cat /proc/sys/kernel/random/boot_id'
#: For what a guest does that was asked in the right way.
_TIMEOUT_S = 60


class PowerTest(tinyguest.TinyGuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        # With little memory for what it has translated, QEMU is twice as fast at
        # starting the machine anew.
        self.tiny = self.hypervisor.boot(
            features=[vconfig.LibvirtConfigGuestFeatureTCG(cache_size=16)])
        self.guest = self.tiny.guest

    def test_each_way_to_begin_and_to_end(self) -> None:
        self.starts_anew_in_the_same_process()
        self.shuts_down_by_its_agent()
        self.starts_paused()
        self.does_not_hear_and_then_does()
        self.is_ended()

    def starts_anew_in_the_same_process(self) -> None:
        before = self.tiny.pid
        seen = {self.tiny.run(_BOOT_ID)}
        for name, call, heard in (
                ('reset', self.guest.reset, ''),
                ('reboot by the power button', lambda: self.guest.reboot(by=ACPI),
                 'power button, shutting down'),
                ('reboot by the agent', lambda: self.guest.reboot(by=AGENT),
                 'shutdown -h -r')):
            call()
            printed = self.tiny.shell.wait_until_up(_TIMEOUT_S)
            self.tiny.wait_for_agent()
            seen.add(self.tiny.run(_BOOT_ID))
            self.assertIn(heard, printed, name)

        self.assertEqual(4, len(seen))
        self.assertEqual(before, self.tiny.pid)

    def shuts_down_by_its_agent(self) -> None:
        self.assertTrue(self.guest.shutdown_and_wait(_TIMEOUT_S, by=AGENT))
        self.assert_off(libvirt.VIR_DOMAIN_SHUTOFF_SHUTDOWN)
        self.assertTrue(self.guest.shutdown_and_wait(_TIMEOUT_S), 'off already')

    def starts_paused(self) -> None:
        self.guest.launch(pause=True)
        self.assertEqual(('prelaunch', power_state.PAUSED), self.states())
        shell = self.tiny.connect()
        self.guest.resume()
        shell.wait_until_up(_TIMEOUT_S)

    def does_not_hear_and_then_does(self) -> None:
        self.tiny.run('killall acpid')
        began = time.monotonic()
        self.assertFalse(
            self.guest.shutdown_and_wait(1, retry_interval_s=0.4, by=ACPI))
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(('running', power_state.RUNNING), self.states())
        self.tiny.run('acpid -l /dev/null')
        # It hears again some time after it was told to.
        self.assertTrue(self.guest.shutdown_and_wait(
            _TIMEOUT_S, retry_interval_s=0.5, by=ACPI))
        self.assert_off(libvirt.VIR_DOMAIN_SHUTOFF_SHUTDOWN)

    def is_ended(self) -> None:
        self.guest.launch()
        process = self.tiny.pid
        for _ in range(2):
            self.guest.poweroff()
            self.assert_off(libvirt.VIR_DOMAIN_SHUTOFF_DESTROYED)
        self.assertFalse(tinyguest.is_running(process))

    def states(self) -> tuple[str, int]:
        """What QEMU says, and what we say."""
        return (self.tiny.qemu_status(),
                self.guest.get_power_state(self.hypervisor.host))

    def assert_off(self, reason: int) -> None:
        self.assertEqual([libvirt.VIR_DOMAIN_SHUTOFF, reason],
                         self.tiny.domain.state())
        self.assertFalse(self.guest.is_active())
