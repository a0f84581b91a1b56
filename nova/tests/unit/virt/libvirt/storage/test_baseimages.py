# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import concurrent.futures
import errno
import hashlib
import os
import threading

import fixtures

from nova import context
from nova import exception
from nova.image import glance
from nova.tests.fixtures import imagefolder
from nova.tests.fixtures import programs
from nova.tests.unit import base
from nova.virt.libvirt.storage import baseimages

GIB = 1 << 30


class BaseImagesTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.context = context.get_admin_context()
        self.folder = self.useFixture(imagefolder.ImageFolder())
        self.programs = self.useFixture(programs.FakePrograms())
        self.directory = os.path.join(self.state_path, '_base')
        self.bases = self.make()
        self.downloads = 0
        download = glance.API.download

        def count(*args, **kwargs):
            self.downloads += 1
            return download(*args, **kwargs)
        self.useFixture(fixtures.MonkeyPatch('nova.image.glance.API.download', count))

    def make(self, **settings) -> baseimages.BaseImages:
        return baseimages.BaseImages(baseimages.BaseImageSettings(
            directory=self.directory,
            lock_path=os.path.join(self.state_path, 'locks'), **settings))

    def hold(self, image_id: str, *args, **kwargs) -> baseimages.BaseImage:
        with self.bases.held(self.context, image_id, *args, **kwargs) as image:
            self.assertTrue(os.path.exists(image.path))
        return image

    def assert_nothing_left(self) -> None:
        names = os.listdir(self.directory) if os.path.exists(self.directory) else []
        self.assertEqual([], names)

    def assert_refused(self, error: type[Exception], image_id: str,
                       *args, **kwargs) -> Exception:
        raised = self.assertRaises(error, self.hold, image_id, *args, **kwargs)
        self.assert_nothing_left()
        return raised


class TestHeld(BaseImagesTestCase):

    def test_qcow2_becomes_raw(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(GIB))
        image = self.hold(image_id)
        name = hashlib.sha1(image_id.encode()).hexdigest()
        self.assertEqual(
            baseimages.BaseImage(f'{self.directory}/{name}', 'raw', GIB), image)
        self.assertEqual([name], os.listdir(self.directory))

    def test_raw_stays(self) -> None:
        image_id = self.folder.add(b'content', 'raw', 1 << 20)
        image = self.hold(image_id)
        self.assertEqual(('raw', 1 << 20), (image.format, image.size_bytes))
        self.assertEqual([], self.programs.commands)

    def test_fetched_once(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(GIB))
        self.assertEqual(self.hold(image_id), self.hold(image_id))
        self.assertEqual(1, self.downloads)
        self.assertEqual(1, len(self.programs.commands))

    def test_needs_no_image_once_it_is_there(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(GIB))
        image = self.hold(image_id)
        self.folder.remove(image_id)
        self.assertEqual(image, self.hold(image_id))

    def test_qcow2_is_kept_where_wanted(self) -> None:
        self.bases = self.make(force_raw=False)
        image_id = self.folder.add(programs.qcow2_head(GIB))
        image = self.hold(image_id)
        self.assertEqual(('qcow2', GIB), (image.format, image.size_bytes))
        self.assertEqual(image, self.hold(image_id))
        self.assertEqual([], self.programs.commands)

    def test_raw_is_asked_for(self) -> None:
        self.bases = self.make(force_raw=False)
        image_id = self.folder.add(programs.qcow2_head(GIB))
        self.hold(image_id)
        self.assertEqual('raw', self.hold(image_id, raw=True).format)
        # The raw one serves everybody now.
        self.assertEqual('raw', self.hold(image_id).format)

    def test_content_of_a_raw_base_is_never_looked_at(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(GIB))
        image = self.hold(image_id)
        with open(image.path, 'r+b') as file:
            file.write(programs.qcow2_head(7 * GIB, '/etc/passwd'))
        self.assertEqual(image, self.hold(image_id))

    def test_use_makes_it_young(self) -> None:
        image_id = self.folder.add(b'content', 'raw')
        image = self.hold(image_id)
        os.utime(image.path, (1, 1))
        self.hold(image_id)
        self.assertLess(1, os.stat(image.path).st_mtime)

    def test_many_at_once_fetch_once(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(GIB))
        barrier = threading.Barrier(8)

        def hold(_number: int) -> baseimages.BaseImage:
            barrier.wait(60)
            return self.hold(image_id)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            held = set(pool.map(hold, range(8)))
        self.assertEqual(1, len(held))
        self.assertEqual(1, self.downloads)


