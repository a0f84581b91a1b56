# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Security groups are what the networks file declares, and ports are in them."""

from nova.network import declared
from nova.tests.unit.api.network import test_network


class SecurityGroupsTest(test_network.NetworkTestCase):

    def declare(self, rules: str) -> None:
        """Read a file with one network again."""
        with open(f'{self.state_path}/networks.yaml', 'w', encoding='utf-8') as stream:
            stream.write('networks: [{name: c, bridge: br0, security_group_rules: '
                         f'[{rules}], subnets: [{{cidr: 192.0.2.0/24}}]}}]')
        declared.reload()

    def told(self) -> list[tuple[object, ...]]:
        """Return what the only group says of each rule."""
        (group,) = self.rows('security-groups')
        self.assertEqual(group['security_group_rules'],
                         self.rows('security-group-rules'))
        return [tuple(rule[field] for field in (
            'direction', 'ethertype', 'protocol', 'port_range_min',
            'remote_ip_prefix')) for rule in group['security_group_rules']]

    def test_rules(self) -> None:
        ssh = '{direction: ingress, protocol: tcp, port_range_min: 22}'
        everything = [('egress', 'IPv4', None, None, None),
                      ('egress', 'IPv6', None, None, None)]
        self.declare('')
        self.assertEqual(everything, self.told())
        self.declare(ssh)
        self.assertEqual([*everything, ('ingress', 'IPv4', 'tcp', 22, None)],
                         self.told())
        self.declare('{direction: egress, remote_ip_prefix: 10.0.0.0/8}')
        self.assertEqual([('egress', 'IPv4', None, None, '10.0.0.0/8')], self.told())

    def test_which_ports_are_in_which(self) -> None:
        self.assertEqual(['c', 'b'],
                         [group['name'] for group in self.rows('security-groups')])
        for network, groups in (('c', 1), ('a', 0)):
            uuid = self.server(network)
            (port,) = self.rows('ports', f'device_id={uuid}')
            self.assertEqual(groups, len(port['security_groups']), network)
            for group in port['security_groups']:
                self.assertEqual(network, self.ask(
                    f'/v2.0/security-groups/{group}').json['security_group']['name'])
