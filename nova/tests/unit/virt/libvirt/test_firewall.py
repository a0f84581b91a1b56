# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which filters there are, for whom, and what is in them."""

from typing import Any

from nova import exception
from nova.network import model
from nova.tests.fixtures import netdevices
from nova.tests.unit import base
from nova.tests.unit.virt import builders
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import firewall
from nova.virt.libvirt import nwfilters

MAC = 'fa:16:3e:00:00:01'
FORBIDDEN = exception.InternalError(err='nwfilter is in use')


class FakeHost:
    """All that the firewall may ask of a host."""

    def __init__(self) -> None:
        self.filters: dict[str, vconfig.LibvirtConfigNWFilter] = {}
        self.defined: list[str] = []
        self.used: set[str] = set()

    def define_nwfilter(self, conf: vconfig.LibvirtConfigNWFilter) -> None:
        for entry in conf.entries:
            if isinstance(entry, vconfig.LibvirtConfigNWFilterRef):
                assert entry.filter in self.filters, entry.filter
        self.filters[conf.name] = conf
        self.defined.append(conf.name)

    def list_nwfilters(self) -> list[str]:
        return ['clean-traffic', *self.filters]

    def undefine_nwfilter(self, name: str) -> None:
        if name in self.used:
            raise FORBIDDEN
        self.filters.pop(name, None)


class FirewallTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.host, self.devices = FakeHost(), netdevices.FakeNetDevices()
        self.firewall = firewall.NWFilterFirewall(self.host, self.devices)
        self.instance = builders.instance()

    def vif(self, number: int = 1, kind: str = 'bridge', bridge: str = 'br0',
            details: dict[str, Any] | None = None, **said: Any) -> model.VIF:
        subnet = model.Subnet(cidr='10.0.0.0/24', dhcp_server='10.0.0.2', ips=[
            model.FixedIP(address=f'10.0.0.{number}'),
            model.FixedIP(address=f'2001:db8::{number}')])
        return model.VIF(
            id=f'port-{number}', address=f'fa:16:3e:00:00:{number:02x}', type=kind,
            details=details, network=model.Network(
                id='n', bridge=bridge, subnets=[subnet]), **said)

    def set_up(self, *vifs: model.VIF) -> None:
        self.firewall.setup_basic_filtering(self.instance, vifs)

    def instance_filters(self) -> list[str]:
        return sorted(name for name in self.host.filters if nwfilters.owner_of(name))

    def parameters(self, vif: model.VIF, name: str) -> list[tuple[str, str]]:
        """Return what the filter of a VIF gives to a base filter."""
        conf = self.firewall.get_filter(self.instance, vif)
        (found,) = [entry for entry in conf.entries
                    if getattr(entry, 'filter', None) == name]
        return [(each['key'], each['value']) for each in found.parameters]


class TestWhoIsFiltered(FirewallTestCase):

    def test_filter_has_the_name_of_instance_and_mac(self) -> None:
        self.assertEqual(
            {'port-1': f'nova-instance-{self.instance.name}-fa163e000001'},
            self.firewall.get_filter_names(self.instance, [self.vif()]))

    def test_not_where_the_network_service_filters(self) -> None:
        filtered = [
            self.vif(), self.vif(details={'port_filter': False}),
            self.vif(kind='ovs', details={'ovs_hybrid_plug': True})]
        unfiltered = [
            self.vif(details={'port_filter': True}),
            self.vif(port_security_enabled=False),
            self.vif(details={'port_security_enabled': False}),
            self.vif(kind='ovs'), self.vif(kind='hostdev_physical')]

        self.assertEqual([True] * 3, [*map(self.firewall.is_filtered, filtered)])
        self.assertEqual([False] * 5, [*map(self.firewall.is_filtered, unfiltered)])

    def test_nobody(self) -> None:
        self.set_up(self.vif(details={'port_filter': True}))

        self.assertEqual({}, self.host.filters)


