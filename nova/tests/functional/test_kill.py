# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""nova-compute is killed in the middle; after a restart the list is true."""

from nova.tests.functional import base
from nova.tests.functional import guests
from nova.tests.functional import node as node_lib
from nova.tests.functional import programs
from nova.tests.functional import waiting


class KillTest(base.FunctionalTestCase):

    def test_guests_run_on(self) -> None:
        node = self.start_node()
        server_id = node.boot()
        guest = guests.Guest(node, server_id)
        before = guest.domain_id()

        self.kill_and_restart(node)

        self.assertEqual('ACTIVE', node.api.server(server_id)['status'])
        self.assertEqual(before, guest.domain_id())

    def test_guest_that_ended_meanwhile(self) -> None:
        node = self.start_node()
        server_id = node.boot()
        node.kill()
        with node.libvirt() as connection:
            connection.lookupByUUIDString(server_id).destroy()

        node.start()

        node.api.wait_for_status(server_id, 'SHUTOFF')

    def test_while_the_disk_is_made(self) -> None:
        gate = self.useFixture(programs.Gate('qemu-img', 'create'))
        node = self.start_node(environment=gate.environment)
        server_id = node.create()
        waiting.until(gate.is_reached, 30, 'qemu-img is at work')

        node.kill()
        gate.open()
        node.start()

        self.assert_half_built_is_cleared(node, server_id)

    def test_when_the_domain_appears(self) -> None:
        node = self.start_node()
        server_id = node.create()
        waiting.until(node.domains, 30, 'the domain is there')

        self.kill_and_restart(node)

        shown = node.api.wait_for_status(server_id, 'ACTIVE', 'ERROR')
        if shown['status'] == 'ERROR':
            self.assert_half_built_is_cleared(node, server_id)
        else:  # the build was through: then the guest must really be there
            self.assertTrue(guests.Guest(node, server_id).is_active())

    def test_as_soon_as_a_build_is_accepted(self) -> None:
        node = self.start_node()
        server_id = node.create()

        self.kill_and_restart(node)

        shown = node.api.wait_for_status(server_id, 'ACTIVE', 'ERROR')
        if shown['status'] == 'ERROR':
            self.assert_half_built_is_cleared(node, server_id)

    def test_as_soon_as_a_delete_is_accepted(self) -> None:
        node = self.start_node()
        server_id = node.boot()
        self.assertEqual(204, node.api.delete(server_id).status_code)

        self.kill_and_restart(node)

        node.api.wait_gone(server_id)
        self.assertEqual({}, node.leftovers(server_id))

    def test_when_the_deleted_domain_is_gone(self) -> None:
        node = self.start_node()
        server_id = node.boot()
        node.api.delete(server_id)
        waiting.until(lambda: not node.processes(), 30, 'the guest is off')

        self.kill_and_restart(node)

        node.api.wait_gone(server_id)
        self.assertEqual({}, node.leftovers(server_id))

    def test_while_it_reboots(self) -> None:
        node = self.start_node()
        for kind in ('SOFT', 'HARD'):
            server_id = node.boot(kind)
            node.api.wait_for_console(server_id, guests.READY)
            answer = node.api.act(server_id, 'reboot', {'type': kind})
            self.assertEqual(202, answer.status_code)

            self.kill_and_restart(node)

            node.api.wait_for_status(server_id, 'ACTIVE')
            self.assertTrue(guests.Guest(node, server_id).is_active())

    def kill_and_restart(self, node: node_lib.Node) -> None:
        node.kill()
        node.start()

    def assert_half_built_is_cleared(
        self, node: node_lib.Node, server_id: str
    ) -> None:
        shown = node.api.wait_for_status(server_id, 'ERROR')
        self.assertTrue(shown['fault']['message'])
        self.assertEqual({}, node.leftovers())
        node.api.delete(server_id)
        node.api.wait_gone(server_id)
        self.assertEqual({}, node.leftovers(server_id))
