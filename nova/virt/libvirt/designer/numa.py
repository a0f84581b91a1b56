# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The NUMA nodes that the guest sees, and the host's that they are placed on."""

from collections.abc import Iterator

from nova import exception
from nova import objects
from nova.objects import fields
from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer import hostnuma
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

KIB_PER_MIB = 1024

#: Number, cell of the guest, and node of the host that the cell was placed on.
Placement = tuple[int, 'objects.InstanceNUMACell', hostnuma.HostNode]


def describe_nodes(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                   host_facts: HostFacts, settings: Settings) -> None:
    """Show the guest its nodes; libvirt wants them numbered without a gap."""
    topology = inputs.instance.numa_topology
    if topology is None or guest.cpu is None:
        return
    shared = wants_huge_pages(inputs, host_facts, settings)
    guest.cpu.numa = vconfig.LibvirtConfigGuestCPUNUMA()
    for number, cell in enumerate(topology.cells):
        conf = vconfig.LibvirtConfigGuestCPUNUMACell()
        conf.id = number
        conf.cpus = cell.cpuset | cell.pcpuset
        conf.memory = cell.memory * KIB_PER_MIB
        # What serves a vhost-user port maps the guest's huge pages.
        conf.memAccess = 'shared' if shared else None
        guest.cpu.numa.cells.append(conf)


def wants_huge_pages(inputs: GuestInputs, host_facts: HostFacts,
                     settings: Settings) -> bool:
    """Tell whether any memory of the guest lies in pages larger than the usual."""
    topology = inputs.instance.numa_topology
    nodes = hostnuma.host_nodes(host_facts, settings)
    if topology is None or nodes is None:
        return False
    large = nodes[0].page_sizes_kb[1:]
    return any(cell.pagesize in large for cell in topology.cells)


def placements(inputs: GuestInputs, host_facts: HostFacts,
               settings: Settings) -> Iterator[Placement]:
    """Yield the cells that were placed on a node."""
    topology = inputs.instance.numa_topology
    nodes = {node.id: node for node in
             hostnuma.host_nodes(host_facts, settings) or ()}
    for number, cell in enumerate(topology.cells if topology else ()):
        if cell.id in nodes:
            yield number, cell, nodes[cell.id]


def describe_placement(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                       host_facts: HostFacts, settings: Settings) -> None:
    """Keep memory and CPUs of the guest to the nodes that were chosen for them.

    :raises nova.exception.RealtimeMaskNotFoundOrInvalid: if emulator threads of a
        real-time guest would have no CPU.
    """
    placed = list(placements(inputs, host_facts, settings))
    if not placed:
        return
    guest.numatune = _memory_placement(placed)
    tune = guest.cputune = guest.cputune or vconfig.LibvirtConfigGuestCPUTune()
    pins = _pins(placed)
    tune.vcpupin = [_vcpu_pin(cpu, pins[cpu]) for cpu in sorted(pins)]
    realtime = hardware.get_realtime_cpu_constraint(inputs.flavor, inputs.image_meta)
    others = _emulator_cpus(pins, realtime, inputs, host_facts, settings)
    tune.emulatorpin = vconfig.LibvirtConfigGuestCPUTuneEmulatorPin(cpuset=others)
    tune.iothreadpin = [
        vconfig.LibvirtConfigGuestCPUTuneIOThreadPin(iothread=1, cpuset=set(others))]
    if realtime:
        tune.vcpusched = [vconfig.LibvirtConfigGuestCPUTuneVCPUSched(
            vcpus=realtime, scheduler='fifo', priority=settings.cpu.realtime_priority)]


def _memory_placement(placed: list[Placement]) -> vconfig.LibvirtConfigGuestNUMATune:
    tune = vconfig.LibvirtConfigGuestNUMATune()
    tune.memory = vconfig.LibvirtConfigGuestNUMATuneMemory(
        nodeset=[node.id for _number, _cell, node in placed])
    for number, _cell, node in placed:
        tune.memnodes.append(vconfig.LibvirtConfigGuestNUMATuneMemNode(
            cellid=number, nodeset=[node.id]))
    return tune


def _pins(placed: list[Placement]) -> dict[int, set[int]]:
    """Return the host CPUs of each virtual one: its own, or those of its node."""
    pins = {}
    for _number, cell, node in placed:
        own = cell.cpu_pinning or {}
        for cpu in cell.cpuset | cell.pcpuset:
            pins[cpu] = {own[cpu]} if cpu in own else set(node.shared_cpus)
    return pins


def _vcpu_pin(cpu: int, cpuset: set[int]) -> vconfig.LibvirtConfigGuestCPUTuneVCPUPin:
    return vconfig.LibvirtConfigGuestCPUTuneVCPUPin(id=cpu, cpuset=cpuset)


def _emulator_cpus(pins: dict[int, set[int]], realtime: set[int] | None,
                   inputs: GuestInputs, host_facts: HostFacts,
                   settings: Settings) -> set[int]:
    """Return where the threads of QEMU run that are no virtual CPUs."""
    topology = inputs.instance.numa_topology
    policy = topology.emulator_threads_policy
    if policy == fields.CPUEmulatorThreadsPolicy.ISOLATE:
        return {cpu for cell in topology.cells for cpu in cell.cpuset_reserved or ()}
    if policy == fields.CPUEmulatorThreadsPolicy.SHARE and settings.cpu.shared_set:
        return hostnuma.shared_cpus(host_facts, settings) or set()
    rest = {cpu for vcpu, cpus in pins.items() if vcpu not in (realtime or ())
            for cpu in cpus}
    if not rest:
        raise exception.RealtimeMaskNotFoundOrInvalid()
    return rest
