# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import collections
import copy
import threading
import time

import libvirt

from nova import exception
from nova.objects import fields
from nova.tests.fixtures import hostdevices
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit import base
from nova.virt.libvirt import calls
from nova.virt.libvirt import mdevs
from nova.virt.libvirt import nodedevs
from nova.virt.libvirt import pcifunctions


class NodeDevicesTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.fake = self.useFixture(fakelibvirt.FakeLibvirt())
        self.plugged = self.fake.hypervisor.nodedevices
        for xml in hostdevices.ALL:
            self.plugged.plug(xml)
        self.conn = self.fake.open('qemu:///system', None, 0)
        self.calls = calls.Calls()
        self.addCleanup(self.calls.close)
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
                         {pcifunctions.STANDARD, pcifunctions.SRIOV_PF,
                          pcifunctions.SRIOV_VF, pcifunctions.VDPA})

    def test_vdpa_of_a_function(self):
        self.assertEqual('vdpa_vdpa0', self.found.get_vdpa('0000:0a:02.1').name)
        error = self.assertRaises(exception.PciDeviceNotFoundById,
                                  self.found.get_vdpa, '0000:0a:02.0')
        self.assertIn('0000:0a:02.0', str(error))

    def test_none_where_libvirt_has_no_devices(self):
        self.fake.faults.fail('listAllDevices', libvirt.VIR_ERR_NO_SUPPORT, times=None)
        self.assertEqual([], self.found.get_pci())

    def test_errors_are_no_empty_lists(self):
        self.fake.faults.fail('listAllDevices')
        self.assertRaises(libvirt.libvirtError, self.found.get_pci)
        self.fake.faults.fail('XMLDesc')
        self.assertRaises(libvirt.libvirtError, self.found.get_pci)

    def test_function_of_a_card_that_tells_no_address(self):
        self.plugged.unplug('net_ens1_52_54_00_1e_59_c6')
        self.assertEqual([], self.sriov())

    def test_function_that_its_card_does_not_list(self):
        self.plugged.plug(hostdevices.PF.replace("slot='0x02'", "slot='0x03'"))
        self.assertEqual([], self.sriov())

    def test_own_interface_of_a_card_is_told_from_the_ports_of_its_functions(self):
        """Whatever the order in which libvirt lists them."""
        own = {'net_enp3s0f0np0': ('enp3s0f0np0', '94:6d:ae:00:00:01')}
        for ports in (
                {'net_enp3s0f0npf0vf0': ('enp3s0f0npf0vf0', '94:6d:ae:00:00:01'),
                 'net_enp3s0f0np1': ('enp3s0f0np1', '94:6d:ae:00:00:02')},
                {'net_eth0': ('eth0', '52:54:00:00:00:01')}):
            for interfaces in (own | ports, ports | own):
                self.assertEqual(
                    [('enp3s0f0np0', '94:6d:ae:00:00:01')] * 2,
                    self.behind_functions(interfaces), list(interfaces))

    def behind_functions(self, interfaces):
        """Return what the functions of a card tell of the one with interfaces."""
        documents = [*hostdevices.ALL, *(
            f'<device><name>{name}</name><parent>pci_0000_0a_00_0</parent>'
            f"<capability type='net'><interface>{interface}</interface>"
            f'<address>{mac}</address></capability></device>'
            for name, (interface, mac) in interfaces.items())]
        documents.remove(hostdevices.PF_NET)
        confs = map(nodedevs._parse, documents)
        found = pcifunctions.pci_devices({conf.name: conf for conf in confs})
        return [(each['parent_ifname'], each['capabilities']['sriov']['pf_mac_address'])
                for each in found if 'parent_addr' in each]

    def test_what_is_returned_is_the_callers(self):
        before = copy.deepcopy(self.found.get_pci())
        for each in self.found.get_pci():
            for told in each.get('capabilities', {}).values():
                told.clear()
            each.clear()
        self.assertEqual(before, self.found.get_pci())

    def sriov(self):
        """Return what is told of the virtual functions as such."""
        return [each['capabilities']['sriov'] for each in self.found.get_pci()
                if 'sriov' in each.get('capabilities', {})]

    def test_one_by_its_name(self):
        self.assertEqual('pci_0000_0a_00_0', self.found.get('pci_0000_0a_00_0').name)
        self.assertEqual(0, self.asked('nodeDeviceLookupByName'))
        error = self.assertRaises(libvirt.libvirtError, self.found.get, 'none')
        self.assertEqual(libvirt.VIR_ERR_NO_NODE_DEVICE, error.get_error_code())

    def test_one_that_is_defined_only_is_asked_for(self):
        made = self.conn.nodeDeviceDefineXML(
            '<device><parent>pci_0000_06_00_0</parent>'
            "<capability type='mdev'><type id='nvidia-11'/></capability></device>", 0)
        self.assertEqual(made.name(), self.found.get(made.name()).name)
        self.assertEqual(1, self.asked('nodeDeviceLookupByName'))

    def test_uuid_in_the_names_of_old_and_new_libvirt(self):
        name = f'mdev_{hostdevices.MDEV_UUID.replace("-", "_")}'
        self.assertEqual(hostdevices.MDEV_UUID, mdevs.uuid_of(name))
        self.assertEqual(hostdevices.MDEV_UUID,
                         mdevs.uuid_of(f'{name}_0000_06_00_0'))


