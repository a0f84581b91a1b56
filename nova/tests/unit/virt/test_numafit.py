# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Guests placed on hosts: what holds for every host and every guest."""

from typing import Any

import hypothesis
from hypothesis import strategies as st
import testtools

from nova import objects
from nova.virt import hardware
from nova.virt import pagesize

objects.register_all()

PAGE_KB, HUGE_KB = 4, 2048
POLICIES = (None, 'prefer', 'isolate', 'require')


def host_cell(index: int, cores: int, threads: int, pinned: set[int],
              memory_mb: int = 1024, huge: int = 256, first: int | None = None) -> Any:
    """Make a cell of a host all of whose CPUs guests can have for themselves."""
    first = index * 100 if first is None else first
    siblings = [set(range(first + core * threads, first + (core + 1) * threads))
                for core in range(cores)]
    cpus = set().union(*siblings)
    small = (memory_mb * 1024 - huge * HUGE_KB) // PAGE_KB
    return objects.NUMACell(
        id=index, cpuset=cpus, pcpuset=cpus, memory=memory_mb, cpu_usage=0,
        memory_usage=0, pinned_cpus=pinned & cpus,
        siblings=siblings if threads > 1 else [],
        mempages=[objects.NUMAPagesTopology(size_kb=PAGE_KB, total=small, used=0),
                  objects.NUMAPagesTopology(size_kb=HUGE_KB, total=huge, used=0)])


def guest(*cells: Any, emulator: str | None = None) -> Any:
    return objects.InstanceNUMATopology(
        cells=list(cells), emulator_threads_policy=emulator)


def guest_cell(cpus: set[int], memory_mb: int = 64, *, shared: set[int] | None = None,
               policy: str | None = None, page_kb: int | None = None,
               index: int = 0) -> Any:
    return objects.InstanceNUMACell(
        id=index, cpuset=shared or set(), pcpuset=cpus, memory=memory_mb,
        pagesize=page_kb, cpu_policy='dedicated' if cpus else None,
        cpu_thread_policy=policy)


@st.composite
def hosts(draw: st.DrawFn) -> Any:
    threads = draw(st.integers(1, 3))
    cells = []
    for index in range(draw(st.integers(1, 3))):
        cores = draw(st.integers(1, 4))
        taken = draw(st.sets(st.integers(0, cores * threads - 1)))
        cells.append(host_cell(
            index, cores, threads, {index * 100 + cpu for cpu in taken},
            memory_mb=draw(st.sampled_from([512, 1024])),
            huge=draw(st.sampled_from([0, 64, 128]))))
    return objects.NUMATopology(cells=cells)


@st.composite
def guests(draw: st.DrawFn) -> Any:
    policy = draw(st.sampled_from(POLICIES))
    page_kb = draw(st.sampled_from(
        [None, pagesize.SMALL, pagesize.LARGE, pagesize.ANY, HUGE_KB, 1048576]))
    cells, first = [], 0
    for index in range(draw(st.integers(1, 3))):
        dedicated = draw(st.integers(0, 6))
        shared = draw(st.integers(0 if dedicated else 1, 3))
        cells.append(guest_cell(
            set(range(first, first + dedicated)), draw(st.sampled_from([2, 64, 700])),
            shared=set(range(first + dedicated, first + dedicated + shared)),
            policy=policy, page_kb=page_kb, index=index))
        first += dedicated + shared
    isolate = draw(st.booleans()) and all(cell.pcpuset for cell in cells)
    return guest(*cells, emulator='isolate' if isolate else None)


class PropertiesTestCase(testtools.TestCase):
    @hypothesis.given(hosts(), guests())
    @hypothesis.settings(max_examples=400, deadline=None)
    def test_a_placed_guest_breaks_no_rule(self, host: Any, wanted: Any) -> None:
        before = (host.obj_to_primitive(), wanted.obj_to_primitive())

        placed = hardware.numa_fit_instance_to_host(host, wanted)

        self.assertEqual(before, (host.obj_to_primitive(), wanted.obj_to_primitive()))
        if placed is None:
            return
        self.assertEqual(len(wanted), len({cell.id for cell in placed}))
        for asked, cell in zip(wanted, placed, strict=True):
            self.check_cell(host.cells[cell.id], asked, cell)

    def check_cell(self, on: Any, asked: Any, cell: Any) -> None:
        taken = [*(cell.cpu_pinning or {}).values(), *(cell.cpuset_reserved or ())]
        self.assertEqual(len(set(taken)), len(taken))
        self.assertLessEqual(set(taken), on.free_pcpus)
        self.assertEqual(asked.pcpuset, set(cell.cpu_pinning or {}))
        self.assertLessEqual(len(asked.cpuset), len(on.cpuset))
        self.assertLessEqual(cell.memory, on.memory)
        self.check_threads(on, asked.cpu_thread_policy, set(taken))
        self.check_pages(on, asked.pagesize, cell)
        if cell.pcpuset:
            topology = cell.cpu_topology
            self.assertEqual(len(asked), topology.cores * topology.threads)

    def check_threads(self, on: Any, policy: str | None, taken: set[int]) -> None:
        for core in on.siblings:
            if policy == 'isolate' and core & taken:
                self.assertEqual(1, len(core & taken))
                self.assertFalse(core & on.pinned_cpus)
            if policy == 'require' and core & taken:
                self.assertGreater(len(core & on.free_pcpus), 1)
        if policy == 'require' and taken:
            self.assertTrue(on.siblings)

    def check_pages(self, on: Any, wish: int | None, cell: Any) -> None:
        if wish is None:
            self.assertIsNone(cell.pagesize)
            return
        self.assertTrue(on.can_fit_pagesize(cell.pagesize, cell.memory * 1024))
        expected = {pagesize.SMALL: {PAGE_KB}, pagesize.LARGE: {HUGE_KB},
                    pagesize.ANY: {PAGE_KB, HUGE_KB}}
        self.assertIn(cell.pagesize, expected.get(wish, {wish}))

    @hypothesis.given(hosts(), guests())
    @hypothesis.settings(max_examples=200, deadline=None)
    def test_what_is_taken_is_given_back(self, host: Any, wanted: Any) -> None:
        placed = hardware.numa_fit_instance_to_host(host, wanted)
        if placed is None:
            return

        used = hardware.numa_usage_from_instance_numa(host, placed)
        back = hardware.numa_usage_from_instance_numa(used, placed, free=True)

        self.assertEqual(host._to_json(), back._to_json())
        self.assertEqual(
            sum(cell.memory for cell in placed),
            sum(cell.memory_usage for cell in used.cells))

    @hypothesis.given(hosts(), st.lists(guests(), min_size=2, max_size=5))
    @hypothesis.settings(max_examples=100, deadline=None)
    def test_guests_never_share_a_dedicated_cpu(self, host: Any,
                                                several: list[Any]) -> None:
        taken: set[int] = set()
        for wanted in several:
            placed = hardware.numa_fit_instance_to_host(host, wanted)
            if placed is None:
                continue
            host = hardware.numa_usage_from_instance_numa(host, placed)
            mine = placed.cpu_pinning | {
                cpu for cell in placed for cpu in cell.cpuset_reserved or ()}
            self.assertFalse(mine & taken)
            taken |= mine

    @hypothesis.given(st.integers(1, 4), st.integers(1, 2), st.data())
    @hypothesis.settings(max_examples=100, deadline=None)
    def test_what_has_room_is_placed(self, cores: int, threads: int,
                                     data: Any) -> None:
        host = objects.NUMATopology(cells=[host_cell(0, cores, threads, set())])
        vcpus = data.draw(st.integers(1, cores * threads))
        placed = hardware.numa_fit_instance_to_host(
            host, guest(guest_cell(set(range(vcpus)))))
        self.assertIsNotNone(placed)


