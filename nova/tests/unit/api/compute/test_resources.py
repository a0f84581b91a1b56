# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Flavors, hypervisors, instance actions and what else can be read."""

from typing import Any

from nova.tests.unit.api import base
from nova.tests.unit.api import fakes

NODE_ID = '99999999-8888-4777-8666-555555555555'


class FlavorTest(base.ApiTestCase):
    """The resource /flavors."""

    def _ids(self, query: str) -> list[str]:
        return [one['id'] for one in self.get(f'/flavors{query}')['flavors']]

    def test_list(self) -> None:
        flavors = self.get('/flavors')['flavors']
        self.assertEqual([('1', 'm1.f1'), ('2', 'm1.f2')],
                         [(one['id'], one['name']) for one in flavors])
        self.assertEqual({'id', 'name', 'links'}, set(flavors[0]))

    def test_show(self) -> None:
        flavor = self.get('/flavors/2')['flavor']
        self.assertEqual(
            (2048, 20, 1, 64, 0, False, True, 1.0),
            (flavor['ram'], flavor['disk'], flavor['vcpus'], flavor['swap'],
             flavor['OS-FLV-EXT-DATA:ephemeral'],
             flavor['OS-FLV-DISABLED:disabled'],
             flavor['os-flavor-access:is_public'], flavor['rxtx_factor']))

    def test_fields_come_with_their_version(self) -> None:
        for minor, field in ((55, 'description'), (61, 'extra_specs')):
            self.assertNotIn(field, self.get(
                '/flavors/detail', f'2.{minor - 1}')['flavors'][0])
            self.assertIn(field, self.get(
                '/flavors/detail', f'2.{minor}')['flavors'][0])

    def test_no_swap(self) -> None:
        self.assertEqual('', self.get('/flavors/1', '2.74')['flavor']['swap'])
        self.assertEqual(0, self.get('/flavors/1', '2.75')['flavor']['swap'])

    def test_filters_and_pages(self) -> None:
        self.assertEqual(['2'], self._ids('?minRam=1000'))
        self.assertEqual(['2'], self._ids('?minDisk=2'))
        self.assertEqual(['2', '1'], self._ids('?sort_dir=desc'))
        self.assertEqual(['2'], self._ids('?marker=1'))
        self.assertEqual([], self._ids('?is_public=False'))
        self.assertEqual(['1', '2'], self._ids('?is_public=None'))
        page = self.get('/flavors?limit=1')
        self.assertIn('marker=1', page['flavors_links'][0]['href'])

    def test_extra_specs(self) -> None:
        self.assertEqual({'extra_specs': {'hw:cpu_policy': 'shared'}},
                         self.get('/flavors/1/os-extra_specs'))
        self.assertEqual({'hw:cpu_policy': 'shared'},
                         self.get('/flavors/1/os-extra_specs/hw:cpu_policy'))
        self.assert_fault(self.compute_request(
            'GET', '/flavors/1/os-extra_specs/nope'), 404, 'itemNotFound')

    def test_unknown(self) -> None:
        self.assert_fault(self.compute_request('GET', '/flavors/m1.f1'), 404,
                          'itemNotFound', 'm1.f1')

    def test_bad_queries(self) -> None:
        for query in ('limit=x', 'minRam=much', 'sort_key=nope', 'marker=9',
                      'is_public=perhaps', 'sort_dir=up'):
            response = self.compute_request('GET', f'/flavors?{query}')
            self.assert_fault(response, 400, 'badRequest')


