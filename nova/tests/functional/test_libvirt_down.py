# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirt goes away under nova-compute, and comes back."""

from collections.abc import Iterator
import contextlib

from nova.tests.fixtures import privatelibvirtd
from nova.tests.functional import base
from nova.tests.functional import guests
from nova.tests.functional import images
from nova.tests.functional import waiting


class LibvirtDownTest(base.FunctionalTestCase):

    def setUp(self) -> None:
        super().setUp()
        reason = privatelibvirtd.why_not()
        if reason:
            self.skipTest(reason)
        self.libvirtd = self.useFixture(privatelibvirtd.PrivateLibvirtd())
        self.node = self.start_node(uri=self.libvirtd.uri)

    def test_each(self) -> None:
        self.check_each(
            self.build_fails_with_a_reason,
            self.service_is_disabled_while_it_is_down,
            self.goes_on_when_it_is_back,
            self.events_come_again,
            self.delete_while_it_is_down_is_not_lost)

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """Keep libvirt away, and in the end wait until the node has it again."""
        self.libvirtd.kill()
        try:
            yield
        finally:
            self.libvirtd.start()
        waiting.until(lambda: self.service() == ('enabled', None), 10, 'enabled')

    def service(self) -> tuple[str, str | None]:
        shown = self.node.api.get('/os-services')['services'][0]
        return shown['status'], shown['disabled_reason']

    def build_fails_with_a_reason(self) -> None:
        with self.down():
            server_id = self.node.create(image=images.IDLE)

            shown = self.node.api.wait_for_status(server_id, 'ERROR')
            self.assertIn('hypervisor', shown['fault']['message'].lower())
            self.assertEqual([], self.node.instance_files())
            self.assertEqual([], self.node.processes())
        self.delete(server_id)

    def service_is_disabled_while_it_is_down(self) -> None:
        self.assertEqual(('enabled', None), self.service())
        with self.down():
            waiting.until(lambda: self.service()[0] == 'disabled', 10, 'disabled')
            self.assertRegex(str(self.service()[1]), '^AUTO: libvirt')

    def goes_on_when_it_is_back(self) -> None:
        server_id = self.boot()
        guest = guests.Guest(self.node, server_id)
        before = guest.domain_id()
        self.libvirtd.kill()
        self.assertEqual('ACTIVE', self.node.api.server(server_id)['status'])

        self.libvirtd.start()

        second = self.boot()
        self.assertEqual(before, guest.domain_id())
        self.delete(second, server_id)

    def events_come_again(self) -> None:
        server_id = self.boot()
        with self.down():
            pass
        # That proves that all are connected again: libvirt finds its guests bit by bit.
        other = self.boot()

        guests.Guest(self.node, server_id).destroy()

        self.node.api.wait_for_status(server_id, 'SHUTOFF', timeout_s=10)
        self.delete(server_id, other)

    def delete_while_it_is_down_is_not_lost(self) -> None:
        server_id = self.boot()
        with self.down():
            self.assertEqual(204, self.node.api.delete(server_id).status_code)
            self.node.api.wait_for_status(server_id, 'ERROR', 'ACTIVE')

        self.delete(server_id)

    def boot(self) -> str:
        return self.node.boot(image=images.IDLE)

    def delete(self, *server_ids: str) -> None:
        """Delete servers, and check that nothing is left of any."""
        for server_id in server_ids:
            self.node.api.delete(server_id)
        for server_id in server_ids:
            self.node.api.wait_gone(server_id)
        self.assertEqual({}, self.node.leftovers(*server_ids))
