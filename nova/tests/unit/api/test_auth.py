# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The secret, and the clouds.yaml that holds it."""

import base64
import concurrent.futures
import os
import stat
from unittest import mock

import yaml

from nova import exception
from nova.api import auth
from nova.api import clouds
from nova.api import privatefile
from nova.tests.unit import base


def _mode(path: str) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


class SecretTest(base.TestCase):
    """A secret is made once, and is its owner's only."""

    def setUp(self) -> None:
        super().setUp()
        self.path = os.path.join(self.state_path, 'deep', 'api-secret')

    def _write(self, text: str, mode: int = 0o600) -> None:
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path, 'w', encoding='utf-8') as stream:
            stream.write(text)
        os.chmod(self.path, mode)

    def test_made_once(self) -> None:
        secret = auth.ensure_secret(self.path)
        self.assertGreaterEqual(len(secret), 32)
        self.assertEqual(secret, auth.ensure_secret(self.path))
        self.assertEqual(0o600, _mode(self.path))
        self.assertEqual(['api-secret'],
                         os.listdir(os.path.dirname(self.path)))

    def test_another_each_time(self) -> None:
        other = os.path.join(self.state_path, 'other')
        self.assertNotEqual(auth.ensure_secret(self.path),
                            auth.ensure_secret(other))

    def test_two_that_start_at_once_agree(self) -> None:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            secrets = set(pool.map(auth.ensure_secret, [self.path] * 32))
        self.assertEqual(1, len(secrets))

    def test_ones_own_secret_is_kept(self) -> None:
        self._write('a-secret-of-my-own\n')
        self.assertEqual('a-secret-of-my-own', auth.ensure_secret(self.path))

    def test_what_others_can_read_is_closed(self) -> None:
        self._write('a-secret-of-my-own\n', 0o644)
        auth.ensure_secret(self.path)
        self.assertEqual(0o600, _mode(self.path))
        self.assertIn('could be read by others', self.logs.output)
        self.assertNotIn('a-secret-of-my-own', self.logs.output)

    def test_useless_secrets(self) -> None:
        for text in ('', '\n', 'short', 'two words and more of them',
                     'x' * 300, 'caf\u00e9' * 8):
            self._write(text)
            error = self.assertRaises(exception.InvalidConfiguration,
                                      auth.ensure_secret, self.path)
            self.assertIn(self.path, str(error))

    def test_what_is_no_file(self) -> None:
        os.makedirs(self.path)
        self.assertRaises(exception.InvalidConfiguration, auth.ensure_secret,
                          self.path)
        os.rmdir(self.path)
        os.mkfifo(self.path)
        self.assertRaises(exception.InvalidConfiguration, auth.ensure_secret,
                          self.path)

    def test_nowhere_to_write(self) -> None:
        error = self.assertRaises(exception.InvalidConfiguration,
                                  auth.ensure_secret, '/proc/no/such/secret')
        self.assertIn('/proc/no/such/secret', str(error))


class BasicAuthTest(base.TestCase):
    """The header of requests."""

    def _accepts(self, credentials: bytes, scheme: str = 'Basic') -> bool:
        encoded = base64.b64encode(credentials).decode()
        return auth.BasicAuth('admin', 's3cret').accepts(f'{scheme} {encoded}')

    def test_only_the_right_ones(self) -> None:
        self.assertTrue(self._accepts(b'admin:s3cret'))
        self.assertTrue(self._accepts(b'admin:s3cret', 'basic'))
        for credentials in (b'admin:s3cre', b'admin:s3crett', b'admin:', b':',
                            b'', b'Admin:s3cret', b'admin', b'\xff\xfe'):
            self.assertFalse(self._accepts(credentials))
        self.assertFalse(self._accepts(b'admin:s3cret', 'Bearer'))
        self.assertFalse(auth.BasicAuth('admin', 's3cret').accepts(None))

    def test_compared_in_constant_time(self) -> None:
        with mock.patch('hmac.compare_digest', return_value=True) as compare:
            self.assertTrue(self._accepts(b'admin:guess'))
        compare.assert_called_once_with(b'admin:guess', b'admin:s3cret')

    def test_never_without_a_secret(self) -> None:
        self.assertRaises(ValueError, auth.BasicAuth, 'admin', '')
        self.assertRaises(ValueError, auth.BasicAuth, '', 's3cret')


