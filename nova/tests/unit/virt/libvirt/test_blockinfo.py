# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import copy
from typing import Any

from nova import exception
from nova.tests.unit import base
from nova.tests.unit.virt import builders
from nova.virt.libvirt import blockinfo

X86 = blockinfo.BlockInfoSettings(host_arch='x86_64')


def volume(name: str | None = None, **values: Any) -> dict[str, Any]:
    return {'mount_device': name, 'disk_bus': None, 'device_type': None,
            'guest_format': None, 'boot_index': None, **values}


class NamesTestCase(base.TestCase):

    def test_first_free_name(self) -> None:
        mapping = {'disk': {'dev': 'vda'}, 'disk.local': {'dev': 'vdc'}}

        self.assertEqual('vdb', blockinfo.find_disk_dev_for_disk_bus(
            mapping, 'virtio'))
        self.assertEqual('vdd', blockinfo.find_disk_dev_for_disk_bus(
            mapping, 'virtio', assigned_devices=['vdb']))
        self.assertEqual('sda', blockinfo.find_disk_dev_for_disk_bus(mapping, 'sata'))

    def test_names_go_on_after_z(self) -> None:
        mapping: dict[str, Any] = {}
        for index in range(704):
            mapping[str(index)] = blockinfo.get_next_disk_info(mapping, 'virtio')

        names = [info['dev'] for info in mapping.values()]
        self.assertEqual(['vda', 'vdz', 'vdaa', 'vdaz', 'vdba', 'vdzz', 'vdaaa'],
                         [names[i] for i in (0, 25, 26, 51, 52, 701, 702)])
        self.assertEqual(len(names), len(set(names)))

    def test_no_name_left(self) -> None:
        settings = blockinfo.BlockInfoSettings(max_disk_devices=7)
        for bus, limit in (('ide', 4), ('virtio', 7)):
            mapping: dict[str, Any] = {}
            for index in range(limit):
                mapping[str(index)] = blockinfo.get_next_disk_info(
                    mapping, bus, settings=settings)

            error = self.assertRaises(
                exception.TooManyDiskDevices, blockinfo.get_next_disk_info,
                mapping, bus, settings=settings)
            self.assertIn(str(limit), str(error))

    def test_configured_prefix(self) -> None:
        settings = blockinfo.BlockInfoSettings(disk_prefix='xvd')

        self.assertEqual('xvda', blockinfo.find_disk_dev_for_disk_bus(
            {}, 'virtio', settings=settings))

    def test_unknown_bus(self) -> None:
        self.assertRaises(exception.InternalError,
                          blockinfo.get_dev_prefix_for_disk_bus, 'nope')

    def test_bus_of_name(self) -> None:
        for name, bus in (('vda', 'virtio'), ('hdb', 'ide'), ('sdc', 'scsi'),
                          ('fda', 'fdc')):
            self.assertEqual(bus, blockinfo.get_disk_bus_for_disk_dev('kvm', name))
        self.assertRaises(exception.InternalError,
                          blockinfo.get_disk_bus_for_disk_dev, 'kvm', 'nope')


