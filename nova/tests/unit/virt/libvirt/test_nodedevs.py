# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import libvirt

from nova import exception
from nova.objects import fields
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.unit import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import host as libvirt_host
from nova.virt.libvirt import nodedevs

PF = """<device><name>pci_0000_0a_00_0</name><parent>computer</parent>
<capability type='pci'><class>0x020000</class><domain>0</domain><bus>10</bus>
<slot>0</slot><function>0</function><product id='0x1572'>NIC</product>
<vendor id='0x8086'>Intel</vendor><capability type='virt_functions' maxCount='8'>
<address domain='0x0000' bus='0x0a' slot='0x02' function='0x0'/>
<address domain='0x0000' bus='0x0a' slot='0x02' function='0x1'/></capability>
<capability type='vpd'><name>Card</name><fields access='readonly'>
<serial_number>MT2113X00000</serial_number></fields></capability>
<numa node='1'/></capability></device>"""
PF_NET = """<device><name>net_ens1_52_54_00_1e_59_c6</name>
<parent>pci_0000_0a_00_0</parent><capability type='net'><interface>ens1</interface>
<address>52:54:00:1e:59:c6</address><feature name='rx'/><feature name='tx'/>
</capability></device>"""
VF = """<device><name>pci_0000_0a_02_{number}</name><parent>pci_0000_00_03_0</parent>
<capability type='pci'><class>0x020000</class><domain>0</domain><bus>10</bus>
<slot>2</slot><function>{number}</function><product id='0x154c'>VF</product>
<vendor id='0x8086'>Intel</vendor><capability type='phys_function'>
<address domain='0x0000' bus='0x0a' slot='0x00' function='0x0'/></capability>
<numa node='1'/></capability></device>"""
VDPA = """<device><name>vdpa_vdpa0</name><parent>pci_0000_0a_02_1</parent>
<capability type='vdpa'><chardev>/dev/vhost-vdpa-0</chardev></capability></device>"""
GPU = """<device><name>pci_0000_06_00_0</name><parent>computer</parent>
<capability type='pci'><class>0x030000</class><domain>0</domain><bus>6</bus>
<slot>0</slot><function>0</function><product id='0x13f2'>GPU</product>
<vendor id='0x10de'>NVIDIA</vendor><capability type='mdev_types'>
<type id='nvidia-11'><name>GRID M60-0B</name><deviceAPI>vfio-pci</deviceAPI>
<availableInstances>16</availableInstances></type><type id='nvidia-12'>
<deviceAPI>vfio-pci</deviceAPI><availableInstances>0</availableInstances></type>
</capability></capability></device>"""
MDEV_UUID = '4b20d080-1b54-4048-85b3-a6a62d165c01'
COMPUTER = "<device><name>computer</name><capability type='system'/></device>"


class NodeDevicesTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.fake = self.useFixture(fakelibvirt.FakeLibvirt())
        self.devices = self.fake.hypervisor.nodedevices
        self.host = libvirt_host.Host('qemu:///system', opener=self.fake.open)
        self.addCleanup(self.host.cleanup)
        for xml in (COMPUTER, PF, PF_NET, VF.format(number=0), VF.format(number=1),
                    VDPA, GPU):
            self.devices.plug(xml)

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
        self.assertEqual([gpu, physical, first, second], self.host.get_pci_devices())

    def test_kinds_are_novas(self):
        self.assertEqual(set(fields.PciDeviceType.ALL),
                         {nodedevs.STANDARD, nodedevs.SRIOV_PF, nodedevs.SRIOV_VF,
                          nodedevs.VDPA})

    def test_names(self):
        self.assertEqual(['pci_0000_0a_00_0', 'pci_0000_0a_02_0', 'pci_0000_0a_02_1',
                          'pci_0000_06_00_0'], self.host.list_pci_devices())
        self.assertEqual(7, len(self.host.list_all_devices()))

    def test_vdpa(self):
        self.assertEqual('/dev/vhost-vdpa-0',
                         self.host.get_vdpa_device_path('0000:0a:02.1'))
        error = self.assertRaises(exception.PciDeviceNotFoundById,
                                  self.host.get_vdpa_device_path, '0000:0a:02.0')
        self.assertIn('0000:0a:02.0', str(error))

    def test_lists_are_empty_where_libvirt_has_none(self):
        self.fake.faults.fail('listAllDevices', libvirt.VIR_ERR_NO_SUPPORT, times=None)
        self.assertEqual([], self.host.get_pci_devices())
        self.assertEqual([], self.host.list_mediated_devices())


