# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The bill of materials of a guest."""

from collections.abc import Callable

from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer import boot
from nova.virt.libvirt.designer import clock
from nova.virt.libvirt.designer import console
from nova.virt.libvirt.designer import controller
from nova.virt.libvirt.designer import cpu
from nova.virt.libvirt.designer import display
from nova.virt.libvirt.designer import features
from nova.virt.libvirt.designer import hostdev
from nova.virt.libvirt.designer import identity
from nova.virt.libvirt.designer import interface
from nova.virt.libvirt.designer import iommu
from nova.virt.libvirt.designer import memory
from nova.virt.libvirt.designer import metadata
from nova.virt.libvirt.designer import numa
from nova.virt.libvirt.designer import peripherals
from nova.virt.libvirt.designer import security
from nova.virt.libvirt.designer import share
from nova.virt.libvirt.designer import storage
from nova.virt.libvirt.designer import sysinfo
from nova.virt.libvirt.designer import tune
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

Step = Callable[[vconfig.LibvirtConfigGuest, GuestInputs, HostFacts, Settings], None]

#: In the order of their devices in the document.
STEPS: tuple[Step, ...] = (
    identity.describe_identity,
    identity.describe_id_maps,
    metadata.describe_metadata,
    memory.describe_backing,
    tune.describe_cpu_placement,
    tune.describe_quotas,
    tune.describe_perf_events,
    cpu.describe_cpu,
    numa.describe_nodes,
    numa.describe_placement,
    sysinfo.describe_sysinfo,
    boot.describe_os,
    boot.describe_firmware,
    boot.describe_kernel,
    boot.describe_boot_order,
    features.describe_features,
    features.describe_hyperv,
    clock.describe_clock,
    security.describe_launch_security,
    storage.describe_storage,
    share.describe_shares,
    interface.describe_interfaces,
    hostdev.describe_pci_devices,
    hostdev.describe_mediated_devices,
    hostdev.describe_accelerators,
    console.describe_consoles,
    console.describe_agents,
    display.describe_graphics,
    display.describe_video,
    display.describe_inputs,
    security.describe_tpm,
    peripherals.describe_rng,
    peripherals.describe_sound,
    peripherals.describe_usb_redirection,
    peripherals.describe_watchdog,
    peripherals.describe_balloon,
    memory.describe_persistent_memory,
    iommu.describe_iommu,
)

#: Steps that depend on what the others put into the guest.
FINISHING_STEPS: tuple[Step, ...] = (
    controller.describe_pcie_ports,
    controller.describe_usb_controller,
)


def design_guest(inputs: GuestInputs, host_facts: HostFacts,
                 settings: Settings) -> vconfig.LibvirtConfigGuest:
    """Describe a guest; asks nothing, changes nothing of what it was given.

    :raises nova.exception.NovaException: for what the host lacks, or what flavor
        and image contradict each other in.
    """
    guest = vconfig.LibvirtConfigGuest()
    for step in STEPS + FINISHING_STEPS:
        step(guest, inputs, host_facts, settings)
    return guest
