# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Node devices as Host offers them."""

import fixtures
import libvirt

from nova import exception
from nova.tests.fixtures import hostdevices
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.unit import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import host as libvirt_host

OTHER_UUID = '7e0d9b1c-4ff1-4a54-9e4b-0fd1a2f4a2b6'


class HostDevicesTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.fake = self.useFixture(fakelibvirt.FakeLibvirt())
        self.devices = self.fake.hypervisor.nodedevices
        self.host = libvirt_host.Host('qemu:///system', opener=self.fake.open)
        self.addCleanup(self.host.cleanup)
        for xml in hostdevices.ALL:
            self.devices.plug(xml)

    def asked(self, method='XMLDesc'):
        return self.fake.faults.count(method)


class PCITestCase(HostDevicesTestCase):
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

    def test_capabilities_are_asked_again_when_a_device_came(self):
        before = self.host.get_capabilities()
        self.assertIs(before, self.host.get_capabilities())
        self.devices.plug(hostdevices.GPU.replace('06_00', '07_00'))
        self.host.get_pci_devices()
        self.assertIsNot(before, self.host.get_capabilities())

    def test_all_that_guests_can_have_is_asked_again_when_a_device_came(self):
        for number, ask in enumerate((
                self.host.get_domain_capabilities,
                self.host.get_mem_encryption_models,
                self.host.get_mem_encryption_inventories,
                lambda: self.host.tpm_models, lambda: self.host.tpm_versions,
                lambda: self.host.supports_uefi)):
            ask()
            before = self.asked('getDomainCapabilities')
            ask()
            self.assertEqual(before, self.asked('getDomainCapabilities'), number)
            self.devices.plug(hostdevices.GPU.replace('06_00', f'1{number}_00'))
            ask()
            self.assertGreater(self.asked('getDomainCapabilities'), before, number)

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


class MediatedTestCase(HostDevicesTestCase):
    def describe(self):
        conf = vconfig.LibvirtConfigNodeDevice(parent='pci_0000_06_00_0')
        conf.mdev_information = vconfig.LibvirtConfigNodeDeviceMdevInformation(
            type='nvidia-11', uuid=hostdevices.MDEV_UUID)
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
        name = f'mdev_{hostdevices.MDEV_UUID.replace("-", "_")}_0000_06_00_0'
        self.assertEqual(name, made.name())
        self.assertEqual([name], self.host.list_mediated_devices())
        self.assertEqual(
            [{'dev_id': name, 'uuid': hostdevices.MDEV_UUID,
              'parent': 'pci_0000_06_00_0', 'type': 'nvidia-11', 'iommu_group': 0}],
            self.host.get_mediated_devices())

    def test_one_that_is_made_is_not_left_though_its_event_is_late(self):
        def left():
            device, = self.host.get_mdev_capable_devices(['nvidia-11'])
            return device['types']['nvidia-11']['availableInstances']
        before = left()
        self.mute_events()
        self.host.device_create(self.describe())
        seen = [before, left()]
        other = self.describe()
        other.mdev_information.uuid = OTHER_UUID
        self.host.device_start(self.host.device_define(other))
        self.assertEqual([16, 15, 14], [*seen, left()])

    def mute_events(self):
        """Let no event of a device arrive from now on."""
        self.useFixture(fixtures.MockPatchObject(self.devices, '_listener'))

    def test_one_more_than_there_can_be_is_refused(self):
        conf = self.describe()
        conf.mdev_information.type = 'nvidia-12'
        self.assertRaises(exception.InternalError, self.host.device_create, conf)
        self.assertRaises(exception.InternalError, self.host.device_start,
                          self.host.device_define(conf))
        self.assertEqual([], self.host.list_mediated_devices())

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
