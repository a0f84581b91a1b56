# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What may come in is said by rules, which can change while the guest runs."""

from nova.network import model
from nova.tests.functional import base
from nova.tests.functional import frames

_PORTS = (4000, 4001)


class SecurityRulesTest(base.NetworkTestCase):

    def test_ingress_is_closed_opened_and_closed_again(self) -> None:
        self.me, self.you = self.boot(
            self.bridge.vif(10), self.bridge.vif(11, security_group_rules=[]))

        self.assert_closed()
        # What the guest asks for comes in all the same.
        self.assertEqual(3, self.you.ping(self.me.ip))

        self.set_rules({'direction': 'ingress', 'protocol': 'icmp'},
                       {'direction': 'ingress', 'protocol': 'udp',
                        'port_range_min': _PORTS[1], 'port_range_max': _PORTS[1],
                        'remote_ip_prefix': f'{self.bridge.prefix}.0/24'})

        self.assertEqual(3, self.me.ping(self.you.ip))
        self.assertEqual({_PORTS[1]: 1, _PORTS[1] + 1: 0}, self.arrivals())

        self.set_rules()

        # Not even what was let in before goes on.
        self.assert_closed()

    def assert_closed(self) -> None:
        self.assertEqual(0, self.me.ping(self.you.ip))
        self.assertEqual({_PORTS[1]: 0, _PORTS[1] + 1: 0}, self.arrivals())

    def set_rules(self, *rules: object) -> None:
        (vif,) = self.you.vifs
        vif['meta']['security_group_rules'] = list(rules)
        self.hypervisor.driver.plug_vifs(self.you.instance, model.NetworkInfo([vif]))

    def arrivals(self) -> dict[int, int]:
        """Send to two ports of the closed guest and count what arrives at each."""
        me, you = self.me, self.you
        tags = {port: f'<{port}>'.encode() for port in (_PORTS[1], _PORTS[1] + 1)}
        sent = [frames.udp((me.mac, you.mac), (me.ip, you.ip), (_PORTS[0], port), tag)
                for port, tag in tags.items()]
        # Who has the address may always be asked.
        last = frames.arp(me.mac, me.mac, me.ip, you.ip, tag=b'<last>')
        with you.watching() as watch:
            me.send(*sent, last)
            watch.wait_for(b'<last>')
            return {port: watch.count(tag) for port, tag in tags.items()}
