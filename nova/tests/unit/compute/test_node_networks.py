# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Networks of the file on a host that has them, or has not."""

import os
import textwrap

from nova import exception
from nova import objects
from nova.compute import host_service
from nova.compute import node_networks
from nova.compute import vm_states
from nova.db import port_api
from nova.network import allotment
from nova.network import declared
from nova.tests.unit.compute import base
from nova.tests.unit.network import test_agreement

FILE = """
    networks:
      - name: lan
        bridge: br0
        subnets: [{cidr: 192.0.2.0/27, gateway: 192.0.2.1}]
      - name: nat
        libvirt_network: default
"""


class NodeNetworksTest(base.ComputeTestCase):

    def setUp(self) -> None:
        super().setUp()
        path = os.path.join(self.state_path, 'networks.yaml')
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write(textwrap.dedent(FILE))
        self.flags(networks_file=path, group='standalone')
        self.driver.networks = {'default': test_agreement.FOUND}
        self.manager.networks.load()
        self.lan, self.nat = declared.get_all()

    def ask_for(self, network: declared.Network, fixed_ip: str | None = None,
                ) -> objects.Instance:
        """Ask for a server on a network."""
        return self.create(networks=[allotment.Asked(network.id, fixed_ip)])

    def addresses(self) -> list[str]:
        return [one.address for _port, found in port_api.ports_get() for one in found]

    def test_server_on_a_libvirt_network(self) -> None:
        instance = self.ask_for(self.nat)
        self.settle()
        (vif,) = self.reload(instance).get_network_info()
        network = vif['network']
        self.assertEqual(
            ('bridge', 'virbr0', 'default', '192.0.2.1', ['192.0.2.100']),
            (vif['type'], network['bridge'], network.get_meta('libvirt_network'),
             network['subnets'][0].get_meta('dhcp_server'), self.addresses()))

    def test_libvirt_network_that_is_gone_at_the_start(self) -> None:
        self.driver.networks = {}
        error = self.assertRaises(exception.InvalidConfiguration,
                                  self.manager.networks.load)
        self.assertIn("nat libvirt_network: 'default' is not there", str(error))
        self.assertEqual((self.lan, self.nat), declared.get_all())

    def test_bridge_that_is_not_there(self) -> None:
        self.driver.bridges = {'virbr0'}
        error = self.assertRaises(node_networks.NetworkNotReady, self.ask_for, self.lan)
        self.assertEqual(409, error.code)
        self.assertIn("Network lan cannot be used: there is no bridge 'br0'",
                      str(error))
        self.assert_nothing_recorded()

    def test_address_that_another_has(self) -> None:
        self.driver.taken = {'192.0.2.100': '52:54:00:00:00:01'}
        error = self.assertRaises(exception.InvalidInput, self.ask_for, self.nat,
                                  '192.0.2.100')
        self.assertIn('in use by 52:54:00:00:00:01', str(error))
        self.assert_nothing_recorded()
        self.ask_for(self.nat)
        self.assertEqual(['192.0.2.101'], self.addresses())

    def test_build_that_is_refused_gives_its_address_back(self) -> None:
        host_service.set_disabled(self.context, self.manager.host, True, 'repair')
        instance = self.ask_for(self.lan)
        self.settle()
        found = self.reload(instance)
        self.assertEqual((vm_states.ERROR, [], []), (
            found.vm_state, list(found.get_network_info()), self.addresses()))

    def test_where_nobody_is_root(self) -> None:
        self.driver.has_bridges = False
        self.manager.networks.load()
        self.assertIn('QEMU makes up network lan, nat', self.logs.output)
        lan, nat = declared.get_all()
        made = [self.ask_for(lan, '192.0.2.15'), self.ask_for(lan), self.ask_for(nat)]
        vifs = [vif for one in made for vif in self.reload(one).get_network_info()]
        self.assertEqual(
            [('user', ['192.0.2.15'])] * 2 + [('user', ['10.0.2.15'])],
            [(vif['type'], [ip['address'] for ip in vif.fixed_ips()])
             for vif in vifs])
        self.assertRaises(exception.InvalidInput, self.ask_for, lan, '192.0.2.16')

    def assert_nothing_recorded(self) -> None:
        self.assertEqual([], self.api.get_all(self.context))
        self.assertEqual([], self.addresses())
