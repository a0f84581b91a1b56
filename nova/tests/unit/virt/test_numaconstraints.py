# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from nova import exception
from nova.tests.unit import base
from nova.tests.unit.virt import builders
from nova.virt import hardware
from nova.virt import pagesize


class ConstraintsTestCase(base.TestCase):
    def get(self, specs=None, image=None, vcpus=4, memory_mb=1024):
        flavor = builders.flavor(specs, vcpus=vcpus, memory_mb=memory_mb)
        return hardware.numa_get_constraints(flavor, builders.image(**(image or {})))

    def cells(self, *args, **kwargs):
        return [(cell.cpuset, cell.pcpuset, cell.memory)
                for cell in self.get(*args, **kwargs)]

    def test_nothing_is_asked_for(self):
        self.assertIsNone(self.get())
        self.assertIsNone(self.get({'hw:cpu_policy': 'shared'}))

    def test_equal_cells(self):
        self.assertEqual([({0, 1}, set(), 512), ({2, 3}, set(), 512)],
                         self.cells({'hw:numa_nodes': '2'}))

    def test_cells_of_the_image(self):
        self.assertEqual(2, len(self.get(image={'hw_numa_nodes': 2})))

    def test_named_cells(self):
        self.assertEqual(
            [({0}, set(), 256), ({1, 2, 3}, set(), 768)],
            self.cells({'hw:numa_nodes': '2', 'hw:numa_cpus.0': '0',
                        'hw:numa_cpus.1': '1-3', 'hw:numa_mem.0': '256',
                        'hw:numa_mem.1': '768'}))

    def test_dedicated(self):
        topology = self.get({'hw:cpu_policy': 'dedicated',
                             'hw:cpu_thread_policy': 'isolate',
                             'hw:emulator_threads_policy': 'isolate'})
        cell, = topology.cells
        self.assertEqual((set(), {0, 1, 2, 3}, 'dedicated', 'isolate', True),
                         (cell.cpuset, cell.pcpuset, cell.cpu_policy,
                          cell.cpu_thread_policy, topology.emulator_threads_isolated))

    def test_mixed(self):
        self.assertEqual([({1, 3}, {0, 2}, 1024)], self.cells(
            {'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '^1,^3'}))
        self.assertEqual([({0}, {1, 2, 3}, 1024)], self.cells(
            {'hw:cpu_policy': 'mixed', 'hw:cpu_realtime': 'yes',
             'hw:cpu_realtime_mask': '^0'}))

    def test_policies_of_flavor_and_image(self):
        forbidden = exception.ImageCPUPinningForbidden
        for flavor, image, expected in (
                ('mixed', 'shared', 'mixed'), ('mixed', 'mixed', 'mixed'),
                ('mixed', 'dedicated', forbidden), ('mixed', None, 'mixed'),
                ('dedicated', 'shared', 'dedicated'),
                ('dedicated', 'mixed', 'dedicated'),
                ('dedicated', 'dedicated', 'dedicated'),
                ('shared', 'dedicated', forbidden), ('shared', 'mixed', forbidden),
                ('shared', 'shared', 'shared'), (None, 'mixed', 'mixed'),
                (None, None, None)):
            args = (builders.flavor({'hw:cpu_policy': flavor} if flavor else None),
                    builders.image(**({'hw_cpu_policy': image} if image else {})))
            if expected is forbidden:
                self.assertRaises(
                    forbidden, hardware.get_cpu_policy_constraint, *args)
            else:
                self.assertEqual(
                    expected, hardware.get_cpu_policy_constraint(*args))

    def test_realtime_needs_cpus_of_its_own(self):
        realtime = {'hw:cpu_realtime': 'yes', 'hw:cpu_realtime_mask': '^0'}
        for policy in ({}, {'hw:cpu_policy': 'shared'}):
            self.assertRaises(exception.RealtimeConfigurationInvalid, self.get,
                              {**realtime, **policy})
        self.get({**realtime, 'hw:cpu_policy': 'dedicated'})

    def test_page_sizes(self):
        for text, size_kb in (('2MB', 2048), ('2048', 2048), ('1GB', 1048576),
                              ('large', pagesize.LARGE), ('any', pagesize.ANY)):
            cell, = self.get({'hw:mem_page_size': text}).cells
            self.assertEqual(size_kb, cell.pagesize, text)
        cell, = self.get({'hw:mem_page_size': 'any'},
                         {'hw_mem_page_size': '2MB'}).cells
        self.assertEqual(2048, cell.pagesize)

    def test_refusals(self):
        dedicated = {'hw:cpu_policy': 'dedicated'}
        two = {'hw:numa_nodes': '2'}
        for error, specs, image in (
                (exception.InvalidNUMANodesNumber, {'hw:numa_nodes': '0'}, {}),
                (exception.InvalidNUMANodesNumber, {'hw:numa_nodes': 'x'}, {}),
                (exception.ImageNUMATopologyAsymmetric, {'hw:numa_nodes': '3'}, {}),
                (exception.ImageNUMATopologyForbidden, two, {'hw_numa_nodes': 2}),
                (exception.ImageNUMATopologyIncomplete,
                 {**two, 'hw:numa_cpus.0': '0'}, {}),
                (exception.ImageNUMATopologyCPUOutOfRange, self.named('0-4', '1'), {}),
                (exception.ImageNUMATopologyCPUDuplicates, self.named('0-2', '2,3'),
                 {}),
                (exception.ImageNUMATopologyCPUsUnassigned, self.named('0', '2'), {}),
                (exception.ImageNUMATopologyMemoryOutOfRange,
                 {**self.named('0,1', '2,3'), 'hw:numa_mem.1': '1'}, {}),
                (exception.InvalidCPUAllocationPolicy, {'hw:cpu_policy': 'x'}, {}),
                (exception.ImageCPUPinningForbidden, {'hw:cpu_policy': 'shared'},
                 {'hw_cpu_policy': 'dedicated'}),
                (exception.InvalidCPUThreadAllocationPolicy,
                 {**dedicated, 'hw:cpu_thread_policy': 'x'}, {}),
                (exception.ImageCPUThreadPolicyForbidden,
                 {**dedicated, 'hw:cpu_thread_policy': 'isolate'},
                 {'hw_cpu_thread_policy': 'require'}),
                (exception.CPUThreadPolicyConfigurationInvalid,
                 {'hw:cpu_thread_policy': 'isolate'}, {}),
                (exception.InvalidEmulatorThreadsPolicy,
                 {**dedicated, 'hw:emulator_threads_policy': 'x'}, {}),
                (exception.BadRequirementEmulatorThreadsPolicy,
                 {'hw:emulator_threads_policy': 'isolate'}, {}),
                (exception.MemoryPageSizeInvalid, {'hw:mem_page_size': 'huge'}, {}),
                (exception.MemoryPageSizeForbidden, {}, {'hw_mem_page_size': '2MB'}),
                (exception.MemoryPageSizeForbidden, {'hw:mem_page_size': 'small'},
                 {'hw_mem_page_size': '2MB'}),
                (exception.RequiredMixedInstancePolicy,
                 {'hw:cpu_dedicated_mask': '0'}, {}),
                (exception.RequiredMixedOrRealtimeCPUMask,
                 {'hw:cpu_policy': 'mixed'}, {}),
                (exception.InvalidMixedInstanceDedicatedMask,
                 {'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '0-3'}, {})):
            self.assertRaises(error, self.get, specs, image)

    @staticmethod
    def named(first, second):
        return {'hw:numa_nodes': '2', 'hw:numa_cpus.0': first,
                'hw:numa_cpus.1': second, 'hw:numa_mem.0': '512',
                'hw:numa_mem.1': '512'}
