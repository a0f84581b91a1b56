# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Recorded scenarios with something about them changed: the guest, or the error."""

import copy
from typing import Any

import hypothesis
from hypothesis import strategies as st
from lxml import etree

from nova import exception
from nova.tests.golden import outcome
from nova.tests.golden import scenario
from nova.tests.unit import base
from nova.tests.unit.virt.libvirt.designer import test_golden

KVM = 'base-kvm-defaults'
LEGACY_RESCUE = 'rescue-legacy-configdrive'
IMAGE = '155d900f-4e14-4e4c-a73d-069cbf4541e6'
MACHINE_ID = '/etc/machine-id'
FOLDER = '/instances/6ce9ba9b-7c1b-4d67-9f0c-0a1b2c3d4e5f'


class VariationsTestCase(base.TestCase):

    def vary(self, name: str = KVM, specs: Any = None, properties: Any = None,
             config: Any = None, files: Any = None, twice: bool = False,
             **changes: Any) -> outcome.Outcome:
        """Return what becomes of a scenario with these changes."""
        path = test_golden.FOLDER / 'scenarios' / f'{name}.json'
        data = copy.deepcopy(scenario.load(path, '/instances').data)
        data['flavor']['extra_specs'].update(specs or {})
        data['image_meta']['properties'].update(properties or {})
        data['host']['files'].update(files or {})
        for group, options in (config or {}).items():
            data['config'].setdefault(group, {}).update(options)
        for part, values in changes.items():
            data[part].update(values)
        if twice:
            volume = data['block_device_info']['block_device_mapping'][0]
            data['block_device_info']['block_device_mapping'] = [
                {**volume, 'mount_device': '/dev/vdb'} for _ in range(2)]
        return outcome.of(scenario.Scenario(data, '/instances'))

    def elements(self, path: str, *args: Any, **changes: Any) -> list[str]:
        """Return the elements of a guest at a path, as text."""
        result = self.vary(*args, **changes)
        self.assertIsNone(result.error, result.error)
        return [etree.tostring(found, with_tail=False).decode()
                for found in etree.fromstring(str(result.xml)).iterfind(path)]

    def refused(self, kind: str, message: str, *args: Any, **changes: Any) -> None:
        """Require an error of a class whose message has a text."""
        result = self.vary(*args, **changes)
        self.assertEqual(kind, type(result.error).__name__, result.error)
        self.assertIn(message, str(result.error))


class DisksTestCase(VariationsTestCase):

    def test_ploop(self) -> None:
        config = {'libvirt': {'images_type': 'ploop'}}
        plain = self.vary(config=config)

        self.assertEqual(
            '<driver name="qemu" type="ploop" cache="none"/>', self.elements(
                'devices/disk/driver', config=config)[0])
        self.assertIn(f'<source file="{FOLDER}/disk"/>', self.elements(
            'devices/disk/source', config=config))
        self.assertEqual(plain.effects, self.vary().effects)

    def test_ploop_of_a_container(self) -> None:
        for kind, image_format in (('ploop', 'ploop'), ('default', 'qcow2')):
            self.assertEqual(
                [f'<driver type="ploop" format="{image_format}"/>'], self.elements(
                    'devices/filesystem/driver', 'virt-parallels-exe',
                    config={'libvirt': {'images_type': kind}}))

    def test_only_lvm_is_encrypted(self) -> None:
        on = {'ephemeral_storage_encryption': {'enabled': True}}
        lvm = {'libvirt': {'images_type': 'lvm', 'images_volume_group': 'vg'}}

        for kind in ('default', 'raw', 'rbd', 'ploop'):
            self.refused('InternalError', kind, config={
                **on, 'libvirt': {'images_type': kind}})
        self.refused('InternalError', 'LVM', 'virt-parallels-exe', config=on)
        self.assertEqual(self.vary(config=lvm), self.vary(config={**lvm, **on}))

    def test_cache_modes(self) -> None:
        for entries, mode in (
                (['file=fast'], 'none'), (['file=writeback', 'file=fast'], 'writeback'),
                (['file=writeback', 'file=unsafe'], 'unsafe'), (['file'], 'none')):
            driver = self.elements('devices/disk/driver', config={
                'libvirt': {'disk_cachemodes': entries}})[0]
            self.assertIn(f'cache="{mode}"', driver, entries)

    def test_parts_of_a_rescue_fall_back_each_for_itself(self) -> None:
        own = {'kernel_id': 'own-kernel', 'ramdisk_id': 'own-ramdisk'}
        for options, instance, parts in (
                ({'rescue_kernel_id': 'k'}, own, ('kernel', 'initrd')),
                ({'rescue_ramdisk_id': 'r'}, own, ('kernel', 'initrd')),
                ({'rescue_ramdisk_id': 'r'}, {}, ('initrd',)),
                ({'rescue_kernel_id': 'k'}, {}, ('kernel',)), ({}, {}, ())):
            changes: Any = {'config': {'libvirt': options}, 'instance': {
                'kernel_id': '', 'ramdisk_id': '', **instance}}
            for part, file in (('kernel', 'kernel'), ('initrd', 'ramdisk')):
                self.assertEqual(
                    [f'<{part}>{FOLDER}/{file}.rescue</{part}>'] * (part in parts),
                    self.elements(f'os/{part}', LEGACY_RESCUE, **changes), options)


    def test_volumes_of_one_name(self) -> None:
        self.refused('DevicePathInUse', '/dev/vdb', 'vol-iscsi', twice=True)

    def test_rescue_on_a_bus_that_guests_lack(self) -> None:
        image = {'id': IMAGE, 'properties': {'hw_rescue_bus': 'xen'}}

        self.refused('UnsupportedRescueBus', 'xen', 'rescue-stable-disk-virtio',
                     rescue={'image_meta': image})


