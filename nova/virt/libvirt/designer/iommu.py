# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""An IOMMU for the guest's own use."""

from nova import exception
from nova.objects import fields
from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import machine
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

_Model = fields.VIOMMUModel


def describe_iommu(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                   host_facts: HostFacts, settings: Settings) -> None:
    """Add the IOMMU that is asked for.

    :raises nova.exception.InvalidVIOMMUArchitecture: if the architecture has none.
    :raises nova.exception.InvalidVIOMMUMachineType: if the machine type has none.
    """
    wanted = hardware.get_viommu_model_constraint(inputs.flavor, inputs.image_meta)
    if wanted is None or settings.virt_type not in machines.FULLY_VIRTUAL:
        return
    arch = machines.guest_arch(inputs, host_facts)
    _verify_machine(arch, guest.os_mach_type)
    iommu = vconfig.LibvirtConfigGuestIOMMU()
    iommu.model = _resolved(wanted, arch, host_facts)
    iommu.interrupt_remapping = True
    iommu.caching_mode = True
    iommu.iotlb = True
    if machine.is_x86(arch):
        iommu.eim = True
        # Interrupts are remapped only if QEMU has all of the I/O APIC.
        guest.add_feature(vconfig.LibvirtConfigGuestFeatureIOAPIC())
    guest.add_device(iommu)


def _verify_machine(arch: str, machine_type: str | None) -> None:
    if not machine.is_x86(arch) and arch != fields.Architecture.AARCH64:
        raise exception.InvalidVIOMMUArchitecture(arch=arch)
    if not machine.has_pcie(arch, machine_type):
        raise exception.InvalidVIOMMUMachineType(mtype=machine_type, arch=arch)


def _resolved(wanted: str, arch: str, host_facts: HostFacts) -> str:
    """Return the model; ``auto`` is virtio where libvirt knows that."""
    if wanted != _Model.AUTO:
        return wanted
    if host_facts.versions.has_virtio_iommu:
        return str(_Model.VIRTIO)
    return str(_Model.INTEL if machine.is_x86(arch) else _Model.SMMUV3)