class HypervisorTest(base.ApiTestCase):
    """The resource /os-hypervisors."""

    def test_list(self) -> None:
        self.assertEqual(
            [{'id': 1, 'hypervisor_hostname': fakes.HOST, 'state': 'up',
              'status': 'enabled'}],
            self.get('/os-hypervisors')['hypervisors'])
        self.assertEqual(
            NODE_ID, self.get('/os-hypervisors', '2.53')['hypervisors'][0]['id'])

    def test_detail_by_version(self) -> None:
        old = self.get('/os-hypervisors/detail')['hypervisors'][0]
        self.assertEqual('{"arch": "x86_64"}', old['cpu_info'])
        self.assertEqual((2, 4096), (old['vcpus'], old['memory_mb']))
        self.assertEqual({'id': 1, 'host': fakes.HOST,
                          'disabled_reason': None}, old['service'])
        later = self.get('/os-hypervisors/detail', '2.28')['hypervisors'][0]
        self.assertEqual({'arch': 'x86_64'}, later['cpu_info'])
        new = self.get('/os-hypervisors/detail', '2.88')['hypervisors'][0]
        self.assertEqual(set(), {'cpu_info', 'vcpus', 'memory_mb'} & set(new))
        self.assertIn('uptime', new)

    def test_show(self) -> None:
        for version, identifier in (('2.1', '1'), ('2.96', NODE_ID)):
            shown = self.get(f'/os-hypervisors/{identifier}', version)
            self.assertEqual('QEMU', shown['hypervisor']['hypervisor_type'])

    def test_unknown(self) -> None:
        for version, identifier, status in (
                ('2.1', NODE_ID, 404), ('2.53', '1', 400), ('2.53', 'x', 404),
                ('2.53', fakes.IMAGE_ID, 404)):
            response = self.compute_request(
                'GET', f'/os-hypervisors/{identifier}', version)
            self.assertEqual(status, response.status_code)

    def test_servers_on_it(self) -> None:
        instance = self.compute.add()
        shown = self.get(f'/os-hypervisors/{NODE_ID}?with_servers=true', '2.53')
        self.assertEqual([{'uuid': instance.uuid, 'name': 'one'}],
                         shown['hypervisor']['servers'])

    def test_by_name(self) -> None:
        query = '/os-hypervisors?hypervisor_hostname_pattern='
        self.assertEqual(1, len(self.get(f'{query}node', '2.53')
                                ['hypervisors']))
        self.assert_fault(self.compute_request('GET', f'{query}no-such', '2.53'),
                          404, 'itemNotFound')

    def test_statistics(self) -> None:
        sums = self.get('/os-hypervisors/statistics',
                        '2.87')['hypervisor_statistics']
        self.assertEqual((1, 2, 4096), (sums['count'], sums['vcpus'],
                                        sums['memory_mb']))
        self.assert_fault(self.compute_request(
            'GET', '/os-hypervisors/statistics', '2.88'), 404, 'itemNotFound')


class InstanceActionTest(base.ApiTestCase):
    """The resource /servers/{id}/os-instance-actions."""

    def setUp(self) -> None:
        super().setUp()
        self.instance = self.compute.add()
        self.path = f'/servers/{self.instance.uuid}/os-instance-actions'
        for name in ('os-stop', 'os-start', 'pause'):
            self.compute_request(
                'POST', f'/servers/{self.instance.uuid}/action',
                json={name: None})

    def _names(self, query: str = '', version: str = '2.96') -> list[str]:
        page = self.get(f'{self.path}{query}', version)
        return [one['action'] for one in page['instanceActions']]

    def test_newest_first(self) -> None:
        self.assertEqual(['pause', 'start', 'stop'], self._names())

    def test_fields_by_version(self) -> None:
        fields = {'action', 'instance_uuid', 'request_id', 'user_id',
                  'project_id', 'start_time', 'message'}
        old, new = (self.get(self.path, version)['instanceActions'][0]
                    for version in ('2.57', '2.58'))
        self.assertEqual(fields, set(old))
        self.assertEqual(fields | {'updated_at'}, set(new))

    def test_pages(self) -> None:
        page = self.get(f'{self.path}?limit=2', '2.58')
        self.assertEqual('next', page['links'][0]['rel'])
        marker = page['instanceActions'][-1]['request_id']
        self.assertEqual(['stop'], self._names(f'?marker={marker}'))
        self.assertEqual(3, len(self._names('?limit=1', '2.57')))

    def test_times(self) -> None:
        self.assertEqual([], self._names('?changes-since=2030-01-01'))
        self.assertEqual([], self._names('?changes-before=2000-01-01'))
        self.assertEqual(3, len(self._names('?changes-since=2024-01-01')))

    def test_show(self) -> None:
        request_id = self.get(self.path)['instanceActions'][0]['request_id']
        for version, extra in (('2.1', set()), ('2.62', {'host', 'hostId'}),
                               ('2.84', {'host', 'hostId', 'details'})):
            action = self.get(f'{self.path}/{request_id}',
                              version)['instanceAction']
            self.assertEqual(
                {'event', 'start_time', 'finish_time', 'result',
                 'traceback'} | extra, set(action['events'][0]))

    def test_unknown(self) -> None:
        self.assert_fault(self.compute_request('GET', f'{self.path}/req-1'),
                          404, 'itemNotFound')
        self.assert_fault(self.compute_request(
            'GET', f'/servers/{fakes.IMAGE_ID}/os-instance-actions'), 404,
            'itemNotFound')

    def test_bad_queries(self) -> None:
        for query in ('limit=x', 'marker=req-1', 'what=ever',
                      'changes-since=now'):
            response = self.compute_request('GET', f'{self.path}?{query}',
                                            '2.66')
            self.assert_fault(response, 400, 'badRequest')


