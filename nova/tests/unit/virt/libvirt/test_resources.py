# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import os
import re
import types

import fixtures
from oslo_config import cfg
from oslo_serialization import jsonutils

from nova import exception
from nova import objects
from nova.tests.unit import base
from nova.tests.unit.virt.libvirt import base as driver_base
from nova.virt.libvirt import guestsizes
from nova.virt.libvirt import resources
from nova.virt.libvirt.storage import qcow2

GIB = 1 << 30
_PCI = ("<device><name>pci_0000_06_00_0</name><parent>computer</parent>"
        "<capability type='pci'><domain>0</domain><bus>6</bus><slot>0</slot>"
        "<function>0</function><product id='0x13f2'/><vendor id='0x10de'/>"
        "</capability></device>")


class TestHostResources(driver_base.DriverTestCase):

    def available(self, promised_bytes: int) -> dict:
        stat = types.SimpleNamespace(
            f_frsize=4096, f_blocks=100 * GIB // 4096, f_bavail=30 * GIB // 4096)
        self.useFixture(fixtures.MonkeyPatch('os.statvfs', lambda path: stat))
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.storage.instancedir.InstanceDirs.promised_bytes',
            lambda _dirs: promised_bytes))
        return self.driver.get_available_resource('here')

    def test_disk(self) -> None:
        found = self.available(promised_bytes=10 * GIB)
        self.assertEqual((100, 70, 20), (
            found['local_gb'], found['local_gb_used'],
            found['disk_available_least']))

    def test_more_is_promised_than_there_is(self) -> None:
        found = self.available(promised_bytes=40 * GIB)
        self.assertEqual(-10, found['disk_available_least'])

    def test_processors_and_memory(self) -> None:
        self.spawn(self.make_instance(flavor_vcpus=2))
        found = self.driver.get_available_resource('here')
        self.assertEqual(2, found['vcpus_used'])
        self.assertEqual(self.driver._host.get_vcpu_total(), found['vcpus'])
        self.assertLessEqual(found['memory_mb_used'], found['memory_mb'])

    def test_nothing_of_guests_is_asked_once_known(self) -> None:
        for _number in range(5):
            self.spawn(self.make_instance())
        self.driver.get_available_resource('here')
        before = len(self.libvirt.faults.calls)
        heads = self.useFixture(fixtures.MockPatchObject(
            qcow2, 'read_head', side_effect=AssertionError)).mock
        self.driver.get_available_resource('here')
        calls = self.libvirt.faults.calls[before:]
        self.assertEqual(
            ['getCPUMap', 'getMemoryStats', 'getInfo',
             'getType', 'getVersion', 'getHostname', 'listAllDomains']
            + ['info'] * guestsizes.RECHECKED, calls)
        self.assertEqual(0, heads.call_count)

    def test_pci_devices(self) -> None:
        self.libvirt.hypervisor.nodedevices.plug(_PCI)
        found = self.driver.get_available_resource('here')['pci_passthrough_devices']
        self.assertEqual(['0000:06:00.0'],
                         [each['address'] for each in jsonutils.loads(found)])

    def test_devices_that_come_and_go_are_counted_anew(self) -> None:
        def addresses() -> list[str]:
            found = self.driver.get_available_resource('here')
            return [each['address'] for each
                    in jsonutils.loads(found['pci_passthrough_devices'])]
        devices = self.libvirt.hypervisor.nodedevices
        seen = [addresses()]
        devices.plug(_PCI)
        seen.append(addresses())
        devices.unplug('pci_0000_06_00_0')
        self.assertEqual([[], ['0000:06:00.0'], []], [*seen, addresses()])

    def test_topology(self) -> None:
        self.libvirt.machine.numa_cells = 2
        self.libvirt.machine.threads_per_core = 2
        self.driver = self.make_driver()
        found = self.driver.get_available_resource('here')
        topology = objects.NUMATopology.obj_from_db_obj(found['numa_topology'])
        self.assertEqual([set(range(8)), set(range(8, 16))],
                         [cell.cpuset for cell in topology.cells])
        self.assertEqual([set(), set()], [cell.pcpuset for cell in topology.cells])
        self.assertEqual([0, 1], [cell.socket for cell in topology.cells])
        self.assertEqual(16 * 1024, topology.cells[0].memory)
        self.assertEqual([{0, 1}, {2, 3}, {4, 5}, {6, 7}], topology.cells[0].siblings)
        self.assertEqual({4, 2048},
                         {pages.size_kb for pages in topology.cells[0].mempages})

    def test_topology_of_an_architecture_without(self) -> None:
        self.libvirt.machine.arch = 's390x'
        self.driver = self.make_driver()
        self.assertIsNone(
            self.driver.get_available_resource('here')['numa_topology'])


