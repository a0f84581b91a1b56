# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Devices and memory that the recorded scenarios say little of."""

import json
from typing import Any

from nova import exception
from nova.tests.golden import scenario
from nova.tests.unit import base
from nova.tests.unit.virt.libvirt.designer import test_golden
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import designer
from nova.virt.libvirt.designer import refusal

MDEV = 'b2107403-110c-45b0-af87-32cc91597b8a'
VOLUME_KEY = '33333333-4444-4555-8666-777777777777'


class ScenarioTestCase(base.TestCase):

    def changed(self, name: str = 'base-kvm-defaults', specs: Any = None,
                 **changes: Any) -> scenario.Scenario:
        path = test_golden.FOLDER / 'scenarios' / f'{name}.json'
        loaded = scenario.load(path, '/instances')
        data = {**json.loads(json.dumps(loaded.data)), **changes}
        data['flavor']['extra_specs'].update(specs or {})
        return scenario.Scenario(data, '/instances')

    def guest(self, loaded: scenario.Scenario) -> Any:
        return designer.design_guest(
            loaded.inputs(), loaded.host_facts, loaded.settings)


class DevicesTestCase(ScenarioTestCase):

    def test_accelerators(self) -> None:
        pci = {'attach_handle_type': 'PCI', 'attach_handle_info': {
            'domain': '0000', 'bus': '82', 'device': '0a', 'function': '1'}}
        mdev = {'attach_handle_type': 'MDEV', 'attach_handle_uuid': MDEV}

        guest = self.guest(self.changed(accel_info=[mdev, pci]))

        first, second = guest.devices_of(vconfig.LibvirtConfigGuestHostdev)
        self.assertIn('domain="0x0000" bus="0x82" slot="0x0a" function="0x1"',
                      first.to_xml())
        self.assertEqual(MDEV, second.uuid)

    def test_accelerators_of_an_unknown_kind_are_left_out(self) -> None:
        mdev = {'attach_handle_type': 'MDEV', 'attach_handle_uuid': MDEV}
        other = {'attach_handle_type': 'TEST_PCI'}

        guest = self.guest(self.changed(accel_info=[mdev, other]))

        self.assertEqual([], guest.devices_of(vconfig.LibvirtConfigGuestHostdev))

    def test_shares(self) -> None:
        shares = [{'tag': tag, 'export_location': '192.0.2.5:/x', 'share_proto': proto}
                  for tag, proto in (('a', 'NFS'), ('b', 'CEPHFS'))]
        config = {'libvirt': {'nfs_mount_point_base': '/n',
                              'ceph_mount_point_base': '/c'}}

        guest = self.guest(self.changed(share_info=shares, config=config))

        found = guest.devices_of(vconfig.LibvirtConfigGuestFilesys)
        self.assertEqual(['a', 'b'], [share.target_dir for share in found])
        self.assertEqual(['/n', '/c'], [
            share.source_dir.rpartition('/')[0] for share in found])
        self.assertEqual({'virtiofs'}, {share.driver_type for share in found})

    def test_share_that_cannot_be_mounted(self) -> None:
        share = {'tag': 'a', 'export_location': 'x', 'share_proto': 'CIFS'}

        error = self.assertRaises(exception.ShareProtocolNotSupported, self.guest,
                                  self.changed(share_info=[share]))
        self.assertIn('CIFS', str(error))

    def test_persistent_memory_in_the_order_of_the_flavor(self) -> None:
        loaded = self.changed('numa-1-node', {'hw:pmem': 'BIG,SMALL'})
        loaded.data['instance']['resources'] = [
            {'resource_class': f'CUSTOM_PMEM_NAMESPACE_{label}', 'identifier': label,
             'metadata': {'label': label, 'name': label, 'devpath': f'/dev/{label}',
                          'size': size, 'align': 2097152}}
            for label, size in (('SMALL', 1 << 30), ('BIG', 1 << 32))]

        guest = self.guest(loaded)

        modules = guest.devices_of(vconfig.LibvirtConfigGuestVPMEM)
        self.assertEqual(['/dev/BIG', '/dev/SMALL'],
                         [module.source_path for module in modules])
        self.assertEqual(2, guest.max_memory_slots)
        self.assertEqual(guest.memory + (5 << 20), guest.max_memory_size)

    def test_volume_that_libvirt_decrypts(self) -> None:
        loaded = self.changed('vol-iscsi')
        volume = loaded.data['block_device_info']['block_device_mapping'][0]
        loaded.data['host']['secrets'] = [{
            'usage_type': 'volume', 'uuid': VOLUME_KEY,
            'usage_id': volume['connection_info']['serial']}]

        disk = self.guest(loaded).devices_of(vconfig.LibvirtConfigGuestDisk)[1]

        self.assertEqual('luks', disk.volume_encryption.format)
        self.assertEqual(VOLUME_KEY, disk.volume_encryption.secret.uuid)

    def test_images_that_are_nowhere(self) -> None:
        for options in ({'images_type': 'lvm'},
                        {'images_type': 'rbd', 'rbd_user': 'nova'},
                        {'images_type': 'rbd', 'images_rbd_pool': ''}):
            self.assertRaises(RuntimeError, self.guest,
                              self.changed(config={'libvirt': options}))


