# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import errno
import os
import stat

import fixtures

from nova import exception
from nova.tests.fixtures import programs
from nova.tests.unit import base
from nova.virt.libvirt import imagebackend
from nova.virt.libvirt.storage import baseimages
from nova.virt.libvirt.storage import qcow2

MIB = 1 << 20


class ImageTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.programs = self.useFixture(programs.FakePrograms())
        self.folder = self.useFixture(fixtures.TempDir()).path
        self.path = os.path.join(self.folder, 'disk')
        base_path = os.path.join(self.state_path, 'base')
        with open(base_path, 'wb') as file:
            file.write(b'boot')
            file.truncate(2 * MIB)
        self.base = baseimages.BaseImage(base_path, 'raw', 2 * MIB)

    def make(self, image_type: str, **settings) -> imagebackend.Image:
        settings = imagebackend.ImageBackendSettings(**settings)
        return imagebackend.Backend(settings).by_path(self.path, image_type)

    def assert_failed(self, disk: imagebackend.Image,
                      size_bytes: int | None = None) -> Exception:
        error = self.assertRaises(exception.InstanceDeployFailure,
                                  disk.create_image, self.base, size_bytes)
        self.assertEqual([], os.listdir(self.folder))
        return error


class TestQcow2(ImageTestCase):

    def test_create(self) -> None:
        disk = self.make('qcow2')
        self.assertFalse(disk.exists())
        disk.create_image(self.base, 5 * MIB)
        self.assertTrue(disk.exists())
        self.assertEqual(qcow2.Head(self.base.path, 5 * MIB),
                         qcow2.read_head(self.path))

    def test_one_program_is_started(self) -> None:
        self.make('qcow2').create_image(self.base, 5 * MIB)
        self.assertEqual([('qemu-img', 'create')],
                         [command[:2] for command in self.programs.commands])

    def test_size_of_the_base(self) -> None:
        self.make('qcow2').create_image(self.base, None)
        self.assertEqual(2 * MIB, qcow2.read_head(self.path).size_bytes)

    def test_only_its_owner_reads_it(self) -> None:
        self.make('qcow2').create_image(self.base, None)
        self.assertEqual(0o600, stat.S_IMODE(os.stat(self.path).st_mode))

    def test_base_is_larger(self) -> None:
        disk = self.make('qcow2')
        self.assertRaises(exception.FlavorDiskSmallerThanImage,
                          disk.create_image, self.base, MIB)
        self.assertEqual([], os.listdir(self.folder))

    def test_qemu_img_fails(self) -> None:
        self.programs.fail('qemu-img', 'create', stderr='No space left on device')
        error = self.assert_failed(self.make('qcow2'))
        self.assertIn('disk: No space left on device', str(error))

    def test_no_qemu_img(self) -> None:
        self.programs.fail('qemu-img', error=FileNotFoundError(
            errno.ENOENT, os.strerror(errno.ENOENT), 'qemu-img'))
        error = self.assert_failed(self.make('qcow2'))
        self.assertIn('disk: qemu-img: No such file or directory', str(error))

    def test_preallocated(self) -> None:
        self.make('qcow2', preallocate=True).create_image(self.base, 5 * MIB)
        self.assertEqual(
            ('fallocate', '-n', '-l', str(5 * MIB), f'{self.path}.part'),
            self.programs.commands[-1])

    def test_preallocation_fails(self) -> None:
        self.programs.fail('fallocate', stderr='fallocate failed: No space left')
        self.assert_failed(self.make('qcow2', preallocate=True))

    def test_blank(self) -> None:
        self.make('qcow2').create_blank(3 * MIB)
        self.assertEqual(qcow2.Head(None, 3 * MIB), qcow2.read_head(self.path))

    def test_remove(self) -> None:
        disk = self.make('qcow2')
        disk.create_blank(MIB)
        disk.remove()
        disk.remove()
        self.assertFalse(disk.exists())


class TestFlat(ImageTestCase):

    def test_create(self) -> None:
        disk = self.make('raw')
        self.assertTrue(disk.needs_raw_base)
        disk.create_image(self.base, 5 * MIB)
        self.assertEqual(5 * MIB, os.path.getsize(self.path))
        with open(self.path, 'rb') as file:
            self.assertEqual(b'boot', file.read(4))
        self.assertEqual(['cp'], [command[0] for command in self.programs.commands])

    def test_size_of_the_base(self) -> None:
        self.make('raw').create_image(self.base, None)
        self.assertEqual(2 * MIB, os.path.getsize(self.path))

    def test_full_disk(self) -> None:
        self.programs.fail('cp', stderr="cp: error writing 'x': No space left\n")
        error = self.assert_failed(self.make('raw'))
        self.assertIn('No space left', str(error))


class TestBackend(base.TestCase):

    def backend(self, image_type: str | None = None, **settings) -> type:
        settings = imagebackend.ImageBackendSettings(**settings)
        return imagebackend.Backend(settings).backend(image_type)

    def test_default(self) -> None:
        self.assertIs(imagebackend.Qcow2, self.backend())
        self.assertIs(imagebackend.Flat, self.backend(use_cow_images=False))

    def test_configured(self) -> None:
        for image_type in ('raw', 'flat'):
            self.assertIs(imagebackend.Flat, self.backend(images_type=image_type))
        self.assertIs(imagebackend.Qcow2, self.backend(images_type='qcow2'))

    def test_recorded_type_counts_more(self) -> None:
        self.assertIs(imagebackend.Flat, self.backend('raw', images_type='qcow2'))

    def test_unknown(self) -> None:
        error = self.assertRaises(exception.UnsupportedImageModel,
                                  self.backend, images_type='lvm')
        self.assertIn('lvm', str(error))
