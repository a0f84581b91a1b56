# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import libvirt

from nova import exception
from nova.objects import fields
from nova.tests.fixtures import hostdevices
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.unit import base
from nova.virt.libvirt import nodedevs


class NodeDevicesTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.fake = self.useFixture(fakelibvirt.FakeLibvirt())
        self.plugged = self.fake.hypervisor.nodedevices
        for xml in hostdevices.ALL:
            self.plugged.plug(xml)
        self.conn = self.fake.open('qemu:///system', None, 0)
        self.changes = []
        self.found = nodedevs.NodeDevices(
            lambda: self.conn, lambda: self.changes.append(1))
        self.found.watch(self.conn)

    def asked(self, method='XMLDesc'):
        return self.fake.faults.count(method)


class PCITestCase(NodeDevicesTestCase):
    def test_all_functions_as_the_tracker_takes_them(self):
        physical = {
            'dev_id': 'pci_0000_0a_00_0', 'address': '0000:0a:00.0',
            'product_id': '1572', 'vendor_id': '8086', 'numa_node': 1,
            'label': 'label_8086_1572', 'dev_type': 'type-PF', 'parent_ifname': 'ens1',
            'capabilities': {'network': ['rx', 'tx'],
                             'vpd': {'card_serial_number': 'MT2113X00000'}}}
        first, second = (
            {'dev_id': f'pci_0000_0a_02_{number}', 'address': f'0000:0a:02.{number}',
             'product_id': '154c', 'vendor_id': '8086', 'numa_node': 1,
             'label': 'label_8086_154c', 'dev_type': kind,
             'parent_addr': '0000:0a:00.0', 'parent_ifname': 'ens1',
             'capabilities': {
                 'sriov': {'pf_mac_address': '52:54:00:1e:59:c6', 'vf_num': number},
                 'vpd': {'card_serial_number': 'MT2113X00000'}}}
            for number, kind in enumerate(('type-VF', 'vdpa')))
        gpu = {'dev_id': 'pci_0000_06_00_0', 'address': '0000:06:00.0',
               'product_id': '13f2', 'vendor_id': '10de', 'numa_node': None,
               'label': 'label_10de_13f2', 'dev_type': 'type-PCI'}
        self.assertEqual([gpu, physical, first, second], self.found.get_pci())

    def test_kinds_are_novas(self):
        self.assertEqual(set(fields.PciDeviceType.ALL),
                         {nodedevs.STANDARD, nodedevs.SRIOV_PF, nodedevs.SRIOV_VF,
                          nodedevs.VDPA})

    def test_vdpa_of_a_function(self):
        self.assertEqual('vdpa_vdpa0', self.found.get_vdpa('0000:0a:02.1').name)
        error = self.assertRaises(exception.PciDeviceNotFoundById,
                                  self.found.get_vdpa, '0000:0a:02.0')
        self.assertIn('0000:0a:02.0', str(error))

    def test_none_where_libvirt_has_no_devices(self):
        self.fake.faults.fail('listAllDevices', libvirt.VIR_ERR_NO_SUPPORT, times=None)
        self.assertEqual([], self.found.get_pci())

    def test_uuid_in_the_names_of_old_and_new_libvirt(self):
        name = f'mdev_{hostdevices.MDEV_UUID.replace("-", "_")}'
        self.assertEqual(hostdevices.MDEV_UUID, nodedevs.uuid_of(name))
        self.assertEqual(hostdevices.MDEV_UUID,
                         nodedevs.uuid_of(f'{name}_0000_06_00_0'))


class CacheTestCase(NodeDevicesTestCase):
    def test_nothing_is_asked_twice(self):
        self.found.get_pci()
        before = self.asked(), self.asked('listAllDevices')
        self.found.get_pci()
        self.assertEqual(before, (self.asked(), self.asked('listAllDevices')))

    def test_only_what_changed_is_asked_again(self):
        self.found.get_pci()
        before = self.asked()
        self.plugged.plug(hostdevices.PF.replace("node='1'", "node='0'"))
        changed = {each['dev_id']: each['numa_node']
                   for each in self.found.get_pci()}
        self.assertEqual(0, changed['pci_0000_0a_00_0'])
        self.assertEqual(1, self.asked() - before)

    def test_one_that_was_unplugged_is_gone(self):
        self.found.get_pci()
        self.plugged.unplug('pci_0000_06_00_0')
        names = [each['dev_id'] for each in self.found.get_pci()]
        self.assertNotIn('pci_0000_06_00_0', names)

    def test_interfaces_of_guests_change_nothing(self):
        self.found.get_pci()
        before = self.asked('listAllDevices')
        self.plugged.plug(hostdevices.PF_NET.replace('net_ens1', 'net_vnet7'))
        self.found.get_pci()
        self.assertEqual(before, self.asked('listAllDevices'))

    def test_one_that_went_while_it_was_described_is_left_out(self):
        self.fake.faults.fail('XMLDesc', libvirt.VIR_ERR_NO_NODE_DEVICE)
        self.assertEqual(3, len(self.found.get_pci()))

    def test_news_is_told_when_it_is_taken(self):
        self.found.get_pci()
        self.plugged.unplug('pci_0000_06_00_0')
        self.assertEqual([], self.changes)
        self.found.take_changes()
        self.assertEqual([1], self.changes)

    def test_nothing_is_kept_without_events(self):
        self.found.unwatch(self.conn)
        self.found.get_pci()
        before = self.asked()
        self.found.get_pci()
        self.assertGreater(self.asked(), before)