class TestSettings(driver_base.DriverTestCase):

    def cell(self, **options: str) -> tuple:
        for name, value in options.items():
            group = {} if name == 'vcpu_pin_set' else {'group': 'compute'}
            self.flags(**group, **{name: value})
        found = self.make_driver().get_available_resource('here')
        cell, = objects.NUMATopology.obj_from_db_obj(found['numa_topology']).cells
        return found['vcpus'], cell.cpuset, cell.pcpuset

    def test_all_are_shared(self) -> None:
        self.assertEqual((4, {0, 1, 2, 3}, set()), self.cell())

    def test_shared_and_dedicated_ones(self) -> None:
        self.assertEqual((1, {0}, {2, 3}), self.cell(
            cpu_shared_set='0', cpu_dedicated_set='2-3'))

    def test_only_dedicated_ones(self) -> None:
        self.assertEqual((0, set(), {2, 3}), self.cell(cpu_dedicated_set='2,3'))

    def test_the_old_option(self) -> None:
        self.assertEqual((2, {1, 2}, set()), self.cell(vcpu_pin_set='1-2'))
        self.assertEqual((1, {0}, set()), self.cell(cpu_shared_set='0'))

    def test_those_that_are_off_do_not_count(self) -> None:
        self.libvirt.machine.offline_cpus = frozenset({3})
        self.assertEqual((1, {2}, set()), self.cell(cpu_shared_set='2-3'))

    def test_those_that_are_not_there_are_refused(self) -> None:
        self.libvirt.machine.offline_cpus = frozenset({3})
        for (option, value, absent), whole in {
                ('cpu_shared_set', '0,3-5', '4-5'): '0-3',
                ('cpu_dedicated_set', '0,20-22', '20-22'): '0-2',
                ('cpu_dedicated_set', '2-3', '3'): '0-2',
                ('vcpu_pin_set', '9', '9'): '0-3'}.items():
            section = 'DEFAULT' if option == 'vcpu_pin_set' else 'compute'
            error = self.assertRaises(exception.Invalid, self.cell, **{option: value})
            self.assertEqual(
                f"[{section}] {option} is '{value}': this host has no CPU {absent} to "
                f'give, only {whole}', str(error))
            self.cell(**{option: '0'})
            cfg.CONF.clear_override(option, None if section == 'DEFAULT' else section)

    def test_nothing_is_begun_with_those_that_are_not_there(self) -> None:
        self.flags(group='compute', cpu_dedicated_set='20-22')
        path = os.path.join(self.state_path, 'elsewhere')
        self.flags(instances_path=path)
        self.assertRaises(exception.Invalid, self.make_driver)
        self.assertFalse(os.path.exists(path))

    def test_those_that_go_later_are_refused_too(self) -> None:
        self.flags(group='compute', cpu_dedicated_set='2-3')
        made = self.make_driver()
        self.libvirt.machine.offline_cpus = frozenset({3})
        for _turn in range(2):
            error = self.assertRaises(exception.Invalid,
                                      made.get_available_resource, 'here')
            self.assertIn('no CPU 3 to give', str(error))
        self.libvirt.machine.offline_cpus = frozenset()
        self.assertEqual(0, made.get_available_resource('here')['vcpus'])

    def test_sets_that_cannot_be_read(self) -> None:
        for option in ('cpu_shared_set', 'cpu_dedicated_set'):
            error = self.assertRaises(exception.Invalid, self.cell, **{option: '0-x'})
            self.assertIn(f'[compute] {option}: ', str(error))
            self.assertIn("'0-x'", str(error))
            cfg.CONF.clear_override(option, 'compute')

    def test_both_name_one(self) -> None:
        error = self.assertRaises(exception.Invalid, self.cell,
                                  cpu_shared_set='0-2', cpu_dedicated_set='2-3')
        self.assertIn('[2]', str(error))

    def test_pages_kept_back(self) -> None:
        cfg.CONF.set_override('reserved_huge_pages', [
            {'node': '0', 'size': '2MB', 'count': '7'},
            {'node': '0', 'size': '4', 'count': '9'}])
        found = self.make_driver().get_available_resource('here')
        cell, = objects.NUMATopology.obj_from_db_obj(found['numa_topology']).cells
        self.assertEqual({4: 9, 2048: 7},
                         {pages.size_kb: pages.reserved for pages in cell.mempages})

    def test_units_of_pages(self) -> None:
        found = resources.reserved_pages([
            {'node': '0', 'size': size, 'count': '1'}
            for size in ('4', '64KB', '128K', '2MB', '4MiB', '32M', '1GB', '2G')])
        self.assertEqual(
            {(0, size_kb): 1 for size_kb in (
                4, 64, 128, 2048, 4096, 32 << 10, 1 << 20, 2 << 20)}, found)

    def test_pages_that_cannot_be_read(self) -> None:
        for entry in ({'node': '0', 'size': '2048'}, {'node': 'x', 'size': '4',
                      'count': '1'}, {'node': '0', 'size': '1XB', 'count': '1'},
                      {'node': '0', 'size': '2048B', 'count': '1'},
                      {'node': '0', 'size': '0', 'count': '1'},
                      {'node': '-1', 'size': '2M', 'count': '1'},
                      {'node': '0', 'size': '2M', 'count': '-1'}):
            error = self.assertRaises(exception.InvalidReservedMemoryPagesOption,
                                      resources.reserved_pages, [entry])
            self.assertIn(str(entry), str(error))


