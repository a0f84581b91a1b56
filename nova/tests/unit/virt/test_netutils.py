# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The network of a guest as network_data.json tells of it."""

from typing import Any

from nova.network import model
from nova.tests.unit import base
from nova.virt import netutils

_MAC = 'fa:16:3e:00:00:01'


def _subnet(cidr: str, address: str | None, gateway: str | None = None,
            **more: Any) -> model.Subnet:
    return model.Subnet(
        cidr=cidr, gateway=model.IP(address=gateway) if gateway else None,
        ips=[model.FixedIP(address=address)] if address else [], **more)


def _vif(*subnets: model.Subnet, **more: Any) -> model.VIF:
    values = {'id': 'port', 'address': _MAC, 'type': 'bridge', 'devname': 'tapport',
              'network': model.Network(id='net', label='lan', mtu=1400,
                                       subnets=list(subnets)), **more}
    return model.VIF(**values)


class NetworkMetadataTest(base.TestCase):

    def networks(self, *subnets: model.Subnet) -> list[dict[str, Any]]:
        """Return the networks of a card in these subnets."""
        return netutils.get_network_metadata([_vif(*subnets)])['networks']

    def test_addresses_of_both_versions(self) -> None:
        dns = [model.IP(address='192.0.2.53', type='dns')]
        route = model.Route(cidr='10.0.0.0/8', gateway=model.IP(address='192.0.2.7'))
        found = netutils.get_network_metadata([_vif(
            _subnet('192.0.2.0/25', '192.0.2.9', '192.0.2.1', dns=dns, routes=[route]),
            _subnet('2001:db8::/64', '2001:db8::9', '2001:db8::1'))])

        server = {'type': 'dns', 'address': '192.0.2.53'}
        self.assertEqual({
            'links': [{'id': 'tapport', 'vif_id': 'port', 'type': 'bridge',
                       'mtu': 1400, 'ethernet_mac_address': _MAC}],
            'networks': [
                {'id': 'network0', 'type': 'ipv4', 'link': 'tapport',
                 'network_id': 'net', 'ip_address': '192.0.2.9',
                 'netmask': '255.255.255.128', 'services': [server], 'routes': [
                     {'network': '0.0.0.0', 'netmask': '0.0.0.0',
                      'gateway': '192.0.2.1'},
                     {'network': '10.0.0.0', 'netmask': '255.0.0.0',
                      'gateway': '192.0.2.7'}]},
                {'id': 'network1', 'type': 'ipv6', 'link': 'tapport',
                 'network_id': 'net', 'ip_address': '2001:db8::9',
                 'netmask': 'ffff:ffff:ffff:ffff::', 'services': [], 'routes': [
                     {'network': '::', 'netmask': '::', 'gateway': '2001:db8::1'}]}],
            'services': [server]}, found)

    def test_addresses_that_others_give(self) -> None:
        common = {'link': 'tapport', 'network_id': 'net'}
        self.assertEqual(
            [{**common, 'id': 'network0', 'type': 'ipv4_dhcp'}],
            self.networks(_subnet('192.0.2.0/25', '192.0.2.9',
                                  dhcp_server='192.0.2.1')))
        (found,) = self.networks(_subnet('2001:db8::/64', '2001:db8::9',
                                         ipv6_address_mode='slaac'))
        self.assertEqual(('ipv6_slaac', '2001:db8::9'),
                         (found['type'], found['ip_address']))

    def test_subnet_without_an_address(self) -> None:
        self.assertEqual([], self.networks(_subnet('192.0.2.0/25', None)))

    def test_cards_of_other_types_and_of_no_network(self) -> None:
        found = netutils.get_network_metadata([
            _vif(type='hostdev_physical', devname=None), _vif(network=None)])
        self.assertEqual([('interface0', 'phy')],
                         [(link['id'], link['type']) for link in found['links']])

    def test_no_cards(self) -> None:
        self.assertEqual({'links': [], 'networks': [], 'services': []},
                         netutils.get_network_metadata(None))


class AddressesTest(base.TestCase):

    def test_cidrs(self) -> None:
        self.assertEqual(('192.0.2.0', '255.255.255.128'),
                         netutils.get_net_and_mask('192.0.2.0/25'))
        self.assertEqual(('2001:db8::', '64'),
                         netutils.get_net_and_prefixlen('2001:db8::/64'))
        self.assertEqual((4, 6), (netutils.get_ip_version('192.0.2.0/25'),
                                  netutils.get_ip_version('2001:db8::/64')))

    def test_ec2(self) -> None:
        vif = _vif(_subnet('192.0.2.0/25', '192.0.2.9'),
                   _subnet('2001:db8::/64', '2001:db8::9'))
        vif.fixed_ips()[0].add_floating_ip(model.IP(address='198.51.100.1'))
        self.assertEqual(
            {'fixed_ips': ['192.0.2.9'], 'fixed_ip6s': ['2001:db8::9'],
             'floating_ips': ['198.51.100.1']}, netutils.get_ec2_ip_info([vif]))
