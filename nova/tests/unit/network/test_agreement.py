# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the file says of a libvirt network and what libvirt says are one."""

import dataclasses
import types
from typing import Any

from nova import exception
from nova.network import agreement
from nova.network import declared
from nova.tests.unit.network import test_allotment

SAID = """
    networks:
      - name: nat
        libvirt_network: default
"""
MORE = SAID + """
        mtu: 1400
        subnets:
          - cidr: 192.0.2.0/24
            gateway: 192.0.2.1
            dns: [192.0.2.1]
            range: [192.0.2.50, 192.0.2.60]
"""
SUBNET = types.SimpleNamespace(
    cidr='192.0.2.0/24', address='192.0.2.1', gateway='192.0.2.1',
    dhcp_server='192.0.2.1', dns=('192.0.2.1',),
    dhcp_range=('192.0.2.100', '192.0.2.199'))
FOUND = types.SimpleNamespace(
    name='default', is_active=True, bridge='virbr0', mtu=None, subnets=(SUBNET,))


def found(**changes: Any) -> types.SimpleNamespace:
    """Return the libvirt network with changes to itself or to its subnet."""
    own = {key: value for key, value in changes.items() if hasattr(FOUND, key)}
    subnet = {key: value for key, value in changes.items() if key not in own}
    subnets = (types.SimpleNamespace(**{**vars(SUBNET), **subnet}),)
    return types.SimpleNamespace(**{**vars(FOUND), 'subnets': subnets, **own})


class AgreementTest(test_allotment.NetworksTestCase):

    def agree(self, text: str = SAID, there: Any = FOUND) -> declared.Network:
        """Return the only network, as it is on this host."""
        self.configure(text)
        (network,) = declared.reload(
            lambda networks: tuple(agreement.agree(one, there) for one in networks))
        self.assertEqual((network,), declared.get_all())
        return network

    def values(self, network: declared.Network) -> dict[str, str]:
        (subnet,) = network.subnets
        return {'bridge': str(network.bridge), 'mtu': str(network.mtu),
                **{key: str(getattr(subnet, key)) for key in (
                    'cidr', 'gateway', 'first', 'last', 'dhcp_server')},
                'dns': ' '.join(map(str, subnet.dns))}

    def test_everything_from_libvirt(self) -> None:
        self.assertEqual(
            {'bridge': 'virbr0', 'mtu': 'None', 'cidr': '192.0.2.0/24',
             'gateway': '192.0.2.1', 'first': '192.0.2.100', 'last': '192.0.2.199',
             'dhcp_server': '192.0.2.1', 'dns': '192.0.2.1'},
            self.values(self.agree()))

    def test_what_the_file_adds(self) -> None:
        network = self.agree(MORE)
        self.assertEqual(
            {'bridge': 'virbr0', 'mtu': '1400', 'cidr': '192.0.2.0/24',
             'gateway': '192.0.2.1', 'first': '192.0.2.50', 'last': '192.0.2.60',
             'dhcp_server': '192.0.2.1', 'dns': '192.0.2.1'}, self.values(network))
        # The same subnet, whoever says so.
        self.assertEqual(self.agree().subnets[0].id, network.subnets[0].id)

    def test_addresses_of_the_file_where_libvirt_has_none(self) -> None:
        network = self.agree(MORE, found(subnets=(), mtu=1400))
        self.assertEqual((None, 1400),
                         (network.subnets[0].dhcp_server, network.mtu))

    def test_contradictions_are_named(self) -> None:
        for text, there, *said in (
                (MORE, found(mtu=9000), 'nat mtu', '1400', '9000'),
                (MORE, found(cidr='198.51.100.0/24'), 'nat subnets.0.cidr',
                 '192.0.2.0/24', '198.51.100.0/24'),
                (MORE, found(gateway='192.0.2.254'), 'nat subnets.0.gateway',
                 '192.0.2.1', '192.0.2.254'),
                (MORE, found(gateway=None), 'nat subnets.0.gateway', '192.0.2.1',
                 'isolated'),
                (MORE, found(dns=('192.0.2.53',)), 'nat subnets.0.dns', '192.0.2.1',
                 '192.0.2.53'),
                (SAID, None, 'nat libvirt_network', "'default' is not there"),
                (SAID, found(is_active=False), "'default' is not active"),
                (SAID, found(bridge=None), "'default' has no bridge"),
                (SAID, found(subnets=()), 'nat subnets: needed')):
            error = self.assertRaises(exception.InvalidConfiguration, self.agree,
                                      text, there)
            for part in ('networks.yaml', *said):
                self.assertIn(part, str(error))

    def test_kinds_that_contradict_themselves(self) -> None:
        for text, said in (
                ('networks: [{name: nat}]', 'neither bridge nor libvirt_network'),
                (SAID + '        bridge: br0', "nat bridge: 'br0' is given"),
                ('networks: [{name: nat, bridge: br0}]', 'nat subnets: needed')):
            error = self.assertRaises(exception.InvalidConfiguration, self.agree, text)
            self.assertIn(said, str(error))

    def test_after_a_contradiction_everything_is_as_before(self) -> None:
        before = self.agree()
        self.assertRaises(exception.InvalidConfiguration, declared.reload,
                          lambda networks: (agreement.agree(networks[0], None),))
        self.assertEqual((before,), declared.get_all())

    def test_host_addresses_are_nobodys(self) -> None:
        (subnet,) = self.agree(SAID, found(gateway=None, dns=())).subnets
        self.assertFalse(subnet.is_allottable(subnet.host_addresses[0]))


class UserNetworkTest(test_allotment.NetworksTestCase):
    """Networks where nobody is root."""

    def make(self, cidr: str) -> declared.Network:
        path = self.configure(
            f'networks: [{{name: lan, bridge: br0, subnets: [{{cidr: {cidr}}}]}}]')
        (network,) = declared.load(path)
        return agreement.make_user(network)

    def test_addresses_are_those_of_qemu(self) -> None:
        for cidr, gateway, dns, guest in (
                ('192.0.2.0/24', '192.0.2.2', '192.0.2.3', '192.0.2.15'),
                ('10.1.0.0/16', '10.1.2.2', '10.1.2.3', '10.1.2.15'),
                ('192.0.2.32/27', '192.0.2.34', '192.0.2.35', '192.0.2.47'),
                ('2001:db8::/64', '10.0.2.2', '10.0.2.3', '10.0.2.15')):
            network = self.make(cidr)
            (subnet,) = network.subnets
            self.assertEqual(
                (True, None, gateway, [dns], guest, guest, gateway),
                (network.is_user, network.bridge, str(subnet.gateway),
                 list(map(str, subnet.dns)), str(subnet.first), str(subnet.last),
                 str(subnet.dhcp_server)))

    def test_subnet_that_is_too_small(self) -> None:
        error = self.assertRaises(ValueError, self.make, '192.0.2.0/28')
        self.assertIn("lan subnets.cidr: '192.0.2.0/28'", str(error))

    def test_nothing_else_changes(self) -> None:
        network = self.make('192.0.2.0/24')
        (before,) = declared.get_all()
        self.assertEqual(
            {'bridge', 'subnets', 'port_security', 'is_user'},
            {field.name for field in dataclasses.fields(network)
             if getattr(network, field.name) != getattr(before, field.name)})
