# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from typing import Any

from nova import exception
from nova.tests.unit import base
from nova.virt.libvirt import securityrules


class SecurityRulesTestCase(base.TestCase):

    def rules(self, *asked: dict[str, Any]) -> list[tuple[str, ...]]:
        """Return rules as (action, direction, protocol, attributes...)."""
        parsed = [securityrules.parse(rule) for rule in asked]
        found = []
        for rule in securityrules.to_filter_rules(parsed):
            (match,) = rule.matches
            element = match.format_dom()
            found.append((rule.action, rule.direction, element.tag,
                          *(f'{key}={value}' for key, value in element.items())))
        return found

    def allowed(self, **rule: Any) -> tuple[str, ...]:
        """Return what one rule adds to the rules of a port without any."""
        (added,) = set(self.rules(rule)) - set(self.rules())
        return added[1:]

    def test_protocols(self) -> None:
        for rule, match in (
                ({}, ('all',)),
                ({'ethertype': 'IPv6'}, ('all-ipv6',)),
                ({'protocol': 'tcp'}, ('tcp',)),
                ({'protocol': 6}, ('tcp',)),
                ({'protocol': 'UDP', 'ethertype': 'IPv6'}, ('udp-ipv6',)),
                ({'protocol': 'icmp', 'ethertype': 'IPv6'}, ('icmpv6',)),
                ({'protocol': 'ipv6-icmp', 'ethertype': 'IPv6'}, ('icmpv6',)),
                ({'protocol': '132'}, ('sctp',)),
                ({'protocol': 'esp', 'ethertype': 'IPv6'}, ('esp-ipv6',)),
                ({'protocol': 'igmp'}, ('igmp',))):
            # What is written down twice would be found nowhere.
            expected = ('accept', 'in', *match)
            self.assertIn(expected, self.rules({'direction': 'ingress', **rule}))

    def test_ports(self) -> None:
        self.assertEqual(
            ('in', 'tcp', 'dstportstart=22', 'dstportend=22'),
            self.allowed(direction='ingress', protocol='tcp', port_range_min=22))
        self.assertEqual(
            ('in', 'udp', 'dstportstart=1000', 'dstportend=2000'),
            self.allowed(direction='ingress', protocol='udp', port_range_min=1000,
                         port_range_max='2000'))
        self.assertEqual(
            ('in', 'icmp', 'type=8', 'code=0'),
            self.allowed(direction='ingress', protocol='icmp', port_range_min=8,
                         port_range_max=0))

    def test_remote(self) -> None:
        self.assertEqual(
            ('in', 'all', 'srcipaddr=10.0.0.0', 'srcipmask=8'),
            self.allowed(direction='ingress', remote_ip_prefix='10.1.2.3/8'))
        self.assertIn(('accept', 'in', 'all'), self.rules(
            {'direction': 'ingress', 'remote_ip_prefix': '0.0.0.0/0'}))

    def test_everything_may_go_out_and_nothing_come_in(self) -> None:
        rules = self.rules()
        self.assertIn(('accept', 'out', 'all'), rules)
        self.assertIn(('accept', 'out', 'all-ipv6'), rules)
        self.assertEqual([('drop', 'in', 'all'), ('drop', 'in', 'all-ipv6')],
                         [rule for rule in rules if rule[0] == 'drop'])

    def test_egress_rules_close_all_else(self) -> None:
        rules = self.rules({'direction': 'egress', 'protocol': 'tcp',
                            'remote_ip_prefix': '192.0.2.0/24'})
        self.assertIn(('accept', 'out', 'tcp', 'dstipaddr=192.0.2.0', 'dstipmask=24'),
                      rules)
        self.assertNotIn(('accept', 'out', 'all'), rules)
        self.assertEqual({'in', 'out'},
                         {direction for action, direction, *_ in rules
                          if action == 'drop'})

    def test_refusals_name_field_and_value(self) -> None:
        good = {'direction': 'ingress', 'protocol': 'tcp'}
        for field, value in (
                ('direction', 'sideways'), ('direction', None),
                ('ethertype', 'IPX'), ('protocol', 'ospf'), ('protocol', 'icmpv6'),
                ('protocol', 999), ('port_range_min', 'ssh'), ('port_range_min', -1),
                ('port_range_min', 65536), ('port_range_max', 70000),
                ('remote_ip_prefix', '10.0.0.0/33'), ('remote_ip_prefix', 'here'),
                ('remote_ip_prefix', '2001:db8::/32')):
            rule = {**good, field: value}
            if field == 'port_range_max':
                rule['port_range_min'] = 1
            error = self.assertRaises(
                exception.InvalidInput, securityrules.parse, rule)
            self.assertIn(f'{field} of a security group rule is {value!r}', str(error))

    def test_ranges_that_cannot_be(self) -> None:
        for rule in ({'protocol': 'tcp', 'port_range_min': 9, 'port_range_max': 8},
                     {'protocol': 'igmp', 'port_range_min': 9},
                     {'port_range_min': 9}, {'protocol': 'tcp', 'port_range_max': 8},
                     {'protocol': 'icmp', 'port_range_min': 256}):
            self.assertRaises(exception.InvalidInput, securityrules.parse,
                              {'direction': 'ingress', **rule})