class CacheTestCase(NodeDevicesTestCase):
    def test_nothing_is_asked_twice(self):
        self.host.get_pci_devices()
        before = self.asked(), self.asked('listAllDevices')
        self.host.get_pci_devices()
        self.assertEqual(before, (self.asked(), self.asked('listAllDevices')))

    def test_only_what_changed_is_asked_again(self):
        self.host.get_pci_devices()
        before = self.asked()
        self.devices.plug(PF.replace("node='1'", "node='0'"))
        changed = {each['dev_id']: each['numa_node']
                   for each in self.host.get_pci_devices()}
        self.assertEqual(0, changed['pci_0000_0a_00_0'])
        self.assertEqual(1, self.asked() - before)

    def test_one_that_was_unplugged_is_gone(self):
        self.host.get_pci_devices()
        self.devices.unplug('pci_0000_06_00_0')
        names = [each['dev_id'] for each in self.host.get_pci_devices()]
        self.assertNotIn('pci_0000_06_00_0', names)

    def test_interfaces_of_guests_change_nothing(self):
        self.host.get_pci_devices()
        before = self.asked('listAllDevices')
        self.devices.plug(PF_NET.replace('net_ens1', 'net_vnet7'))
        self.host.get_pci_devices()
        self.assertEqual(before, self.asked('listAllDevices'))

    def test_capabilities_are_asked_again_when_a_device_came(self):
        before = self.host.get_capabilities()
        self.assertIs(before, self.host.get_capabilities())
        self.devices.plug(GPU.replace('06_00', '07_00'))
        self.host.get_pci_devices()
        self.assertIsNot(before, self.host.get_capabilities())

    def test_all_is_asked_again_over_a_new_connection(self):
        self.host.get_pci_devices()
        self.fake.lose_connections()
        self.devices.unplug('pci_0000_06_00_0')
        names = [each['dev_id'] for each in self.host.get_pci_devices()]
        self.assertNotIn('pci_0000_06_00_0', names)

    def test_nothing_is_kept_without_events(self):
        self.fake.faults.fail('nodeDeviceEventRegisterAny', libvirt.VIR_ERR_NO_SUPPORT,
                              times=None)
        self.host.get_pci_devices()
        before = self.asked()
        self.host.get_pci_devices()
        self.assertGreater(self.asked(), before)

    def test_one_that_went_while_it_was_described_is_left_out(self):
        self.fake.faults.fail('XMLDesc', libvirt.VIR_ERR_NO_NODE_DEVICE)
        self.assertEqual(3, len(self.host.get_pci_devices()))


class MediatedTestCase(NodeDevicesTestCase):
    def describe(self):
        conf = vconfig.LibvirtConfigNodeDevice(parent='pci_0000_06_00_0')
        conf.mdev_information = vconfig.LibvirtConfigNodeDeviceMdevInformation(
            type='nvidia-11', uuid=MDEV_UUID)
        return conf

    def test_types(self):
        every = {
            'nvidia-11': {'name': 'GRID M60-0B', 'deviceAPI': 'vfio-pci',
                          'availableInstances': 16},
            'nvidia-12': {'deviceAPI': 'vfio-pci', 'availableInstances': 0}}
        device = {'dev_id': 'pci_0000_06_00_0', 'vendor_id': '0x10de', 'types': every}
        self.assertEqual([device], self.host.get_mdev_capable_devices())
        device['types'] = {'nvidia-12': every['nvidia-12']}
        self.assertEqual([device], self.host.get_mdev_capable_devices(['nvidia-12']))

    def test_one_is_made(self):
        made = self.host.device_create(self.describe())
        name = f'mdev_{MDEV_UUID.replace("-", "_")}_0000_06_00_0'
        self.assertEqual(name, made.name())
        self.assertEqual([name], self.host.list_mediated_devices())
        self.assertEqual(
            [{'dev_id': name, 'uuid': MDEV_UUID, 'parent': 'pci_0000_06_00_0',
              'type': 'nvidia-11', 'iommu_group': 0}], self.host.get_mediated_devices())

    def test_one_is_defined_and_started_later(self):
        made = self.host.device_define(self.describe())
        self.assertEqual([], self.host.list_mediated_devices())
        self.host.device_set_autostart(made)
        self.assertTrue(made.autostart())
        self.host.device_start(self.host.device_lookup_by_name(made.name()))
        self.assertEqual([made.name()], self.host.list_mediated_devices())
        self.assertRaises(exception.InternalError, self.host.device_start, made)

    def test_one_that_is_refused_is_not_there(self):
        conf = self.describe()
        conf.parent = 'pci_0000_99_00_0'
        self.assertRaises(exception.InternalError, self.host.device_create, conf)
        self.assertEqual([], self.host.list_mediated_devices())

    def test_uuid_in_the_names_of_old_and_new_libvirt(self):
        name = f'mdev_{MDEV_UUID.replace("-", "_")}'
        self.assertEqual(MDEV_UUID, nodedevs.uuid_of(name))
        self.assertEqual(MDEV_UUID, nodedevs.uuid_of(f'{name}_0000_06_00_0'))
