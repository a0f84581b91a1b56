# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The Image API."""

import datetime
from typing import Any

from nova.tests.unit.api import base
from nova.tests.unit.api import fakes

OTHER_ID = '22222222-2222-4333-8444-555555555555'


class ImageTest(base.ApiTestCase):
    """Two images."""

    def setUp(self) -> None:
        super().setUp()
        self.images.images.append(fakes.image(
            OTHER_ID, name='big, "old"', disk_format='raw', size=5000,
            tags=['lts'], properties={'os_type': 'linux', 'id': 'forged'},
            created_at=fakes.NOW - datetime.timedelta(days=1)))

    def get(self, path: str, version: str | None = None) -> Any:
        """Return what the Image API answers to a GET that succeeds."""
        response = self.request('GET', f'/image/v2{path}')
        self.assertEqual(200, response.status_code, response.text)
        return response.json

    def names(self, query: str = '') -> list[str]:
        """Return the names that a query finds."""
        return [one['name'] for one in self.get(f'/images{query}')['images']]

    def test_list(self) -> None:
        listed = self.get('/images')
        self.assertEqual({'images', 'first', 'schema'}, set(listed))
        self.assertEqual(['tiny', 'big, "old"'], self.names())

    def test_show(self) -> None:
        image = self.get(f'/images/{fakes.IMAGE_ID}')
        self.assertEqual(
            (fakes.IMAGE_ID, 'tiny', 'active', 'qcow2', 'bare', 1000, 'virtio',
             '2024-05-06T07:08:09Z', 'public', False),
            (image['id'], image['name'], image['status'],
             image['disk_format'], image['container_format'], image['size'],
             image['hw_disk_bus'], image['created_at'], image['visibility'],
             image['protected']))

    def test_a_property_does_not_replace_a_field(self) -> None:
        self.assertEqual(OTHER_ID, self.get(f'/images/{OTHER_ID}')['id'])

    def test_unknown(self) -> None:
        for image_id in ('tiny', OTHER_ID.replace('2', '3'), '..', '%00'):
            response = self.request('GET', f'/image/v2/images/{image_id}')
            self.assertEqual(404, response.status_code)
            self.assertEqual('404 Not Found', response.json['code'])

    def test_filters(self) -> None:
        for query, names in (
                ('?name=tiny', ['tiny']), ('?name=nope', []),
                (f'?id=in:{OTHER_ID},{fakes.IMAGE_ID}', ['tiny', 'big, "old"']),
                (f'?id=in:{OTHER_ID}', ['big, "old"']),
                ('?name=in:"big, ""old""",x', ['big, "old"']),
                ('?status=active&disk_format=raw', ['big, "old"']),
                ('?visibility=private', []),
                ('?visibility=all', ['tiny', 'big, "old"']),
                ('?os_hidden=True', []), ('?protected=false&name=tiny', ['tiny']),
                ('?tag=lts', ['big, "old"']), ('?tag=lts&tag=x', []),
                ('?hw_disk_bus=virtio', ['tiny']),
                ('?size_min=2000', ['big, "old"']), ('?size_max=2000', ['tiny'])):
            self.assertEqual(names, self.names(query), query)

    def test_sorting(self) -> None:
        for query, first in (('?sort=name:asc', 'big, "old"'),
                             ('?sort=disk_format,name:asc', 'big, "old"'),
                             ('?sort_key=size&sort_dir=asc', 'tiny'),
                             ('?sort_key=size', 'big, "old"')):
            self.assertEqual(first, self.names(query)[0], query)

    def test_pages(self) -> None:
        page = self.get('/images?limit=1&visibility=public')
        self.assertEqual(['tiny'], [one['name'] for one in page['images']])
        following = self.request('GET', f"/image{page['next']}").json
        self.assertEqual([OTHER_ID], [one['id'] for one in following['images']])
        self.assertNotIn('next', following)

    def test_bad_queries(self) -> None:
        for query in ('limit=x', 'sort=nope', 'sort=name:up', 'sort_key=x',
                      'marker=1', 'size_min=a', 'os_hidden=perhaps',
                      'name=in:"a', 'sort_key=name&sort_dir=asc&sort_dir=asc'):
            response = self.request('GET', f'/image/v2/images?{query}')
            self.assertEqual(400, response.status_code, query)

    def test_nothing_can_be_changed(self) -> None:
        for method, path in (('POST', '/images'), ('DELETE', '/images/x'),
                             ('PATCH', '/images/x')):
            response = self.request(method, f'/image/v2{path}', json={})
            self.assertEqual(405, response.status_code)
