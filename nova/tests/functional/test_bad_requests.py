# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is known to be wrong is refused at once, and nothing is recorded."""

import json
import pathlib
import uuid

import requests

from nova.tests.functional import base
from nova.tests.functional import images

_FLAVORS = {
    'flavors': [
        {'id': 'nano', 'name': 'm1.nano', 'vcpus': 1, 'ram': 192, 'disk': 1},
        {'id': 'huge', 'name': 'huge', 'vcpus': 1, 'ram': 1 << 30, 'disk': 1},
        {'id': 'wide', 'name': 'wide', 'vcpus': 100_000, 'ram': 192, 'disk': 1},
        {'id': 'deep', 'name': 'deep', 'vcpus': 1, 'ram': 192, 'disk': 1 << 30},
        {'id': 'small', 'name': 'small', 'vcpus': 1, 'ram': 1, 'disk': 1},
    ]
}


class BadRequestsTest(base.FunctionalTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.node = self.make_node()
        flavors = pathlib.Path(self.node.state / 'flavors.yaml')
        flavors.write_text(json.dumps(_FLAVORS))
        self.node.set_options({'standalone': {'flavors_file': flavors}})
        self.node.start()

    def test_each(self) -> None:
        self.check_each(
            self.unknown_flavor,
            self.unknown_image,
            self.flavor_larger_than_the_host,
            self.name_with_a_newline,
            self.name_of_300_characters,
            self.empty_name,
            self.unknown_field,
            self.body_that_is_no_json,
            self.body_that_is_too_large,
            self.unknown_server,
            # It alone makes a server.
            self.name_with_markup_is_only_a_name)

    def unknown_flavor(self) -> None:
        self.assert_refused('nonesuch', flavorRef='nonesuch')

    def unknown_image(self) -> None:
        unknown = str(uuid.uuid4())
        self.assert_refused(unknown, imageRef=unknown)

    def flavor_larger_than_the_host(self) -> None:
        for flavor in ('huge', 'wide', 'deep'):
            self.assert_refused('', flavorRef=flavor)

    def name_with_a_newline(self) -> None:
        self.assert_refused('name', name='one\ntwo')

    def name_of_300_characters(self) -> None:
        self.assert_refused('name', name='n' * 300)

    def empty_name(self) -> None:
        self.assert_refused('name', name=' ')

    def unknown_field(self) -> None:
        self.assert_refused('colour', colour='red')

    def name_with_markup_is_only_a_name(self) -> None:
        name = '<&"\'>; %s {0} \\ $(id) é'

        server_id = self.node.boot(name, image=images.IDLE)

        self.assertEqual(name, self.node.api.server(server_id)['name'])
        (xml,) = self.node.domains().values()
        self.assertIn('&lt;&amp;"', xml)

    def body_that_is_no_json(self) -> None:
        answer = self.node.api.request(
            'POST', '/servers', data=b'{', headers={'Content-Type': 'application/json'}
        )
        self.assert_bad_request(answer, '')

    def body_that_is_too_large(self) -> None:
        answer = self.node.api.create(name='guest', description='x' * 20_000_000)

        self.assertEqual(413, answer.status_code)
        self.assertEqual([], self.node.api.servers())

    def unknown_server(self) -> None:
        answer = self.node.api.act(str(uuid.uuid4()), 'os-stop')

        self.assertEqual(404, answer.status_code)
        self.assertIn('itemNotFound', answer.json())

    def assert_refused(self, said: str, **wrong: object) -> None:
        body = {
            'name': 'guest',
            'imageRef': self.node.image_id('tiny'),
            'flavorRef': 'nano',
            **wrong,
        }
        self.assert_bad_request(self.node.api.create(**body), said)

    def assert_bad_request(self, answer: requests.Response, said: str) -> None:
        self.assertEqual(400, answer.status_code, answer.text)
        self.assertIn(said, answer.json()['badRequest']['message'])
        self.assertEqual([], self.node.api.servers())
        self.assertEqual({}, self.node.leftovers())
