# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Instances on a network of the fake libvirt, from the driver down to its entries."""

from xml.etree import ElementTree

import fixtures
import libvirt

from nova import exception
from nova.network import model
from nova.tests.fixtures import netdevices
from nova.tests.unit.virt.libvirt import base

MAC = 'fa:16:3e:00:00:01'
NETWORK = """
<network>
  <name>nat</name>
  <forward mode='nat'/>
  <bridge name='virbr9'/>
  <ip address='192.0.2.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.0.2.2' end='192.0.2.99'/>
      <host mac='52:54:00:00:00:09' name='nova-printer' ip='192.0.2.9'/>
    </dhcp>
  </ip>
</network>
"""
FOREIGN = ('52:54:00:00:00:09', '192.0.2.9')


class DriverNetworksTest(base.DriverTestCase):

    def setUp(self) -> None:
        self.devices = netdevices.FakeNetDevices('virbr9')
        super().setUp()

    def make_driver(self):
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.netdevices.NetDevices', lambda: self.devices))
        # No DHCP server is behind the fake.
        self.released: list[str] = []
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.dhcp.send_release',
            lambda server, lease: self.released.append(lease.ip)))
        if not self.libvirt.hypervisor.networks.all():
            record = self.libvirt.hypervisor.networks.define(NETWORK)
            self.libvirt.hypervisor.networks.start(record.uuid)
        return super().make_driver()

    @property
    def network(self):
        return self.libvirt.hypervisor.networks.find_by_name('nat')

    def hosts(self) -> list[tuple[str | None, str | None]]:
        """Return the entries, which are the same where it runs and where defined."""
        found = [[(host.get('mac'), host.get('ip'))
                  for host in self.network.document(flags).iter('host')]
                 for flags in (0, libvirt.VIR_NETWORK_XML_INACTIVE)]
        self.assertEqual(found[0], found[1])
        return found[0]

    def vif(self, mac: str = MAC, bridge: str = 'virbr9',
            address: str = '192.0.2.5') -> model.VIF:
        subnet = model.Subnet(cidr='192.0.2.0/24', dhcp_server='192.0.2.1',
                              ips=[model.FixedIP(address=address)])
        return model.VIF(
            id='6ce4a4e8-0d1f-4b0e-9a39-6c3cbd5e1a52', address=mac, type='bridge',
            devname='tap6ce4a4e8-0d', details={'port_filter': False},
            network=model.Network(id='n', bridge=bridge, label='nat', subnets=[subnet],
                                  libvirt_network='nat'))

    def assert_refused(self, vif: model.VIF, said: str) -> None:
        """Check that a guest cannot be made, and that nothing was begun."""
        before = list(self.programs.commands)
        error = self.assertRaises(
            exception.VirtualInterfacePlugException, self.spawn, network_info=[vif])
        self.assertIn(said, str(error))
        self.assertEqual(before, self.programs.commands)
        self.assert_nothing_left()
        self.assertEqual([FOREIGN], self.hosts())

    def test_entry_comes_and_goes_with_the_guest(self) -> None:
        instance = self.spawn(network_info=[self.vif()])
        self.assertEqual([FOREIGN, (MAC, '192.0.2.5')], self.hosts())
        self.driver.destroy(self.context, instance, [self.vif()])
        self.assertEqual(([FOREIGN], ['192.0.2.5']), (self.hosts(), self.released))

    def test_entry_comes_and_goes_with_an_interface(self) -> None:
        instance = self.spawn()
        self.driver.plug_vifs(instance, [self.vif()])
        self.driver.plug_vifs(instance, [self.vif()])
        self.assertEqual([FOREIGN, (MAC, '192.0.2.5')], self.hosts())
        self.driver.detach_interface(self.context, instance, self.vif())
        self.assertEqual([FOREIGN], self.hosts())

    def test_failed_build_leaves_none(self) -> None:
        self.libvirt.faults.fail('createWithFlags', libvirt.VIR_ERR_INTERNAL_ERROR)
        self.assertRaises(exception.NovaException, self.spawn,
                          network_info=[self.vif()])
        self.assertEqual([FOREIGN], self.hosts())
        self.assert_nothing_left()

    def test_address_of_another_is_named(self) -> None:
        error = self.assertRaises(
            exception.VirtualInterfacePlugException, self.spawn,
            network_info=[self.vif(address='192.0.2.9')])
        self.assertIn('keeps 192.0.2.9 for 52:54:00:00:00:09', str(error))
        self.assertEqual([FOREIGN], self.hosts())
        self.assert_nothing_left()

    def test_what_cannot_be_plugged_is_refused_at_once(self) -> None:
        self.assert_refused(self.vif(bridge='virbr8'), "there is no bridge 'virbr8'")
        self.assert_refused(self.vif(mac='fa:16:3e'), "'fa:16:3e' is not a MAC address")

    def test_guest_whose_bridge_is_gone_runs_on(self) -> None:
        instance = self.spawn(network_info=[self.vif()])
        self.devices.bridges.clear()
        self.assertRaises(
            exception.VirtualInterfacePlugException, self.driver.reboot, self.context,
            instance, [self.vif()], 'HARD')
        self.assertEqual(1, self.state(instance))

    def test_restart_removes_what_nobody_owns(self) -> None:
        kept = self.spawn(network_info=[self.vif()])
        for document in (self.network.running, self.network.defined):
            ElementTree.SubElement(document.find('ip/dhcp'), 'host', {
                'mac': 'fa:16:3e:00:00:02', 'ip': '192.0.2.6',
                'name': f'nova-{"0" * 8}-0000-4000-8000-{"0" * 12}-fa163e000002'})
        self.make_driver()
        self.assertEqual([FOREIGN, (MAC, '192.0.2.5')], self.hosts())
        self.assertEqual([kept.uuid], self.driver.list_instance_uuids())

    def test_what_is_told_of_the_host(self) -> None:
        found = self.driver.get_host_network('nat')
        self.assertEqual(('virbr9', True), (found.bridge, found.is_active))
        self.assertIsNone(self.driver.get_host_network('other'))
        self.assertEqual([True, False],
                         list(map(self.driver.has_bridge, ('virbr9', 'virbr8'))))
        self.assertEqual({'192.0.2.9': '52:54:00:00:00:09'},
                         self.driver.get_taken_addresses('nat'))
        self.assertTrue(self.driver.has_bridges)
