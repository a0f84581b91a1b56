# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the guest boots, and how."""

from oslo_utils import strutils

from nova import exception
from nova.objects import fields
from nova.virt import hardware
from nova.virt.libvirt import blockinfo
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import machine
from nova.virt.libvirt.designer import guestos
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

#: Consoles that a kernel given to the guest writes to.
CONSOLE = 'console=tty0 console=ttyS0 console=hvc0'
INIT_PATH = '/sbin/init'


def describe_os(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                host_facts: HostFacts, settings: Settings) -> None:
    """Set what kind of system the guest is: a machine, or a container's init."""
    default = (fields.VMMode.EXE if settings.virt_type == 'lxc'
               else fields.VMMode.HVM)
    guest.os_type = inputs.instance.vm_mode or default
    if settings.virt_type in machines.FULLY_VIRTUAL:
        guest.os_arch = machines.guest_arch(inputs, host_facts)
        guest.os_mach_type = machines.machine_type(inputs, host_facts, settings)
    if guest.os_type == fields.VMMode.EXE:
        guest.os_init_path = INIT_PATH
    if settings.virt_type == 'lxc':
        guest.os_cmdline = CONSOLE
        guest.os_init_env['product_name'] = settings.product.product


def describe_firmware(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                      host_facts: HostFacts, settings: Settings) -> None:
    """Give a guest that asks for UEFI, or starts from nothing else, its firmware.

    :raises nova.exception.UEFINotSupported: if the host has none.
    :raises nova.exception.SecureBootNotSupported: if it is required and either
        the host or the machine type cannot have it.
    """
    if settings.virt_type not in machines.FULLY_VIRTUAL:
        return
    if not _wants_uefi(inputs, host_facts):
        return
    if not _any_os_caps(host_facts, 'uefi_supported'):
        raise exception.UEFINotSupported()
    secure = _secure_boot(inputs, host_facts, settings)
    stateless = hardware.get_stateless_firmware_constraint(inputs.image_meta)
    if _keep_firmware(guest, inputs):
        return
    guest.os_firmware = 'efi'
    guest.os_firmware_secure = secure
    if host_facts.versions.takes_secure_loader_with_firmware:
        guest.os_loader_secure = secure
    guest.os_loader_stateless = stateless or None


def _wants_uefi(inputs: GuestInputs, host_facts: HostFacts) -> bool:
    wanted = inputs.image_meta.properties.get('hw_firmware_type')
    if wanted is not None:
        return bool(wanted == fields.FirmwareType.UEFI)
    # ARM machines have no other firmware.
    if machines.guest_arch(inputs, host_facts) == fields.Architecture.AARCH64:
        return True
    choice = choose_firmware(inputs, host_facts)
    return choice is not None and choice.value == fields.FirmwareType.UEFI


def choose_firmware(inputs: GuestInputs,
                    host_facts: HostFacts) -> guestos.Choice | None:
    """Choose the firmware by the guest's system, where the image asks for none."""
    return guestos.firmware(
        inputs.guest_os, _any_os_caps(host_facts, 'uefi_supported'))


def _any_os_caps(host_facts: HostFacts, name: str) -> bool:
    return any(caps.os is not None and getattr(caps.os, name)
               for machine_types in host_facts.domain_caps.values()
               for caps in machine_types.values())


def _secure_boot(inputs: GuestInputs, host_facts: HostFacts,
                 settings: Settings) -> bool:
    wanted = hardware.get_secure_boot_constraint(inputs.flavor, inputs.image_meta)
    if wanted not in (fields.SecureBoot.REQUIRED, fields.SecureBoot.OPTIONAL):
        return False
    possible = _can_boot_securely(inputs, host_facts, settings)
    if wanted == fields.SecureBoot.REQUIRED and not possible:
        raise exception.SecureBootNotSupported()
    return possible


def _can_boot_securely(inputs: GuestInputs, host_facts: HostFacts,
                       settings: Settings) -> bool:
    if not _any_os_caps(host_facts, 'secure_boot_supported'):
        return False
    # A PC without PCI Express has no SMM to protect the variables with.
    if not machine.is_x86(machines.guest_arch(inputs, host_facts)):
        return True
    return machine.is_q35(machines.machine_type(inputs, host_facts, settings))


def _keep_firmware(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs) -> bool:
    """Keep the files of an existing domain, so that its variables still fit."""
    existing = inputs.allotted.existing_domain
    if existing is None:
        return False
    if existing.os_loader not in inputs.allotted.existing_files:
        return False
    for name in ('os_loader', 'os_loader_type', 'os_loader_readonly',
                 'os_loader_secure', 'os_loader_stateless', 'os_nvram',
                 'os_nvram_template'):
        setattr(guest, name, getattr(existing, name))
    for feature in existing.features:
        if isinstance(feature, vconfig.LibvirtConfigGuestFeatureSMM):
            guest.add_feature(feature)
    return True


def describe_kernel(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                    host_facts: HostFacts, settings: Settings) -> None:
    """Start a guest whose image has a kernel beside it from that kernel."""
    if settings.virt_type == 'lxc':
        return
    kernel, ramdisk = _kernel_and_ramdisk(inputs)
    folder = machines.instance_dir(inputs, settings)
    suffix = '.rescue' if inputs.rescue else ''
    if kernel:
        guest.os_kernel = f'{folder}/kernel{suffix}'
        guest.os_cmdline = _cmdline(inputs, settings)
    # Only a rescue names a ramdisk without a kernel.
    if ramdisk and (kernel or inputs.rescue):
        guest.os_initrd = f'{folder}/ramdisk{suffix}'


def _kernel_and_ramdisk(inputs: GuestInputs) -> tuple[str | None, str | None]:
    rescue, instance = inputs.rescue, inputs.instance
    if rescue is None:
        return instance.kernel_id, instance.ramdisk_id
    return (rescue.kernel_id or instance.kernel_id,
            rescue.ramdisk_id or instance.ramdisk_id)


def _cmdline(inputs: GuestInputs, settings: Settings) -> str:
    given: str | None = inputs.image_meta.properties.get('os_command_line')
    if given:
        return given
    root = inputs.disk_info['mapping']['root']['dev']
    # Emulation is too slow for the kernel's check of its timers.
    tail = ' no_timer_check' if settings.virt_type == 'qemu' else ''
    return f'root=/dev/{root} {CONSOLE}{tail}'


def describe_boot_order(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                        host_facts: HostFacts, settings: Settings) -> None:
    """Say which kinds of device to boot from, and whether to offer a menu."""
    if settings.virt_type == 'lxc':
        return
    if not guest.os_kernel and inputs.rescue is None:
        guest.os_boot_dev = blockinfo.get_boot_order(inputs.disk_info)
    if settings.virt_type in machines.FULLY_VIRTUAL:
        guest.os_bootmenu = _wants_boot_menu(inputs)


def _wants_boot_menu(inputs: GuestInputs) -> bool:
    by_image = inputs.image_meta.properties.get('hw_boot_menu')
    if by_image is not None:
        return bool(by_image)
    return strutils.bool_from_string(inputs.flavor.extra_specs.get('hw:boot_menu'))
