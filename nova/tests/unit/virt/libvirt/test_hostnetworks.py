# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is told of a libvirt network."""

import textwrap

from nova.tests.unit import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import hostnetworks
from nova.virt.libvirt import networks

NAT = """
    <network>
      <name>default</name>
      <forward mode='nat'/>
      <bridge name='virbr0'/>
      <mtu size='1400'/>
      <ip address='192.168.122.1' netmask='255.255.255.0'>
        <dhcp>
          <range start='192.168.122.2' end='192.168.122.254'/>
          <host mac='52:54:00:00:00:01' ip='192.168.122.9'/>
        </dhcp>
      </ip>
      <ip family='ipv6' address='2001:db8::1' prefix='64'/>
    </network>
"""


class FakeHost:

    def __init__(self, xml: str, is_active: bool = True) -> None:
        conf = vconfig.LibvirtConfigNetwork()
        conf.parse_str(textwrap.dedent(xml))
        self._network = networks.Network(conf, is_active)

    def get_network(self, name: str) -> networks.Network | None:
        return self._network if name == self._network.conf.name else None

    def get_dhcp_leases(self, network: str) -> list[networks.Lease]:
        return [networks.Lease('fa:16:3e:00:00:01', '192.168.122.50')]


class HostNetworksTest(base.TestCase):

    def of(self, xml: str, uri: str = 'qemu:///system') -> hostnetworks.HostNetworks:
        return hostnetworks.HostNetworks(
            FakeHost(xml), lambda name: name == 'br0', uri)

    def subnet(self, xml: str) -> hostnetworks.HostSubnet:
        found = self.of(xml).get('default')
        assert found is not None
        return found.subnets[0]

    def test_everything(self) -> None:
        self.assertEqual(
            hostnetworks.HostNetwork('default', True, 'virbr0', 1400, (
                hostnetworks.HostSubnet(
                    '192.168.122.0/24', '192.168.122.1', '192.168.122.1',
                    '192.168.122.1', ('192.168.122.1',),
                    ('192.168.122.2', '192.168.122.254')),
                hostnetworks.HostSubnet(
                    '2001:db8::/64', '2001:db8::1', '2001:db8::1', None,
                    ('2001:db8::1',), None))),
            self.of(NAT).get('default'))

    def test_unknown(self) -> None:
        self.assertIsNone(self.of(NAT).get('other'))
        self.assertEqual({}, self.of(NAT).get_taken('other'))

    def test_isolated_without_dns(self) -> None:
        subnet = self.subnet(NAT.replace("<forward mode='nat'/>",
                                         "<dns enable='no'/>"))
        self.assertEqual((None, ()), (subnet.gateway, subnet.dns))

    def test_prefixes_that_follow_from_the_address(self) -> None:
        for address, cidr in (
                ('10.1.2.3', '10.0.0.0/8'), ('172.16.5.1', '172.16.0.0/16'),
                ('192.0.2.1', '192.0.2.0/24')):
            subnet = self.subnet(f"""
                <network><name>default</name><ip address='{address}'/></network>""")
            self.assertEqual((cidr, None), (subnet.cidr, subnet.dhcp_server))

    def test_who_has_addresses(self) -> None:
        self.assertEqual({'192.168.122.9': '52:54:00:00:00:01',
                          '192.168.122.50': 'fa:16:3e:00:00:01'},
                         self.of(NAT).get_taken('default'))

    def test_bridges(self) -> None:
        found = self.of(NAT)
        self.assertEqual([True, False], list(map(found.has_bridge, ('br0', 'br1'))))
        self.assertEqual([True, True, False], [
            self.of(NAT, uri).has_bridges for uri in
            ('qemu:///system', 'qemu+tcp://here/system', 'qemu:///session?mode=auto')])