class TestRefused(BaseImagesTestCase):

    def test_no_such_image(self) -> None:
        image_id = self.folder.add(b'content')
        self.folder.remove(image_id)
        self.assert_refused(exception.ImageNotFound, image_id)

    def test_backing_file(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(GIB, '/etc/passwd'))
        self.assert_refused(exception.ImageUnacceptable, image_id)
        # No program has seen it.
        self.assertEqual([], self.programs.commands)

    def test_other_content(self) -> None:
        image_id = self.folder.add(b'no qcow2 at all')
        self.assert_refused(exception.ImageUnacceptable, image_id)

    def test_too_large(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(2 * GIB))
        error = self.assert_refused(
            exception.FlavorDiskSmallerThanImage, image_id, GIB)
        self.assertIn(str(2 * GIB), str(error))
        self.assertEqual([], self.programs.commands)

    def test_too_large_for_this_flavor(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(2 * GIB))
        self.hold(image_id, 2 * GIB)
        self.assertRaises(exception.FlavorDiskSmallerThanImage,
                          self.hold, image_id, GIB)
        self.assertTrue(self.bases.has(image_id))

    def test_download_fills_the_disk(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(GIB))

        def fill(*args: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.useFixture(fixtures.MonkeyPatch('os.copy_file_range', fill))
        error = self.assert_refused(exception.NovaException, image_id)
        self.assertIn('No space left on device', str(error))

    def test_conversion_fills_the_disk(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(GIB))
        self.programs.fail(
            'qemu-img', 'convert',
            stderr='qemu-img: error while writing: No space left on device\n')
        error = self.assert_refused(exception.InstanceDeployFailure, image_id)
        self.assertIn(image_id, str(error))
        self.assertIn('No space left on device', str(error))

    def test_conversion_takes_too_long(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(GIB))
        self.programs.fail('qemu-img', 'convert', exit_code=-24)
        error = self.assert_refused(exception.InstanceDeployFailure, image_id)
        self.assertIn('signal 24', str(error))

    def test_interrupted(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(GIB))
        self.programs.fail('qemu-img', 'convert', error=KeyboardInterrupt())
        self.assert_refused(KeyboardInterrupt, image_id)

    def test_folder_that_cannot_be_made(self) -> None:
        with open(self.directory, 'w'):
            pass
        image_id = self.folder.add(b'content', 'raw')
        error = self.assertRaises(exception.InstanceDeployFailure,
                                  self.hold, image_id)
        self.assertIn('Not a directory', str(error))

    def test_works_after_a_failure(self) -> None:
        image_id = self.folder.add(programs.qcow2_head(GIB))
        self.programs.fail('qemu-img', stderr='injected')
        self.assert_refused(exception.InstanceDeployFailure, image_id)
        self.programs.heal()
        self.assertEqual('raw', self.hold(image_id).format)


class TestSweep(BaseImagesTestCase):

    def leave(self, name: str) -> str:
        os.makedirs(self.directory, exist_ok=True)
        path = os.path.join(self.directory, name)
        with open(path, 'w'):
            pass
        return path

    def test_partial_files_go(self) -> None:
        self.leave('abc.part')
        self.leave('abc.download.part')
        self.bases.sweep()
        self.assert_nothing_left()

    def test_whole_files_stay(self) -> None:
        self.leave('abc')
        self.bases.sweep()
        self.assertEqual(['abc'], os.listdir(self.directory))

    def test_partial_file_that_is_being_written(self) -> None:
        self.leave('abc.part')
        with concurrent.futures.ThreadPoolExecutor(1) as pool, \
                self.bases.locked('abc'):
            pool.submit(self.bases.sweep).result(60)
        self.assertEqual(['abc.part'], os.listdir(self.directory))

    def test_no_folder_yet(self) -> None:
        self.bases.sweep()
        self.assert_nothing_left()


class TestMade(BaseImagesTestCase):

    def make_file(self, path: str) -> None:
        with open(path, 'wb') as file:
            file.truncate(GIB)

    def fail(self, path: str) -> None:
        self.make_file(path)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def take(self, make) -> baseimages.BaseImage:
        with self.bases.made('swap_1', make) as image:
            return image

    def test_made_once(self) -> None:
        expected = baseimages.BaseImage(f'{self.directory}/swap_1', 'raw', GIB)
        self.assertEqual(expected, self.take(self.make_file))
        self.assertEqual(expected, self.take(self.fail))

    def test_failure(self) -> None:
        error = self.assertRaises(
            exception.InstanceDeployFailure, self.take, self.fail)
        self.assertIn('No space left on device', str(error))
        self.assert_nothing_left()
