# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import os
import stat
import uuid

import fixtures

from nova import exception
from nova.tests.fixtures import programs
from nova.tests.unit import base
from nova.virt.libvirt.storage import instancedir

UUID = str(uuid.uuid4())
OTHER = str(uuid.uuid4())
MIB = 1 << 20


class TestInstanceDirs(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.root = os.path.join(self.state_path, 'instances')
        self.dirs = instancedir.InstanceDirs(self.root)
        self.dirs.ensure_root()

    def add_disk(self, instance_uuid: str, content: bytes, disk_format: str) -> str:
        self.dirs.create(instance_uuid)
        path = self.dirs.path(instance_uuid, 'disk')
        with open(path, 'wb') as file:
            file.write(content)
        self.dirs.record_format(instance_uuid, path, disk_format)
        return path

    def test_create(self) -> None:
        self.assertTrue(self.dirs.create(UUID))
        self.assertTrue(self.dirs.exists(UUID))
        mode = stat.S_IMODE(os.stat(f'{self.root}/{UUID}').st_mode)
        self.assertEqual(instancedir.DIRECTORY_MODE, mode)
        self.assertFalse(self.dirs.create(UUID))

    def test_path(self) -> None:
        self.assertEqual(f'{self.root}/{UUID}', self.dirs.path(UUID))
        self.assertEqual(f'{self.root}/{UUID}/disk', self.dirs.path(UUID, 'disk'))

    def test_path_of_no_uuid(self) -> None:
        for name in ('', '.', '../../etc'):
            self.assertRaises(exception.InvalidUUID, self.dirs.path, name)

    def test_remove(self) -> None:
        self.add_disk(UUID, b'content', 'raw')
        self.dirs.remove(UUID)
        self.assertTrue(self.dirs.is_gone(UUID))
        self.assertEqual([], os.listdir(self.root))

    def test_remove_what_is_not_there(self) -> None:
        self.dirs.remove(UUID)
        self.assertTrue(self.dirs.is_gone(UUID))

    def test_remove_again_after_a_failure(self) -> None:
        self.add_disk(UUID, b'content', 'raw')

        def refuse(path: str) -> None:
            if os.path.exists(path):
                raise PermissionError(13, 'refused')
        with fixtures.MonkeyPatch('shutil.rmtree', refuse):
            self.assertRaises(PermissionError, self.dirs.remove, UUID)
        self.assertFalse(self.dirs.exists(UUID))
        self.assertFalse(self.dirs.is_gone(UUID))
        self.dirs.remove(UUID)
        self.assertTrue(self.dirs.is_gone(UUID))

    def test_root_that_cannot_be_made(self) -> None:
        path = os.path.join(self.state_path, 'file')
        with open(path, 'w'):
            pass
        dirs = instancedir.InstanceDirs(f'{path}/instances')
        error = self.assertRaises(exception.InvalidLocalStorage, dirs.ensure_root)
        self.assertIn(f'{path}/instances', str(error))

    def test_formats(self) -> None:
        self.assertEqual({}, self.dirs.disk_formats(UUID))
        path = self.add_disk(UUID, b'', 'raw')
        self.dirs.record_format(UUID, f'{path}.swap', 'qcow2')
        self.assertEqual({path: 'raw', f'{path}.swap': 'qcow2'},
                         self.dirs.disk_formats(UUID))

    def test_damaged_record(self) -> None:
        self.dirs.create(UUID)
        for content in ('{', '[]'):
            with open(self.dirs.path(UUID, instancedir.DISK_INFO), 'w') as file:
                file.write(content)
            self.assertRaises(exception.InvalidDiskInfo, self.dirs.disk_formats, UUID)

    def test_backing_files(self) -> None:
        self.add_disk(UUID, programs.qcow2_head(MIB, '/base/a'), 'qcow2')
        # A guest can write anything to a raw disk.
        self.add_disk(OTHER, programs.qcow2_head(MIB, '/base/b'), 'raw')
        self.assertEqual({'/base/a'}, self.dirs.backing_files())

    def test_backing_files_of_a_disk_that_is_gone(self) -> None:
        os.unlink(self.add_disk(UUID, programs.qcow2_head(MIB, '/base/a'), 'qcow2'))
        self.assertEqual(set(), self.dirs.backing_files())

    def test_promised_bytes(self) -> None:
        overlay = self.add_disk(UUID, programs.qcow2_head(10 * MIB), 'qcow2')
        raw = self.add_disk(OTHER, b'', 'raw')
        os.truncate(raw, MIB)
        used = os.stat(overlay).st_blocks * 512
        self.assertEqual(11 * MIB - used, self.dirs.promised_bytes())

    def test_disk_that_grew_is_read_again(self) -> None:
        overlay = self.add_disk(UUID, programs.qcow2_head(10 * MIB), 'qcow2')
        self.dirs.promised_bytes()
        with open(overlay, 'r+b') as file:
            file.write(programs.qcow2_head(20 * MIB))
        used = os.stat(overlay).st_blocks * 512
        self.assertEqual(20 * MIB - used, self.dirs.promised_bytes())

    def test_disk_that_was_added_counts(self) -> None:
        self.add_disk(UUID, programs.qcow2_head(10 * MIB), 'qcow2')
        self.dirs.promised_bytes()
        swap = self.dirs.path(UUID, 'disk.swap')
        with open(swap, 'wb') as file:
            file.truncate(5 * MIB)
        self.dirs.record_format(UUID, swap, 'raw')
        self.assertGreater(self.dirs.promised_bytes(), 14 * MIB)

    def test_instance_that_went_no_longer_counts(self) -> None:
        self.add_disk(UUID, programs.qcow2_head(10 * MIB), 'qcow2')
        self.dirs.promised_bytes()
        self.dirs.remove(UUID)
        self.assertEqual(0, self.dirs.promised_bytes())

    def test_what_is_no_instance_is_passed_over(self) -> None:
        os.mkdir(os.path.join(self.root, 'locks'))
        with open(os.path.join(self.root, 'locks', instancedir.DISK_INFO), 'w') as file:
            file.write('{')
        self.assertEqual(0, self.dirs.promised_bytes())
