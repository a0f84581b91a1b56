# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
from nova import context as nova_context
from nova import objects
from nova.objects import diagnostics
from nova.tests.fixtures import database
from nova.tests.unit import base

UUID = '3f1b9c52-5d5a-4f7e-9a61-6f2d0a3c1b01'


class PciTestCase(base.TestCase):

    def test_what_is_not_given(self) -> None:
        device = objects.PciDevice(address='0000:00:1f.2')
        self.assertEqual((None, {}, None), (
            device.parent_addr, device.extra_info, device.mac_address))
        self.assertRaises(NotImplementedError, getattr, device, 'vendor_id')

    def test_same_place_same_device(self) -> None:
        one = objects.PciDevice(address='0000:00:1f.2', compute_node_id=1)
        same = objects.PciDevice(address='0000:00:1f.2', compute_node_id=1)
        other = objects.PciDevice(address='0000:00:1f.2', compute_node_id=2)
        self.assertEqual(2, len({one, same, other}))

    def test_source_of_a_request(self) -> None:
        cls = objects.InstancePCIRequest
        self.assertEqual(cls.FLAVOR_ALIAS, cls(alias_name='gpu').source)
        self.assertEqual(cls.NEUTRON_PORT, cls(requester_id='port').source)

    def test_requests_of_an_instance(self) -> None:
        self.useFixture(database.Database())
        context = nova_context.get_admin_context()
        instance = objects.Instance(context, uuid=UUID)
        requests = objects.InstancePCIRequests.get_by_instance(context, instance)
        self.assertEqual((UUID, []), (requests.instance_uuid, requests.requests))
        requests.requests = [objects.InstancePCIRequest(
            count=1, alias_name='gpu', spec=[{'vendor_id': '10de'}])]
        instance.pci_requests = requests
        instance.create()
        stored = objects.Instance.get_by_uuid(context, UUID).pci_requests
        self.assertEqual('10de', stored.requests[0].spec[0]['vendor_id'])
        self.assertIsNone(stored.requests[0].numa_policy)


class DeviceMetadataTestCase(base.TestCase):

    def test_kinds_are_kept(self) -> None:
        self.useFixture(database.Database())
        context = nova_context.get_admin_context()
        disk = objects.DiskMetadata(
            bus=objects.SCSIDeviceBus(address='0:0:1:0'), tags=['root'], serial='s')
        card = objects.NetworkInterfaceMetadata(
            bus=objects.PCIDeviceBus(address='0000:00:03.0'), tags=['nic'],
            mac='52:54:00:00:00:01', vlan=5)
        objects.Instance(
            context, uuid=UUID, device_metadata=objects.InstanceDeviceMetadata(
                devices=[disk, card])).create()
        stored = objects.InstanceDeviceMetadata.get_by_instance_uuid(context, UUID)
        self.assertEqual(['DiskMetadata', 'NetworkInterfaceMetadata'],
                         [type(device).__name__ for device in stored.devices])
        self.assertEqual('0000:00:03.0', stored.devices[1].bus.address)

    def test_other_addresses_are_refused(self) -> None:
        self.assertRaises(ValueError, objects.PCIDeviceBus, address='0:0:1:0')


class ResourceTestCase(base.TestCase):

    def test_metadata_of_a_kind(self) -> None:
        self.useFixture(database.Database())
        context = nova_context.get_admin_context()
        resource = objects.Resource(
            rp_uuid=UUID, resource_class='CUSTOM_PMEM', identifier='ns_0',
            metadata=objects.LibvirtVPMEMDevice(
                label='big', name='ns_0', devpath='/dev/dax0.0', size=1, align=2))
        objects.Instance(context, uuid=UUID, resources=objects.ResourceList(
            objects=[resource])).create()
        stored = objects.ResourceList.get_by_instance_uuid(context, UUID)
        self.assertEqual(resource, stored[0])
        self.assertEqual(resource.metadata, stored[0].metadata)


class DiagnosticsTestCase(base.TestCase):

    def test_counts(self) -> None:
        diags = diagnostics.Diagnostics(state='running', driver='libvirt',
                                        config_drive=False)
        diags.add_cpu(id=0, time=5)
        diags.add_nic(rx_octets=1)
        diags.add_nic()
        diags.add_disk(read_bytes=3)
        self.assertEqual((1, 2, 1),
                         (diags.num_cpus, diags.num_nics, diags.num_disks))
        self.assertIsNone(diags.memory_details.maximum)
        self.assertIsNone(diags.nic_details[1].mac_address)


class MigrateDataTestCase(base.TestCase):

    def test_disk(self) -> None:
        info = objects.LibvirtLiveMigrateBDMInfo(
            bus='virtio', dev='vda', type='disk', format=None, boot_index=1)
        info.connection_info = {'a': 1}
        self.assertEqual(
            {'bus': 'virtio', 'dev': 'vda', 'type': 'disk', 'boot_index': '1'},
            info.as_disk_info())
        self.assertEqual({'a': 1}, info.connection_info)

    def test_port(self) -> None:
        vif = objects.VIFMigrateData()
        vif.profile, vif.vif_details = {'a': 1}, {'b': 2}
        self.assertEqual(({'a': 1}, {'b': 2}), (vif.profile, vif.vif_details))

    def test_shared_storage(self) -> None:
        for block, path in ((True, False), (False, True)):
            self.assertTrue(objects.LibvirtLiveMigrateData(
                is_shared_block_storage=block,
                is_shared_instance_path=path).is_on_shared_storage())

    def test_kinds_of_moves(self) -> None:
        move = objects.Migration(migration_type='resize', source_compute='a',
                                 dest_compute='a')
        self.assertTrue(move.is_resize and move.is_same_host())
        self.assertFalse(move.is_live_migration or move.hidden)
        self.assertIsNone(move.status)
