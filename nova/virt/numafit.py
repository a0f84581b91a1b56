# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Guests placed on the NUMA cells of a host, and what that takes of them."""

from collections.abc import Iterable, Iterator
import itertools
from typing import Any

from nova import exception
from nova import objects
from nova.objects import fields
from nova.virt import cpupinning
from nova.virt import pagesize

_DEDICATED = fields.CPUAllocationPolicy.DEDICATED
_MIXED = fields.CPUAllocationPolicy.MIXED
_ISOLATE = fields.CPUThreadAllocationPolicy.ISOLATE


def numa_fit_instance_to_host(
    host_topology: 'objects.NUMATopology | None',
    instance_topology: 'objects.InstanceNUMATopology | None',
    provider_mapping: dict[str, list[str]] | None = None,
    limits: 'objects.NUMATopologyLimits | None' = None,
    pci_requests: 'objects.InstancePCIRequests | None' = None,
    pci_stats: Any = None,
) -> 'objects.InstanceNUMATopology | None':
    """Place a guest on a host, each cell on another one of the host.

    Neither argument is changed.

    :param limits: how much may be overcommitted; without them what other guests have
        of shared CPUs and of usual pages is not counted.
    :param pci_stats: says whether requests for devices can be met on some cells.
    :returns: the guest with its place, or None where it does not fit.
    """
    if not (host_topology and instance_topology):
        return instance_topology
    if len(host_topology) < len(instance_topology):
        return None
    for host_cells in itertools.permutations(
            _emptiest_first(host_topology), len(instance_topology)):
        placed = _fit(host_cells, instance_topology, limits)
        if placed is not None and _devices_fit(
                placed, provider_mapping, pci_requests, pci_stats):
            return placed
    return None


def _emptiest_first(host_topology: 'objects.NUMATopology') -> list[Any]:
    return sorted(host_topology.cells, key=lambda cell: (
        -cell.avail_pcpus, cell.cpu_usage, -cell.avail_memory, cell.id))


def _devices_fit(placed: 'objects.InstanceNUMATopology',
                 provider_mapping: dict[str, list[str]] | None,
                 pci_requests: 'objects.InstancePCIRequests | None',
                 pci_stats: Any) -> bool:
    if pci_requests is None or pci_stats is None:
        return True
    return bool(pci_stats.support_requests(
        pci_requests.requests, provider_mapping, placed.cells))


def _fit(host_cells: Iterable[Any], guest: 'objects.InstanceNUMATopology',
         limits: 'objects.NUMATopologyLimits | None',
         ) -> 'objects.InstanceNUMATopology | None':
    cells = []
    for index, (host_cell, cell) in enumerate(zip(host_cells, guest, strict=True)):
        # QEMU's own threads live beside the first cell.
        reserved = 1 if guest.emulator_threads_isolated and index == 0 else 0
        placed = _fit_cell(host_cell, cell, limits, reserved)
        if placed is None:
            return None
        cells.append(placed)
    return objects.InstanceNUMATopology(
        cells=cells, emulator_threads_policy=guest.emulator_threads_policy)


def _fit_cell(host_cell: Any, cell: Any,
              limits: 'objects.NUMATopologyLimits | None',
              reserved: int) -> Any | None:
    try:
        page_kb = pagesize.choose(host_cell, cell, _ratio(limits, 'ram'))
    except exception.MemoryPageSizeNotSupported:
        return None
    if page_kb is False or not _shared_fit(host_cell, cell, limits):
        return None
    placement = _pinned(host_cell, cell, reserved)
    if placement is None:
        return None
    placed = cell.obj_clone()
    placed.id = host_cell.id
    placed.pagesize = page_kb
    if cell.pcpuset:
        placed.cpu_pinning = dict(placement.pins)
        placed.cpu_topology = objects.VirtCPUTopology(
            sockets=1, cores=len(placed) // _threads(placed, placement),
            threads=_threads(placed, placement))
    if reserved:
        placed.cpuset_reserved = set(placement.reserved)
    return placed


def _threads(cell: Any, placement: cpupinning.Placement) -> int:
    return 1 if len(cell) % placement.threads else placement.threads


def _ratio(limits: 'objects.NUMATopologyLimits | None', kind: str) -> float | None:
    return float(getattr(limits, f'{kind}_allocation_ratio')) if limits else None


def _shared_fit(host_cell: Any, cell: Any,
                limits: 'objects.NUMATopologyLimits | None') -> bool:
    """Tell whether the floating vCPUs of a cell have room."""
    wanted = len(cell.cpuset)
    if not wanted:
        return True
    # A vCPU never competes with another one of its own guest.
    if wanted > len(host_cell.cpuset):
        return False
    ratio = _ratio(limits, 'cpu')
    return ratio is None or bool(
        host_cell.cpu_usage + wanted <= len(host_cell.cpuset) * ratio)


def _pinned(host_cell: Any, cell: Any, reserved: int) -> cpupinning.Placement | None:
    """Return the place of the dedicated vCPUs of a cell, an empty one for none."""
    if not cell.pcpuset:
        return cpupinning.Placement({}, frozenset(), 1) if not reserved else None
    if cell.cpu_thread_policy == _ISOLATE and host_cell.has_threads:
        cores = _empty_cores(host_cell)
    else:
        cores = list(_free_cores(host_cell))
    return cpupinning.place(cell.pcpuset, cores, cell.cpu_thread_policy, reserved)


def _free_cores(host_cell: Any) -> Iterator[set[int]]:
    """Yield of each core the CPUs that are free; a lone CPU is a core."""
    listed = set().union(*host_cell.siblings)
    yield from (core for core in host_cell.free_siblings if core)
    yield from ({cpu} for cpu in host_cell.free_pcpus - listed)


def _empty_cores(host_cell: Any) -> list[set[int]]:
    """Return the cores that no guest has any CPU of."""
    return [core for core in _free_cores(host_cell)
            if not host_cell._with_siblings(core) & host_cell.pinned_cpus]


# What it takes

def numa_usage_from_instance_numa(
    host_topology: 'objects.NUMATopology',
    instance_topology: 'objects.InstanceNUMATopology | None',
    free: bool = False,
) -> 'objects.NUMATopology':
    """Return the host with what a placed guest takes, or gives back.

    The arguments are not changed.

    :raises nova.exception.CPUPinningInvalid: if a CPU of it is taken already.
    :raises nova.exception.CPUUnpinningInvalid: if one that is freed was not taken.
    """
    if not host_topology or not instance_topology:
        return host_topology
    taken = host_topology.obj_clone()
    by_id = {cell.id: cell for cell in taken.cells}
    sign = -1 if free else 1
    for cell in instance_topology.cells:
        if cell.id in by_id:
            _use(by_id[cell.id], cell, sign)
    return taken


def _use(host_cell: Any, cell: Any, sign: int) -> None:
    pinned = set((cell.cpu_pinning or {}).values()) | set(cell.cpuset_reserved or ())
    if cell.cpu_thread_policy == _ISOLATE:
        pinned = host_cell._with_siblings(pinned) & host_cell.pcpuset
    if sign > 0:
        host_cell.pin_cpus(pinned)
    else:
        host_cell.unpin_cpus(pinned)
    host_cell.cpu_usage = max(0, host_cell.cpu_usage + sign * (
        len(cell.cpuset) + len(pinned)))
    host_cell.memory_usage = max(0, host_cell.memory_usage + sign * cell.memory)
    pagesize.use(host_cell, cell, sign)
