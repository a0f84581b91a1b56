# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The CPU that the guest sees."""

from collections.abc import Iterator

from nova import exception
from nova.i18n import _
from nova.objects import fields
from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import machine
from nova.virt.libvirt.designer import cputraits
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

#: What QEMU emulates best where there is no CPU of the host to take after.
_EMULATED_MODELS = {
    fields.Architecture.AARCH64: 'cortex-a57',
    fields.Architecture.PPC64LE: 'POWER8',
    fields.Architecture.MIPSEL: '24Kf-mips',
}

#: QEMU's name for a CPU with all that it can emulate or pass through.
_BEST_MODEL = 'max'


def describe_cpu(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                 host_facts: HostFacts, settings: Settings) -> None:
    """Give a virtual machine its CPU."""
    guest.cpu = get_guest_cpu_config(inputs, host_facts, settings)


def get_guest_cpu_config(inputs: GuestInputs, host_facts: HostFacts,
                         settings: Settings) -> vconfig.LibvirtConfigGuestCPU | None:
    """Return model and topology of the CPU; None for guests that share the host's.

    :raises nova.exception.InvalidCPUInfo: for a model that libvirt does not know.
    :raises nova.exception.ImageVCPULimitsRangeImpossible: if no topology within
        the limits has the flavor's number of CPUs.
    """
    cpu = get_guest_cpu_model_config(inputs, host_facts, settings)
    if cpu is None:
        return None
    topology = hardware.get_best_cpu_topology(
        inputs.flavor, inputs.image_meta,
        numa_topology=inputs.instance.numa_topology)
    cpu.sockets = topology.sockets
    cpu.cores = topology.cores
    cpu.threads = topology.threads
    cpu.maxphysaddr = _maxphysaddr(inputs)
    return cpu


def get_guest_cpu_model_config(
    inputs: GuestInputs, host_facts: HostFacts, settings: Settings,
) -> vconfig.LibvirtConfigGuestCPU | None:
    """Return mode, model and features of the CPU.

    :raises nova.exception.InvalidCPUInfo: for a model that libvirt does not know.
    """
    is_virtual = settings.virt_type in machines.FULLY_VIRTUAL
    if not is_virtual and settings.cpu.mode in (None, 'none'):
        return None
    cpu = vconfig.LibvirtConfigGuestCPU()
    if is_virtual and machines.is_emulated(inputs, host_facts):
        cpu.model = _EMULATED_MODELS.get(machines.guest_arch(inputs, host_facts))
        return cpu
    mode = settings.cpu.mode or _default_mode(inputs, host_facts)
    if mode == 'none':
        return cpu
    cpu.mode = mode
    if mode == 'custom':
        cpu.model = _custom_model(inputs, host_facts, settings)
    for name, policy in _extra_flags(settings.cpu.extra_flags):
        feature = vconfig.LibvirtConfigGuestCPUFeature(name)
        feature.policy = policy
        cpu.add_feature(feature)
    return cpu


def _default_mode(inputs: GuestInputs, host_facts: HostFacts) -> str:
    return 'host-passthrough' if _is_arm(inputs, host_facts) else 'host-model'


def _is_arm(inputs: GuestInputs, host_facts: HostFacts) -> bool:
    """Tell whether the CPU is one that libvirt has no models of."""
    return machines.guest_arch(inputs, host_facts) == fields.Architecture.AARCH64


def _custom_model(inputs: GuestInputs, host_facts: HostFacts,
                  settings: Settings) -> str | None:
    """Return the plainest configured model that has the features asked for."""
    models = [_known_model(model, host_facts) for model in settings.cpu.models]
    wanted = cputraits.required_features(inputs.flavor)
    if not models:
        return _BEST_MODEL if _is_arm(inputs, host_facts) else None
    if not wanted:
        return models[0]
    for model in models:
        if wanted <= host_facts.cpus.model_features.get(model, frozenset()):
            return model
    raise exception.InvalidCPUInfo(
        reason=_('None of the CPU models %(models)s has the features %(features)s')
        % {'models': ', '.join(models), 'features': ', '.join(sorted(wanted))})


def _known_model(model: str, host_facts: HostFacts) -> str:
    """Return the model as libvirt spells it."""
    arch = host_facts.arch
    names = host_facts.cpus.model_names.get(arch, ())
    for name in names:
        if name.lower() == model.lower():
            return name
    if machine.is_x86(arch) or machine.is_power(arch):
        raise exception.InvalidCPUInfo(
            reason=_('Configured CPU model %(model)s is not known for %(arch)s; '
                     'known are: %(names)s')
            % {'model': model, 'arch': arch, 'names': ', '.join(names)})
    return model


def _extra_flags(flags: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for flag in flags:
        name = flag.lower().lstrip('+-')
        yield name, 'disable' if flag.startswith('-') else 'require'


def _maxphysaddr(inputs: GuestInputs,
                 ) -> vconfig.LibvirtConfigGuestCPUMaxPhysAddr | None:
    mode = hardware.get_maxphysaddr_mode(inputs.flavor, inputs.image_meta)
    if mode is None:
        return None
    conf = vconfig.LibvirtConfigGuestCPUMaxPhysAddr()
    conf.mode = mode
    conf.bits = hardware.get_maxphysaddr_bits(inputs.flavor, inputs.image_meta)
    return conf