class CloudsTest(base.TestCase):
    """The clouds.yaml."""

    def setUp(self) -> None:
        super().setUp()
        self.path = os.path.join(self.state_path, 'clouds.yaml')

    def _write(self, secret: str = 's3cret') -> None:
        clouds.write_clouds_yaml(
            self.path, cloud_name='local', username='admin', secret=secret,
            endpoint=clouds.endpoint_url('127.0.0.1', 8774))

    def _read(self) -> dict[str, object]:
        with open(self.path, encoding='utf-8') as stream:
            content = yaml.safe_load(stream)
        assert isinstance(content, dict)
        return content

    def test_content(self) -> None:
        self._write()
        self.assertEqual({'clouds': {'local': {
            'auth_type': 'http_basic',
            'auth': {'username': 'admin', 'password': 's3cret',
                     'endpoint': 'http://127.0.0.1:8774/'},
            'compute_endpoint_override':
                'http://127.0.0.1:8774/compute/v2.1',
            'image_endpoint_override': 'http://127.0.0.1:8774/image',
            'network_endpoint_override': 'http://127.0.0.1:8774/network',
            'identity_endpoint_override':
                'http://127.0.0.1:8774/identity/v3'}}}, self._read())
        self.assertEqual(0o600, _mode(self.path))

    def test_unchanged_is_untouched(self) -> None:
        self._write()
        before = os.stat(self.path)
        self._write()
        self.assertEqual(before.st_ino, os.stat(self.path).st_ino)
        self._write('another')
        self.assertNotEqual(before.st_ino, os.stat(self.path).st_ino)

    def test_made_private(self) -> None:
        self._write()
        os.chmod(self.path, 0o644)
        self._write()
        self.assertEqual(0o600, _mode(self.path))

    def test_other_clouds_are_kept(self) -> None:
        with open(self.path, 'w', encoding='utf-8') as stream:
            stream.write('clouds:\n  other: {region_name: far}\n')
        self._write()
        self.assertEqual({'region_name': 'far'},
                         self._read()['clouds']['other'])  # type: ignore[index]

    def test_what_is_no_clouds_file_is_left_alone(self) -> None:
        for text in ('[', '- a\n', 'clouds: 3\n', 'text'):
            with open(self.path, 'w', encoding='utf-8') as stream:
                stream.write(text)
            error = self.assertRaises(exception.InvalidConfiguration,
                                      self._write)
            self.assertIn(self.path, str(error))
            with open(self.path, encoding='utf-8') as stream:
                self.assertEqual(text, stream.read())

    def test_a_full_disk_leaves_the_old_file(self) -> None:
        self._write()
        with mock.patch('os.fsync', side_effect=OSError(28, 'No space left')):
            error = self.assertRaises(exception.InvalidConfiguration,
                                      self._write, 'another')
        self.assertIn('No space left', str(error))
        self.assertIn('s3cret', str(self._read()))
        self.assertEqual(['clouds.yaml'], os.listdir(self.state_path))

    def test_a_failed_rename_leaves_nothing_behind(self) -> None:
        with mock.patch('os.replace', side_effect=OSError(30, 'read-only')):
            self.assertRaises(OSError, privatefile.replace, self.path, 'x')
        self.assertEqual([], os.listdir(self.state_path))

    def test_urls(self) -> None:
        for host, url in (('0.0.0.0', 'http://127.0.0.1:1/'),
                          ('::', 'http://[::1]:1/'),
                          ('fe80::1', 'http://[fe80::1]:1/'),
                          ('a.example', 'http://a.example:1/')):
            self.assertEqual(url, clouds.endpoint_url(host, 1))
