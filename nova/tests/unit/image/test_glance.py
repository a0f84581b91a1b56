# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Fetching images."""

import errno
import io
import os
from typing import Any
from unittest import mock

from nova import context
from nova import exception
from nova.image import glance
from nova.tests.unit import base

UNKNOWN = '11111111-2222-4333-8444-555555555555'


class ApiTest(base.TestCase):
    """One image in the configured folder."""

    def setUp(self) -> None:
        super().setUp()
        self.folder = os.path.join(self.state_path, 'images')
        os.mkdir(self.folder)
        self.flags(group='standalone', images_path=self.folder)
        self.path = os.path.join(self.folder, 'disk.raw')
        self.content = os.urandom(200000)
        self._write(self.content)
        self.target = os.path.join(self.state_path, 'target')
        self.context = context.get_admin_context()
        self.api = glance.API()
        self.image_id = self.api.get_all(self.context)[0]['id']

    def _write(self, content: bytes) -> None:
        with open(self.path, 'wb') as stream:
            stream.write(content)

    def _download(self, **kwargs: Any) -> Any:
        return self.api.download(self.context, self.image_id, **kwargs)

    def _read(self) -> bytes:
        with open(self.target, 'rb') as stream:
            return stream.read()

    def _assert_fails(self, error: type[Exception],
                      **kwargs: Any) -> Exception:
        """Check that a download fails and leaves no file."""
        raised: Exception = self.assertRaises(
            error, self._download, dest_path=self.target, **kwargs)
        self.assertFalse(os.path.exists(self.target))
        return raised

    def test_get(self) -> None:
        image = self.api.get(self.context, self.image_id)
        self.assertEqual(
            (self.image_id, 'disk', 'raw', 'bare', 200000, 200000, 'active', 0, 0,
             {}, True, False),
            (image['id'], image['name'], image['disk_format'],
             image['container_format'], image['size'], image['virtual_size'],
             image['status'], image['min_disk'], image['min_ram'],
             image['properties'], image['is_public'], image['deleted']))
        self.assertNotIn('direct_url', image)
        self.assertIsNotNone(image['created_at'].tzinfo)

    def test_get_with_its_place(self) -> None:
        image = self.api.get(self.context, self.image_id, include_locations=True)
        self.assertEqual(f'file://{self.path}', image['direct_url'])

    def test_ids_in_other_writing(self) -> None:
        self.assertEqual(self.image_id, self.api.get(
            self.context, self.image_id.upper())['id'])

    def test_unknown(self) -> None:
        for image_id in (UNKNOWN, 'disk', '', '../disk', None):
            self.assertRaises(exception.ImageNotFound, self.api.get,
                              self.context, image_id)
            self.assertRaises(exception.ImageNotFound, self.api.download,
                              self.context, image_id, dest_path=self.target)

    def test_get_all(self) -> None:
        found = self.api.get_all(self.context, filters={'name': 'disk'})
        self.assertEqual([self.image_id], [image['id'] for image in found])
        self.assertEqual([], self.api.get_all(self.context,
                                              filters={'name': 'x'}))

    def test_a_caller_may_change_what_it_got(self) -> None:
        self.api.get(self.context, self.image_id)['properties']['a'] = 'b'
        self.assertEqual({}, self.api.get(self.context, self.image_id)['properties'])

    def test_to_a_path(self) -> None:
        self.assertIsNone(self._download(dest_path=self.target))
        self.assertEqual(self.content, self._read())

    def test_over_a_longer_file(self) -> None:
        with open(self.target, 'wb') as stream:
            stream.write(b'z' * 300000)
        self._download(dest_path=self.target)
        self.assertEqual(self.content, self._read())

    def test_to_a_file(self) -> None:
        data = io.BytesIO()
        self._download(data=data)
        self.assertEqual(self.content, data.getvalue())

    def test_in_pieces(self) -> None:
        self.assertEqual(self.content, b''.join(self._download()))

    def test_where_the_kernel_cannot_copy(self) -> None:
        with mock.patch('os.copy_file_range',
                        side_effect=OSError(errno.EXDEV, 'other device')):
            self._download(dest_path=self.target)
        self.assertEqual(self.content, self._read())

    def test_holes_stay_holes(self) -> None:
        size = 64 * 2 ** 20
        with open(self.path, 'wb') as stream:
            stream.truncate(size)
            stream.seek(size // 2)
            stream.write(b'data')
        self.image_id = self.api.get_all(self.context)[0]['id']
        self._download(dest_path=self.target)
        status = os.stat(self.target)
        self.assertEqual(size, status.st_size)
        self.assertLess(status.st_blocks * 512, 2 ** 20)
        with open(self.target, 'rb') as stream:
            stream.seek(size // 2)
            self.assertEqual(b'data', stream.read(4))

    def test_an_empty_image(self) -> None:
        self._write(b'')
        self.image_id = self.api.get_all(self.context)[0]['id']
        self._download(dest_path=self.target)
        self.assertEqual(b'', self._read())

    def test_a_full_disk(self) -> None:
        full = OSError(errno.ENOSPC, 'No space left on device')
        with mock.patch('os.copy_file_range', side_effect=full):
            error = self._assert_fails(exception.CouldNotFetchImage)
        for word in (self.image_id, 'No space left on device', self.state_path,
                     '200000'):
            self.assertIn(word, str(error))

    def test_flushing_fails(self) -> None:
        with mock.patch('os.fsync', side_effect=OSError(errno.EIO, 'I/O')):
            self._assert_fails(exception.CouldNotFetchImage)

    def test_what_nobody_foresaw(self) -> None:
        # No KeyboardInterrupt: it never comes in the threads that eventlet copies in.
        with mock.patch('os.copy_file_range', side_effect=MemoryError):
            self.assertRaises(MemoryError, self._download, dest_path=self.target)
        self.assertFalse(os.path.exists(self.target))

    def test_no_folder_to_write_to(self) -> None:
        self.target = os.path.join(self.state_path, 'no', 'target')
        self._assert_fails(exception.CouldNotFetchImage)

    def test_vanished(self) -> None:
        os.unlink(self.path)
        self._assert_fails(exception.ImageNotFound)

    def test_changed_while_it_is_read(self) -> None:
        copy_some = os.copy_file_range

        def changing(*args: Any) -> int:
            with open(self.path, 'ab') as stream:
                stream.write(b'more')
            return copy_some(*args)

        with mock.patch('os.copy_file_range', side_effect=changing):
            error = self._assert_fails(exception.CouldNotFetchImage)
        self.assertIn('changed', str(error))

    def test_cut_off_while_it_is_read(self) -> None:
        with mock.patch('os.copy_file_range', return_value=0):
            self._assert_fails(exception.CouldNotFetchImage)

    def test_signatures_cannot_be_checked(self) -> None:
        self._assert_fails(exception.ImageUnacceptable, trusted_certs=['a'])

    def test_no_descriptor_is_left_open(self) -> None:
        self._download(dest_path=self.target)
        before = self._regular_files()
        self._download(dest_path=self.target)
        with mock.patch('os.fsync', side_effect=OSError(errno.EIO, 'I/O')):
            self._assert_fails(exception.CouldNotFetchImage)
        b''.join(self._download())
        self.assertEqual(before, self._regular_files())

    @staticmethod
    def _regular_files() -> list[str]:
        # Pipes and sockets come and go with the threads of eventlet.
        links = [f'/proc/self/fd/{fd}' for fd in os.listdir('/proc/self/fd')]
        return sorted(os.readlink(link) for link in links if os.path.isfile(link))
