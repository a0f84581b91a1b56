# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a guest is asked for that hears nothing, or has nobody to answer."""

import time

from nova import exception
from nova.compute import power_state
from nova.tests.contract import backends
from nova.tests.contract import base
from nova.tests.contract import guests
from nova.tests.fixtures.libvirt import agent as fake_agent
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import guest as libvirt_guest

AGENT = libvirt_guest.Asking.AGENT


class RequestsContract(guests.GuestContract):

    def setUp(self) -> None:
        super().setUp()
        self.let_guest_ignore_us()

    def add_channel(self) -> None:
        """Give the guest a channel that no agent listens to."""
        self.guest.attach_device(vconfig.LibvirtConfigGuestChannel(
            type='unix', target_type='virtio', target_name=fake_agent.CHANNEL))
        if self.hypervisor is not None:
            self.hypervisor.find(self.uuid).agent.answers = False

    def test_shutdown_is_given_up_in_time(self):
        self.need(backends.IGNORES_REQUESTS)
        self.guest.launch()
        began = time.monotonic()

        self.assertFalse(self.guest.shutdown_and_wait(0.5, retry_interval_s=0.2))

        self.assertLess(time.monotonic() - began, 10)
        self.assertTrue(self.guest.is_active())

    def test_paused_guest_is_not_waited_for(self):
        self.need(backends.STARTS_PAUSED)
        self.guest.launch(pause=True)

        self.assertFalse(self.guest.shutdown_and_wait(60))
        self.assertEqual(power_state.PAUSED, self.guest.get_power_state(self.host))

    def test_guest_that_is_off(self):
        self.assertTrue(self.guest.shutdown_and_wait(60))
        self.assertRaises(exception.InternalError, self.guest.reboot)

    def test_reboot_does_not_wait(self):
        self.guest.launch()
        self.guest.reboot()

        self.assertTrue(self.guest.is_active())

    def test_without_a_channel_for_an_agent(self):
        self.need_calls('agentSetResponseTimeout')
        self.guest.launch()
        for call in (self.guest.freeze_filesystems, self.guest.thaw_filesystems,
                     self.guest.agent.set_time,
                     lambda: self.guest.set_user_password('root', 'secret')):
            self.assertRaises(exception.QemuGuestAgentNotEnabled, call)
        self.assertFalse(self.guest.agent.sync_guest_time())

    def test_agent_that_does_not_answer(self):
        self.need_calls('agentSetResponseTimeout')
        self.add_channel()
        self.guest.launch()
        began = time.monotonic()
        for call in (self.guest.agent.freeze_filesystems,
                     self.guest.agent.thaw_filesystems, self.guest.agent.set_time):
            self.assertRaises(exception.InternalError, call, timeout_s=1)
        self.assertFalse(self.guest.agent.sync_guest_time(timeout_s=1))
        self.assertFalse(self.guest.shutdown_and_wait(1, by=AGENT))

        self.assertLess(time.monotonic() - began, 20)


class TestRequestsOnFake(RequestsContract, base.OnFake):
    pass


class TestRequestsOnTestDriver(RequestsContract, base.OnTestDriver):
    pass


class TestRequestsOnQemu(RequestsContract, base.OnQemu):
    pass


del RequestsContract  # incomplete: not to be collected by itself