class BusesTestCase(base.TestCase):

    def bus(self, device_type: str, virt_type: str = 'kvm', arch: str = 'x86_64',
            machine_types: tuple[str, ...] = (), **properties: str) -> str | None:
        return blockinfo.get_disk_bus_for_device_type(
            builders.instance(), virt_type, builders.image(**properties), device_type,
            settings=blockinfo.BlockInfoSettings(
                host_arch=arch, machine_types=machine_types))

    def test_usual(self) -> None:
        self.assertEqual('virtio', self.bus('disk'))
        self.assertEqual('ide', self.bus('cdrom'))
        self.assertEqual('fdc', self.bus('floppy'))
        self.assertEqual('lxc', self.bus('disk', virt_type='lxc'))
        self.assertEqual('scsi', self.bus('disk', virt_type='parallels'))

    def test_cdrom_follows_the_machine(self) -> None:
        self.assertEqual('sata', self.bus('cdrom', hw_machine_type='pc-q35-8.2'))
        self.assertEqual('sata', self.bus('cdrom', machine_types=('x86_64=q35',)))
        self.assertEqual('scsi', self.bus('cdrom', arch='aarch64'))
        self.assertEqual('scsi', self.bus('cdrom', arch='ppc64le'))
        self.assertEqual('scsi', self.bus('cdrom', arch='s390x'))

    def test_image_decides(self) -> None:
        self.assertEqual('sata', self.bus('disk', hw_disk_bus='sata'))
        self.assertEqual('usb', self.bus('cdrom', hw_cdrom_bus='usb'))

    def test_bus_that_guests_cannot_have(self) -> None:
        error = self.assertRaises(exception.UnsupportedHardware, self.bus, 'disk',
                                  hw_disk_bus='xen')
        self.assertIn('xen', str(error))
        self.assertRaises(exception.UnsupportedHardware, self.bus, 'disk', 'lxc',
                          hw_disk_bus='virtio')

    def test_unknown_virt_type(self) -> None:
        self.assertRaises(exception.UnsupportedVirtType,
                          blockinfo.is_disk_bus_valid_for_virt, 'acme', 'virtio')