class PlacementTestCase(ScenarioTestCase):

    def test_emulator_threads_of_their_own(self) -> None:
        loaded = self.changed('pin-dedicated-image')
        topology = loaded.data['instance']['numa_topology']
        topology['emulator_threads_policy'] = 'isolate'
        topology['cells'][0]['cpuset_reserved'] = [5]

        tune = self.guest(loaded).cputune

        self.assertEqual({5}, set(tune.emulatorpin.cpuset))
        self.assertEqual({5}, set(tune.iothreadpin[0].cpuset))

    def test_pages_on_a_host_without_nodes(self) -> None:
        loaded = self.changed('numa-host-no-topology')
        loaded.data['instance']['numa_topology']['cells'][0]['pagesize'] = 2048

        self.assertRaises(exception.MemoryPagesUnsupported, self.guest, loaded)

    def test_registers_are_encrypted_as_well(self) -> None:
        loaded = self.changed('sev-flavor', {'hw:mem_encryption_model': 'amd-sev-es'})
        files = loaded.data['host']['files']
        files['/sys/module/kvm_amd/parameters/sev_es'] = 'Y\n'

        self.assertEqual(0x37, self.guest(loaded).launch_security.policy)


class RefusalTestCase(ScenarioTestCase):

    def refuse(self, loaded: scenario.Scenario) -> None:
        refusal.refuse_what_was_not_granted(
            loaded.inputs(), loaded.host_facts, loaded.settings)

    def test_what_was_promised_and_not_granted(self) -> None:
        for name, value in (
                ('hw:cpu_policy', 'dedicated'), ('hw:mem_page_size', 'large'),
                ('hw:numa_nodes', '2'), ('hw:pmem', 'BIG'), ('resources:VGPU', '1'),
                ('pci_passthrough:alias', 'gpu:1'), ('accel:device_profile', 'fpga')):
            self.assertRaises(exception.NotSupported, self.refuse,
                              self.changed(specs={name: value}))

    def test_encryption_that_the_host_lacks(self) -> None:
        loaded = self.changed('sev-flavor')
        del loaded.data['host']['files']['/sys/module/kvm_amd/parameters/sev']

        error = self.assertRaises(exception.NotSupported, self.refuse, loaded)
        self.assertIn('hw:mem_encryption', str(error))
        self.assertIsNone(self.guest(loaded).launch_security)

    def test_what_was_granted(self) -> None:
        for name in ('base-kvm-defaults', 'numa-1-node', 'pin-thread-isolate',
                     'mempages-any', 'sev-flavor', 'pci-one', 'mdev-one'):
            self.refuse(self.changed(name))
