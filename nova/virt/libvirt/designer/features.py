# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the virtual hardware shows of itself to the guest's OS."""

from oslo_utils import strutils

from nova.objects import fields
from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import machine
from nova.virt.libvirt.designer import guestos
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer import security
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

#: Retries before a waiting virtual CPU yields, as Microsoft advises.
SPINLOCK_RETRIES = 8191


def describe_features(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                      host_facts: HostFacts, settings: Settings) -> None:
    """Give a virtual machine ACPI and the like."""
    if settings.virt_type not in machines.FULLY_VIRTUAL:
        return
    guest.add_feature(vconfig.LibvirtConfigGuestFeatureACPI())
    if not settings.machine.disable_apic:
        guest.add_feature(vconfig.LibvirtConfigGuestFeatureAPIC())
    if _has_vmcoreinfo(inputs, host_facts, settings):
        guest.add_feature(vconfig.LibvirtConfigGuestFeatureVMCoreInfo())
    if _hides_hypervisor(inputs):
        guest.add_feature(vconfig.LibvirtConfigGuestFeatureKvmHidden())
    pmu = hardware.get_pmu_constraint(inputs.flavor, inputs.image_meta)
    if pmu is not None:
        guest.add_feature(vconfig.LibvirtConfigGuestFeaturePMU(pmu))
    if settings.virt_type == 'qemu' and settings.machine.tb_cache_size_mb:
        guest.add_feature(vconfig.LibvirtConfigGuestFeatureTCG(
            settings.machine.tb_cache_size_mb))


def _has_vmcoreinfo(inputs: GuestInputs, host_facts: HostFacts,
                    settings: Settings) -> bool:
    arch = machines.guest_arch(inputs, host_facts)
    if not machine.is_x86(arch) and arch != fields.Architecture.AARCH64:
        return False
    # Nobody outside could read a dump of encrypted memory.
    return security.memory_encryption(inputs, host_facts, settings) is None


def _hides_hypervisor(inputs: GuestInputs) -> bool:
    specs = inputs.flavor.extra_specs
    by_image = inputs.image_meta.properties.get('img_hide_hypervisor_id')
    return bool(by_image) or any(
        strutils.bool_from_string(specs.get(name))
        for name in ('hw:hide_hypervisor_id', 'hide_hypervisor_id'))


def describe_hyperv(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                    host_facts: HostFacts, settings: Settings) -> None:
    """Show Windows the hypervisor that it was made for."""
    if settings.virt_type not in machines.FULLY_VIRTUAL:
        return
    if not guestos.knows_hyperv(inputs.instance.os_type, inputs.guest_os):
        return
    hyperv = vconfig.LibvirtConfigGuestFeatureHyperV()
    for name in ('relaxed', 'vapic', 'spinlocks', 'vpindex', 'runtime', 'synic',
                 'reset', 'frequencies', 'tlbflush', 'ipi'):
        setattr(hyperv, name, True)
    hyperv.spinlock_retries = SPINLOCK_RETRIES
    if _hides_hypervisor(inputs):
        hyperv.vendorid_spoof = True
    guest.add_feature(hyperv)
