# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Secrets, versions, limits and errors of the application as a whole."""

import io
import json
from typing import Any
from unittest import mock

from nova import exception
from nova.tests.fixtures import database
from nova.tests.unit.api import base
from nova.tests.unit.api import fakes


class AuthenticationTest(base.ApiTestCase):
    """Nothing but version documents is answered without the secret."""

    def test_version_documents_need_no_secret(self) -> None:
        for path, status in (
                ('/', 200), ('/compute', 200), ('/compute/', 200),
                ('/compute/v2.1', 200), ('/compute/v2.1/', 200),
                ('/image', 300), ('/image/versions', 200), ('/identity', 300),
                ('/identity/v3', 200), ('/identity/v3/', 200)):
            response = self.request('GET', path, auth=None)
            self.assertEqual(status, response.status_code, path)

    def test_everything_else_needs_it(self) -> None:
        for method, path in (
                ('GET', '/compute/v2.1/servers'),
                ('POST', '/compute/v2.1/servers'),
                ('DELETE', f'/compute/v2.1/servers/{fakes.IMAGE_ID}'),
                ('GET', '/image/v2/images'), ('GET', '/nowhere'),
                ('POST', '/'), ('PUT', '/compute/v2.1'),
                ('GET', '/identity/v3/users'), ('GET', '/compute/v2.1/nope')):
            response = self.request(method, path, auth=None)
            self.assertEqual(401, response.status_code, path)
            self.assertIn('Basic', response.headers['WWW-Authenticate'])

    def test_wrong_secrets(self) -> None:
        for auth in (('admin', 'wrong'), ('admin', ''), ('root', base.SECRET),
                     ('', base.SECRET), ('admin', base.SECRET + 'x')):
            response = self.compute_request('GET', '/servers', auth=auth)
            self.assert_fault(response, 401, 'unauthorized')

    def test_malformed_headers(self) -> None:
        for header in ('Basic', 'Basic ', 'Basic !!!', 'Bearer abc', 'x' * 9000,
                       'Basic ' + 'A' * 9000, 'Basic \xff'):
            response = self.compute_request(
                'GET', '/servers', auth=None,
                headers={'Authorization': header})
            self.assertEqual(401, response.status_code)

    def test_refusal_is_logged_without_the_secret(self) -> None:
        self.compute_request('GET', '/servers', auth=('admin', 'guess'))
        self.assertIn('no or the wrong secret', self.logs.output)
        self.assertNotIn('guess', self.logs.output)

    def test_a_refused_request_reaches_nothing(self) -> None:
        self.compute_request('GET', '/servers', auth=None)
        self.assertEqual([], self.compute.calls)


class MicroversionTest(base.ApiTestCase):
    """The version asked for is answered, or refused."""

    def _answered(self, headers: dict[str, str]) -> str:
        response = self.compute_request('GET', '/flavors', headers=headers)
        self.assertEqual(200, response.status_code, response.text)
        version = response.headers['X-OpenStack-Nova-API-Version']
        self.assertEqual(f'compute {version}',
                         response.headers['OpenStack-API-Version'])
        self.assertIn('OpenStack-API-Version', response.headers['Vary'])
        return version

    def test_negotiation(self) -> None:
        for headers, version in (
                ({}, '2.1'),
                ({'OpenStack-API-Version': 'compute 2.53'}, '2.53'),
                ({'OpenStack-API-Version': 'compute latest'}, '2.96'),
                ({'OpenStack-API-Version': 'volume 3.0, compute 2.3'}, '2.3'),
                ({'OpenStack-API-Version': 'volume 3.0'}, '2.1'),
                ({'X-OpenStack-Nova-API-Version': '2.5'}, '2.5'),
                ({'X-OpenStack-Nova-API-Version': '2.5',
                  'OpenStack-API-Version': 'compute 2.6'}, '2.6')):
            self.assertEqual(version, self._answered(headers))

    def test_unserved_versions(self) -> None:
        for version in ('2.0', '2.97', '3.0', '1.1', '2.99999'):
            response = self.compute_request('GET', '/servers', version)
            self.assert_fault(response, 406, 'computeFault', version, '2.1',
                              '2.96')

    def test_what_is_no_version(self) -> None:
        for version in ('2', 'two', '2.1.1', '02.1', '2.-1', ''):
            response = self.compute_request(
                'GET', '/servers',
                headers={'OpenStack-API-Version': f'compute {version}'})
            self.assert_fault(response, 400, 'badRequest')

    def test_documents_tell_the_bounds(self) -> None:
        response = self.request('GET', '/compute/v2.1', auth=None)
        version = response.json['version']
        self.assertEqual(('v2.1', 'CURRENT', '2.1', '2.96'),
                         (version['id'], version['status'],
                          version['min_version'], version['version']))
        self.assertEqual('http://localhost/compute/v2.1/',
                         version['links'][0]['href'])
        listed = self.request('GET', '/', auth=None).json['versions']
        self.assertEqual(['v2.1'], [one['id'] for one in listed])