class MdevTypesTestCase(base.TestCase):
    """Where the types are listed differs from one kind of device to another."""

    TYPES = ("<capability type='mdev_types'><type id='{}'><name>x</name>"
             '<deviceAPI>{}</deviceAPI><availableInstances>1</availableInstances>'
             '</type></capability>')

    def types(self, capability):
        conf = nodedevs._parse('<device><name>parent</name><parent>computer</parent>'
                               f'{capability}</device>')
        return mdevs.mdev_capable_device(conf)

    def test_subchannel(self):
        self.assertEqual(
            {'dev_id': 'parent', 'vendor_id': None, 'types': {
                'vfio_ccw-io': {'name': 'x', 'deviceAPI': 'vfio-ccw',
                                'availableInstances': 1}}},
            self.types("<capability type='css'><cssid>0x0</cssid><ssid>0x0</ssid>"
                       '<devno>0xfffe</devno>'
                       f"{self.TYPES.format('vfio_ccw-io', 'vfio-ccw')}</capability>"))

    def test_matrix_of_crypto_cards(self):
        found = self.types(
            "<capability type='ap_matrix'>"
            f"{self.TYPES.format('vfio_ap-passthrough', 'vfio-ap')}</capability>")
        self.assertEqual(['vfio_ap-passthrough'], list(found['types']))

    def test_beside_other_capabilities(self):
        found = self.types(self.TYPES.format('nvidia-11', 'vfio-pci'))
        self.assertEqual(['nvidia-11'], list(found['types']))


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

    def test_what_comes_with_guests_changes_nothing(self):
        self.found.get_pci()
        before = self.asked('listAllDevices')
        for name in ('net_vnet7', 'net_tap1', 'net_qbr1', 'net_qvb1', 'net_qvo1',
                     'block_sdz', 'scsi_9_0_0_0', 'usb_1_1'):
            self.plugged.plug(f'<device><name>{name}</name></device>')
        self.found.get_pci()
        self.assertEqual((before, []), (self.asked('listAllDevices'), self.changes))

    def test_interface_of_a_card_says_nothing_of_the_host_as_a_whole(self):
        self.found.get_pci()
        self.plugged.plug(hostdevices.PF_NET.replace('>ens1<', '>ens2<'))
        self.assertEqual({None, 'ens2'}, {
            each.get('parent_ifname') for each in self.found.get_pci()})
        self.assertEqual([], self.changes)

    def test_functions_that_went_are_not_listed_any_more(self):
        self.found.get_pci()
        before = self.found.get('pci_0000_0a_00_0')
        self.plugged.unplug('pci_0000_0a_02_0')
        self.assertIsNot(before, self.found.get('pci_0000_0a_00_0'))

    def left(self):
        found = mdevs.mdev_capable_device(self.found.get('pci_0000_06_00_0'))
        return found['types']['nvidia-11']['availableInstances']

    def test_what_is_left_for_mediated_devices(self):
        xml = ('<device><parent>pci_0000_06_00_0</parent><capability type="mdev">'
               '<type id="nvidia-11"/></capability></device>')
        seen = [self.left()]
        defined = self.conn.nodeDeviceDefineXML(xml, 0)
        seen.append(self.left())
        defined.create(0)
        seen.append(self.left())
        self.conn.nodeDeviceCreateXML(xml, 0)
        seen.append(self.left())
        self.plugged.unplug(defined.name())
        seen.append(self.left())
        self.assertEqual([16, 16, 15, 14, 15], seen)
        before = self.asked()
        self.left()
        self.assertEqual(before, self.asked())

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

    def hang_while_listing(self, meanwhile):
        """Do something while the devices are listed; return whether they are again."""
        release = self.fake.faults.hang('listAllDevices')
        self.addCleanup(release.set)
        conn = self.calls.wrap(self.conn)
        self.found.unwatch(self.conn)
        self.found = nodedevs.NodeDevices(lambda: conn)
        self.found.watch(conn)
        before = self.asked('listAllDevices')
        thread = threading.Thread(target=self.found.get_pci, daemon=True)
        thread.start()
        waiting.wait_for(lambda: self.asked('listAllDevices') > before, 'the list')
        meanwhile()
        release.set()
        thread.join(30)
        before = self.asked('listAllDevices')
        self.found.get_pci()
        return self.asked('listAllDevices') > before

    def test_list_is_kept(self):
        self.assertFalse(self.hang_while_listing(lambda: None))

    def test_list_that_was_asked_for_before_all_was_forgotten_is_not_kept(self):
        self.assertTrue(self.hang_while_listing(lambda: self.found.forget()))

    def test_list_that_was_asked_for_before_a_change_was_taken_is_not_kept(self):
        def change():
            self.plugged.unplug('pci_0000_06_00_0')
            self.found.take_changes()
        self.assertTrue(self.hang_while_listing(change))

    def test_changes_that_two_take_at_once(self):
        """Each takes a pause where the other may overtake it."""
        class Slow(collections.deque):
            def __bool__(self):
                found = len(self) > 0
                time.sleep(0)
                return found
        errors = []

        def take():
            try:
                self.found.take_changes()
            except Exception as error:  # noqa: BLE001  looked at below
                errors.append(error)
        for _turn in range(20):
            self.found._changed = Slow(f'pci_{n}' for n in range(20))
            threads = [threading.Thread(target=take, daemon=True) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
        self.assertEqual([], errors)
