# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Controllers, once it is known what is to be connected to them."""

from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import machine
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings


def describe_pcie_ports(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                        host_facts: HostFacts, settings: Settings) -> None:
    """Leave PCI Express ports free for devices that are plugged in later."""
    arch = machines.guest_arch(inputs, host_facts)
    machine_type = machines.machine_type(inputs, host_facts, settings)
    if not settings.machine.num_pcie_ports:
        return
    if not machine.has_pcie(arch, machine_type):
        return
    guest.add_device(vconfig.LibvirtConfigGuestPCIeRootController())
    for _index in range(settings.machine.num_pcie_ports):
        guest.add_device(vconfig.LibvirtConfigGuestPCIeRootPortController())


def describe_usb_controller(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                            host_facts: HostFacts, settings: Settings) -> None:
    """Add the one USB controller, or say that there is to be none.

    libvirt would add one of its own to a guest that says nothing.
    """
    controller = vconfig.LibvirtConfigGuestUSBHostController()
    controller.index = 0
    if not _needs_usb(guest, inputs, host_facts):
        controller.model = hardware.get_usb_model(
            inputs.flavor, inputs.image_meta) or _model_of_rest(guest)
    guest.add_device(controller)


def _model_of_rest(guest: vconfig.LibvirtConfigGuest) -> str | None:
    """Return the model where nothing needs one: what is plugged in later may."""
    if guest.devices_of(vconfig.LibvirtConfigGuestUSBRedirect):
        return None
    return 'none'


def _needs_usb(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
               host_facts: HostFacts) -> bool:
    # The firmware of POWER machines wants one for its keyboard.
    if machine.is_power(machines.guest_arch(inputs, host_facts)):
        return True
    return any(_is_usb(device) for device in guest.devices)


def _is_usb(device: vconfig.LibvirtConfigGuestDevice) -> bool:
    if isinstance(device, vconfig.LibvirtConfigGuestDisk):
        return bool(device.target_bus == 'usb')
    if isinstance(device, vconfig.LibvirtConfigGuestInput):
        return bool(device.bus == 'usb')
    return (isinstance(device, vconfig.LibvirtConfigGuestHostdev)
            and device.type == 'usb')