class TestFilters(FirewallTestCase):

    def test_base_filters_are_defined_once(self) -> None:
        self.set_up(self.vif(1))
        self.set_up(self.vif(2))

        base_names = [conf.name for conf in nwfilters.base_filters()]
        self.assertEqual([*base_names, *self.instance_filters()], self.host.defined)
        self.assertEqual(2, len(self.instance_filters()))

    def test_what_somebody_removed_is_defined_again(self) -> None:
        self.set_up(self.vif())
        whole = dict(self.host.filters)
        del self.host.filters['nova-no-mac-spoofing']
        del self.host.filters[self.instance_filters()[0]]
        self.assertFalse(self.firewall.instance_filter_exists(
            self.instance, [self.vif()]))

        self.set_up(self.vif())

        self.assertEqual(whole.keys(), self.host.filters.keys())
        self.assertTrue(self.firewall.instance_filter_exists(
            self.instance, [self.vif()]))

    def test_old_base_filters_are_replaced_after_a_restart(self) -> None:
        self.set_up(self.vif())
        self.host.defined.clear()

        firewall.NWFilterFirewall(self.host, self.devices).setup_basic_filtering(
            self.instance, [self.vif()])

        self.assertIn('nova-no-mac-spoofing', self.host.defined)

    def test_addresses(self) -> None:
        vif = self.vif()

        self.assertEqual([('IP', '10.0.0.1'), ('IPMASK', '32'), ('IPMAC', MAC)],
                         self.parameters(vif, 'nova-no-ip-spoofing'))
        self.assertEqual(
            [('IPV6', 'fe80::f816:3eff:fe00:1'), ('IPV6MASK', '128'), ('IPV6MAC', MAC),
             ('IPV6', '2001:db8::1'), ('IPV6MASK', '128'), ('IPV6MAC', MAC)],
            self.parameters(vif, 'nova-no-ipv6-spoofing'))
        self.assertEqual([('OWNMAC', MAC)],
                         self.parameters(vif, 'nova-no-mac-spoofing'))
        self.assertEqual([('DHCPSERVER', '10.0.0.2')],
                         self.parameters(vif, 'nova-only-dhcp-server'))

    def test_address_pairs(self) -> None:
        vif = self.vif(allowed_address_pairs=[
            {'ip_address': '10.1.0.7/16', 'mac_address': '02:00:00:00:00:01'},
            {'ip_address': '10.0.0.1'}])

        self.assertEqual([('IP', '10.0.0.1'), ('IPMASK', '32'), ('IPMAC', MAC),
                          ('IP', '10.1.0.0'), ('IPMASK', '16'),
                          ('IPMAC', '02:00:00:00:00:01')],
                         self.parameters(vif, 'nova-no-ip-spoofing'))
        self.assertEqual([('OWNMAC', MAC), ('OWNMAC', '02:00:00:00:00:01')],
                         self.parameters(vif, 'nova-no-mac-spoofing'))

    def test_wrong_address_pairs(self) -> None:
        for pair, text in (({'ip_address': '10.0.0'}, "ip_address .* '10.0.0'"),
                           ({}, 'ip_address .* None'),
                           ({'ip_address': '10.0.0.9', 'mac_address': 'fa:16'},
                            "mac_address .* 'fa:16'")):
            error = self.assertRaises(
                exception.InvalidInput, self.firewall.get_filter_names, self.instance,
                [self.vif(allowed_address_pairs=[pair])])
            self.assertRegex(str(error), text)

    def test_port_without_addresses(self) -> None:
        vif = self.vif()
        vif['network']['subnets'] = []

        self.assertEqual([('IP', '0.0.0.0'), ('IPMASK', '32'), ('IPMAC', MAC)],
                         self.parameters(vif, 'nova-no-arp-spoofing')[:3])

    def test_filters_survive_libvirt(self) -> None:
        rules = [{'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': 22}]
        vif = self.vif(security_group_rules=rules)
        for conf in (*nwfilters.base_filters(),
                     self.firewall.get_filter(self.instance, vif)):
            read = vconfig.LibvirtConfigNWFilter()
            read.parse_str(conf.to_xml())
            self.assertEqual(conf.to_xml(), read.to_xml())

    def test_filter_that_changes_keeps_its_uuid(self) -> None:
        first = self.firewall.get_filter(self.instance, self.vif())
        second = self.firewall.get_filter(
            self.instance, self.vif(security_group_rules=[]))

        self.assertNotEqual(first.to_xml(), second.to_xml())
        self.assertEqual(first.uuid, second.uuid)


class TestBridges(FirewallTestCase):

    def test_rules_see_what_a_bridge_passes_on(self) -> None:
        self.set_up(self.vif(1), self.vif(2, bridge='br1', security_group_rules=[]))

        self.assertEqual(['br1'], self.devices.filtered)

    def test_rules_that_would_see_nothing_are_refused(self) -> None:
        self.devices.broken = {'filter_bridged'}
        vif = self.vif(bridge='br1', security_group_rules=[])
        error = self.assertRaises(
            exception.VirtualInterfacePlugException, self.set_up, vif)

        self.assertIn('br1', str(error))
        self.assertEqual([], self.instance_filters())


class TestRemoval(FirewallTestCase):

    def test_instance_takes_all_its_filters_along(self) -> None:
        self.set_up(self.vif(1), self.vif(2))
        other = builders.instance(id=43)
        self.firewall.setup_basic_filtering(other, [self.vif(3)])

        # One of them is of a VIF that nobody knows any more.
        self.firewall.unfilter_instance(self.instance, [self.vif(1)])

        self.assertEqual([f'nova-instance-{other.name}-fa163e000003'],
                         self.instance_filters())

    def test_one_vif(self) -> None:
        self.set_up(self.vif(1), self.vif(2))

        self.firewall.unfilter_vif(self.instance, self.vif(1))

        self.assertEqual([f'nova-instance-{self.instance.name}-fa163e000002'],
                         self.instance_filters())

    def test_what_a_killed_service_left(self) -> None:
        self.set_up(self.vif(1), self.vif(2), self.vif(3))

        self.firewall.unfilter_others(
            self.instance, [self.vif(1), self.vif(2, port_security_enabled=False)])

        self.assertEqual([f'nova-instance-{self.instance.name}-fa163e000001'],
                         self.instance_filters())

    def test_one_that_is_used_keeps_no_other(self) -> None:
        self.set_up(self.vif(1), self.vif(2))
        self.host.used = {self.instance_filters()[0]}

        self.firewall.unfilter_instance(self.instance, [])

        self.assertEqual([*self.host.used], self.instance_filters())

    def test_sweep_removes_what_nobody_owns(self) -> None:
        self.set_up(self.vif(1))
        other = builders.instance(id=43)
        self.firewall.setup_basic_filtering(other, [self.vif(2)])

        self.firewall.sweep(lambda: [self.instance.name])

        self.assertEqual([f'nova-instance-{self.instance.name}-fa163e000001'],
                         self.instance_filters())
        self.assertIn('nova-no-mac-spoofing', self.host.filters)
