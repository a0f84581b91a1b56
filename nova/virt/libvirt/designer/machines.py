# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Architecture, machine and domain type of the guest that is being described."""

from nova.virt.libvirt import machine
from nova.virt.libvirt.designer.guestos import Board
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

FULLY_VIRTUAL = ('kvm', 'qemu')


def guest_arch(inputs: GuestInputs, host_facts: HostFacts) -> str:
    """Return the architecture of the guest."""
    return machine.get_arch(inputs.image_meta, host_facts.arch)


def is_emulated(inputs: GuestInputs, host_facts: HostFacts) -> bool:
    """Tell whether the image asks for another architecture than the host's."""
    emulated = inputs.image_meta.properties.get('hw_emulation_architecture')
    return bool(emulated) and emulated != host_facts.arch


def domain_type(inputs: GuestInputs, host_facts: HostFacts, settings: Settings) -> str:
    """Return the type of the domain: KVM cannot run foreign architectures."""
    if settings.virt_type == 'kvm' and is_emulated(inputs, host_facts):
        return 'qemu'
    return settings.virt_type


def machine_type(inputs: GuestInputs, host_facts: HostFacts,
                 settings: Settings) -> str | None:
    """Return the machine type; only virtual machines have any."""
    if settings.virt_type not in FULLY_VIRTUAL:
        return None
    return machine.get_machine_type(
        inputs.image_meta, guest_arch(inputs, host_facts),
        settings.machine.machine_types)


def board(inputs: GuestInputs, host_facts: HostFacts, settings: Settings) -> Board:
    """Return the machine, for those who choose devices for it."""
    return Board(guest_arch(inputs, host_facts),
                 machine_type(inputs, host_facts, settings))


def instance_dir(inputs: GuestInputs, settings: Settings) -> str:
    """Return the folder that holds the files of the instance."""
    return f'{settings.disk.instances_path}/{inputs.instance.uuid}'
