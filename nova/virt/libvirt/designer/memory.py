# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What backs the memory of the guest."""

from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings


def describe_backing(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                     host_facts: HostFacts, settings: Settings) -> None:
    """Keep the memory in files, where the operator wants it there."""
    if not settings.memory.file_backed_memory_mb:
        return
    backing = vconfig.LibvirtConfigGuestMemoryBacking()
    backing.filesource = True
    backing.sharedaccess = True
    backing.allocateimmediate = True
    # What a guest that was shut down had in memory need not reach the disk.
    backing.discard = True
    guest.membacking = backing