class TestLastAnswer(base.TestCase):

    def test_it_is_given_again_for_what_is_the_same(self) -> None:
        asked: list[tuple[list[int], int]] = []

        def add(numbers: list[int], more: int) -> int:
            asked.append((numbers, more))
            return sum(numbers) + more
        answer = resources._of_last(add)
        given = [answer([1, 2], 3), answer([1, 2], 3), answer([1, 5], 3),
                 answer([1, 5], 4), answer([1, 2], 3)]

        self.assertEqual([6, 6, 9, 10, 6], given)
        self.assertEqual([([1, 2], 3), ([1, 5], 3), ([1, 5], 4), ([1, 2], 3)], asked)


class TestUptime(base.TestCase):

    def uptime(self, seconds: str) -> str:
        for name, content in (('uptime', f'{seconds} 1.00\n'),
                              ('loadavg', '0.10 0.20 0.30 1/234 5678\n')):
            with open(os.path.join(self.state_path, name), 'w') as file:
                file.write(content)
        return resources.get_uptime(self.state_path)

    def test_shape_is_that_of_the_program(self) -> None:
        hours, days = 3600, 24 * 3600
        for seconds, expected in ((3, '0 min'), (59 * 60 + 59, '59 min'),
                                  (2 * hours + 240, ' 2:04'), (14 * hours, '14:00'),
                                  (days, '1 day, 0 min'),
                                  (3 * days + 14 * hours, '3 days, 14:00')):
            self.assertRegex(
                self.uptime(f'{seconds}.99'), rf'^ \d\d:\d\d:\d\d up {expected},'
                r'  0 user,  load average: 0\.10, 0\.20, 0\.30$')

    def test_client_can_take_it_apart(self) -> None:
        # as python-openstackclient does to show a hypervisor
        found = re.match(
            r'\s*(.+)\sup\s+(.+),\s+(.+)\susers?,\s+load average:\s(.+)',
            self.uptime(f'{2 * 24 * 3600 + 3 * 3600}.00'))
        assert found is not None
        self.assertRegex(found[1], r'^\d\d:\d\d:\d\d$')
        self.assertEqual(('2 days,  3:00', '0', '0.10, 0.20, 0.30'),
                         found.groups()[1:])
