# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource /servers."""

import base64
from typing import Any
from unittest import mock

from nova import exception
from nova.compute import task_states
from nova.compute import vm_states
from nova.tests.unit.api import base
from nova.tests.unit.api import fakes

AWKWARD = '<&"\'> \\ %s \u00e9\u4e2d\U0001f600'


class CreateTest(base.ApiTestCase):
    """POST /servers."""

    def create(self, version: Any = '2.96', drop: Any = (),
               hints: Any = None, **fields: Any) -> Any:
        """Ask for a server, with what is needed unless dropped."""
        server = {'name': 'one', 'imageRef': fakes.IMAGE_ID, 'flavorRef': '1',
                  **fields}
        if int(version.split('.')[1]) >= 37:
            server.setdefault('networks', 'none')
        for key in drop:
            del server[key]
        body = {'server': server}
        if hints is not None:
            body['os:scheduler_hints'] = hints
        return self.compute_request('POST', '/servers', version, json=body)

    def assert_refused(self, response: Any, *words: str) -> None:
        """Check that a request was refused and nothing was made."""
        self.assert_fault(response, 400, 'badRequest', *words)
        self.assertEqual({}, self.compute.instances)

    def test_create(self) -> None:
        response = self.create()
        self.assertEqual(202, response.status_code, response.text)
        server = response.json['server']
        self.assertEqual({'id', 'links', 'OS-DCF:diskConfig',
                          'security_groups'}, set(server))
        self.assertEqual(
            f"http://localhost/compute/v2.1/servers/{server['id']}",
            response.headers['Location'])
        self.assertIn(server['id'], self.compute.instances)

    def test_what_the_client_sends(self) -> None:
        response = self.create(
            min_count=1, max_count=1, config_drive=False,
            block_device_mapping_v2=[{
                'uuid': fakes.IMAGE_ID, 'boot_index': 0,
                'source_type': 'image', 'destination_type': 'local',
                'delete_on_termination': True}])
        self.assertEqual(202, response.status_code, response.text)

    def test_the_image_may_come_as_a_block_device_only(self) -> None:
        response = self.create(drop=('imageRef',), block_device_mapping_v2=[{
            'uuid': fakes.IMAGE_ID, 'boot_index': '0',
            'source_type': 'image', 'destination_type': 'local'}])
        self.assertEqual(202, response.status_code, response.text)

    def test_without_networks_in_old_versions(self) -> None:
        self.assertEqual(202, self.create('2.1').status_code)
        self.assertEqual(202, self.create('2.36', networks=[]).status_code)

    def test_networks_are_needed_since_2_37(self) -> None:
        self.assert_refused(self.create('2.37', drop=('networks',)), 'networks')

    def test_all_arguments_arrive(self) -> None:
        data = base64.b64encode(b'#!/bin/sh\n').decode()
        self.create(min_count='2', max_count=3, metadata={'a.b:c-d_e 1': 'x'},
                    user_data=data, config_drive='true')
        name, arguments = self.compute.calls[0]
        self.assertEqual('create', name)
        self.assertEqual(
            {'name': 'one', 'min_count': 2, 'max_count': 3,
             'metadata': {'a.b:c-d_e 1': 'x'}, 'user_data': data,
             'config_drive': True}, arguments)

    def test_max_count_follows_min_count(self) -> None:
        self.create(min_count=3)
        self.assertEqual(3, self.compute.calls[0][1]['max_count'])

    def test_awkward_names_arrive(self) -> None:
        for name in (AWKWARD, 'x' * 255, '\u4e2d' * 255, "'; drop table"):
            response = self.create(name=name)
            self.assertEqual(202, response.status_code, response.text)
            server = self.get(f"/servers/{response.json['server']['id']}")
            self.assertEqual(name, server['server']['name'])

    def test_bad_names_are_refused(self) -> None:
        names: tuple[Any, ...] = (
            '', ' ', 'a\nb', 'a\x00b', 'a\tb', 'a\x7fb', ' a', 'a ',
            'x' * 256, 'x' * 300, '\u202ea', 'a\u2028b', None, 3, ['a'], {})
        for name in names:
            self.assert_refused(self.create(name=name), 'name')

    def test_a_long_value_is_not_repeated(self) -> None:
        response = self.create(name='x' * 50000)
        self.assert_refused(response, 'name', 'at most 255')
        self.assertLess(len(response.text), 1000)

    def test_missing_fields(self) -> None:
        for field in ('name', 'flavorRef'):
            self.assert_refused(self.create(drop=(field,)), field)
        self.assert_refused(self.create(drop=('imageRef',)), 'imageRef')
        self.assert_refused(self.create(imageRef=''), 'imageRef')

    def test_unknown_flavor_and_image(self) -> None:
        self.assert_refused(self.create(flavorRef='77'), '77')
        unknown = fakes.IMAGE_ID.replace('1', '2')
        self.assert_refused(self.create(imageRef=unknown), unknown)

    def test_bad_fields(self) -> None:
        for field, value in (
                ('imageRef', 'not-a-uuid'), ('imageRef', 5),
                ('flavorRef', -1), ('flavorRef', ''), ('flavorRef', 'x' * 256),
                ('metadata', {'k': 5}), ('metadata', {'': 'v'}),
                ('metadata', {'k' * 256: 'v'}), ('metadata', {'k': 'v' * 256}),
                ('metadata', {'k\n': 'v'}), ('metadata', []),
                ('min_count', 0), ('min_count', -1), ('max_count', 'x'),
                ('max_count', 1.5), ('min_count', True), ('min_count', '0'),
                ('user_data', '***'), ('user_data', 'a' * 65536),
                ('user_data', 'YQ'), ('config_drive', 'maybe'),
                ('networks', 'some'), ('availability_zone', ''),
                ('OS-DCF:diskConfig', 'SOME'), ('no_such_field', 1),
                ('block_device_mapping_v2', 'x'), ('description', 'a\x07b')):
            self.assert_refused(self.create(**{field: value}), field)

    def test_unknown_keys_beside_the_server(self) -> None:
        body = {'server': {'name': 'a', 'flavorRef': '1', 'networks': 'none',
                           'imageRef': fakes.IMAGE_ID}, 'other': 1}
        response = self.compute_request('POST', '/servers', '2.96', json=body)
        self.assert_refused(response, 'other')

    def test_what_this_node_cannot_do_is_refused_by_name(self) -> None:
        for field, value in (
                ('networks', [{'port': fakes.IMAGE_ID}]),
                ('networks', [{'uuid': fakes.IMAGE_ID, 'tag': 'x'}]),
                ('key_name', 'mine'), ('adminPass', 'hidden'),
                ('security_groups', [{'name': 'web'}]), ('tags', ['a']),
                ('accessIPv4', '10.0.0.1'),
                ('trusted_image_certificates', ['x']),
                ('block_device_mapping', [{'device_name': 'vdb'}]),
                ('block_device_mapping_v2', [{'source_type': 'volume'}])):
            self.assert_refused(self.create(**{field: value}), field)
        self.assert_refused(self.create(hints={'group': 'x'}),
                            'os:scheduler_hints')
        self.assert_refused(
            self.create('2.1', personality=[{'path': '/a', 'contents': ''}]),
            'personality')

    def test_a_second_disk_is_refused(self) -> None:
        device = {'uuid': fakes.IMAGE_ID, 'boot_index': 0,
                  'source_type': 'image', 'destination_type': 'local'}
        self.assert_refused(
            self.create(block_device_mapping_v2=[device, device]),
            'block_device_mapping_v2')
        other = fakes.IMAGE_ID.replace('1', '2')
        self.assert_refused(
            self.create(block_device_mapping_v2=[{**device, 'uuid': other}]),
            'block_device_mapping_v2')

    def test_empty_wishes_are_none(self) -> None:
        response = self.create(security_groups=[{'name': 'default'}], tags=[],
                               key_name=None, hints={}, user_data=None)
        self.assertEqual(202, response.status_code, response.text)

    def test_fields_of_later_versions_are_unknown(self) -> None:
        for version, field, value in (
                ('2.18', 'description', 'x'), ('2.51', 'tags', []),
                ('2.62', 'trusted_image_certificates', None),
                ('2.73', 'host', fakes.HOST), ('2.89', 'hostname', 'x'),
                ('2.57', 'personality', [])):
            self.assert_refused(self.create(version, **{field: value}), field)

    def test_host(self) -> None:
        self.assertEqual(202, self.create(host=fakes.HOST).status_code)
        self.assertEqual(
            202, self.create(hypervisor_hostname=fakes.HOST).status_code)
        self.compute.instances.clear()
        self.assert_refused(self.create(host='elsewhere'), 'elsewhere')

    def test_counts(self) -> None:
        self.assert_refused(self.create(min_count=3, max_count=2), 'min_count')
        response = self.create(max_count=201)
        self.assert_fault(response, 403, 'forbidden', '200')

    def test_too_much_metadata(self) -> None:
        metadata = {f'k{number}': 'v' for number in range(129)}
        self.assert_fault(self.create(metadata=metadata), 403, 'forbidden',
                          '128')

    def test_reservation(self) -> None:
        response = self.create(return_reservation_id=True, max_count=2)
        self.assertEqual(202, response.status_code)
        self.assertEqual({'reservation_id': 'r-12345678'}, response.json)

    def test_what_the_compute_api_refuses(self) -> None:
        for error in (
                exception.ComputeResourcesUnavailable(reason='memory'),
                exception.FlavorDiskSmallerThanImage(flavor_size=1,
                                                     image_size=2),
                exception.FlavorMemoryTooSmall(),
                exception.ImageNotActive(image_id='1')):
            with mock.patch.object(self.compute, 'create', side_effect=error):
                self.assert_refused(self.create(), error.format_message())


