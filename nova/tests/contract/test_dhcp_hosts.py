# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Addresses that a Host lets networks keep for guests.

The test driver cannot: it shows no network but as it runs.
"""

import random
import uuid

import libvirt

from nova import exception
from nova.tests.contract import backends
from nova.tests.contract import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import host as libvirt_host

NETWORK = """
<network>
  <name>{name}</name>
  <bridge name='{bridge}'/>
  <mtu size='1400'/>
  <ip address='{prefix}1' netmask='255.255.255.0'>
    <dhcp><range start='{prefix}2' end='{prefix}100'/></dhcp>
  </ip>
</network>
"""
MAC = '52:54:00:00:00:05'


class DHCPHostContract(base.BackendTestCase):
    """What Host does with networks."""

    def setUp(self):
        super().setUp()
        self.host = libvirt_host.Host(self.backend.uri, opener=self.opener)
        self.addCleanup(self.host.cleanup)
        self.network_name = f'contract-{uuid.uuid4()}'
        # RFC 2544: in no machine's network, and seldom twice in one run
        self.prefix = f'198.{random.choice((18, 19))}.{random.randrange(256)}.'
        self.network = self.conn.networkDefineXML(NETWORK.format(
            name=self.network_name, bridge=f'nct{random.getrandbits(32):08x}',
            prefix=self.prefix))
        self.addCleanup(self.forget)

    def forget(self):
        for call in (self.network.destroy, self.network.undefine):
            try:
                call()
            except libvirt.libvirtError:
                continue

    def entry(self, number=5, mac=MAC, name='h5'):
        return vconfig.LibvirtConfigNetworkDHCPHost(
            mac=mac, name=name, ip=f'{self.prefix}{number}')

    def add(self, *args, **kwargs):
        self.host.add_dhcp_host(self.network_name, self.entry(*args, **kwargs))

    def remove(self, *args, **kwargs):
        self.host.remove_dhcp_host(self.network_name, self.entry(*args, **kwargs))

    def kept(self):
        """Return how many entries run, and how many are defined."""
        return tuple(self.network.XMLDesc(flags).count('<host ') for flags in (
            0, libvirt.VIR_NETWORK_XML_INACTIVE))

    def test_network_is_told(self):
        found = self.host.get_network(self.network_name)
        self.assertEqual(
            (False, 1400, [f'{self.prefix}1']),
            (found.is_active, found.conf.mtu, [ip.address for ip in found.conf.ips]))
        self.network.create()
        self.assertTrue(self.host.get_network(self.network_name).is_active)
        self.assertIn(self.network_name,
                      [each.conf.name for each in self.host.list_networks()])
        self.assertEqual([], self.host.get_dhcp_leases(self.network_name))

    def test_network_that_is_not_there(self):
        self.assertIsNone(self.host.get_network('contract-nothing'))
        self.assertEqual([], self.host.get_dhcp_leases('contract-nothing'))
        self.host.remove_dhcp_host('contract-nothing', self.entry())
        self.assertRaises(exception.NetworkNotFound, self.host.add_dhcp_host,
                          'contract-nothing', self.entry())

    def test_entry_comes_once_and_goes(self):
        self.need(backends.TAKES_FLAGS_OF_QEMU)
        for call, left in ((self.add, 1), (self.add, 1), (self.remove, 0),
                           (self.remove, 0)):
            call()
            self.assertEqual((left, left), self.kept())

    def test_both_lists_are_completed(self):
        self.need(backends.TAKES_FLAGS_OF_QEMU)
        self.network.create()
        live = libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE
        section = libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST
        self.network.update(libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, section, -1,
                            self.entry().to_xml(), live)
        self.add()
        self.assertEqual((1, 1), self.kept())
        self.network.update(libvirt.VIR_NETWORK_UPDATE_COMMAND_DELETE, section, -1,
                            self.entry().to_xml(), live)
        self.remove()
        self.assertEqual((0, 0), self.kept())

    def test_entry_of_another_is_named_and_stays(self):
        self.need(backends.TAKES_FLAGS_OF_QEMU)
        self.add(name='other')
        for number, mac in ((6, MAC), (5, '52:54:00:00:00:06')):
            error = self.assertRaises(exception.InvalidInput, self.add, number, mac)
            self.assertIn(f'{self.network_name} keeps {self.prefix}5 for {MAC}',
                          str(error))
        for number, mac, name in ((5, MAC, 'h5'), (6, MAC, 'other'),
                                  (5, '52:54:00:00:00:06', 'other')):
            self.remove(number, mac, name)
        self.assertEqual((1, 1), self.kept())

    def test_half_of_an_entry_is_taken_back(self):
        self.need(backends.TAKES_FLAGS_OF_QEMU)
        self.network.create()
        self.network.update(
            libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST,
            libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST, -1,
            self.entry(name='other', number=6).to_xml(),
            libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE)
        self.assertRaises(exception.InvalidInput, self.add)
        self.assertEqual((1, 0), self.kept())


class TestDHCPHostsOnFake(DHCPHostContract, base.OnFake):
    pass


class TestDHCPHostsOnTestDriver(DHCPHostContract, base.OnTestDriver):
    pass


class TestDHCPHostsOnQemu(DHCPHostContract, base.OnQemu):
    pass


del DHCPHostContract  # incomplete: not to be collected by itself
