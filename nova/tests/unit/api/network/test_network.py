# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The Networking API: documents, filters, order and pages."""

import os
from typing import Any
from urllib import parse

from nova import context
from nova import objects
from nova.network import agreement
from nova.network import allotment
from nova.network import declared
from nova.tests.fixtures import database
from nova.tests.unit.api import base

FILE = """
networks:
  - {name: c, bridge: br0, mtu: 1400, subnets: [{cidr: 192.0.2.0/24}]}
  - {name: a, bridge: br1, port_security: false, subnets: [
      {cidr: 198.51.100.0/24, gateway: 198.51.100.1}, {cidr: '2001:db8::/64'}]}
  - {name: b, bridge: br2, mtu: 1400, subnets: [{cidr: 203.0.113.0/24}]}
"""


class NetworkTestCase(base.ApiTestCase):

    def setUp(self) -> None:
        super().setUp()
        objects.register_all()
        self.useFixture(database.Database())
        path = os.path.join(self.state_path, 'networks.yaml')
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write(FILE)
        self.flags(networks_file=path, group='standalone')
        declared.reload()

    def ask(self, path: str) -> Any:
        return self.request('GET', f'/network{path}')

    def rows(self, collection: str, query: str = '') -> list[dict[str, Any]]:
        answer = self.ask(f'/v2.0/{collection}?{query}')
        self.assertEqual(200, answer.status_code, answer.text)
        found: list[dict[str, Any]] = answer.json[collection.replace('-', '_')]
        return found

    def names(self, query: str) -> str:
        """Return the names of networks, which are letters."""
        return ''.join(row['name'] for row in self.rows('networks', query))

    def server(self, network: str) -> str:
        """Record a server with a port; return its UUID."""
        admin = context.get_admin_context()
        instance = objects.Instance(admin, user_id='u', project_id='p')
        instance.create()
        (found,) = [one for one in declared.get_all() if one.name == network]
        allotment.allot(admin, instance, [allotment.Asked(found.id)])
        uuid: str = instance.uuid
        return uuid


class DocumentsTest(NetworkTestCase):

    def test_versions_and_what_they_have(self) -> None:
        versions = self.request('GET', '/network/', auth=None).json['versions']
        self.assertEqual(['v2.0'], [one['id'] for one in versions])
        for path in ('/v2.0', '/v2.0/'):
            self.assertEqual(
                ['networks', 'subnets', 'ports', 'security-groups',
                 'security-group-rules'],
                [one['collection'] for one in self.ask(path).json['resources']])
        for one in self.ask('/v2.0').json['resources']:
            path = parse.urlsplit(one['links'][0]['href']).path
            self.assertEqual(200, self.request('GET', path).status_code, path)

    def test_every_row_has_what_can_be_asked_for(self) -> None:
        self.server('a')
        for collection in ('networks', 'subnets', 'ports', 'security-groups',
                           'security-group-rules'):
            for row in self.rows(collection):
                for name in row:
                    self.rows(collection, f'{parse.quote(name)}=x'
                              if not isinstance(row[name], bool) else f'{name}=1')

    def test_networks_that_qemu_makes_up(self) -> None:
        declared.reload(lambda networks: tuple(map(agreement.make_user, networks)))
        self.server('c')
        network = self.rows('networks', 'name=c')[0]
        (subnet,) = self.rows('subnets', f'network_id={network["id"]}')
        (port,) = self.rows('ports')
        self.assertIn('QEMU makes this network up', network['description'])
        self.assertEqual(
            (True, '192.0.2.2', [{'subnet_id': subnet['id'],
                                  'ip_address': '192.0.2.15'}]),
            (subnet['enable_dhcp'], subnet['gateway_ip'], port['fixed_ips']))


class SelectionTest(NetworkTestCase):

    def test_filters(self) -> None:
        ids = {row['name']: row['id'] for row in self.rows('networks')}
        for query, names in (
                ('', 'cab'), ('name=a', 'a'), ('name=a&name=b', 'ab'), ('name=x', ''),
                ('mtu=1400', 'cb'), ('mtu=1400&name=b', 'b'), (f'id={ids["b"]}', 'b'),
                ('port_security_enabled=false', 'a'), ('shared=True', 'cab'),
                ('shared=0', ''), ('router%3Aexternal=False', 'cab')):
            self.assertEqual(names, self.names(query), query)

    def test_filters_of_subnets_and_ports(self) -> None:
        first, second = self.server('a'), self.server('a')
        self.server('b')
        self.assertEqual(
            ['2001:db8::/64'],
            [row['cidr'] for row in self.rows('subnets', 'ip_version=6')])
        self.assertEqual(3, len(self.rows('subnets', 'gateway_ip=')))
        for query, owners in (
                (f'device_id={first}', [first]),
                ('fixed_ips=ip_address%3D198.51.100.3', [second]),
                ('fixed_ips=ip_address%3D198.51.100.9', [])):
            self.assertEqual(owners, [row['device_id']
                                      for row in self.rows('ports', query)], query)

    def test_order(self) -> None:
        for query, names in (
                ('sort_key=name', 'abc'), ('sort_key=name&sort_dir=desc', 'cba'),
                ('sort_key=mtu&sort_key=name&sort_dir=asc&sort_dir=desc', 'cba')):
            self.assertEqual(names, self.names(query), query)
        self.assertEqual([None, None, None, '198.51.100.1'], [
            row['gateway_ip'] for row in self.rows('subnets', 'sort_key=gateway_ip')])

    def test_fields(self) -> None:
        self.assertEqual([{'name': 'c'}, {'name': 'a'}, {'name': 'b'}],
                         self.rows('networks', 'fields=name&fields=nonesuch'))
        network_id = self.rows('networks')[0]['id']
        self.assertEqual(
            {'network': {'id': network_id, 'name': 'c'}},
            self.ask(f'/v2.0/networks/{network_id}?fields=id&fields=name').json)

    def test_pages_forth_and_back(self) -> None:
        query = '/network/v2.0/networks?sort_key=name&limit=2&shared=1&fields=name'
        seen = []
        for rel in ('next', 'previous', None):
            answer = self.request('GET', query).json
            links = {one['rel']: one['href']
                     for one in answer.get('networks_links', ())}
            seen.append((''.join(one['name'] for one in answer['networks']),
                         sorted(links)))
            if rel:
                query = links[rel].replace('http://localhost', '')
        self.assertEqual([('ab', ['next']), ('c', ['previous']), ('ab', ['next'])],
                         seen)

    def test_page_ends_with_the_rows(self) -> None:
        self.assertNotIn('networks_links', self.ask('/v2.0/networks?limit=3').json)
        self.assertNotIn('networks_links', self.ask('/v2.0/networks?limit=0').json)

    def test_queries_that_make_no_sense(self) -> None:
        for query, status, said in (
                ('nonesuch=1', 400, 'nonesuch'), ('limit=x', 400, 'limit'),
                ('limit=-1', 400, 'limit'), ('marker=x', 404, 'marker'),
                ('shared=perhaps', 400, 'perhaps'), ('sort_key=tags', 400, 'tags'),
                ('sort_key=x', 400, 'sort_key'), ('page_reverse=x', 400, "'x'"),
                ('sort_key=name&sort_dir=up', 400, 'up'),
                ('sort_key=name&sort_dir=asc&sort_dir=asc', 400, 'sort_dir')):
            answer = self.ask(f'/v2.0/networks?{query}')
            self.assertEqual(status, answer.status_code, query)
            self.assertIn(said, answer.json['NeutronError']['message'])
        self.assertEqual(400, self.ask('/v2.0/ports?nonesuch=1').status_code)
