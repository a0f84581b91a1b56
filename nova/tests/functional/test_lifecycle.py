# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a user does with a server shows in the domain and in the guest."""

import libvirt

from nova.tests.functional import base
from nova.tests.functional import guests


class LifecycleTest(base.FunctionalTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.node = self.start_node()
        self.server_id = self.node.boot()
        self.guest = guests.Guest(self.node, self.server_id)

    def test_from_creation_to_deletion(self) -> None:
        self.pause_and_unpause()
        self.wrong_state_is_a_conflict()
        self.stop_asks_the_guest_and_start_boots_it()
        self.soft_reboot_asks_the_guest()
        self.hard_reboot_does_not_ask()
        self.delete_leaves_nothing()

    def pause_and_unpause(self) -> None:
        self.act('pause')
        self.node.api.wait_for_status(self.server_id, 'PAUSED')
        self.assertEqual(libvirt.VIR_DOMAIN_PAUSED, self.guest.state())

        self.act('unpause')

        self.node.api.wait_for_status(self.server_id, 'ACTIVE')
        self.assertEqual(libvirt.VIR_DOMAIN_RUNNING, self.guest.state())
        path = f'/servers/{self.server_id}/os-instance-actions'
        actions = self.node.api.get(path)['instanceActions']
        self.assertEqual(
            ['unpause', 'pause', 'create'], [action['action'] for action in actions]
        )

    def wrong_state_is_a_conflict(self) -> None:
        for action in ('os-start', 'unpause'):
            answer = self.node.api.act(self.server_id, action)

            self.assertEqual(409, answer.status_code, action)
            message = answer.json()['conflictingRequest']['message']
            self.assertIn(self.server_id, message)
        self.assertEqual(libvirt.VIR_DOMAIN_RUNNING, self.guest.state())

    def stop_asks_the_guest_and_start_boots_it(self) -> None:
        self.node.api.wait_for_console(self.server_id, guests.READY)
        self.act('os-stop')

        shown = self.node.api.wait_for_status(self.server_id, 'SHUTOFF')

        self.assertEqual(4, shown['OS-EXT-STS:power_state'])
        self.assertEqual(libvirt.VIR_DOMAIN_SHUTOFF, self.guest.state())
        self.assertEqual('shutdown', self.guest.last_stop_reason())

        self.act('os-start')

        self.node.api.wait_for_status(self.server_id, 'ACTIVE')
        self.node.api.wait_for_console(self.server_id, guests.READY)

    def soft_reboot_asks_the_guest(self) -> None:
        before = self.guest.domain_id()

        self.act('reboot', {'type': 'SOFT'})

        self.node.api.wait_for_status(self.server_id, 'ACTIVE')
        self.assertNotEqual(before, self.guest.domain_id())
        self.assertEqual('shutdown', self.guest.last_stop_reason())

    def hard_reboot_does_not_ask(self) -> None:
        before = self.guest.domain_id()

        self.act('reboot', {'type': 'HARD'})

        self.node.api.wait_for_status(self.server_id, 'ACTIVE')
        self.assertNotEqual(before, self.guest.domain_id())
        self.assertEqual('destroyed', self.guest.last_stop_reason())
        self.node.api.wait_for_console(self.server_id, guests.READY)

    def delete_leaves_nothing(self) -> None:
        self.assertEqual(204, self.node.api.delete(self.server_id).status_code)

        self.node.api.wait_gone(self.server_id)
        self.assertEqual({}, self.node.leftovers(self.server_id))

    def act(self, action: str, value: object = None) -> None:
        answer = self.node.api.act(self.server_id, action, value)
        self.assertEqual(202, answer.status_code, answer.text)