class MappingTestCase(base.TestCase):

    def mapping(self, block_device_info: dict[str, Any] | None = None,
                virt_type: str = 'kvm', disk_format: str = 'qcow2',
                flavor: dict[str, Any] | None = None, properties: Any = (),
                settings: blockinfo.BlockInfoSettings = X86,
                **instance: Any) -> dict[str, Any]:
        info = blockinfo.get_disk_info(
            virt_type, builders.instance(builders.flavor(**(flavor or {})), **instance),
            builders.image(disk_format, **dict(properties)), block_device_info,
            settings=settings)
        return info['mapping']

    def names(self, mapping: dict[str, Any]) -> dict[str, str]:
        return {name: info['dev'] for name, info in mapping.items()}

    def test_root_alone(self) -> None:
        root = {'bus': 'virtio', 'dev': 'vda', 'type': 'disk', 'boot_index': '1'}

        self.assertEqual({'root': root, 'disk': root}, self.mapping())

    def test_iso(self) -> None:
        root = {'bus': 'ide', 'dev': 'hda', 'type': 'cdrom', 'boot_index': '1'}

        self.assertEqual({'root': root, 'disk': root}, self.mapping(disk_format='iso'))

    def test_all_local_disks(self) -> None:
        mapping = self.mapping(flavor={'ephemeral_gb': 1, 'swap': 64},
                               config_drive='True')

        self.assertEqual({'root': 'vda', 'disk': 'vda', 'disk.local': 'vdb',
                          'disk.swap': 'vdc', 'disk.config': 'hda'},
                         self.names(mapping))
        self.assertEqual('cdrom', mapping['disk.config']['type'])

    def test_config_drive_is_wanted_by_any_of_three(self) -> None:
        forced = blockinfo.BlockInfoSettings(host_arch='x86_64',
                                             force_config_drive=True)

        self.assertNotIn('disk.config', self.mapping())
        self.assertIn('disk.config', self.mapping(config_drive='True'))
        self.assertIn('disk.config', self.mapping(settings=forced))
        self.assertIn('disk.config', self.mapping(
            properties={'img_config_drive': 'mandatory'}))

    def test_config_drive_of_unknown_format(self) -> None:
        settings = blockinfo.BlockInfoSettings(host_arch='x86_64',
                                               config_drive_format='tape')

        self.assertRaises(exception.ConfigDriveUnknownFormat, self.mapping,
                          settings=settings, config_drive='True')

    def test_volume_to_boot_from_takes_the_place_of_the_disk(self) -> None:
        mapping = self.mapping({'block_device_mapping': [
            volume(boot_index=0), volume()]})

        self.assertEqual({'root': 'vda', '/dev/vda': 'vda', '/dev/vdb': 'vdb'},
                         self.names(mapping))
        self.assertEqual('1', mapping['root']['boot_index'])

    def test_name_that_a_volume_asks_for_is_kept_for_it(self) -> None:
        mapping = self.mapping(
            {'block_device_mapping': [volume('/dev/vdb')]},
            flavor={'swap': 64})

        self.assertEqual({'root': 'vda', 'disk': 'vda', 'disk.swap': 'vdc',
                          '/dev/vdb': 'vdb'}, self.names(mapping))

    def test_name_suggests_the_bus_where_the_bus_is_wrong(self) -> None:
        mapping = self.mapping({'block_device_mapping': [
            volume('/dev/sdc', disk_bus='xen')]})

        self.assertEqual('scsi', mapping['/dev/sdc']['bus'])

    def test_nothing_given_is_changed(self) -> None:
        given = {'block_device_mapping': [volume(), volume(boot_index=0)],
                 'ephemerals': [{'device_name': None, 'size': 1}],
                 'swap': {'device_name': None, 'swap_size': 8}}
        before = copy.deepcopy(given)

        self.mapping(given)

        self.assertEqual(before, given)

    def test_container(self) -> None:
        mapping = self.mapping(virt_type='lxc', flavor={'swap': 64})

        self.assertEqual({'root': None, 'disk': None}, self.names(mapping))

    def test_legacy_rescue(self) -> None:
        info = blockinfo.get_disk_info(
            'kvm', builders.instance(config_drive='True'), builders.image(),
            {'block_device_mapping': [volume('/dev/vdz')]}, rescue=True,
            rescue_image_meta=builders.image(), settings=X86)

        self.assertEqual({'disk.rescue': 'vda', 'root': 'vda', 'disk': 'vdb',
                          'disk.config.rescue': 'hda'}, self.names(info['mapping']))

    def test_stable_rescue(self) -> None:
        info = blockinfo.get_disk_info(
            'kvm', builders.instance(), builders.image(),
            {'block_device_mapping': [volume('/dev/vdb')]}, rescue=True,
            rescue_image_meta=builders.image(hw_rescue_device='cdrom',
                                             hw_rescue_bus='usb'), settings=X86)

        self.assertEqual({'root': 'vda', 'disk': 'vda', '/dev/vdb': 'vdb',
                          'disk.rescue': 'sda'}, self.names(info['mapping']))
        self.assertEqual({'bus': 'usb', 'type': 'cdrom', 'dev': 'sda'},
                         info['mapping']['disk.rescue'])

    def test_default_device_names(self) -> None:
        given: dict[str, Any] = {
            'root_device_name': None, 'block_device_mapping': [volume(), volume()],
            'ephemerals': [{'device_name': None, 'size': 1}],
            'swap': {'device_name': None, 'swap_size': 8}}

        blockinfo.default_device_names(
            'kvm', None, builders.instance(), given, builders.image(), settings=X86)

        self.assertEqual('/dev/vdb', given['ephemerals'][0]['device_name'])
        self.assertEqual('/dev/vdc', given['swap']['device_name'])
        self.assertEqual(['/dev/vdd', '/dev/vde'], [
            bdm['mount_device'] for bdm in given['block_device_mapping']])


    def test_containers_have_no_names_to_write(self) -> None:
        given: dict[str, Any] = {'root_device_name': None, 'swap': None,
                 'ephemerals': [{'device_name': None, 'size': 1}],
                 'block_device_mapping': [volume()]}
        before = copy.deepcopy(given)

        blockinfo.default_device_names(
            'lxc', None, builders.instance(), given, builders.image(), settings=X86)

        self.assertEqual(before, given)


class BootOrderTestCase(base.TestCase):

    def test_order(self) -> None:
        mapping = {
            'a': {'type': 'disk', 'boot_index': '2'},
            'b': {'type': 'cdrom', 'boot_index': '1'},
            'c': {'type': 'disk', 'boot_index': '3'},
            'd': {'type': 'floppy'}}

        self.assertEqual(['cdrom', 'hd'], blockinfo.get_boot_order(
            {'mapping': mapping}))

    def test_indexes_compare_as_text(self) -> None:
        mapping = {'a': {'type': 'disk', 'boot_index': '2'},
                   'b': {'type': 'cdrom', 'boot_index': '10'}}

        self.assertEqual(['cdrom', 'hd'], blockinfo.get_boot_order(
            {'mapping': mapping}))
