# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import json
from typing import Any

from nova import context as nova_context
from nova import exception
from nova import objects
from nova.tests.fixtures import database
from nova.tests.unit import base

UUID = '3f1b9c52-5d5a-4f7e-9a61-6f2d0a3c1b01'

RESOURCES = {
    'vcpus': 4, 'vcpus_used': 1, 'memory_mb': 8192, 'memory_mb_used': 512,
    'local_gb': 100, 'local_gb_used': 3, 'hypervisor_type': 'QEMU',
    'hypervisor_version': 7002000, 'hypervisor_hostname': 'node',
    'cpu_info': '{"arch": "x86_64"}', 'disk_available_least': 50,
    'numa_topology': None, 'host_ip': '192.0.2.1', 'uuid': UUID,
    'supported_instances': [('x86_64', 'kvm', 'hvm'), ('i686', 'qemu', 'hvm')],
    'something_else': object(),
}


class ComputeNodeTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(database.Database())
        self.context = nova_context.get_admin_context()

    def make(self, **values: Any) -> Any:
        node = objects.ComputeNode(self.context, host='h')
        node.update_from_virt_driver({**RESOURCES, **values})
        node.create()
        return node

    def stored(self) -> Any:
        return objects.ComputeNode.get_by_host_and_nodename(
            self.context, 'h', 'node')

    def test_read_back(self) -> None:
        self.make(stats={'load': '1'})
        node = self.stored()
        self.assertEqual((UUID, 4, 8192, 100, 'QEMU'), (
            node.uuid, node.vcpus, node.memory_mb, node.local_gb,
            node.hypervisor_type))
        self.assertEqual('192.0.2.1', str(node.host_ip))
        self.assertEqual({'load': '1'}, node.stats)
        self.assertEqual([['x86_64', 'kvm', 'hvm'], ['i686', 'qemu', 'hvm']],
                         [spec.to_list() for spec in node.supported_hv_specs])
        self.assertEqual(set(), node.obj_what_changed())

    def test_structured_cpu_info_becomes_json(self) -> None:
        self.make(cpu_info={'arch': 'x86_64'})
        self.assertEqual({'arch': 'x86_64'}, json.loads(self.stored().cpu_info))

    def test_uuid_is_made(self) -> None:
        node = objects.ComputeNode(self.context, host='h', hypervisor_type='QEMU')
        node.create()
        self.assertEqual(36, len(node.uuid))

    def test_uuid_does_not_change(self) -> None:
        node = self.make()
        node.update_from_virt_driver(
            {'uuid': '3f1b9c52-5d5a-4f7e-9a61-6f2d0a3c1b02', 'vcpus': 8})
        node.save()
        self.assertEqual((UUID, 8), (self.stored().uuid, self.stored().vcpus))

    def test_save_of_nothing(self) -> None:
        self.make().save()
        self.assertIsNone(self.stored().updated_at)

    def test_pools(self) -> None:
        node = self.make()
        node.pci_device_pools = objects.PciDevicePoolList(objects=[
            objects.PciDevicePool(product_id='1', vendor_id='2', count=3, tags={},
                                  numa_node=None)])
        node.save()
        self.assertEqual(3, self.stored().pci_device_pools[0].count)

    def test_twice(self) -> None:
        self.assertRaises(exception.ObjectActionError, self.make().create)
        self.assertRaises(exception.InvalidNodeConfiguration, self.make)

    def test_none(self) -> None:
        self.assertRaises(exception.ComputeHostNotFound, self.stored)

    def test_ways_to_find_it(self) -> None:
        node = self.make()
        cls = objects.ComputeNode
        for found in (cls.get_by_id(self.context, node.id),
                      cls.get_by_uuid(self.context, UUID),
                      cls.get_by_nodename(self.context, 'node'),
                      objects.ComputeNodeList.get_all(self.context)[0],
                      objects.ComputeNodeList.get_all_by_host(self.context, 'h')[0]):
            self.assertEqual(UUID, found.uuid)

    def test_destroy(self) -> None:
        node = self.make()
        node.destroy()
        self.assertEqual(0, len(objects.ComputeNodeList.get_all(self.context)))
        self.assertRaises(exception.ComputeHostNotFound, node.destroy)
