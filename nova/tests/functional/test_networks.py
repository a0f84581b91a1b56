# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Servers get ports of a network of the node, with the ordinary openstack client."""

import json
import subprocess
from typing import Any

from nova.tests.functional import hypervisor
from nova.tests.functional import images
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
        reason = hypervisor.why_not()
        if reason:
            self.skipTest(reason)
        super().setUp()
        self.node.declare_networks(_FILE)
        self.link('add', 'novatest0', 'type', 'bridge')
        self.addCleanup(self.link, 'del', 'novatest0')
        self.node.start()

    def test_a_session(self) -> None:
        self.assertEqual(['lan', 'nowhere'],
                         [one['Name'] for one in self.ask('network', 'list')])
        shown = self.ask('network', 'show', 'lan')
        self.assertEqual('lan', shown['name'])
        self.assertEqual(2, len(self.rows('subnets')))
        created = self.create('first', '--nic',
                              f'net-id={shown["id"]},v4-fixed-ip=192.0.2.4')
        self.assertEqual('ACTIVE', created['status'])
        (listed,) = self.ask('server', 'list')
        self.assertEqual({'lan': ['192.0.2.4']}, listed['Networks'])
        self.assertEqual(1, len(self.ask('port', 'list', '--server', 'first')))
        self.assertEqual(1, len(self.bridge_ports()))
        self.assert_refused_before_anything_is_made(shown['id'])

        self.run_client('server', 'delete', '--wait', 'first')

        self.assertEqual([], self.rows('ports'))
        self.assertEqual([], self.bridge_ports())
        self.assertEqual({}, self.node.leftovers(created['id']))

    def assert_refused_before_anything_is_made(self, network_id: str) -> None:
        """Ask for what cannot be; the client once, since it takes its time."""
        done = self.start_client(*self.arguments('second', '--network', 'nonesuch'))
        self.assertIn('nonesuch', done.stderr)
        for asked, status, said in (
                ({'fixed_ip': '192.0.2.4'}, 400, '192.0.2.4 is in use'),
                ({'fixed_ip': '192.0.2.1'}, 400, '192.0.2.1'),  # the gateway
                ({'fixed_ip': '192.0.2.7'}, 400, '192.0.2.7'),  # the broadcast
                ({'fixed_ip': '198.51.100.2'}, 400, '198.51.100.2'),
                ({'fixed_ip': '192.0.2.x'}, 400, '192.0.2.x'),
                ({'port': network_id}, 400, 'port'),
                ({'uuid': self.id_of('nowhere')}, 409, "no bridge 'novatest1'"),
                ({'uuid': network_id.replace('-', '')}, 400, network_id[:8]),
        ):
            answer = self.node.api.create(
                name='second', imageRef=self.node.image_id('tiny'),
                flavorRef=self.node.flavor_id('m1.nano'),
                networks=[{'uuid': network_id, **asked}])
            self.assertEqual((status, True), (answer.status_code, said in answer.text),
                             f'{asked}: {answer.text}')
        self.assertEqual(1, len(self.node.api.servers()))

    def id_of(self, name: str) -> str:
        (found,) = self.rows('networks', f'?name={name}')
        return str(found['id'])

    def rows(self, collection: str, query: str = '') -> list[Any]:
        path = f'/v2.0/{collection}{query}'
        found: list[Any] = self.node.api.get(path, '/network')[collection]
        return found

    def create(self, *arguments: str) -> Any:
        return self.ask(*self.arguments(*arguments))

    @staticmethod
    def arguments(name: str, *arguments: str) -> tuple[str, ...]:
        return ('server', 'create', '--image', images.IDLE, '--flavor', 'm1.nano',
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