class ErrorTest(base.ApiTestCase):
    """Errors have the right status and shape, and give nothing away."""

    def test_unknown_paths(self) -> None:
        for path in ('/compute/v2.1/nope', '/compute/v2', '/nope',
                     '/compute/v2.1/servers/x/y/z'):
            response = self.request('GET', path)
            self.assert_fault(response, 404, 'itemNotFound')

    def test_other_method(self) -> None:
        response = self.compute_request('DELETE', '/flavors')
        self.assert_fault(response, 405, 'badMethod')
        self.assertIn('GET', response.headers['Allow'])

    def test_image_errors_look_like_glances(self) -> None:
        response = self.request('GET', '/image/v2/nope')
        self.assertEqual(404, response.status_code)
        self.assertEqual({'message', 'title', 'code'}, set(response.json))
        self.assertEqual('404 Not Found', response.json['code'])

    def test_identity_errors_look_like_keystones(self) -> None:
        response = self.request('GET', '/identity/v3/users')
        self.assertEqual(404, response.json['error']['code'])

    def test_an_unexpected_error_is_logged_and_not_shown(self) -> None:
        with mock.patch.object(self.compute, 'get_all',
                               side_effect=RuntimeError('a detail')):
            response = self.compute_request('GET', '/servers')
        self.assert_fault(response, 500, 'computeFault', 'RuntimeError')
        self.assertNotIn('a detail', response.text)
        self.assertIn('a detail', self.logs.output)

    def test_statuses_of_exceptions(self) -> None:
        for error, status, name in (
                (exception.HypervisorUnavailable(), 503, 'serviceUnavailable'),
                (exception.NovaException('x'), 500, 'computeFault'),
                (exception.InstanceNotFound(instance_id='1'), 404,
                 'itemNotFound'),
                (exception.Forbidden(), 403, 'forbidden'),
                (exception.InvalidInput(reason='x'), 400, 'badRequest'),
                (exception.UnexpectedTaskStateError(
                    instance_uuid='1', expected={}, actual={}), 409,
                 'conflictingRequest'),
                (NotImplementedError(), 501, 'notImplemented')):
            with mock.patch.object(self.compute, 'get_all', side_effect=error):
                response = self.compute_request('GET', '/servers')
            self.assert_fault(response, status, name)

    def test_request_ids(self) -> None:
        given = 'req-11111111-2222-4333-8444-555555555555'
        with mock.patch.object(self.compute, 'get_all',
                               return_value=[]) as get_all:
            response = self.compute_request(
                'GET', '/servers', headers={'X-Openstack-Request-Id': given})
        context = get_all.call_args.args[0]
        self.assertEqual(context.request_id,
                         response.headers['X-Openstack-Request-Id'])
        self.assertEqual(context.request_id,
                         response.headers['X-Compute-Request-Id'])
        self.assertNotEqual(given, context.request_id)
        self.assertEqual(given, context.global_request_id)

    def test_the_context_of_a_request(self) -> None:
        with mock.patch.object(self.compute, 'get_all',
                               return_value=[]) as get_all:
            self.compute_request('GET', '/servers')
        context = get_all.call_args.args[0]
        self.assertTrue(context.is_admin)
        self.assertEqual(('0' * 31 + '1', '0' * 31 + '2'),
                         (context.user_id, context.project_id))


class BodyTest(base.ApiTestCase):
    """Bodies are bounded, and nothing but strict JSON."""

    def _post(self, data: bytes,
              content_type: str = 'application/json') -> Any:
        return self.compute_request('POST', '/servers', data=data,
                                    content_type=content_type)

    def test_what_is_no_json(self) -> None:
        for data in (b'', b'{', b'nope', b'\xff\xfe', b'{"a": NaN}',
                     b'{"a": Infinity}', b'[' * 50000, b'{"server": "\\ud800"}',
                     b'{"a": 1' + b'0' * 5000 + b'}'):
            self.assert_fault(self._post(data), 400, 'badRequest',
                              'Malformed message body')

    def test_what_is_no_object(self) -> None:
        for data in (b'null', b'[]', b'3', b'"server"', b'{}',
                     b'{"server": null}', b'{"server": []}'):
            self.assert_fault(self._post(data), 400, 'badRequest')

    def test_other_types(self) -> None:
        for content_type in ('text/plain', 'application/xml', '',
                             'application/x-www-form-urlencoded'):
            self.assert_fault(self._post(b'{}', content_type), 415,
                              'badMediaType')

    def test_too_large(self) -> None:
        data = json.dumps({'server': {'name': 'x' * 120000}}).encode()
        self.assert_fault(self._post(data), 413, 'overLimit')

    def test_too_large_without_a_length(self) -> None:
        response = self.compute_request(
            'POST', '/servers', input_stream=io.BytesIO(b' ' * 200000),
            content_type='application/json',
            environ_overrides={'wsgi.input_terminated': True})
        self.assert_fault(response, 413, 'overLimit')
        self.assertEqual([], self.compute.calls)


class NetworkTest(base.ApiTestCase):
    """The Networking API of a node without networks."""

    def test_reading(self) -> None:
        self.useFixture(database.Database())
        for plural in ('networks', 'subnets', 'ports', 'extensions'):
            response = self.request('GET', f'/network/v2.0/{plural}')
            self.assertEqual({plural: []}, response.json)
        response = self.request('GET', '/network/v2.0/networks/lan')
        self.assertEqual(404, response.status_code)
        self.assertIn('lan', response.json['NeutronError']['message'])

    def test_version_document_is_public(self) -> None:
        response = self.request('GET', '/network/', auth=None)
        self.assertEqual('v2.0', response.json['versions'][0]['id'])