class ShowTest(base.ApiTestCase):
    """GET /servers/{id}."""

    def show(self, version: str, **changes: Any) -> Any:
        """Return how an instance is shown."""
        instance = self.compute.add(**changes)
        return self.get(f'/servers/{instance.uuid}', version)['server']

    def test_in_the_first_version(self) -> None:
        server = self.show('2.1')
        self.assertEqual({
            'id', 'name', 'status', 'tenant_id', 'user_id', 'metadata',
            'hostId', 'image', 'flavor', 'created', 'updated', 'addresses',
            'accessIPv4', 'accessIPv6', 'links', 'OS-DCF:diskConfig',
            'OS-EXT-AZ:availability_zone', 'OS-EXT-STS:power_state',
            'OS-EXT-STS:task_state', 'OS-EXT-STS:vm_state',
            'OS-SRV-USG:launched_at', 'OS-SRV-USG:terminated_at',
            'config_drive', 'key_name', 'os-extended-volumes:volumes_attached',
            'OS-EXT-SRV-ATTR:host', 'OS-EXT-SRV-ATTR:hypervisor_hostname',
            'OS-EXT-SRV-ATTR:instance_name', 'progress'}, set(server))
        self.assertEqual('2024-05-06T07:08:09Z', server['created'])
        self.assertEqual('2024-05-06T07:08:09.000010',
                         server['OS-SRV-USG:launched_at'])
        self.assertEqual('nova', server['OS-EXT-AZ:availability_zone'])
        self.assertEqual('1', server['flavor']['id'])
        self.assertEqual({}, server['addresses'])

    def test_fields_come_with_their_version(self) -> None:
        for minor, field in (
                (3, 'OS-EXT-SRV-ATTR:reservation_id'),
                (3, 'OS-EXT-SRV-ATTR:user_data'), (9, 'locked'),
                (16, 'host_status'), (19, 'description'), (26, 'tags'),
                (63, 'trusted_image_certificates'), (71, 'server_groups'),
                (73, 'locked_reason'), (96, 'pinned_availability_zone')):
            self.assertNotIn(field, self.show(f'2.{minor - 1}'))
            self.assertIn(field, self.show(f'2.{minor}'))

    def test_groups_are_not_in_lists(self) -> None:
        self.compute.add()
        listed = self.get('/servers/detail', '2.96')['servers'][0]
        self.assertNotIn('server_groups', listed)

    def test_the_flavor_is_embedded_since_2_47(self) -> None:
        self.assertEqual({'id', 'links'}, set(self.show('2.46')['flavor']))
        self.assertEqual(
            {'vcpus': 1, 'ram': 512, 'disk': 1, 'ephemeral': 0, 'swap': 0,
             'original_name': 'm1.f1',
             'extra_specs': {'hw:cpu_policy': 'shared'}},
            self.show('2.47')['flavor'])

    def test_a_failed_one_shows_its_fault(self) -> None:
        fault = mock.Mock(code=500, message='no room', details='traceback',
                          created_at=fakes.NOW)
        server = self.show('2.1', vm_state=vm_states.ERROR, fault=fault)
        self.assertEqual('ERROR', server['status'])
        self.assertEqual(
            {'code': 500, 'message': 'no room', 'details': 'traceback',
             'created': '2024-05-06T07:08:09Z'}, server['fault'])
        self.assertNotIn('progress', server)

    def test_an_active_one_does_not(self) -> None:
        self.assertNotIn('fault', self.show('2.1', fault=mock.Mock()))

    def test_not_yet_built(self) -> None:
        server = self.show(
            '2.96', vm_state=vm_states.BUILDING, host=None, node=None,
            task_state=task_states.SCHEDULING, launched_at=None, image_ref='',
            power_state=None, progress=None)
        self.assertEqual(
            ('BUILD', '', '', '', None, 0, 0),
            (server['status'], server['hostId'], server['image'],
             server['OS-EXT-AZ:availability_zone'],
             server['OS-SRV-USG:launched_at'],
             server['OS-EXT-STS:power_state'], server['progress']))

    def test_statuses(self) -> None:
        for vm_state, task_state, status in (
                ('active', None, 'ACTIVE'), ('active', 'rebooting', 'REBOOT'),
                ('active', 'reboot_started_hard', 'HARD_REBOOT'),
                ('active', 'deleting', 'ACTIVE'),
                ('building', 'spawning', 'BUILD'),
                ('stopped', None, 'SHUTOFF'), ('paused', None, 'PAUSED'),
                ('error', None, 'ERROR'), ('suspended', None, 'SUSPENDED'),
                ('resized', None, 'VERIFY_RESIZE'),
                ('rescued', None, 'RESCUE'), ('no such', None, 'UNKNOWN')):
            server = self.show('2.1', vm_state=vm_state, task_state=task_state)
            self.assertEqual(status, server['status'])

    def test_what_is_not_there(self) -> None:
        for server_id in (fakes.IMAGE_ID, 'one', '1', '%00', 'a%2Fb', 'x' * 999,
                          '..', "';--"):
            response = self.compute_request('GET', f'/servers/{server_id}')
            self.assert_fault(response, 404, 'itemNotFound')


