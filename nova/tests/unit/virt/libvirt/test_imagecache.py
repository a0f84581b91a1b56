# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import concurrent.futures
import os

from nova.tests.fixtures import instances
from nova.tests.fixtures import programs
from nova.tests.unit import base
from nova.virt.libvirt import imagecache
from nova.virt.libvirt.storage import baseimages
from nova.virt.libvirt.storage import instancedir

IMAGE = '8a2b4f6e-7f0e-4f5e-9c3e-111111111111'


class TestImageCache(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.dirs = instancedir.InstanceDirs(
            os.path.join(self.state_path, 'instances'))
        self.dirs.ensure_root()
        self.bases = baseimages.BaseImages(baseimages.BaseImageSettings(
            directory=os.path.join(self.dirs.instances_path, '_base'),
            lock_path=os.path.join(self.state_path, 'locks')))
        os.mkdir(self.bases.directory)
        self.name = imagecache.get_cache_fname(IMAGE)

    def manager(self, **settings) -> imagecache.ImageCacheManager:
        return imagecache.ImageCacheManager(
            self.bases, self.dirs, imagecache.ImageCacheSettings(**settings))

    def update(self, all_instances=(), **settings) -> list[str]:
        self.manager(**settings).update(None, all_instances)
        return sorted(os.listdir(self.bases.directory))

    def add(self, name: str | None = None, age_s: int = 1 << 20) -> str:
        path = os.path.join(self.bases.directory, name or self.name)
        with open(path, 'wb') as file:
            file.write(bytes(8192))
        changed = os.stat(path).st_mtime - age_s
        os.utime(path, (changed, changed))
        return path

    def add_overlay(self, backing: str) -> None:
        uuid = instances.make().uuid
        self.dirs.create(uuid)
        path = self.dirs.path(uuid, 'disk')
        with open(path, 'wb') as file:
            file.write(programs.qcow2_head(1 << 30, backing))
        self.dirs.record_format(uuid, path, 'qcow2')

    def test_old_and_unused(self) -> None:
        self.add()
        self.assertEqual([], self.update())

    def test_young(self) -> None:
        self.add(age_s=60)
        self.assertEqual([self.name], self.update())
        self.assertEqual([], self.update(minimum_age_s=60))

    def test_switched_off(self) -> None:
        self.add()
        self.assertEqual([self.name], self.update(remove_unused=False))

    def test_used_by_a_disk(self) -> None:
        for name in (self.name, 'swap_512', f'{self.name}.qcow2'):
            self.add_overlay(self.add(name))
        self.assertEqual(3, len(self.update()))

    def test_of_an_instance_that_is_being_built(self) -> None:
        self.add()
        building = [instances.make(IMAGE), instances.make()]
        self.assertEqual([self.name], self.update(building))

    def test_age_starts_when_the_last_user_is_gone(self) -> None:
        self.add()
        self.update([instances.make(IMAGE)])
        self.assertEqual([self.name], self.update())
        self.assertEqual([], self.update(minimum_age_s=0))

    def test_held(self) -> None:
        self.add()
        with concurrent.futures.ThreadPoolExecutor(1) as pool, \
                self.bases.locked(self.name):
            names = pool.submit(self.update).result(60)
        self.assertEqual([self.name], names)

    def test_partial_file_belongs_to_whoever_writes_it(self) -> None:
        self.add('abc.part')
        self.assertEqual(['abc.part'], self.update())

    def test_disk_usage(self) -> None:
        self.add()
        self.assertEqual(8192, self.manager().get_disk_usage())
        os.unlink(os.path.join(self.bases.directory, self.name))
        os.rmdir(self.bases.directory)
        self.assertEqual(0, self.manager().get_disk_usage())

    def test_no_folder_yet(self) -> None:
        os.rmdir(self.bases.directory)
        self.manager().update(None, [])
        self.assertFalse(os.path.exists(self.bases.directory))
