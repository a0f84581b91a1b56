# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import json
import threading
from typing import Any

from nova import exception
from nova.network import model
from nova.tests.unit import base

WHOLE = {
    'id': 'port', 'address': 'fa:16:3e:00:00:01', 'type': 'ovs', 'devname': 'tapport',
    'details': {'port_filter': True, 'ovs_hybrid_plug': True}, 'active': True,
    'vnic_type': 'normal', 'profile': {'allocation': 'x'}, 'ovs_interfaceid': 'port',
    'qbh_params': None, 'qbg_params': None, 'preserve_on_delete': False,
    'delegate_create': True, 'meta': {'seen': 1},
    'network': {
        'id': 'net', 'bridge': 'br-int', 'label': 'private',
        'meta': {'mtu': 1450, 'physical_network': 'phys'},
        'subnets': [{
            'cidr': '192.0.2.0/24', 'version': 4, 'meta': {'dhcp_server': '192.0.2.2'},
            'dns': [{'address': '192.0.2.3', 'version': 4, 'type': 'dns', 'meta': {}}],
            'gateway': {'address': '192.0.2.1', 'version': 4, 'type': 'gateway',
                        'meta': {}},
            'routes': [{'cidr': '0.0.0.0/0', 'interface': None, 'meta': {},
                        'gateway': {'address': '192.0.2.1', 'version': 4,
                                    'type': 'gateway', 'meta': {}}}],
            'ips': [{'address': '192.0.2.7', 'version': 4, 'type': 'fixed',
                     'meta': {}, 'floating_ips': [
                         {'address': '203.0.113.9', 'version': 4,
                          'type': 'floating', 'meta': {}}]}]}]},
}


class ModelTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.info = model.NetworkInfo.hydrate([json.loads(json.dumps(WHOLE))])

    def test_json_loses_nothing(self) -> None:
        self.assertEqual([WHOLE], json.loads(self.info.json()))
        again = model.NetworkInfo.hydrate(self.info.json())
        self.assertEqual(self.info, again)

    def test_every_level_has_its_class(self) -> None:
        vif = self.info[0]
        subnet = vif['network']['subnets'][0]
        kinds = [type(item) for item in (
            vif, vif['network'], subnet, subnet['gateway'], subnet['dns'][0],
            subnet['routes'][0], subnet['ips'][0],
            subnet['ips'][0]['floating_ips'][0])]
        self.assertEqual([model.VIF, model.Network, model.Subnet, model.IP, model.IP,
                          model.Route, model.FixedIP, model.IP], kinds)

    def test_addresses(self) -> None:
        self.assertEqual(['192.0.2.7'], [ip['address'] for ip in self.info.fixed_ips()])
        self.assertEqual(['203.0.113.9'],
                         [ip['address'] for ip in self.info.floating_ips()])
        labeled = self.info[0].labeled_ips()
        self.assertEqual(('private', 2),
                         (labeled['network_label'], len(labeled['ips'])))

    def test_what_the_port_is(self) -> None:
        vif = self.info[0]
        self.assertTrue(vif.is_hybrid_plug_enabled())
        self.assertTrue(vif.is_neutron_filtering_enabled())
        self.assertEqual('phys', vif.get_physical_network())
        self.assertTrue(self.info.has_port_with_allocation())
        self.assertEqual(1450, vif['network'].get_meta('mtu'))

    def test_port_without_a_network(self) -> None:
        vif = model.VIF(id='x', details={'physical_network': 'p'})
        self.assertEqual(([], None, 'p'), (
            vif.fixed_ips(), vif.labeled_ips(), vif.get_physical_network()))
        self.assertFalse(vif.is_hybrid_plug_enabled())

    def test_events_of_a_hybrid_port(self) -> None:
        class Move:
            is_live_migration = False
            is_resize = True

            def is_same_host(self) -> bool:
                return False

        event = [('network-vif-plugged', 'port')]
        self.assertEqual(event, self.info.get_bind_time_events(Move()))
        self.assertEqual([], self.info.get_plug_time_events(Move()))

    def test_versions_follow_from_addresses(self) -> None:
        self.assertEqual(6, model.IP('2001:db8::1')['version'])
        self.assertEqual(6, model.Subnet('2001:db8::/64')['version'])
        self.assertRaises(exception.InvalidIpAddressError, model.IP, 'nowhere')

    def test_other_members_go_to_meta(self) -> None:
        self.assertEqual({'a': 1, 'b': 2}, model.Network(meta={'a': 1}, b=2)['meta'])

    def test_nothing_is_added_twice(self) -> None:
        network, subnet = model.Network(), model.Subnet('192.0.2.0/24')
        ip = model.FixedIP(address='192.0.2.7')
        for _ in range(2):
            network.add_subnet(subnet)
            subnet.add_ip(model.FixedIP(address='192.0.2.7'))
            subnet.add_dns(model.IP('192.0.2.3'))
            subnet.add_route(model.Route('0.0.0.0/0'))
            ip.add_floating_ip(model.IP('203.0.113.9'))
        self.assertEqual([1] * 4, [
            len(network['subnets']), len(subnet['ips']), len(subnet['dns']),
            len(subnet['routes'])])
        self.assertEqual(['203.0.113.9'], ip.floating_ip_addresses())

    def test_membership(self) -> None:
        subnet = model.Subnet('192.0.2.0/24')
        self.assertTrue(model.IP('192.0.2.9').is_in_subnet(subnet))
        self.assertFalse(model.IP('192.0.3.9').is_in_subnet(subnet))
        self.assertFalse(model.IP().is_in_subnet(subnet))

    def test_netmask(self) -> None:
        four, six = model.Subnet('192.0.2.0/24'), model.Subnet('2001:db8::/64')
        self.assertEqual('255.255.255.0',
                         model.get_netmask(model.IP('192.0.2.1'), four))
        self.assertEqual('64', model.get_netmask(model.IP('2001:db8::1'), six))

    def test_differing_ports(self) -> None:
        other = model.VIF.hydrate(json.loads(json.dumps({**WHOLE, 'active': False})))
        self.assertNotEqual(self.info[0], other)


class AsyncTestCase(base.TestCase):

    def test_whoever_looks_waits(self) -> None:
        ready = threading.Event()

        def allocate() -> Any:
            ready.wait(10)
            return model.NetworkInfo([model.VIF(id='a'), model.VIF(id='b')])

        info = model.NetworkInfoAsyncWrapper(allocate)
        threading.Timer(0.01, ready.set).start()
        self.assertEqual(['a', 'b'], [vif['id'] for vif in info])
        self.assertEqual((2, 'b'), (len(info), info[1]['id']))
        self.assertEqual(2, len(json.loads(info.json())))
        self.assertEqual([], info.fixed_ips())

    def test_error(self) -> None:
        def fail() -> Any:
            raise exception.InvalidInput(reason='no')

        info = model.NetworkInfoAsyncWrapper(fail)
        info.wait(do_raise=False)
        self.assertRaises(exception.InvalidInput, len, info)