class OneNodeTest(base.ApiTestCase):
    """What clients ask of any cloud, and one node answers simply."""

    def test_zones(self) -> None:
        zone = self.get('/os-availability-zone')['availabilityZoneInfo'][0]
        self.assertEqual(('nova', None), (zone['zoneName'], zone['hosts']))
        zone = self.get(
            '/os-availability-zone/detail')['availabilityZoneInfo'][0]
        self.assertEqual([fakes.HOST], list(zone['hosts']))

    def _services(self, query: str, version: str = '2.96') -> Any:
        return self.get(f'/os-services{query}', version)['services']

    def test_services(self) -> None:
        self.assertEqual(
            [('nova-compute', fakes.HOST, 'up', 'enabled', NODE_ID)],
            [(one['binary'], one['host'], one['state'], one['status'],
              one['id']) for one in self._services('')])
        self.assertEqual([], self._services('?host=other'))
        self.assertEqual([], self._services('?binary=nova-scheduler'))
        self.assertNotIn('forced_down', self._services('', '2.10')[0])

    def _change_service(self, target: str, version: str, **body: Any) -> Any:
        return self.compute_request('PUT', f'/os-services/{target}', version,
                                    json=body)

    def test_service_is_disabled_and_enabled(self) -> None:
        shown = self._change_service(
            NODE_ID, '2.53', status='disabled', disabled_reason='new disks')
        self.assertEqual(('disabled', 'new disks'), (
            shown.json['service']['status'],
            shown.json['service']['disabled_reason']))
        node = self.get('/os-hypervisors/detail', '2.53')['hypervisors'][0]
        self.assertEqual(('disabled', 'new disks'), (
            node['status'], node['service']['disabled_reason']))
        self._change_service(NODE_ID, '2.53', status='enabled')
        self.assertEqual(('enabled', None), (
            self._services('')[0]['status'], self._services('')[0]['disabled_reason']))

    def test_service_is_disabled_by_older_clients(self) -> None:
        target = {'host': fakes.HOST, 'binary': 'nova-compute'}
        answer = self._change_service(
            'disable-log-reason', '2.1', **target, disabled_reason='new disks')
        self.assertEqual({'service': {**target, 'disabled_reason': 'new disks',
                                      'status': 'disabled'}}, answer.json)
        self.assertEqual('disabled', self._services('', '2.1')[0]['status'])
        answer = self._change_service('enable', '2.52', **target)
        self.assertEqual({'service': {**target, 'status': 'enabled'}}, answer.json)

    def test_change_of_a_service_that_cannot_be(self) -> None:
        target = {'host': fakes.HOST, 'binary': 'nova-compute'}
        for path, version, body, status, word in (
            ('other', '2.53', {'status': 'enabled'}, 404, 'other'),
            (NODE_ID, '2.53', {'status': 'maybe'}, 400, 'status'),
            (NODE_ID, '2.53', {}, 400, 'status'),
            (NODE_ID, '2.53', {'status': 'enabled', 'disabled_reason': 'x'},
             400, 'disabled_reason'),
            ('disable', '2.52', {**target, 'host': 'other'}, 404, 'other'),
            ('disable', '2.52', {'host': 'other'}, 400, 'binary'),
            ('disable-log-reason', '2.52', target, 400, 'disabled_reason'),
            ('remove', '2.52', target, 404, 'remove'),
        ):
            self.assert_fault(
                self._change_service(path, version, **body), status,
                {400: 'badRequest', 404: 'itemNotFound'}[status], word)
        self.assertEqual('enabled', self._services('')[0]['status'])

    def test_aggregates(self) -> None:
        self.assertEqual({'aggregates': []}, self.get('/os-aggregates'))

    def test_limits(self) -> None:
        self.compute.add()
        absolute = self.get('/limits')['limits']['absolute']
        self.assertEqual((1, 1, 512), (
            absolute['totalInstancesUsed'], absolute['totalCoresUsed'],
            absolute['totalRAMUsed']))
