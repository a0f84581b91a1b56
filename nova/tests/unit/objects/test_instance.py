# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import copy
import datetime
from typing import Any

from nova import context as nova_context
from nova import exception
from nova import objects
from nova.network import model as network_model
from nova.tests.fixtures import database
from nova.tests.unit import base

UUID = '3f1b9c52-5d5a-4f7e-9a61-6f2d0a3c1b01'
IMAGE = '155d900f-4e14-4e4c-a73d-069cbf4541e6'


def flavor() -> Any:
    return objects.Flavor(id=1, flavorid='1', name='m1.tiny', memory_mb=512, vcpus=1,
                          root_gb=1, ephemeral_gb=0, swap=0,
                          extra_specs={'hw:cpu_policy': 'shared'})


class InstanceTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(database.Database())
        self.context = nova_context.RequestContext('user', 'project')

    def make(self, **values: Any) -> Any:
        instance = objects.Instance(self.context, **{'uuid': UUID, **values})
        instance.create()
        return instance

    def stored(self, **kwargs: Any) -> Any:
        return objects.Instance.get_by_uuid(self.context, UUID, **kwargs)


class CreateTestCase(InstanceTestCase):

    def test_everything_is_read_back(self) -> None:
        time = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
        numa = objects.InstanceNUMATopology(cells=[objects.InstanceNUMACell(
            id=0, cpuset={0}, pcpuset={1}, memory=512, pagesize=2048,
            cpu_pinning={1: 5})])
        values = {
            'display_name': '<&"\'\n', 'metadata': {'a': 'b'}, 'launched_at': time,
            'system_metadata': {'c': None}, 'access_ip_v4': '192.0.2.1',
            'access_ip_v6': '2001:db8::1', 'flavor': flavor(), 'locked': True,
            'numa_topology': numa, 'power_state': 1,
            'trusted_certs': objects.TrustedCerts(ids=['x']),
        }
        self.make(**values)
        stored = self.stored()
        for name in ('display_name', 'metadata', 'launched_at', 'system_metadata',
                     'locked', 'power_state'):
            self.assertEqual(values[name], getattr(stored, name))
        self.assertEqual('192.0.2.1', str(stored.access_ip_v4))
        self.assertEqual('2001:db8::1', str(stored.access_ip_v6))
        self.assertEqual('shared', stored.flavor.extra_specs['hw:cpu_policy'])
        self.assertEqual({1: 5}, stored.numa_topology.cells[0].cpu_pinning)
        self.assertEqual({1}, stored.numa_topology.cells[0].pcpuset)
        self.assertEqual(['x'], stored.trusted_certs.ids)
        self.assertEqual(set(), stored.obj_what_changed())

    def test_time_of_another_zone(self) -> None:
        zone = datetime.timezone(datetime.timedelta(hours=2))
        time = datetime.datetime(2026, 1, 2, 3, tzinfo=zone)
        self.make(launched_at=time)
        self.assertEqual(time, self.stored().launched_at)

    def test_created_one_is_complete(self) -> None:
        instance = self.make()
        self.assertIsNotNone(instance.created_at)
        self.assertIsNone(instance.updated_at)
        self.assertIs(False, instance.deleted)
        self.assertEqual({}, instance.metadata)
        self.assertEqual(set(), instance.obj_what_changed())

    def test_uuid_is_made(self) -> None:
        instance = objects.Instance(self.context)
        instance.create()
        self.assertEqual(36, len(instance.uuid))

    def test_twice(self) -> None:
        self.assertRaises(exception.ObjectActionError, self.make().create)
        self.assertRaises(exception.InstanceExists, self.make)


class NameTestCase(InstanceTestCase):

    def test_number(self) -> None:
        self.assertEqual('instance-0000002a', objects.Instance(id=42).name)

    def test_own_template(self) -> None:
        self.flags(instance_name_template='vm-%(uuid)s')
        self.assertEqual(f'vm-{UUID}', objects.Instance(id=1, uuid=UUID).name)

    def test_without_a_number(self) -> None:
        self.assertIsNone(objects.Instance(uuid=UUID).name)

    def test_log_records_name_it(self) -> None:
        as_oslo_log_does_it = '[instance: %(uuid)s]'
        self.assertEqual(f'[instance: {UUID}]',
                         as_oslo_log_does_it % objects.Instance(uuid=UUID))


