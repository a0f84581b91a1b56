# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
from typing import Any

from nova import exception
from nova import objects
from nova.tests.unit import base


def host_cell(**values: Any) -> Any:
    return objects.NUMACell(**{
        'id': 0, 'cpuset': {0, 1}, 'pcpuset': {2, 3, 4, 5}, 'memory': 1024,
        'pinned_cpus': set(), 'siblings': [{2, 4}, {3, 5}], 'mempages': [],
        **values})


class HostCellTestCase(base.TestCase):

    def test_free(self) -> None:
        cell = host_cell(pinned_cpus={2}, memory_usage=24)
        self.assertEqual({3, 4, 5}, cell.free_pcpus)
        self.assertEqual([{4}, {3, 5}], cell.free_siblings)
        self.assertEqual((2, 3, 1000),
                         (cell.avail_cpus, cell.avail_pcpus, cell.avail_memory))
        self.assertTrue(cell.has_threads)

    def test_pin_and_unpin(self) -> None:
        cell = host_cell()
        cell.pin_cpus({2, 3})
        cell.unpin_cpus({2})
        self.assertEqual({3}, cell.pinned_cpus)

    def test_pin_with_siblings(self) -> None:
        cell = host_cell()
        cell.pin_cpus_with_siblings({2})
        self.assertEqual({2, 4}, cell.pinned_cpus)
        cell.unpin_cpus_with_siblings({4})
        self.assertEqual(set(), cell.pinned_cpus)

    def test_refusals_change_nothing(self) -> None:
        cell = host_cell(pinned_cpus={2})
        for call, cpus, error in (
                (cell.pin_cpus, {2, 3}, exception.CPUPinningInvalid),
                (cell.pin_cpus, {3, 9}, exception.CPUPinningUnknown),
                (cell.unpin_cpus, {2, 3}, exception.CPUUnpinningInvalid),
                (cell.unpin_cpus, {2, 9}, exception.CPUUnpinningUnknown)):
            self.assertRaises(error, call, cpus)
            self.assertEqual({2}, cell.pinned_cpus)

    def test_page_sizes(self) -> None:
        cell = host_cell(mempages=[objects.NUMAPagesTopology(
            size_kb=2048, total=10, used=4, reserved=1)])
        for memory_kb, use_free, fits in (
                (5 * 2048, True, True), (6 * 2048, True, False),
                (9 * 2048, False, True), (10 * 2048, False, False),
                (2049, True, False)):
            self.assertIs(fits, cell.can_fit_pagesize(2048, memory_kb, use_free))
        self.assertRaises(exception.MemoryPageSizeNotSupported,
                          cell.can_fit_pagesize, 4, 4)

    def test_json(self) -> None:
        topology = objects.NUMATopology(cells=[host_cell()])
        again = objects.NUMATopology.obj_from_db_obj(topology._to_json())
        self.assertEqual({2, 3, 4, 5}, again.cells[0].pcpuset)
        self.assertEqual([{2, 4}, {3, 5}], again.cells[0].siblings)
        self.assertEqual((1, True), (len(again), again.has_threads))


class InstanceCellTestCase(base.TestCase):

    def cell(self, **values: Any) -> Any:
        return objects.InstanceNUMACell(**{
            'id': 0, 'cpuset': {0, 1}, 'pcpuset': {2, 3}, 'memory': 512, **values})

    def test_what_is_not_given(self) -> None:
        cell = objects.InstanceNUMACell(id=0, cpuset={0}, memory=1)
        self.assertEqual((set(), None, None, None, None, None), (
            cell.pcpuset, cell.cpu_topology, cell.pagesize, cell.cpu_policy,
            cell.cpu_pinning, cell.cpuset_reserved))

    def test_cpus(self) -> None:
        cell = self.cell()
        self.assertEqual({0, 1, 2, 3}, cell.total_cpus)
        self.assertEqual(4, len(cell))
        self.assertEqual([], cell.siblings)
        cell.cpu_topology = objects.VirtCPUTopology(sockets=1, cores=2, threads=2)
        self.assertEqual([{0, 1}, {2, 3}], cell.siblings)

    def test_pinning(self) -> None:
        cell = self.cell()
        cell.pin(0, 10)
        cell.pin_vcpus((2, 12), (3, 13))
        self.assertEqual({2: 12, 3: 13}, cell.cpu_pinning)
        self.assertEqual({'2': 12, '3': 13}, cell.cpu_pinning_raw)
        cell.clear_host_pinning()
        self.assertEqual((-1, {}), (cell.id, cell.cpu_pinning))

    def test_topology(self) -> None:
        first = self.cell(cpu_policy='dedicated', cpu_pinning={2: 12})
        second = self.cell(id=1, cpu_policy='dedicated', cpu_pinning={3: 13})
        topology = objects.InstanceNUMATopology(cells=[first, second])
        self.assertEqual({12, 13}, topology.cpu_pinning)
        self.assertTrue(topology.cpu_pinning_requested)
        self.assertEqual('dedicated', topology.cpu_policy)
        self.assertFalse(topology.emulator_threads_isolated)
        self.assertEqual(set(), topology.clear_host_pinning().cpu_pinning)

    def test_policies_that_differ(self) -> None:
        cells = [self.cell(cpu_policy='shared'), self.cell(cpu_policy='dedicated')]
        topology = objects.InstanceNUMATopology(
            cells=cells, emulator_threads_policy='isolate')
        self.assertIsNone(topology.cpu_policy)
        self.assertTrue(topology.emulator_threads_isolated)


class TopologyTestCase(base.TestCase):

    def test_equality(self) -> None:
        one = objects.VirtCPUTopology(sockets=2, cores=3, threads=4)
        self.assertEqual(one, objects.VirtCPUTopology.from_dict(one.to_dict()))
        self.assertNotEqual(one, objects.VirtCPUTopology())
        self.assertEqual(1, len({one, objects.VirtCPUTopology.from_dict(
            {'sockets': 2, 'cores': 3, 'threads': 4})}))