class MachineTestCase(VariationsTestCase):

    def test_more_serial_ports_than_a_machine_has(self) -> None:
        on = {'serial_console': {'enabled': True}}
        for count in (5, 11):
            self.refused('SerialPortNumberLimitExceeded', 'exceeds 4 for kvm',
                         specs={'hw:serial_port_count': str(count)}, config=on)
            self.assertEqual(count, len(self.elements(
                'devices/console', 'machine-s390x-serial',
                specs={'hw:serial_port_count': str(count)})))
        self.assertEqual(4, len(self.elements(
            'devices/serial', specs={'hw:serial_port_count': '4'}, config=on)))
        self.assertEqual(1, len(self.elements(
            'devices/serial', specs={'hw:serial_port_count': '5'})))

    def test_firmware_that_is_measured_keeps_no_variables(self) -> None:
        for name, feature in (('sev-snp-kernel', 'SEV-SNP'), ('tdx', 'TDX'),
                              ('err-tdx-with-video', 'TDX')):
            self.refused('StatelessFirmwareRequired', feature, name,
                         properties={'hw_firmware_stateless': 'false'})

    def test_id_maps(self) -> None:
        def maps(*entries: str) -> list[str]:
            return self.elements('idmap/uid', 'virt-lxc-idmaps', config={
                'libvirt': {'uid_maps': list(entries)}})

        self.assertEqual(5, len(maps(*(f'{i}:{1000 + i}:1' for i in range(7)))))
        self.assertEqual(['<uid start="3" target="4" count="5"/>'],
                         maps('0:1000', 'a:b:c', '1:2:3:4', '', '3:4:5'))
        self.assertEqual([], maps('', '', '', '', '', '3:4:5'))

    def test_serial_number_of_the_system(self) -> None:
        for source, files, what in (
                ('os', {}, 'missing'), ('os', {MACHINE_ID: '\n'}, 'empty'),
                ('os', {MACHINE_ID: 'what?'}, 'what?'),
                ('auto', {MACHINE_ID: ''}, 'empty'),
                ('auto', {MACHINE_ID: None}, 'empty')):
            error = self.numbered(source, files).error
            self.assertEqual('InternalError', type(error).__name__, what)
            self.assertIn(MACHINE_ID, str(error))
            self.assertIn(what, str(error))

    def test_serial_number_of_a_host_whose_system_has_none(self) -> None:
        self.assertEqual(self.numbered('hardware', {}), self.numbered('auto', {}))

    def numbered(self, source: str, files: Any) -> outcome.Outcome:
        path = test_golden.FOLDER / 'scenarios' / f'{KVM}.json'
        data = copy.deepcopy(scenario.load(path, '/instances').data)
        data['config']['libvirt'] = {'sysinfo_serial': source}
        data['host']['files'].pop(MACHINE_ID, None)
        data['host']['files'].update(files)
        return outcome.of(scenario.Scenario(data, '/instances'))

    def test_watchdog_of_unknown_action(self) -> None:
        self.refused('InvalidWatchdogAction', 'bark',
                     specs={'hw:watchdog_action': 'bark'})

    def test_locked_memory_of_a_real_time_guest(self) -> None:
        locked = {'hw:locked_memory': 'true'}

        self.refused('LockMemoryForbidden', '', 'realtime-mask', locked)
        self.refused('FlavorImageLockedMemoryConflict', '', 'mempages-realtime', locked,
                     {'hw_locked_memory': 'false'})

    def test_hypervisor_that_is_hidden_by_any(self) -> None:
        for specs, prop, count in (
                ({'hw:hide_hypervisor_id': 'false', 'hide_hypervisor_id': 'true'},
                 None, 1),
                ({'hw:hide_hypervisor_id': 'false'}, 'true', 1),
                ({'hide_hypervisor_id': 'false'}, 'false', 0)):
            properties = {'img_hide_hypervisor_id': prop} if prop else {}
            self.assertEqual(count, len(self.elements(
                'features/kvm/hidden', specs=specs, properties=properties)), specs)

    def test_traits_that_are_no_feature_of_a_model(self) -> None:
        for trait in ('AMD_SEV', 'WHAT', 'AVX2'):
            cpu = self.elements('cpu/model', 'cpu-traits-select-model',
                                {f'trait:HW_CPU_X86_{trait}': 'required'})
            self.assertEqual(self.elements('cpu/model', 'cpu-traits-select-model'), cpu)