class SaveTestCase(InstanceTestCase):

    def test_only_changes_are_written(self) -> None:
        one, two = self.make(), self.stored()
        one.host = 'h'
        one.save()
        two.node = 'n'
        two.save()
        stored = self.stored()
        self.assertEqual(('h', 'n'), (stored.host, stored.node))
        self.assertEqual('h', two.host)
        self.assertIsNotNone(stored.updated_at)

    def test_nothing_changed(self) -> None:
        self.make().save()
        self.assertIsNone(self.stored().updated_at)

    def test_expectation_without_a_change_is_checked(self) -> None:
        instance = self.make(task_state='deleting')
        self.assertRaises(exception.UnexpectedDeletingTaskStateError,
                          instance.save, expected_task_state=[None])

    def test_expected_states(self) -> None:
        instance = self.make(vm_state='active')
        instance.task_state = 'rebooting'
        instance.save(expected_task_state=[None], expected_vm_state='active')
        instance.task_state = None
        instance.save(expected_task_state='rebooting')
        self.assertIsNone(self.stored().task_state)

    def test_refused_one_keeps_its_changes(self) -> None:
        instance = self.make(task_state='spawning')
        instance.host = 'h'
        self.assertRaises(exception.UnexpectedTaskStateError, instance.save,
                          expected_task_state=['rebooting', None])
        self.assertEqual({'host'}, instance.obj_what_changed())
        instance.save()
        self.assertEqual('h', self.stored().host)

    def test_unexpected_vm_state(self) -> None:
        instance = self.make(vm_state='error')
        instance.host = 'h'
        self.assertRaises(exception.InstanceUpdateConflict, instance.save,
                          expected_vm_state=['active'])

    def test_deleted_meanwhile(self) -> None:
        instance = self.make()
        self.stored().destroy()
        instance.host = 'h'
        self.assertRaises(exception.InstanceNotFound, instance.save)

    def test_dict_changed_in_place(self) -> None:
        instance = self.make(metadata={'a': '1', 'b': '2'})
        instance.metadata['a'] = '3'
        del instance.metadata['b']
        instance.system_metadata['x'] = 'y'
        self.assertEqual({'metadata', 'system_metadata'},
                         instance.obj_what_changed())
        instance.save()
        self.assertEqual({'a': '3'}, self.stored().metadata)
        self.assertEqual({'x': 'y'}, self.stored().system_metadata)
        self.assertEqual(set(), instance.obj_what_changed())

    def test_copy_knows_what_changed(self) -> None:
        instance = self.make(metadata={'a': '1'})
        instance.metadata['a'] = '2'
        self.assertEqual({'metadata'}, copy.deepcopy(instance).obj_what_changed())

    def test_object_changed_in_place(self) -> None:
        instance = self.make(flavor=flavor())
        instance.flavor.memory_mb = 1024
        instance.save()
        self.assertEqual(1024, self.stored().flavor.memory_mb)
        self.assertEqual(set(), instance.obj_what_changed())

    def test_object_set_to_none(self) -> None:
        instance = self.make(trusted_certs=objects.TrustedCerts(ids=['x']))
        instance.trusted_certs = None
        instance.save()
        self.assertIsNone(self.stored().trusted_certs)

    def test_delete_metadata_key(self) -> None:
        instance = self.make(metadata={'a': '1', 'b': '2'})
        instance.delete_metadata_key('a')
        self.assertEqual({'b': '2'}, self.stored().metadata)


class ReadTestCase(InstanceTestCase):

    def test_none(self) -> None:
        self.assertRaises(exception.InstanceNotFound, self.stored)
        self.assertRaises(exception.InstanceNotFound, objects.Instance.get_by_id,
                          self.context, 1)
        self.assertFalse(objects.Instance.exists(self.context, UUID))

    def test_by_number(self) -> None:
        instance = self.make()
        found = objects.Instance.get_by_id(self.context, instance.id)
        self.assertEqual(UUID, found.uuid)
        self.assertTrue(objects.Instance.exists(self.context, UUID))

    def test_refresh_drops_what_was_not_saved(self) -> None:
        instance, other = self.make(), self.stored()
        other.host = 'h'
        other.save()
        instance.node = 'dropped'
        instance.refresh()
        self.assertEqual(('h', None), (instance.host, instance.node))
        self.assertEqual(set(), instance.obj_what_changed())

    def test_refresh_of_a_deleted_one(self) -> None:
        instance = self.make(host='h')
        self.stored().destroy()
        self.assertRaises(exception.InstanceNotFound, instance.refresh)
        self.assertEqual('h', instance.host)

    def test_attribute_that_nobody_set(self) -> None:
        error = self.assertRaises(
            exception.ObjectActionError, getattr, objects.Instance(), 'host')
        self.assertIn('host', str(error))

    def test_collections_are_empty_at_first(self) -> None:
        instance = self.make()
        for name in ('tags', 'keypairs', 'security_groups', 'services'):
            self.assertEqual(0, len(getattr(instance, name)))
        self.assertEqual(set(), instance.obj_what_changed())
        self.assertEqual([], instance.get_network_info())
        self.assertEqual(0, len(instance.get_bdms()))

    def test_fault(self) -> None:
        instance = self.make()
        self.assertIsNone(self.stored().fault)
        objects.InstanceFault(self.context, instance_uuid=UUID, code=500,
                              message='no').create()
        self.assertEqual('no', self.stored(expected_attrs=['fault']).fault.message)
        self.assertEqual('no', instance.fault.message)

    def test_image(self) -> None:
        instance = self.make(image_ref=IMAGE, system_metadata={
            'image_min_disk': '3', 'image_disk_format': 'qcow2',
            'image_hw_disk_bus': 'scsi', 'owner': 'x'})
        image = instance.image_meta
        self.assertEqual((IMAGE, 3, 'qcow2', 'scsi'), (
            image.id, image.min_disk, image.disk_format,
            image.properties.hw_disk_bus))

    def test_image_of_one_that_boots_from_a_volume(self) -> None:
        instance = self.make(image_ref='')
        self.assertFalse(instance.image_meta.obj_attr_is_set('id'))

    def test_network_info(self) -> None:
        instance = self.make()
        cache = objects.InstanceInfoCache.new(self.context, UUID)
        self.assertRaises(exception.InstanceInfoCacheNotFound,
                          objects.InstanceInfoCache.get_by_instance_uuid,
                          self.context, UUID)
        cache.network_info = network_model.NetworkInfo(
            [network_model.VIF(id='port', address='52:54:00:00:00:01')])
        cache.save()
        instance.refresh()
        self.assertEqual('port', instance.get_network_info()[0]['id'])

    def test_flavors_of_a_resize(self) -> None:
        instance = self.make(flavor=flavor())
        instance.set_flavor(flavor(), 'new')
        instance.save()
        self.assertEqual('m1.tiny', self.stored().get_flavor('new').name)
        self.assertIsNot(instance.get_flavor(), instance.get_flavor('new'))
        instance.delete_flavor('new')
        instance.save()
        self.assertIsNone(self.stored().new_flavor)


