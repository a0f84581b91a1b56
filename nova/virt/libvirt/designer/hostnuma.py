# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The NUMA nodes of the host, as far as guests may use them."""

import dataclasses

from nova.objects import fields
from nova.virt import hardware
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

#: Architectures on which guests are placed on nodes.
_ARCHES = (fields.Architecture.ARMV7L, fields.Architecture.AARCH64,
           fields.Architecture.I686, fields.Architecture.X86_64,
           fields.Architecture.PPC64, fields.Architecture.PPC64LE)


@dataclasses.dataclass(frozen=True)
class HostNode:
    """A node of the host."""

    id: int
    #: Host CPUs that float between guests.
    shared_cpus: frozenset[int]
    #: KiB, ascending; the first is the ordinary size.
    page_sizes_kb: tuple[int, ...]


def host_nodes(host_facts: HostFacts, settings: Settings) -> list[HostNode] | None:
    """Return the nodes of the host; None where it has nothing to say of them."""
    topology = host_facts.caps.host.topology
    if topology is None or not topology.cells or host_facts.arch not in _ARCHES:
        return None
    shared = shared_cpus(host_facts, settings)
    usable = host_facts.cpus.online if shared is None else shared
    return [HostNode(
        cell.id, frozenset(cpu.id for cpu in cell.cpus) & usable,
        tuple(sorted(pages.size for pages in cell.mempages)))
        for cell in topology.cells]


def shared_cpus(host_facts: HostFacts, settings: Settings) -> set[int] | None:
    """Return the host CPUs that float between guests; None for all of them."""
    spec = settings.cpu.shared_set
    if spec is None and settings.cpu.dedicated_set is None:
        spec = settings.cpu.vcpu_pin_set
    if not spec:
        return None
    return hardware.parse_cpu_spec(spec) & host_facts.cpus.online
