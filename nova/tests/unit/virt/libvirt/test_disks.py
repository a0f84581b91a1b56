# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import errno
import os
from unittest import mock

import fixtures

from nova import context
from nova import exception
from nova.tests.fixtures import imagefolder
from nova.tests.fixtures import instances
from nova.tests.fixtures import programs
from nova.tests.unit import base
from nova.virt import configdrive
from nova.virt.libvirt import configdisk
from nova.virt.libvirt import disks
from nova.virt.libvirt import imagebackend
from nova.virt.libvirt.storage import baseimages
from nova.virt.libvirt.storage import instancedir
from nova.virt.libvirt.storage import qcow2

GIB = 1 << 30


class DisksTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.context = context.get_admin_context()
        self.folder = self.useFixture(imagefolder.ImageFolder())
        self.programs = self.useFixture(programs.FakePrograms())
        self.dirs = instancedir.InstanceDirs(
            os.path.join(self.state_path, 'instances'))
        self.dirs.ensure_root()
        self.image_id = self.folder.add(programs.qcow2_head(GIB // 2))
        self.disks = self.make()

    def make(self, **settings) -> disks.InstanceDisks:
        bases = baseimages.BaseImages(baseimages.BaseImageSettings(
            directory=os.path.join(self.dirs.instances_path, '_base'),
            lock_path=os.path.join(self.state_path, 'locks')))
        backend = imagebackend.Backend(
            imagebackend.ImageBackendSettings(**settings))
        return disks.InstanceDisks(self.dirs, bases, backend)

    def create(self, instance, *names: str, block_device_info=None) -> None:
        mapping = dict.fromkeys(('root', *(names or ('disk',))), {})
        self.disks.create(self.context, instance, {'mapping': mapping},
                          block_device_info)

    def files(self, instance) -> list[str]:
        return sorted(os.listdir(self.dirs.path(instance.uuid)))

    def head(self, instance, name: str) -> qcow2.Head:
        head = qcow2.read_head(self.dirs.path(instance.uuid, name))
        assert head is not None
        return head


class TestCreate(DisksTestCase):

    def test_root(self) -> None:
        instance = instances.make(self.image_id, flavor_root_gb=3)
        self.create(instance)
        self.assertEqual(['disk', 'disk.info'], self.files(instance))
        self.assertEqual(3 * GIB, self.head(instance, 'disk').size_bytes)
        path = self.dirs.path(instance.uuid, 'disk')
        self.assertEqual({path: 'qcow2'}, self.disks.formats(instance))
        self.assertTrue(self.disks.exist(instance))

    def test_flavor_without_root_disk(self) -> None:
        instance = instances.make(self.image_id, flavor_root_gb=0)
        self.create(instance)
        self.assertEqual(GIB // 2, self.head(instance, 'disk').size_bytes)

    def test_raw_root(self) -> None:
        self.disks = self.make(images_type='raw')
        instance = instances.make(self.image_id)
        self.create(instance)
        path = self.dirs.path(instance.uuid, 'disk')
        self.assertEqual(GIB, os.path.getsize(path))
        self.assertEqual({path: 'raw'}, self.disks.formats(instance))

    def test_config_drive(self) -> None:
        instance = instances.make(self.image_id)
        self.create(instance, 'disk', 'disk.config')

        path = self.dirs.path(instance.uuid, 'disk.config')
        self.assertEqual(0o600, os.stat(path).st_mode & 0o7777)
        with open(path, 'rb') as file:
            self.assertIn(instance.uuid.encode(), file.read())
        # Its format is known without looking.
        self.assertNotIn(path, self.disks.formats(instance))

    def test_config_drive_is_made_again_where_it_is_missing(self) -> None:
        instance = instances.make(self.image_id)
        info = {'mapping': {'disk': {}, 'disk.config': {}}}
        self.create(instance, *info['mapping'])
        path = self.dirs.path(instance.uuid, 'disk.config')
        before = os.stat(path).st_ino

        self.disks.create_config_drive(instance, info, configdisk.NOTHING)
        self.assertEqual(before, os.stat(path).st_ino)
        os.unlink(path)
        self.disks.create_config_drive(instance, info, configdisk.NOTHING)

        self.assertTrue(os.path.exists(path))

    def test_cached_base_takes_one_program(self) -> None:
        self.create(instances.make(self.image_id))
        self.programs.commands.clear()
        self.create(instances.make(self.image_id))
        self.assertEqual([('qemu-img', 'create')],
                         [command[:2] for command in self.programs.commands])

    def test_existing_disk_is_kept(self) -> None:
        instance = instances.make(self.image_id)
        self.create(instance)
        with open(self.dirs.path(instance.uuid, 'disk'), 'ab') as file:
            file.write(b'data of the guest')
        self.create(instance)
        with open(self.dirs.path(instance.uuid, 'disk'), 'rb') as file:
            self.assertIn(b'data of the guest', file.read())

    def test_kernel(self) -> None:
        instance = instances.make(
            self.image_id, kernel_id=self.folder.add(b'kernel', 'aki'),
            ramdisk_id=self.folder.add(b'ramdisk', 'ari'))
        self.create(instance)
        for name in ('kernel', 'ramdisk'):
            with open(self.dirs.path(instance.uuid, name), 'rb') as file:
                self.assertEqual(name.encode(), file.read())

    def test_kernel_alone(self) -> None:
        instance = instances.make(
            self.image_id, kernel_id=self.folder.add(b'kernel', 'aki'))
        self.create(instance)
        self.assertEqual(['disk', 'disk.info', 'kernel'], self.files(instance))

    def test_swap_and_ephemeral(self) -> None:
        instance = instances.make(self.image_id, flavor_swap=512,
                                  flavor_ephemeral_gb=2)
        self.create(instance, 'disk', 'disk.swap', 'disk.local')
        self.assertEqual(512 << 20, self.head(instance, 'disk.swap').size_bytes)
        self.assertEqual(2 * GIB, self.head(instance, 'disk.local').size_bytes)
        self.assertEqual(1, len(self.programs.started('mkswap')))
        self.assertEqual(1, len(self.programs.started('mkfs.ext4')))

    def test_swap_and_ephemeral_that_are_asked_for(self) -> None:
        instance = instances.make(self.image_id, flavor_swap=512,
                                  flavor_ephemeral_gb=2)
        asked = {'swap': {'swap_size': 64},
                 'ephemerals': [{'size': 1}, {'size': 2}]}
        self.create(instance, 'disk', 'disk.swap', 'disk.eph0', 'disk.eph1',
                    block_device_info=asked)
        self.assertEqual(64 << 20, self.head(instance, 'disk.swap').size_bytes)
        self.assertEqual(GIB, self.head(instance, 'disk.eph0').size_bytes)
        self.assertEqual(2 * GIB, self.head(instance, 'disk.eph1').size_bytes)

    def test_swap_is_made_once(self) -> None:
        for _number in range(2):
            self.create(instances.make(self.image_id, flavor_swap=512), 'disk.swap')
        self.assertEqual(1, len(self.programs.started('mkswap')))


class TestFailure(DisksTestCase):

    def assert_failed(self, error: type[Exception], instance, *names: str,
                      ) -> Exception:
        raised = self.assertRaises(error, self.create, instance, *names)
        self.assertTrue(self.dirs.is_gone(instance.uuid))
        left = [name for _folder, _folders, names in os.walk(self.state_path)
                for name in names if name.endswith('.part')]
        self.assertEqual([], left)
        return raised

    def test_no_such_image(self) -> None:
        instance = instances.make(self.image_id)
        self.folder.remove(self.image_id)
        self.assert_failed(exception.ImageNotFound, instance)

    def test_no_such_kernel(self) -> None:
        instance = instances.make(self.image_id, kernel_id=self.image_id[::-1])
        self.assert_failed(exception.ImageNotFound, instance)

    def test_image_with_backing_file(self) -> None:
        bad = self.folder.add(programs.qcow2_head(GIB, '/etc/passwd'))
        self.assert_failed(exception.ImageUnacceptable, instances.make(bad))

    def test_image_larger_than_the_flavor(self) -> None:
        large = self.folder.add(programs.qcow2_head(2 * GIB))
        self.assert_failed(exception.FlavorDiskSmallerThanImage,
                           instances.make(large))

    def test_each_program(self) -> None:
        for start in (('qemu-img', 'convert'), ('qemu-img', 'create'),
                      ('mkswap',), ('mkfs.ext4',)):
            with programs.FakePrograms() as failing:
                failing.fail(*start, stderr='No space left on device')
                instance = instances.make(self.image_id, flavor_swap=5,
                                          flavor_ephemeral_gb=1)
                error = self.assert_failed(
                    exception.InstanceDeployFailure, instance,
                    'disk', 'disk.swap', 'disk.local')
                self.assertIn('No space left on device', str(error))

    def test_interrupted(self) -> None:
        self.programs.fail('qemu-img', 'create', error=KeyboardInterrupt())
        self.assert_failed(KeyboardInterrupt, instances.make(self.image_id))

    def test_disk_that_nobody_can_make(self) -> None:
        error = self.assert_failed(
            exception.InstanceDeployFailure, instances.make(self.image_id),
            'disk', 'disk.punched')
        self.assertIn('disk.punched', str(error))

    def test_config_drive_that_cannot_be_made(self) -> None:
        self.flags(vendordata_jsonfile_path='/nonexistent', group='api')
        error = self.assert_failed(
            exception.InvalidConfiguration, instances.make(self.image_id),
            'disk', 'disk.config')
        self.assertIn('vendordata_jsonfile_path', str(error))
        self.flags(vendordata_jsonfile_path=None, group='api')
        with mock.patch.object(configdrive.ConfigDriveBuilder, 'make_drive',
                               side_effect=OSError(errno.ENOSPC, 'injected')):
            error = self.assert_failed(
                exception.InstanceDeployFailure, instances.make(self.image_id),
                'disk', 'disk.config')
        self.assertIn('disk.config: No space left on device', str(error))

    def test_folder_that_cannot_be_made(self) -> None:
        os.rmdir(self.dirs.instances_path)
        instance = instances.make(self.image_id)
        error = self.assert_failed(exception.InstanceDeployFailure, instance)
        self.assertIn('No such file', str(error))

    def test_folder_of_before_is_kept(self) -> None:
        instance = instances.make(self.image_id)
        self.create(instance)
        os.unlink(self.dirs.path(instance.uuid, 'disk'))
        self.programs.fail('qemu-img', stderr='injected')
        self.assertRaises(exception.InstanceDeployFailure, self.create, instance)
        self.assertTrue(self.disks.exist(instance))


class TestRemove(DisksTestCase):

    def test_remove(self) -> None:
        instance = instances.make(self.image_id)
        self.create(instance)
        self.assertTrue(self.disks.remove(instance))
        self.assertFalse(self.disks.exist(instance))
        self.assertTrue(self.disks.remove(instance))

    def test_failure_is_told(self) -> None:
        instance = instances.make(self.image_id)
        self.create(instance)

        def refuse(path: str) -> None:
            raise PermissionError(13, 'refused')
        with fixtures.MonkeyPatch('shutil.rmtree', refuse):
            self.assertFalse(self.disks.remove(instance))
        self.assertTrue(self.disks.remove(instance))
