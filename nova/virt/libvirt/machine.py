# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which architecture and machine type a guest has."""

from collections.abc import Iterable

from nova import objects
from nova.objects import fields

_X86 = (fields.Architecture.I686, fields.Architecture.X86_64)
_POWER = (fields.Architecture.PPC, fields.Architecture.PPC64,
          fields.Architecture.PPC64LE)
_S390 = (fields.Architecture.S390, fields.Architecture.S390X)
_ARM = (fields.Architecture.ARMV7L, fields.Architecture.AARCH64)

_DEFAULT_MACHINE_TYPES = {
    **dict.fromkeys(_X86, 'pc'),
    **dict.fromkeys(_POWER, 'pseries'),
    **dict.fromkeys(_S390, 's390-ccw-virtio'),
    **dict.fromkeys(_ARM, 'virt'),
}


def is_x86(arch: str) -> bool:
    """Tell whether this is a PC."""
    return arch in _X86


def is_power(arch: str) -> bool:
    """Tell whether this is a POWER machine."""
    return arch in _POWER


def is_s390(arch: str) -> bool:
    """Tell whether this is an IBM Z machine."""
    return arch in _S390


def get_arch(image_meta: 'objects.ImageMeta', host_arch: str) -> str:
    """Return the architecture that the guest shows to what runs in it.

    It is the host's, unless the image asks to be emulated on another one.
    """
    properties = image_meta.properties
    return (properties.get('hw_emulation_architecture')
            or properties.get('hw_architecture') or host_arch)


def get_machine_type(image_meta: 'objects.ImageMeta', arch: str,
                     configured: Iterable[str] = ()) -> str | None:
    """Return the machine type; None leaves the choice to libvirt.

    :param configured: ``ARCH=MACHINE`` entries; what has another form is ignored.
    """
    return (image_meta.properties.get('hw_machine_type')
            or get_default_machine_type(arch, configured))


def get_default_machine_type(arch: str, configured: Iterable[str] = ()) -> str | None:
    """Return the machine type of guests that do not ask for one."""
    for entry in configured:
        name, separator, machine = entry.strip().partition('=')
        if separator and name == arch:
            return machine
    return _DEFAULT_MACHINE_TYPES.get(arch)


def is_q35(machine_type: str | None) -> bool:
    """Tell whether this is a PC with PCI Express, under any version of its name."""
    return bool(machine_type) and 'q35' in str(machine_type)


def has_pcie(arch: str, machine_type: str | None) -> bool:
    """Tell whether devices sit on PCI Express root ports."""
    return is_q35(machine_type) or (
        arch == fields.Architecture.AARCH64 and 'virt' in (machine_type or ''))
