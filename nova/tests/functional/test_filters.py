# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A guest that lies about its address is not heard; one that does not is.

Each frame that one guest sends carries a tag.  The other guest writes down what comes
in, and the tags are counted there once an honest frame, sent last, has arrived.
"""

from nova.network import model
from nova.tests.functional import base
from nova.tests.functional import frames

_FORGED_MAC = '02:00:00:00:66:66'
_PORTS = (4000, 4001)
_ALL_NODES = 'ff02::1'


class FilterTest(base.NetworkTestCase):

    def test_what_guests_can_send(self) -> None:
        self.pair = f'{self.bridge.prefix}.200'
        self.me, self.you = self.boot(
            self.bridge.vif(10, allowed_address_pairs=[{'ip_address': self.pair}]),
            self.bridge.vif(11))
        self.macs, self.ips = (self.me.mac, self.you.mac), (self.me.ip, self.you.ip)
        truths, lies = self.truths(), self.lies()

        self.assertEqual(3, self.me.ping(self.you.ip))
        self.assertEqual(3, self.you.ping(self.me.ip))
        self.assertEqual(3, self.me.ping(self.bridge.gateway))
        self.assertEqual({**dict.fromkeys(truths, 1), **dict.fromkeys(lies, 0)},
                         self.arrivals({**truths, **lies}))

        (name,) = [name for name in self.hypervisor.filters()
                   if name.endswith(self.me.mac.replace(':', ''))]
        self.hypervisor.clear_filter(name)

        self.assertEqual(dict.fromkeys(lies, 1), self.arrivals(lies))

        self.hypervisor.driver.plug_vifs(
            self.me.instance, model.NetworkInfo(self.me.vifs))

        self.assertEqual(dict.fromkeys(lies, 0), self.arrivals(lies))

        self.assert_nothing_is_left()

    def assert_nothing_is_left(self) -> None:
        for server, others in ((self.me, [self.you]), (self.you, [])):
            server.destroy()

            self.assertEqual(len(others), len(self.hypervisor.filters()))
            self.assertEqual([other.vifs[0]['devname'] for other in others],
                             self.bridge.ports())

    def truths(self) -> dict[str, bytes]:
        me, you = self.me, self.you
        return {
            '<ip>': frames.udp(self.macs, self.ips, _PORTS, b'<ip>'),
            '<ipv6>': frames.udp6(self.macs, (me.link_local, _ALL_NODES), _PORTS,
                                  b'<ipv6>'),
            '<pair>': frames.udp(self.macs, (self.pair, you.ip), _PORTS, b'<pair>'),
            '<pair-arp>': frames.arp(me.mac, me.mac, self.pair, you.ip,
                                     tag=b'<pair-arp>'),
            '<probe>': frames.arp(me.mac, me.mac, '0.0.0.0', me.ip, tag=b'<probe>'),
        }

    def lies(self) -> dict[str, bytes]:
        me, you, gateway = self.me, self.you, self.bridge.gateway
        return {
            '<mac>': frames.udp((_FORGED_MAC, you.mac), self.ips, _PORTS, b'<mac>'),
            '<sender>': frames.udp(self.macs, (gateway, you.ip), _PORTS, b'<sender>'),
            '<sender6>': frames.udp6(self.macs, ('fd00::66', _ALL_NODES), _PORTS,
                                     b'<sender6>'),
            '<arp>': frames.arp(me.mac, me.mac, gateway, you.ip, opcode=2,
                                tag=b'<arp>'),
            '<arp-mac>': frames.arp(me.mac, _FORGED_MAC, me.ip, you.ip,
                                    tag=b'<arp-mac>'),
            '<dhcp>': frames.dhcp_offer(self.macs, self.ips, b'<dhcp>'),
            '<dhcpv6>': frames.udp6(self.macs, (me.link_local, _ALL_NODES), (547, 546),
                                    b'<dhcpv6>'),
            '<protocol>': frames.ethernet(me.mac, you.mac, 0x88B5, b'<protocol>' * 6),
        }

    def arrivals(self, sent: dict[str, bytes]) -> dict[str, int]:
        """Send frames and count, in the other guest, which arrive."""
        last = frames.udp(self.macs, self.ips, _PORTS, b'<last>')
        with self.you.watching() as watch:
            self.me.send(*sent.values(), last)
            watch.wait_for(b'<last>')
            return {tag: watch.count(tag.encode()) for tag in sent}
