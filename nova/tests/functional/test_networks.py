# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Servers get ports of a network of the node, with the ordinary openstack client."""

import json
import subprocess
from typing import Any

from nova.tests.functional import test_openstack_client

_FILE = """
networks:
  - name: lan
    bridge: novatest0
    subnets: [{cidr: 192.0.2.0/29, gateway: 192.0.2.1}]
  - name: nowhere
    bridge: novatest1
    subnets: [{cidr: 198.51.100.0/29}]
"""


class NetworksTest(test_openstack_client.ClientTestCase):

    def setUp(self) -> None:
        super().setUp()
        path = self.node.state / 'networks.yaml'
        path.write_text(_FILE)
        self.node.set_options({'standalone': {'networks_file': path}})
        self.link('add', 'novatest0', 'type', 'bridge')
        self.addCleanup(self.link, 'del', 'novatest0')
        self.node.start()

    def test_a_session(self) -> None:
        self.assertEqual(['lan', 'nowhere'],
                         [one['Name'] for one in self.ask('network', 'list')])
        self.assertEqual('lan', self.ask('network', 'show', 'lan')['name'])
        self.assertEqual(2, len(self.ask('subnet', 'list')))
        created = self.create('first', '--network', 'lan')
        self.assertEqual('ACTIVE', created['status'])
        (listed,) = self.ask('server', 'list')
        self.assertEqual({'lan': ['192.0.2.2']}, listed['Networks'])
        self.assertEqual(1, len(self.ask('port', 'list', '--server', 'first')))
        self.assertEqual(1, len(self.bridge_ports()))

        self.run_client('server', 'delete', '--wait', 'first')

        self.assertEqual([], self.ask('port', 'list'))
        self.assertEqual([], self.bridge_ports())
        self.assertEqual({}, self.node.leftovers(created['id']))

    def test_error_is_told(self) -> None:
        done = self.start_client(*self.arguments('first', '--network', 'nonesuch'))
        self.assertIn('nonesuch', done.stderr)

    def test_bridge_that_is_not_there(self) -> None:
        self.start_client(*self.arguments('first', '--network', 'nowhere'))
        shown = self.ask('server', 'show', 'first')
        self.assertEqual('ERROR', shown['status'])
        self.assertIn('novatest1', json.dumps(shown['fault']))
        self.assertEqual([], self.ask('port', 'list'))

    def create(self, *arguments: str) -> Any:
        return self.ask(*self.arguments(*arguments))

    @staticmethod
    def arguments(name: str, *arguments: str) -> tuple[str, ...]:
        return ('server', 'create', '--image', 'tiny', '--flavor', 'm1.nano',
                *arguments, '--wait', name)

    @staticmethod
    def link(*arguments: str) -> None:
        subprocess.run(['ip', 'link', *arguments], check=True)

    @staticmethod
    def bridge_ports() -> list[Any]:
        shown = subprocess.run(
            ['ip', '-json', 'link', 'show', 'master', 'novatest0'],
            check=True, capture_output=True).stdout
        return [one for one in json.loads(shown or '[]') if one]
