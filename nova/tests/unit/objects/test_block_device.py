# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
from typing import Any

from nova import context as nova_context
from nova import exception
from nova import objects
from nova.tests.fixtures import database
from nova.tests.unit import base

UUID = '3f1b9c52-5d5a-4f7e-9a61-6f2d0a3c1b01'
OTHER = '3f1b9c52-5d5a-4f7e-9a61-6f2d0a3c1b02'


class BlockDeviceTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(database.Database())
        self.context = nova_context.get_admin_context()
        for uuid in (UUID, OTHER):
            objects.Instance(self.context, uuid=uuid).create()

    def make(self, **values: Any) -> Any:
        bdm = objects.BlockDeviceMapping(self.context, **{
            'instance_uuid': UUID, 'source_type': 'image', 'boot_index': 0,
            'destination_type': 'local', 'image_id': 'i', **values})
        bdm.create()
        return bdm

    def stored(self) -> Any:
        return objects.BlockDeviceMappingList.get_by_instance_uuid(
            self.context, UUID)

    def test_read_back(self) -> None:
        bdm = self.make(device_name='/dev/vda', connection_info='{"a": 1}')
        found = self.stored()[0]
        self.assertEqual(
            (bdm.uuid, '/dev/vda', '{"a": 1}', False),
            (found.uuid, found.device_name, found.connection_info, found.no_device))
        self.assertTrue(found.is_root and found.is_image and found.is_local)
        self.assertFalse(found.is_volume)

    def test_save(self) -> None:
        bdm = self.make()
        bdm.device_name = '/dev/vdb'
        bdm.save()
        self.assertEqual('/dev/vdb', self.stored()[0].device_name)

    def test_destroy(self) -> None:
        bdm = self.make()
        bdm.destroy()
        self.assertEqual(0, len(self.stored()))
        self.assertRaises(exception.ObjectActionError, bdm.destroy)

    def test_save_of_one_that_is_gone(self) -> None:
        bdm = self.make()
        self.stored()[0].destroy()
        bdm.device_name = '/dev/vdb'
        self.assertRaises(exception.BDMNotFound, bdm.save)

    def test_of_no_server(self) -> None:
        objects.Instance.get_by_uuid(self.context, UUID).destroy()
        self.assertRaises(exception.InstanceNotFound, self.make)

    def test_its_server(self) -> None:
        self.make()
        bdm = self.stored()[0]
        self.assertEqual(UUID, bdm.instance.uuid)
        self.assertEqual(set(), bdm.obj_what_changed())

    def test_volume(self) -> None:
        self.make(destination_type='volume', source_type='volume', volume_id='v')
        cls = objects.BlockDeviceMapping
        found = cls.get_by_volume_and_instance(self.context, 'v', UUID)
        self.assertTrue(found.is_volume)
        self.assertRaises(exception.VolumeBDMNotFound,
                          cls.get_by_volume_and_instance, self.context, 'w', UUID)

    def test_root(self) -> None:
        self.assertIsNone(self.stored().root_bdm())
        self.make(boot_index=1)
        self.make(device_name='/dev/vdb')
        self.assertEqual('/dev/vdb', self.stored().root_bdm().device_name)

    def test_several_servers(self) -> None:
        self.make()
        self.make(instance_uuid=OTHER)
        self.make()
        found = objects.BlockDeviceMappingList.bdms_by_instance_uuid(
            self.context, [UUID, OTHER])
        self.assertEqual({UUID: 2, OTHER: 1},
                         {uuid: len(bdms) for uuid, bdms in found.items()})

    def test_password_is_not_shown(self) -> None:
        bdm = self.make(connection_info='{"auth_password": "hush"}')
        self.assertNotIn('hush', repr(bdm))

    def test_snapshot_forgets_the_server(self) -> None:
        mapping = self.make(connection_info='x').get_image_mapping()
        self.assertEqual('i', mapping['image_id'])
        self.assertFalse({'id', 'uuid', 'instance_uuid', 'connection_info'} &
                         mapping.keys())
