# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirt goes away under nova-compute, and comes back."""

from nova.tests.fixtures import privatelibvirtd
from nova.tests.functional import base
from nova.tests.functional import guests
from nova.tests.functional import waiting


class LibvirtDownTest(base.FunctionalTestCase):

    def setUp(self) -> None:
        super().setUp()
        reason = privatelibvirtd.why_not()
        if reason:
            self.skipTest(reason)
        self.libvirtd = self.useFixture(privatelibvirtd.PrivateLibvirtd())
        self.node = self.start_node(uri=self.libvirtd.uri)

    def test_build_fails_with_a_reason(self) -> None:
        self.libvirtd.kill()

        server_id = self.node.create()

        shown = self.node.api.wait_for_status(server_id, 'ERROR')
        self.assertIn('hypervisor', shown['fault']['message'].lower())
        self.assertEqual([], self.node.instance_files())
        self.assertEqual([], self.node.processes())

    def test_service_is_disabled_while_it_is_down(self) -> None:
        self.assertEqual(('enabled', None), self.service())
        self.libvirtd.kill()
        waiting.until(lambda: self.service()[0] == 'disabled', 10, 'disabled')
        self.assertRegex(str(self.service()[1]), '^AUTO: libvirt')
        self.libvirtd.start()
        waiting.until(lambda: self.service() == ('enabled', None), 10, 'enabled')

    def service(self) -> tuple[str, str | None]:
        shown = self.node.api.get('/os-services')['services'][0]
        return shown['status'], shown['disabled_reason']

    def test_goes_on_when_it_is_back(self) -> None:
        server_id = self.node.boot()
        guest = guests.Guest(self.node, server_id)
        before = guest.domain_id()
        self.libvirtd.kill()
        self.assertEqual('ACTIVE', self.node.api.server(server_id)['status'])

        self.libvirtd.start()

        self.node.boot('second')
        self.assertEqual(before, guest.domain_id())
        self.node.api.delete(server_id)
        self.node.api.wait_gone(server_id)

    def test_events_come_again(self) -> None:
        server_id = self.node.boot()
        self.libvirtd.kill()
        self.libvirtd.start()
        self.node.boot('proves-that-it-is-connected')

        guests.Guest(self.node, server_id).destroy()

        self.node.api.wait_for_status(server_id, 'SHUTOFF', timeout_s=10)

    def test_delete_while_it_is_down_is_not_lost(self) -> None:
        server_id = self.node.boot()
        self.libvirtd.kill()
        self.assertEqual(204, self.node.api.delete(server_id).status_code)
        shown = self.node.api.wait_for_status(server_id, 'ERROR', 'ACTIVE')
        self.libvirtd.start()

        self.node.api.delete(shown['id'])

        self.node.api.wait_gone(server_id)
        self.assertEqual({}, self.node.leftovers(server_id))