class ListTest(base.ApiTestCase):
    """GET /servers and /servers/detail."""

    def _filters(self, query: str, version: str = '2.96') -> Any:
        self.compute.calls.clear()
        self.get(f'/servers{query}', version)
        return self.compute.calls[0][1] if self.compute.calls else None

    def test_brief_and_detail(self) -> None:
        instance = self.compute.add()
        brief = self.get('/servers', '2.96')['servers']
        self.assertEqual([{'id', 'name', 'links'}],
                         [set(server) for server in brief])
        detail = self.get('/servers/detail', '2.96')['servers']
        self.assertEqual([instance.uuid], [one['id'] for one in detail])
        self.assertEqual('ACTIVE', detail[0]['status'])

    def test_newest_first_by_default(self) -> None:
        asked = self._filters('')
        self.assertEqual(({}, [('created_at', 'desc')], 1000, None),
                         (asked['filters'], asked['sort'], asked['limit'],
                          asked['marker']))

    def test_filters(self) -> None:
        asked = self._filters(
            '?name=a&host=h&image=i&user_id=u&power_state=4&flavor=2'
            '&vm_state=active&vm_state=error&all_tenants=1&deleted=False')
        self.assertEqual(
            {'display_name': 'a', 'host': 'h', 'image_ref': 'i',
             'user_id': 'u', 'power_state': 4, 'instance_type_id': 2,
             'vm_state': ['active', 'error']}, asked['filters'])

    def test_times(self) -> None:
        asked = self._filters('?changes-since=2024-01-02T03:04:05%2B01:00')
        self.assertEqual('2024-01-02T02:04:05',
                         asked['filters']['changes-since'].isoformat())

    def test_statuses(self) -> None:
        self.assertEqual({'vm_state': ['error']},
                         self._filters('?status=error')['filters'])
        self.assertEqual(
            {'vm_state': ['active'],
             'task_state': ['reboot_pending', 'reboot_started', 'rebooting']},
            self._filters('?status=REBOOT')['filters'])
        self.assertEqual({'vm_state': ['active', 'stopped']},
                         self._filters('?status=ACTIVE&status=SHUTOFF')
                         ['filters'])

    def test_unknown_status(self) -> None:
        self.assertIsNone(self._filters('?status=nope', '2.37'))
        response = self.compute_request('GET', '/servers?status=nope', '2.38')
        self.assert_fault(response, 400, 'badRequest', 'nope')

    def test_nothing_that_was_deleted_is_kept(self) -> None:
        self.compute.add()
        self.assertIsNone(self._filters('?deleted=True'))
        self.assertEqual([], self.get('/servers?deleted=1')['servers'])

    def test_sorting(self) -> None:
        asked = self._filters('?sort_key=display_name&sort_key=uuid'
                              '&sort_dir=asc')
        self.assertEqual([('display_name', 'asc'), ('uuid', 'asc')],
                         asked['sort'])

    def test_pages(self) -> None:
        made = [self.compute.add().uuid for _number in range(5)]
        page = self.get('/servers?limit=2&name=one')
        self.assertEqual(made[:2], [one['id'] for one in page['servers']])
        following = page['servers_links'][0]
        self.assertEqual('next', following['rel'])
        self.assertIn('name=one', following['href'])
        seen = list(made[:2])
        while True:
            page = self.request('GET', following['href']).json
            seen += [one['id'] for one in page['servers']]
            if 'servers_links' not in page:
                break
            following = page['servers_links'][0]
        self.assertEqual(made, seen)

    def test_limits(self) -> None:
        self.assertEqual(1000, self._filters('?limit=5000')['limit'])
        self.compute.add()
        self.assertEqual({'servers': []}, self.get('/servers?limit=0'))

    def test_bad_queries(self) -> None:
        for query in ('limit=-1', 'limit=x', 'limit=1&limit=2', 'limit=' + '9' * 99,
                      'sort_key=password', 'sort_dir=up', 'changes-since=today',
                      'sort_dir=asc&sort_dir=desc', 'power_state=on',
                      'ip=10.0.0.1', 'tags=a', 'deleted=perhaps',
                      'name=' + 'x' * 300, 'marker=nope',
                      'power_state=' + '9' * 30, 'progress=-' + '9' * 30,
                      'changes-since=0001-01-01T00:00:00%2B14:00',
                      'changes-before=9999-12-31T23:59:59-14:00'):
            response = self.compute_request('GET', f'/servers?{query}', '2.96')
            self.assert_fault(response, 400, 'badRequest')

    def test_unknown_parameters(self) -> None:
        self.assertEqual(200, self.compute_request(
            'GET', '/servers?what=ever', '2.74').status_code)
        response = self.compute_request('GET', '/servers?what=ever', '2.75')
        self.assert_fault(response, 400, 'badRequest', 'what')