class DestroyTestCase(InstanceTestCase):

    def test_nothing_is_left(self) -> None:
        instance = self.make()
        objects.InstanceAction.action_start(self.context, UUID, 'create')
        instance.destroy()
        self.assertTrue(instance.deleted)
        self.assertIsNotNone(instance.deleted_at)
        self.assertFalse(objects.Instance.exists(self.context, UUID))
        self.assertEqual(0, len(objects.InstanceActionList.get_by_instance_uuid(
            self.context, UUID)))

    def test_twice(self) -> None:
        instance, other = self.make(), self.stored()
        instance.destroy()
        self.assertRaises(exception.InstanceNotFound, other.destroy)

    def test_never_created(self) -> None:
        self.assertRaises(exception.ObjectActionError,
                          objects.Instance(self.context, uuid=UUID).destroy)

    def test_taken_by_another_host(self) -> None:
        instance, other = self.make(host='a'), self.stored()
        other.host = 'b'
        other.save()
        self.assertRaises(exception.ObjectActionError, instance.destroy)
        self.assertEqual('b', self.stored().host)


class ListTestCase(InstanceTestCase):

    def setUp(self) -> None:
        super().setUp()
        for number, name in enumerate(('a', 'b', 'c')):
            objects.Instance(self.context, display_name=name, memory_mb=-number,
                             host='h' if name != 'c' else None).create()

    def names(self, instances: Any) -> str:
        return ''.join(instance.display_name for instance in instances)

    def filtered(self, **kwargs: Any) -> str:
        filters = kwargs.pop('filters', {})
        return self.names(objects.InstanceList.get_by_filters(
            self.context, filters, **kwargs))

    def test_all(self) -> None:
        self.assertEqual(
            'abc', self.names(objects.InstanceList.get_all(self.context)))

    def test_latest_first_unless_asked_otherwise(self) -> None:
        self.assertEqual('cba', self.filtered())

    def test_sort(self) -> None:
        self.assertEqual('cba', self.filtered(sort_key='memory_mb', sort_dir='asc'))
        self.assertEqual('bac', self.filtered(
            sort_keys=['host', 'display_name'], sort_dirs=['asc', 'desc']))

    def test_direction_counts_for_the_keys_after_it(self) -> None:
        self.assertEqual('abc', self.filtered(
            sort_keys=['host', 'display_name'], sort_dirs=['asc']))

    def test_page(self) -> None:
        second = objects.InstanceList.get_all(self.context)[1]
        self.assertEqual('a', self.filtered(marker=second.uuid))
        self.assertEqual('c', self.filtered(limit=1))

    def test_host(self) -> None:
        found = objects.InstanceList.get_by_host(self.context, 'h')
        self.assertEqual('ab', self.names(found))
        self.assertEqual([instance.uuid for instance in found],
                         objects.InstanceList.get_uuids_by_host(self.context, 'h'))
        self.assertEqual(0, len(objects.InstanceList.get_by_host_and_node(
            self.context, 'h', 'n')))

    def test_faults_come_with_one_query(self) -> None:
        uuid = objects.InstanceList.get_all(self.context)[0].uuid
        objects.InstanceFault(self.context, instance_uuid=uuid, code=500,
                              message='no').create()
        found = objects.InstanceList.get_all(self.context, expected_attrs=['fault'])
        self.assertEqual(['no', None, None],
                         [i.fault and i.fault.message for i in found])
