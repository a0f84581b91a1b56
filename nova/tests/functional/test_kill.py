# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""nova-compute is killed in the middle; after a restart the list is true."""

from nova.tests.functional import base
from nova.tests.functional import guests
from nova.tests.functional import hypervisor
from nova.tests.functional import libvirtnetwork
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

    def test_as_soon_as_a_build_is_accepted(self) -> None:
        node = self.start_node()
        server_id = node.create()

        self.kill_and_restart(node)

        shown = node.api.wait_for_status(server_id, 'ACTIVE', 'ERROR')
        if shown['status'] == 'ERROR':
            self.assert_half_built_is_cleared(node, server_id)

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


class KillOnNetworkTest(base.FunctionalTestCase):
    """Servers have a port of a network: nothing of it is left either."""

    def setUp(self) -> None:
        reason = hypervisor.why_not()
        if reason:
            self.skipTest(reason)
        super().setUp()
        self.network = self.useFixture(libvirtnetwork.LibvirtNetwork())
        self.node = self.make_node()
        self.node.declare_networks(self.network.declaration)
        self.node.start()

    def test_in_the_middle_of_builds(self) -> None:
        for has_begun in (self.network.left, self.node.processes):
            server_id = self.node.create(networks='auto')
            waiting.until(has_begun, 30, 'the build is under way')

            self.kill_and_restart()

            self.assert_true(server_id)
            self.node.api.delete(server_id)
            self.node.api.wait_gone(server_id)
            self.assert_nothing_left(server_id)

    def test_in_the_middle_of_deletions(self) -> None:
        for has_begun in (lambda: True, lambda: not self.node.processes()):
            server_id = self.node.boot(networks='auto')
            self.assertEqual({'hosts', 'ports'}, set(self.network.left()))
            self.assertEqual(204, self.node.api.delete(server_id).status_code)
            waiting.until(has_begun, 30, 'the deletion is under way')

            self.kill_and_restart()

            self.node.api.wait_gone(server_id)
            self.assert_nothing_left(server_id)

    def kill_and_restart(self) -> None:
        self.node.kill()
        self.node.start()

    def assert_true(self, server_id: str) -> None:
        """Check that a server is there, or nothing of it but why it is not."""
        shown = self.node.api.wait_for_status(server_id, 'ACTIVE', 'ERROR')
        if shown['status'] == 'ACTIVE':
            self.assertTrue(guests.Guest(self.node, server_id).is_active())
            self.assertEqual({'hosts', 'ports'}, set(self.network.left()))
            return
        self.assertTrue(shown['fault']['message'])
        self.assert_nothing_left()
        self.assertNotIn('ports', self.node.rows(server_id))

    def assert_nothing_left(self, *server_ids: str) -> None:
        self.assertEqual({}, self.node.leftovers(*server_ids))
        self.assertEqual({}, self.network.left())
