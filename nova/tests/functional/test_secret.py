# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Nothing gets through without the secret, and nobody else can read it."""

import stat

import requests

from nova.tests.functional import base
from nova.tests.functional import rest

_PATHS = (
    '/compute/v2.1/servers',
    '/compute/v2.1/flavors',
    '/compute/v2.1/os-hypervisors/detail',
    '/image/v2/images',
    '/nonesuch',
)


class SecretTest(base.FunctionalTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.node = self.start_node()

    def test_secret(self) -> None:
        self.check_each(
            self.wrong_secret,
            self.no_secret,
            self.secret_with_a_tail,
            self.only_the_owner_reads_it,
            self.it_is_not_logged)

    def wrong_secret(self) -> None:
        api = self.node.api
        for username, secret in (('admin', 'guess'), ('admin', ''), ('root', 'x')):
            stranger = rest.RestApi(api.url, username, secret)
            for method in ('GET', 'POST', 'DELETE'):
                answer = stranger.request(method, '/servers', json={})
                self.assertEqual(401, answer.status_code)
                self.assertIn('Basic', answer.headers['WWW-Authenticate'])
        self.assertEqual([], api.servers())

    def no_secret(self) -> None:
        for path in _PATHS:
            answer = requests.get(self.node.api.url + path, timeout=60)
            self.assertEqual(401, answer.status_code, path)

    def secret_with_a_tail(self) -> None:
        secret = (self.node.state / 'api-secret').read_text().strip()
        for wrong in (secret[:-1], secret + 'x', secret.swapcase()):
            stranger = rest.RestApi(self.node.api.url, 'admin', wrong)
            self.assertEqual(401, stranger.request('GET', '/servers').status_code)

    def only_the_owner_reads_it(self) -> None:
        for name in ('api-secret', 'clouds.yaml', 'nova.sqlite'):
            mode = (self.node.state / name).stat().st_mode
            self.assertEqual(0o600, stat.S_IMODE(mode), name)

    def it_is_not_logged(self) -> None:
        secret = (self.node.state / 'api-secret').read_text().strip()
        self.node.api.servers()

        self.assertNotIn(secret, self.node.log.read_text())
