# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which entries of DHCP there are for whom, and that others' stay."""

from nova import exception
from nova.network import model
from nova.tests.unit import base
from nova.tests.unit.virt import builders
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import dhcp
from nova.virt.libvirt import networks

MAC = 'fa:16:3e:00:00:01'
SERVER = '192.0.2.1'


def entry(**values: str) -> networks.DHCPHost:
    return vconfig.LibvirtConfigNetworkDHCPHost(**values)


FOREIGN = entry(mac='52:54:00:00:00:01', ip='192.0.2.77', name='nova-printer')


class FakeHost:
    """One network, whose entries are a list."""

    def __init__(self) -> None:
        self.entries: list[networks.DHCPHost] = [FOREIGN]
        self.error: Exception | None = None

    def list_networks(self) -> list[networks.Network]:
        subnet = vconfig.LibvirtConfigNetworkIP(address=SERVER, netmask='255.255.255.0')
        subnet.hosts = list(self.entries)
        conf = vconfig.LibvirtConfigNetwork(name='nat')
        conf.ips = [subnet]
        return [networks.Network(conf, True)]

    def add_dhcp_host(self, network: str, host: networks.DHCPHost) -> None:
        assert network == 'nat'
        self.entries.append(host)

    def remove_dhcp_host(self, network: str, host: networks.DHCPHost) -> None:
        assert network == 'nat'
        if self.error:
            raise self.error
        self.entries = [one for one in self.entries if one.name != host.name]


class DHCPTest(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.host = FakeHost()
        self.released: list[tuple[str, networks.Lease]] = []
        self.dhcp = dhcp.DHCPHosts(
            self.host, lambda server, lease: self.released.append((server, lease)))
        self.instance = builders.instance()
        self.name = f'nova-{self.instance.uuid}-fa163e000001'

    def vif(self, **meta: str) -> model.VIF:
        """Return a VIF with two addresses, of which one is told by DHCP."""
        subnets = [
            model.Subnet(cidr='192.0.2.0/24', dhcp_server=SERVER,
                         ips=[model.FixedIP(address='192.0.2.5')]),
            model.Subnet(cidr='2001:db8::/64',
                         ips=[model.FixedIP(address='2001:db8::5')])]
        return model.VIF(id='port', address=MAC.upper(), network=model.Network(
            id='n', subnets=subnets, **(meta or {'libvirt_network': 'nat'})))

    def shown(self) -> list[tuple[str, str, str]]:
        return [(one.mac, one.ip, one.name) for one in self.host.entries
                if one is not FOREIGN]

    def test_entry_says_whose_it_is(self) -> None:
        self.dhcp.add(self.instance, self.vif())
        self.assertEqual([(MAC, '192.0.2.5', self.name)], self.shown())
        self.assertEqual(self.instance.uuid, dhcp.owner_of(self.name))

    def test_other_networks_have_none(self) -> None:
        self.dhcp.add(self.instance, self.vif(other='x'))
        self.dhcp.add(self.instance, model.VIF(id='port', address=MAC))
        self.assertEqual([], self.shown())

    def test_entry_and_lease_go(self) -> None:
        self.dhcp.add(self.instance, self.vif())
        self.dhcp.remove(self.instance, self.vif())
        self.assertEqual([FOREIGN], self.host.entries)
        self.assertEqual([(SERVER, networks.Lease(MAC, '192.0.2.5'))], self.released)

    def test_entry_that_cannot_be_removed_is_told(self) -> None:
        self.dhcp.add(self.instance, self.vif())
        self.host.error = exception.InternalError(err='network is busy')
        self.dhcp.remove(self.instance, self.vif())
        self.assertIn('network is busy', self.logs.output)
        self.assertEqual((1, []), (len(self.shown()), self.released))

    def test_sweep_removes_what_nobody_owns(self) -> None:
        other = builders.instance(uuid='6ce4a4e8-0d1f-4b0e-9a39-6c3cbd5e1a52')
        gone, kept = (f'nova-{one.uuid}-fa163e00000{number}'
                      for number, one in enumerate((self.instance, other)))
        self.host.entries += [entry(mac=MAC, ip='192.0.2.5', name=gone),
                              entry(mac='fa:16:3e:00:00:02', ip='192.0.2.6',
                                    name=kept)]
        self.dhcp.sweep(lambda: [other.uuid])
        self.assertEqual([FOREIGN.name, kept],
                         [one.name for one in self.host.entries])
        self.assertEqual([(SERVER, networks.Lease(MAC, '192.0.2.5'))], self.released)

    def test_sweep_spares_a_guest_that_was_defined_meanwhile(self) -> None:
        def list_owners() -> list[str]:
            self.dhcp.add(self.instance, self.vif())
            return []
        self.dhcp.sweep(list_owners)
        self.assertEqual([self.name], [one.name for one in self.host.entries
                                       if one.name != FOREIGN.name])

    def test_sweep_that_fails_is_told(self) -> None:
        self.host.entries.append(entry(mac=MAC, ip='192.0.2.5', name=self.name))
        self.host.error = exception.InternalError(err='network is busy')
        self.dhcp.sweep(list)
        self.assertIn('may be left: network is busy', self.logs.output)

    def test_release_is_what_the_protocol_says(self) -> None:
        message = dhcp.release_message(SERVER, networks.Lease(MAC, '192.0.2.5'))
        self.assertEqual(
            (300, b'\1\1\6\0', bytes((192, 0, 2, 5)), bytes.fromhex('fa163e000001'),
             bytes((99, 130, 83, 99, 53, 1, 7, 54, 4, 192, 0, 2, 1, 255))),
            (len(message), message[:4], message[12:16], message[28:34],
             message[236:250]))

    def test_server_that_cannot_be_reached(self) -> None:
        # The broadcast address needs a permission that the socket has not.
        dhcp.send_release('255.255.255.255', networks.Lease(MAC, '192.0.2.5'))
        self.assertIn('The lease of 192.0.2.5 lasts', self.logs.output)
