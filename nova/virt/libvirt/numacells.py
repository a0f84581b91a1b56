# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The NUMA nodes of the host, as plain values."""

from collections.abc import Mapping
import dataclasses

from nova.virt.libvirt import config as vconfig


@dataclasses.dataclass(frozen=True)
class HostCell:
    """A node of the host, its CPUs that are switched off too."""

    id: int
    #: 0 where libvirt does not know how much it is.
    memory_kb: int
    cpus: frozenset[int]
    #: CPUs that share a core, once each.
    siblings: tuple[frozenset[int], ...]
    #: How many pages there are of each size in KiB.
    pages: Mapping[int, int]
    #: How far another node's memory is, as the firmware says; 10 is the own.
    distances: Mapping[int, int]
    #: The one socket that all CPUs are in; None if there are several.
    socket: int | None


def host_cells(caps: vconfig.LibvirtConfigCaps) -> tuple[HostCell, ...]:
    """Return the NUMA nodes that a host's capabilities name."""
    topology = caps.host.topology
    return tuple(_host_cell(cell) for cell in (topology.cells if topology else ()))


def _host_cell(cell: vconfig.LibvirtConfigCapsNUMACell) -> HostCell:
    siblings = {frozenset(cpu.siblings) for cpu in cell.cpus if cpu.siblings}
    sockets = {cpu.socket_id for cpu in cell.cpus}
    return HostCell(
        id=cell.id, memory_kb=cell.memory or 0,
        cpus=frozenset(cpu.id for cpu in cell.cpus),
        siblings=tuple(sorted(siblings, key=sorted)),
        pages={pages.size: pages.total or 0 for pages in cell.mempages},
        distances=dict(zip(cell.distance_ids, cell.distance_values, strict=True)),
        socket=sockets.pop() if len(sockets) == 1 else None)
