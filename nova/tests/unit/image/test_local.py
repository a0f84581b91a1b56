# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Images in a folder."""

import json
import os
import struct
from typing import Any

from nova.image import local
from nova.tests.unit import base

QCOW2 = struct.pack('>4sIQIIQ', b'QFI\xfb', 3, 0, 0, 16, 5 * 2 ** 30)
ID = '11111111-2222-4333-8444-555555555555'


class LocalStoreTest(base.TestCase):
    """A folder with files in it."""

    def setUp(self) -> None:
        super().setUp()
        self.folder = os.path.join(self.state_path, 'images')
        os.mkdir(self.folder)
        self.store = local.LocalStore(self.folder)

    def write(self, name: str, content: bytes | str | dict[str, Any] = b'x'
              ) -> str:
        """Write a file of the folder."""
        path = os.path.join(self.folder, name)
        if isinstance(content, dict):
            content = json.dumps(content)
        data = content.encode() if isinstance(content, str) else content
        with open(path, 'wb') as stream:
            stream.write(data)
        return path

    def names(self) -> list[str]:
        """Return the names of all images."""
        return [image.name for image in self.store.get_all()]

    def only(self) -> local.LocalImage:
        """Return the only image."""
        images = self.store.get_all()
        self.assertEqual(1, len(images), str(images))
        return images[0]

    def test_no_folder(self) -> None:
        self.assertEqual([], local.LocalStore('/no/such/folder').get_all())

    def test_files_without_a_description(self) -> None:
        for name, content, disk_format, container_format in (
                ('a.qcow2', QCOW2, 'qcow2', 'bare'),
                ('b.img', QCOW2, 'qcow2', 'bare'),
                ('c.img', b'\0' * 512, 'raw', 'bare'),
                ('d.RAW', b'', 'raw', 'bare'), ('e.iso', b'x', 'iso', 'bare'),
                ('f.vmdk', b'x', 'vmdk', 'bare'), ('g.aki', b'x', 'aki', 'aki'),
                ('h.ari', b'x', 'ari', 'ari')):
            path = self.write(name, content)
            image = self.only()
            self.assertEqual(
                (name[0], disk_format, container_format, len(content), path),
                (image.name, image.description['disk_format'],
                 image.description['container_format'], image.size,
                 image.path))
            os.unlink(path)

    def test_size_of_the_disk(self) -> None:
        for content, size in ((QCOW2, 5 * 2 ** 30), (b'short', None),
                              (b'x' * 100, None)):
            self.write('a.qcow2', content)
            self.assertEqual(size, self.only().description['virtual_size'])
        os.unlink(self.write('a.qcow2'))
        self.write('a.raw', b'abc')
        self.assertEqual(3, self.only().description['virtual_size'])

    def test_a_description_as_yaml_or_json(self) -> None:
        self.write('disk')
        for name, text in (
                ('disk.yaml', f'id: {ID}\nname: Cirros 6\nmin_ram: 64\n'
                              'disk_format: raw\nproperties:\n'
                              '  hw_disk_bus: virtio\n  hw_cpu_cores: 2\n'
                              '  hw_boot_menu: true\n'),
                ('disk.json', json.dumps({
                    'id': ID.upper(), 'name': 'Cirros 6', 'min_ram': 64,
                    'disk_format': 'raw', 'properties': {
                        'hw_disk_bus': 'virtio', 'hw_cpu_cores': '2',
                        'hw_boot_menu': 'true'}}))):
            path = self.write(name, text)
            image = self.only()
            self.assertEqual((ID, 'Cirros 6', 64, 'raw'), (
                image.id, image.name, image.description['min_ram'],
                image.description['disk_format']))
            self.assertEqual(
                {'hw_disk_bus': 'virtio', 'hw_cpu_cores': '2',
                 'hw_boot_menu': 'true'}, image.description['properties'])
            os.unlink(path)

    def test_what_is_no_image(self) -> None:
        for name in ('.hidden.qcow2', 'a.qcow2.part', 'b.tmp', 'notes.txt',
                     'README', 'c.raw~', 'lonely.yaml'):
            self.write(name)
        os.mkdir(os.path.join(self.folder, 'folder.qcow2'))
        self.assertEqual([], self.names())

    def test_broken_descriptions_leave_out_their_image_only(self) -> None:
        self.write('good.raw')
        for text, words in (
                ('[', 'neither YAML nor JSON'), ('- a', 'not a mapping'),
                ('\x00', 'neither'), ('min_ram: lots', 'min_ram'),
                ('id: 5', 'id'), ('id: not-a-uuid', 'id'),
                ('disk_format: tar', 'disk_format'), ('nmae: x', 'nmae'),
                ('properties: {a: [1]}', 'properties.a'),
                ('properties: {"a b": "1"}', 'a b'), ('name: "a\\nb"', 'name'),
                ('!!python/object/apply:os.system [id]', 'neither'),
                ('x' * 300000, 'larger')):
            self.write('bad.raw', text)
            self.write('bad.raw.yaml', text)
            self.assertEqual(['good'], self.names(), text[:50])
            self.assertIn('bad.raw is left out', self.logs.output)
            self.assertIn(words, self.logs.output)

    def test_two_descriptions(self) -> None:
        self.write('a.raw')
        self.write('a.raw.yaml', '{}')
        self.write('a.raw.json', '{}')
        self.assertEqual([], self.names())
        self.assertIn('a.raw.yaml, a.raw.json', self.logs.output)

    def test_one_warning_for_each_state(self) -> None:
        self.write('a.raw')
        self.write('a.raw.yaml', 'min_ram: -1')
        for _number in range(3):
            self.names()
        self.assertEqual(1, self.logs.output.count('left out'))
        self.write('a.raw.yaml', 'min_ram: 10')
        self.assertEqual(['a'], self.names())

    def test_an_empty_description(self) -> None:
        self.write('a.raw')
        self.write('a.raw.yaml', '')
        self.assertEqual(['a'], self.names())

    def test_links_out_of_the_folder(self) -> None:
        outside = os.path.join(self.state_path, 'secret.raw')
        with open(outside, 'w', encoding='utf-8') as stream:
            stream.write('secret')
        for target in (outside, '../secret.raw', '/dev/zero', '/etc/passwd',
                       'missing'):
            link = os.path.join(self.folder, 'link.raw')
            os.symlink(target, link)
            self.assertEqual([], self.names(), target)
            os.unlink(link)
        self.assertIn('link out of the folder', self.logs.output)

    def test_a_description_may_not_be_a_link(self) -> None:
        self.write('a.raw')
        os.symlink('/etc/passwd', os.path.join(self.folder, 'a.raw.yaml'))
        self.assertEqual([], self.names())
        self.assertNotIn('root:', self.logs.output)

    def test_links_inside_the_folder(self) -> None:
        self.write('a.raw')
        os.symlink('a.raw', os.path.join(self.folder, 'b.raw'))
        self.assertEqual(['a', 'b'], self.names())

    def test_what_is_no_regular_file(self) -> None:
        os.mkfifo(os.path.join(self.folder, 'pipe.raw'))
        self.assertEqual([], self.names())

    def test_ids(self) -> None:
        path = self.write('a.raw', b'one')
        first = self.only().id
        self.assertEqual(first, self.only().id)
        self.assertEqual(first, local.LocalStore(self.folder).get_all()[0].id)
        self.write('a.raw', b'three')
        self.assertNotEqual(first, self.only().id)
        second = self.only().id
        os.utime(path, ns=(0, 0))
        self.assertNotEqual(second, self.only().id)

    def test_an_id_used_twice(self) -> None:
        for name in ('a.raw', 'b.raw'):
            self.write(name)
            self.write(f'{name}.yaml', f'id: {ID}')
        self.assertEqual(['a'], self.names())
        self.assertIn('has its id', self.logs.output)

    def test_get(self) -> None:
        self.write('a.raw')
        image = self.only()
        self.assertEqual(image, self.store.get(image.id))
        self.assertIsNone(self.store.get(ID))
        os.unlink(image.path)
        self.assertIsNone(self.store.get(image.id))
