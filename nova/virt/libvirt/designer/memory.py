# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What backs the memory of the guest, and memory that outlives it."""

from collections.abc import Iterator
from typing import Any

from nova import exception
from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer import hostnuma
from nova.virt.libvirt.designer import numa
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

BYTES_PER_KIB = 1024


def describe_backing(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                     host_facts: HostFacts, settings: Settings) -> None:
    """Back the memory with huge pages or files, and lock it.

    :raises nova.exception.MemoryPagesUnsupported: if pages are asked for that the
        host does not have, or where files back all memory.
    :raises nova.exception.LockMemoryForbidden: if it is to be locked and has no
        page size.
    """
    backing = vconfig.LibvirtConfigGuestMemoryBacking()
    backing.hugepages = list(_huge_pages(inputs, host_facts, settings))
    is_realtime = hardware.is_realtime_enabled(inputs.flavor)
    backing.sharedpages = not is_realtime
    # Contradictions are refused even where memory is locked anyway.
    is_locked = hardware.get_locked_memory_constraint(
        inputs.flavor, inputs.image_meta)
    backing.locked = is_realtime or bool(is_locked)
    if settings.memory.file_backed_memory_mb:
        _back_with_files(backing)
    if backing != vconfig.LibvirtConfigGuestMemoryBacking():
        guest.membacking = backing


def _back_with_files(backing: vconfig.LibvirtConfigGuestMemoryBacking) -> None:
    backing.filesource = True
    backing.sharedaccess = True
    backing.allocateimmediate = True
    # What a guest that was shut down had in memory need not reach the disk.
    backing.discard = True


def _huge_pages(inputs: GuestInputs, host_facts: HostFacts, settings: Settings,
                ) -> Iterator[vconfig.LibvirtConfigGuestMemoryBackingPage]:
    topology = inputs.instance.numa_topology
    if topology is None or not any(cell.pagesize for cell in topology.cells):
        return
    nodes = hostnuma.host_nodes(host_facts, settings)
    if nodes is None or settings.memory.file_backed_memory_mb:
        raise exception.MemoryPagesUnsupported()
    usual = nodes[0].page_sizes_kb[0]
    for number, cell, _node in numa.placements(inputs, host_facts, settings):
        if cell.pagesize and cell.pagesize > usual:
            yield vconfig.LibvirtConfigGuestMemoryBackingPage(
                size_kb=cell.pagesize, nodeset=[number])


def describe_persistent_memory(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                               host_facts: HostFacts, settings: Settings) -> None:
    """Plug in the persistent memory that was assigned, as memory modules."""
    modules = list(_ordered_modules(inputs))
    if not modules:
        return
    guest.max_memory_size = guest.memory
    guest.max_memory_slots = len(modules)
    for module in modules:
        device = vconfig.LibvirtConfigGuestVPMEM(
            devpath=module.devpath, size_kb=module.size // BYTES_PER_KIB,
            align_kb=module.align // BYTES_PER_KIB)
        guest.max_memory_size += device.target_size
        guest.add_device(device)


def _ordered_modules(inputs: GuestInputs) -> Iterator[Any]:
    """Yield the modules in the order in which the flavor asks for them."""
    instance = inputs.instance
    if not instance.obj_attr_is_set('resources') or not instance.resources:
        return
    left = [resource.metadata for resource in instance.resources
            if resource.obj_attr_is_set('metadata') and resource.metadata]
    for label in hardware.get_vpmems(inputs.flavor):
        module = next((m for m in left if m.label == label), None)
        if module is not None:
            left.remove(module)
            yield module