class CPUTestCase(VariationsTestCase):

    def cpu(self, name: str, properties: Any = None, **options: Any) -> list[str]:
        """Return the first line of the CPU, and the name of its model."""
        found = self.elements('cpu', name, properties=properties,
                              config={'libvirt': options})
        return [element.split('>')[0] + '>' for element in found] + self.elements(
            'cpu/model', name, properties=properties, config={'libvirt': options})

    def test_cpu_of_an_arm_guest(self) -> None:
        passthrough = ['<cpu mode="host-passthrough" match="exact">']
        custom = ['<cpu mode="custom" match="exact">']
        arm = {'hw_architecture': 'aarch64'}

        self.assertEqual(passthrough, self.cpu(KVM, arm))
        self.assertEqual(passthrough, self.cpu('machine-aarch64-virt'))
        self.assertEqual([*custom, '<model>max</model>'],
                         self.cpu('machine-aarch64-virt', cpu_mode='custom'))
        self.assertEqual(custom, self.cpu(KVM, cpu_mode='custom'))

    def test_cpu_of_a_container_is_what_is_said(self) -> None:
        for name in ('virt-lxc-defaults', 'virt-parallels-defaults'):
            self.assertEqual([], self.cpu(name))
            self.assertEqual([], self.cpu(name, cpu_mode='none'))
            self.assertEqual(['<cpu mode="host-passthrough" match="exact">'],
                             self.cpu(name, cpu_mode='host-passthrough'))


class NameTestCase(VariationsTestCase):

    def test_name_of_the_domain(self) -> None:
        for template, name in (('guest-%04d', 'guest-0042'),
                               ('%(uuid)s', FOLDER.rpartition('/')[2])):
            self.assertEqual([f'<name>{name}</name>'], self.elements('name', config={
                'DEFAULT': {'instance_name_template': template}}, instance={'id': 42}))


class InterfacesTestCase(VariationsTestCase):

    def test_model_for_a_container(self) -> None:
        self.refused('UnsupportedHardware', 'virtio', 'virt-lxc-defaults',
                     properties={'hw_vif_model': 'virtio'})

    def test_queues_are_a_matter_of_virtio_with_vhost(self) -> None:
        flavor = {'hw:vif_multiqueue_enabled': 'true'}
        image = {'hw_vif_multiqueue_enabled': 'false'}

        for name in (KVM, 'virt-parallels-defaults'):
            self.refused('FlavorImageConflict', 'multiqueue', name, flavor, image,
                         flavor={'vcpus': 2, 'extra_specs': flavor})
        for name, model in ((KVM, {'hw_vif_model': 'e1000'}),
                            ('base-qemu-defaults', {}), ('virt-lxc-defaults', {})):
            self.assertEqual(
                self.elements('devices/interface', name, properties=model),
                self.elements('devices/interface', name, flavor, {**image, **model}))


class CrossedTestCase(base.TestCase):
    """Parts of recorded scenarios that were never together."""

    NAMES = sorted(path.stem for path in scenario.paths(test_golden.FOLDER))
    PARTS = ('host', 'network_info', 'block_device_info', 'rescue', 'share_info',
             'existing_domain_xml', 'instance_files')

    @hypothesis.given(*[st.sampled_from(NAMES)] * 3, st.sets(st.sampled_from(PARTS)))
    @hypothesis.settings(max_examples=30, deadline=None)
    def test_a_guest_or_an_error_of_ours(
            self, name: str, asked: str, other: str, parts: set[str]) -> None:
        data, wishes, rest = (copy.deepcopy(scenario.load(
            test_golden.FOLDER / 'scenarios' / f'{each}.json', '/instances').data)
            for each in (name, asked, other))
        data['flavor']['extra_specs'].update(wishes['flavor']['extra_specs'])
        data['image_meta']['properties'].update(wishes['image_meta']['properties'])
        for group, options in wishes['config'].items():
            data['config'].setdefault(group, {}).update(options)
        data.update({part: rest[part] for part in parts})

        error = outcome.of(scenario.Scenario(data, '/instances')).error

        # Nova has none for images that are nowhere.
        self.assertIsInstance(
            error, exception.NovaException | RuntimeError | type(None))