class FitTestCase(testtools.TestCase):
    def fit(self, host_cells: list[Any], wanted: Any, **more: Any) -> Any:
        return hardware.numa_fit_instance_to_host(
            objects.NUMATopology(cells=host_cells), wanted, **more)

    def pins(self, placed: Any) -> dict[int, int]:
        return {vcpu: cpu for cell in placed
                for vcpu, cpu in (cell.cpu_pinning or {}).items()}

    def test_threads_of_a_core_go_to_neighbours(self) -> None:
        placed = self.fit([host_cell(0, 2, 2, set())], guest(guest_cell({0, 1, 2, 3})))

        self.assertEqual({0: 0, 1: 1, 2: 2, 3: 3}, self.pins(placed))
        self.assertEqual(2, placed.cells[0].cpu_topology.threads)

    def test_isolated_threads_leave_cores_half_empty(self) -> None:
        cells = [host_cell(0, 2, 2, set())]
        placed = self.fit(cells, guest(guest_cell({0, 1}, policy='isolate')))

        self.assertEqual({0: 0, 1: 2}, self.pins(placed))
        host = hardware.numa_usage_from_instance_numa(
            objects.NUMATopology(cells=cells), placed)
        self.assertEqual({0, 1, 2, 3}, host.cells[0].pinned_cpus)
        self.assertIsNone(
            self.fit(cells, guest(guest_cell({0, 1, 2}, policy='isolate'))))

    def test_required_threads_need_a_host_that_has_some(self) -> None:
        wanted = guest(guest_cell({0, 1}, policy='require'))

        self.assertIsNone(self.fit([host_cell(0, 4, 1, set())], wanted))
        self.assertEqual({0: 2, 1: 3}, self.pins(
            self.fit([host_cell(0, 2, 2, {1})], wanted)))

    def test_emulator_threads_get_a_cpu_of_their_own(self) -> None:
        placed = self.fit([host_cell(0, 3, 1, set())],
                          guest(guest_cell({0, 1}), emulator='isolate'))

        self.assertEqual({2}, placed.cells[0].cpuset_reserved)
        self.assertIsNone(self.fit([host_cell(0, 2, 1, set())],
                                   guest(guest_cell({0, 1}), emulator='isolate')))

    def test_cells_go_to_different_cells(self) -> None:
        wanted = guest(guest_cell({0}), guest_cell({1}, index=1))

        placed = self.fit(
            [host_cell(0, 1, 1, set()), host_cell(1, 1, 1, set())], wanted)

        self.assertEqual({0, 1}, {cell.id for cell in placed})
        self.assertIsNone(self.fit([host_cell(0, 4, 1, set())], wanted))

    def test_limits_bound_what_is_shared(self) -> None:
        cell = host_cell(0, 2, 1, set())
        cell.cpu_usage = 3
        wanted = guest(guest_cell(set(), shared={0}))

        def fits(ratio: float) -> bool:
            return self.fit([cell], wanted, limits=objects.NUMATopologyLimits(
                cpu_allocation_ratio=ratio, ram_allocation_ratio=1.0)) is not None
        self.assertEqual([True, False], [fits(2.0), fits(1.5)])

    def test_pages_are_counted(self) -> None:
        cells = [host_cell(0, 4, 1, set(), huge=64)]
        wanted = guest(guest_cell({0}, 128, page_kb=HUGE_KB))
        placed = self.fit(cells, wanted)

        used = hardware.numa_usage_from_instance_numa(
            objects.NUMATopology(cells=cells), placed)

        self.assertEqual([0, 64], [pages.used for pages in used.cells[0].mempages])
        self.assertIsNone(self.fit(used.cells, wanted))