class ChangeTest(base.ApiTestCase):
    """PUT and DELETE /servers/{id}."""

    def _put(self, server: Any, version: str = '2.96') -> Any:
        self.instance = self.compute.add()
        return self.compute_request('PUT', f'/servers/{self.instance.uuid}',
                                    version, json={'server': server})

    def test_name(self) -> None:
        response = self._put({'name': AWKWARD})
        self.assertEqual(200, response.status_code, response.text)
        self.assertEqual(AWKWARD, response.json['server']['name'])
        self.assertEqual(AWKWARD, self.instance.display_name)

    def test_description(self) -> None:
        response = self._put({'description': 'long'})
        self.assertEqual('long', response.json['server']['description'])

    def test_refused(self) -> None:
        for server in ({'name': 'a\nb'}, {'name': 'x' * 256}, {'name': None},
                       {'status': 'ACTIVE'}, {'accessIPv4': '1.2.3.4'}, None):
            self.assert_fault(self._put(server), 400, 'badRequest')
            self.assertEqual('one', self.instance.display_name)

    def test_no_description_before_2_19(self) -> None:
        self.assert_fault(self._put({'description': 'x'}, '2.18'), 400,
                          'badRequest', 'description')

    def test_delete(self) -> None:
        instance = self.compute.add()
        response = self.compute_request('DELETE', f'/servers/{instance.uuid}')
        self.assertEqual((204, b''), (response.status_code, response.data))
        self.assertNotIn('Content-Type', response.headers)
        response = self.compute_request('DELETE', f'/servers/{instance.uuid}')
        self.assert_fault(response, 404, 'itemNotFound')
