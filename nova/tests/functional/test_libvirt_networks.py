# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Servers on a network of libvirt get by DHCP what was allotted to them."""

from typing import Any

from nova.tests.functional import base
from nova.tests.functional import hypervisor
from nova.tests.functional import libvirtnetwork
from nova.tests.functional import waiting


class LibvirtNetworkTest(base.FunctionalTestCase):

    def setUp(self) -> None:
        reason = hypervisor.why_not()
        if reason:
            self.skipTest(reason)
        super().setUp()
        self.network = self.useFixture(libvirtnetwork.LibvirtNetwork())
        self.node = self.make_node()
        self.path = self.node.declare_networks(self.network.declaration)
        self.node.start()
        (self.declared,) = self.node.api.get('/v2.0/networks', '/network')['networks']

    def test_address_reaches_the_guest_and_comes_back(self) -> None:
        wanted, others = self.network.address(50), self.network.hosts()
        server_id = self.node.boot(networks=[self.asked(wanted)])
        mac = self.mac_of(server_id)
        self.assertEqual({**others, wanted: mac}, self.network.hosts())

        self.node.api.wait_for_console(server_id, f'network: eth0 {wanted}\n')

        self.assertEqual({wanted: mac}, self.network.leases())
        self.assert_guest_joins_again()
        self.node.api.delete(server_id)
        self.node.api.wait_gone(server_id)
        self.assertEqual(others, self.network.hosts())
        # While it is leased, nobody else is given it.
        waiting.until(lambda: not self.network.leases(), 10, 'no lease')
        self.assertEqual({}, self.node.leftovers(server_id))

        self.node.stop()
        self.assert_contradictions_are_told()

    def assert_guest_joins_again(self) -> None:
        """Start the network anew, which leaves its guests outside."""
        self.network.stop()
        self.network.start()
        self.assertNotIn('ports', self.network.left())

        self.node.reload()

        waiting.until(lambda: 'ports' in self.network.left(), 30, 'a port again')

    def assert_contradictions_are_told(self) -> None:
        self.path.write_text(self.network.declaration.replace(
            '}]', ', subnets: [{cidr: 192.0.2.0/24}]}]'))
        self.assert_does_not_start(self.node, 'nat subnets.0.cidr', '192.0.2.0/24',
                                   f'{self.network.prefix}.0/24')
        self.path.write_text(self.network.declaration)
        self.network.stop()
        self.assert_does_not_start(
            self.node, f"nat libvirt_network: '{self.network.name}' is not active")

    def asked(self, fixed_ip: str) -> dict[str, str]:
        return {'uuid': self.declared['id'], 'fixed_ip': fixed_ip}

    def mac_of(self, server_id: str) -> str:
        addresses: Any = self.node.api.server(server_id)['addresses']
        ((one,),) = addresses.values()
        return str(one['OS-EXT-IPS-MAC:mac_addr'])
