# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""nova-compute is killed in the middle; after a restart the list is true."""

from nova.tests.functional import base
from nova.tests.functional import guests
from nova.tests.functional import hypervisor
from nova.tests.functional import images
from nova.tests.functional import libvirtnetwork
from nova.tests.functional import programs
from nova.tests.functional import waiting


class KillTest(base.FunctionalTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.gate = self.useFixture(programs.Gate('qemu-img', 'create'))
        self.node = self.start_node(environment=self.gate.environment)

    def test_each(self) -> None:
        self.check_each(
            # It opens the gate.
            self.while_the_disk_is_made,
            self.as_soon_as_a_build_is_accepted,
            self.while_guests_reboot,
            self.while_guests_run_and_end)

    def while_the_disk_is_made(self) -> None:
        server_id = self.create()
        waiting.until(self.gate.is_reached, 30, 'qemu-img is at work')

        self.node.kill()
        self.gate.open()
        self.node.start()

        self.assert_half_built_is_cleared(server_id)

    def as_soon_as_a_build_is_accepted(self) -> None:
        server_id = self.create()

        self.kill_and_restart()

        shown = self.node.api.wait_for_status(server_id, 'ACTIVE', 'ERROR')
        if shown['status'] == 'ERROR':
            self.assert_half_built_is_cleared(server_id)
        else:
            self.delete(server_id)

    def while_guests_reboot(self) -> None:
        soft, hard = self.node.boot(), self.boot()
        self.node.api.wait_for_console(soft, guests.READY)
        for server_id, kind in ((soft, 'SOFT'), (hard, 'HARD')):
            answer = self.node.api.act(server_id, 'reboot', {'type': kind})
            self.assertEqual(202, answer.status_code)

        self.kill_and_restart()

        for server_id in (soft, hard):
            self.node.api.wait_for_status(server_id, 'ACTIVE')
            self.assertTrue(guests.Guest(self.node, server_id).is_active())

    def while_guests_run_and_end(self) -> None:
        lives, ends = self.boot(), self.boot()
        guest = guests.Guest(self.node, lives)
        before = guest.domain_id()

        self.node.kill()
        guests.Guest(self.node, ends).destroy()
        self.node.start()

        self.assertEqual('ACTIVE', self.node.api.server(lives)['status'])
        self.assertEqual(before, guest.domain_id())
        self.node.api.wait_for_status(ends, 'SHUTOFF')

    def create(self) -> str:
        return self.node.create(image=images.IDLE)

    def boot(self) -> str:
        return self.node.boot(image=images.IDLE)

    def kill_and_restart(self) -> None:
        self.node.kill()
        self.node.start()

    def assert_half_built_is_cleared(self, server_id: str) -> None:
        shown = self.node.api.wait_for_status(server_id, 'ERROR')
        self.assertTrue(shown['fault']['message'])
        self.assertEqual({}, self.node.leftovers())
        self.delete(server_id)

    def delete(self, server_id: str) -> None:
        self.node.api.delete(server_id)
        self.node.api.wait_gone(server_id)
        self.assertEqual({}, self.node.leftovers(server_id))


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

    def test_each(self) -> None:
        self.check_each(self.in_the_middle_of_builds, self.in_the_middle_of_deletions)

    def in_the_middle_of_builds(self) -> None:
        for has_begun in (self.network.left, self.node.processes):
            server_id = self.node.create(image=images.IDLE, networks='auto')
            waiting.until(has_begun, 30, 'the build is under way')

            self.kill_and_restart()

            self.assert_true(server_id)
            self.node.api.delete(server_id)
            self.node.api.wait_gone(server_id)
            self.assert_nothing_left(server_id)

    def in_the_middle_of_deletions(self) -> None:
        for has_begun in (lambda: True, lambda: not self.node.processes()):
            server_id = self.node.boot(image=images.IDLE, networks='auto')
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
