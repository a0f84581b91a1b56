# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Rules of the networks file are read, refused, and brought to VIFs."""

import itertools
import json
import os
from typing import Any

import yaml

from nova import exception
from nova import objects
from nova.network import allotment
from nova.network import declared
from nova.network import security_rules
from nova.tests.unit.network import test_allotment
from nova.virt.libvirt import securityrules as driver_rules

_SSH = {'direction': 'ingress', 'ethertype': 'IPv4', 'protocol': 'tcp',
        'port_range_min': 22, 'port_range_max': 22,
        'remote_ip_prefix': '192.0.2.0/28'}


class SecurityRulesTestCase(test_allotment.NetworksTestCase):

    def declare(self, *rules: Any) -> str:
        """Make a networks file with one network that has rules."""
        return self.configure(yaml.safe_dump({'networks': [{
            'name': 'lan', 'bridge': 'br0', 'security_group_rules': list(rules),
            'subnets': [{'cidr': '192.0.2.0/28'}]}]}))


class DeclaredTest(SecurityRulesTestCase):

    def rules(self, *rules: Any) -> list[dict[str, Any]]:
        """Return what the driver is told of declared rules."""
        self.declare(*rules)
        (network,) = declared.get_all()
        return [rule.to_dict() for rule in network.security_group.rules]

    def test_what_is_declared_is_what_the_driver_is_told(self) -> None:
        self.assertEqual([], self.rules())
        self.assertEqual(
            [_SSH, {'direction': 'egress', 'ethertype': 'IPv6'}, _SSH],
            self.rules(
                {**_SSH, 'remote_ip_prefix': '192.0.2.3/28', 'description': 'ssh'},
                {'direction': 'egress', 'ethertype': 'IPv6', 'protocol': 'any'},
                {**_SSH, 'protocol': 6}))

    def test_mistakes_are_named(self) -> None:
        for changes, *said in (
                ({'direction': 'sideways'}, '.0.direction', 'sideways'),
                ({'ethertype': 'IPX'}, '.0.ethertype', 'IPX'),
                ({'protocol': 'tpc'}, '.0.protocol', 'tpc'),
                ({'ethertype': 'IPv6', 'protocol': 'igmp', 'port_range_min': None,
                  'port_range_max': None}, '.0.protocol', 'igmp'),
                ({'protocol': 'esp'}, '.0.port_range_min', '22', 'esp'),
                ({'protocol': None}, '.0.port_range_min', '22'),
                ({'protocol': 'icmp', 'port_range_max': 256}, 'port_range_max', '256'),
                ({'port_range_min': 65536}, '.0.port_range_min', '65536'),
                ({'port_range_max': 21}, '.0.port_range_max', '21'),
                ({'port_range_min': None}, '.0.port_range_max', '22'),
                ({'remote_ip_prefix': 'here'}, '.0.remote_ip_prefix', 'here'),
                ({'remote_ip_prefix': '2001:db8::/64'}, 'remote_ip_prefix', '2001:'),
                ({'remote_group_id': 'default'}, 'remote_group_id')):
            path = self.declare({**_SSH, **changes})
            error = self.assertRaises(
                exception.InvalidConfiguration, declared.get_all)
            for text in (path, 'lan', 'security_group_rules', *said):
                self.assertIn(text, str(error), changes)

    def test_the_driver_takes_what_is_accepted(self) -> None:
        protocols = security_rules.SCHEMA['items']['properties']['protocol']['enum']
        ranges = ((None, None), (7, None), (7, 9), (0, 0), (9, 7), (None, 7),
                  (300, 300))
        for version, protocol, (low, high) in itertools.product(
                ('IPv4', 'IPv6'), protocols, ranges):
            rule = {'direction': 'ingress', 'ethertype': version, 'protocol': protocol,
                    'port_range_min': low, 'port_range_max': high}
            try:
                (told,) = self.rules(rule)
            except exception.InvalidConfiguration:
                self.assertRaises(exception.InvalidInput, driver_rules.parse, rule)
            else:
                driver_rules.parse(told)

    def test_a_file_that_is_broken_when_it_is_read_again(self) -> None:
        before = self.rules(_SSH)
        path = self.flags_path()
        with open(path, 'a', encoding='utf-8') as stream:
            stream.write('nonsense')

        self.assertRaises(exception.InvalidConfiguration, declared.reload)

        (network,) = declared.get_all()
        self.assertEqual(before, [rule.to_dict()
                                  for rule in network.security_group.rules])

    def flags_path(self) -> str:
        """Return the path of the networks file."""
        return os.path.join(self.state_path, 'networks.yaml')


class RenewTest(SecurityRulesTestCase, test_allotment.AllotmentTestCase):

    def test_interfaces_get_what_is_declared_by_now(self) -> None:
        instance = self.allot()
        self.assertEqual([], self.rules_of(instance))

        self.declare(_SSH)
        allotment.renew(self.context, instance)

        self.assertEqual([_SSH], self.rules_of(instance))
        before = objects.Instance.get_by_uuid(self.context, instance.uuid)
        self.declare()
        allotment.renew(self.context, before)
        self.assertEqual([], self.rules_of(instance))

    def test_a_network_that_is_declared_no_more(self) -> None:
        instance = self.allot()
        self.configure('networks: []')

        allotment.renew(self.context, instance)

        self.assertEqual([], self.rules_of(instance))

    def rules_of(self, instance: objects.Instance) -> Any:
        """Return the rules that the database has for the only interface."""
        found = objects.Instance.get_by_uuid(self.context, instance.uuid)
        (vif,) = json.loads(found.get_network_info().json())
        return vif['details']['security_group_rules']
