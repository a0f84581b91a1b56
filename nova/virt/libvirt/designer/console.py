# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Character devices of the guest: consoles, their log, and agents' channels."""

from nova import exception
from nova.i18n import _
from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import machine
from nova.virt.libvirt.designer import display
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

QEMU_AGENT = 'org.qemu.guest_agent.0'
SPICE_AGENT = 'com.redhat.spice.0'

#: Serial ports of a machine, except for those of IBM Z.
MAX_SERIAL_PORTS = 4


def describe_consoles(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                      host_facts: HostFacts, settings: Settings) -> None:
    """Give the guest a console that is logged, or serial ports that users reach.

    :raises nova.exception.ImageSerialPortNumberExceedFlavorValue: if the image asks
        for more serial ports than the flavor has.
    :raises nova.exception.SerialPortNumberLimitExceeded: if the machine lacks them.
    """
    if settings.virt_type == 'lxc':
        _add(guest, vconfig.LibvirtConfigGuestConsole(), inputs, settings)
    if settings.virt_type not in machines.FULLY_VIRTUAL:
        return
    if settings.console.serial_enabled:
        _add_serial_ports(guest, inputs, host_facts, settings)
        return
    device = _device(inputs, host_facts)
    if isinstance(device, vconfig.LibvirtConfigGuestConsole):
        device.target_type = 'sclp'
    _add(guest, device, inputs, settings)


def _device(inputs: GuestInputs, host_facts: HostFacts,
            ) -> vconfig.LibvirtConfigGuestConsole | vconfig.LibvirtConfigGuestSerial:
    """Return what a machine of this architecture has for a serial port."""
    if machine.is_s390(machines.guest_arch(inputs, host_facts)):
        return vconfig.LibvirtConfigGuestConsole()
    return vconfig.LibvirtConfigGuestSerial()


def _add(guest: vconfig.LibvirtConfigGuest, device: vconfig.LibvirtConfigGuestChar,
         inputs: GuestInputs, settings: Settings) -> None:
    device.type = 'pty'
    device.log = _log(inputs, settings)
    guest.add_device(device)


def _log(inputs: GuestInputs,
         settings: Settings) -> vconfig.LibvirtConfigGuestCharDeviceLog:
    log = vconfig.LibvirtConfigGuestCharDeviceLog()
    log.file = f'{machines.instance_dir(inputs, settings)}/console.log'
    return log


def _add_serial_ports(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                      host_facts: HostFacts, settings: Settings) -> None:
    count = _count_serial_ports(inputs, host_facts, settings)
    if _has_serial_ports(inputs.allotted.existing_domain):
        return
    ports = inputs.allotted.serial_ports[:count]
    if len(ports) < count:
        raise exception.InvalidInput(
            reason=_('%(allotted)d ports were allotted for %(count)d serial consoles')
            % {'allotted': len(ports), 'count': count})
    for index, port in enumerate(ports):
        device = _device(inputs, host_facts)
        device.type = 'tcp'
        device.listen_host = settings.console.serial_listen
        device.listen_port = port
        if index == 0:
            device.log = _log(inputs, settings)
        guest.add_device(device)


def _count_serial_ports(inputs: GuestInputs, host_facts: HostFacts,
                        settings: Settings) -> int:
    count = hardware.get_number_of_serial_ports(inputs.flavor, inputs.image_meta)
    is_limited = not machine.is_s390(machines.guest_arch(inputs, host_facts))
    if is_limited and count > MAX_SERIAL_PORTS:
        raise exception.SerialPortNumberLimitExceeded(
            allowed=MAX_SERIAL_PORTS, virt_type=settings.virt_type)
    return max(count, 1)


def _has_serial_ports(domain: vconfig.LibvirtConfigGuest | None) -> bool:
    return domain is not None and any(
        isinstance(device, vconfig.LibvirtConfigGuestChar) and device.type == 'tcp'
        for device in domain.devices)


def describe_agents(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                    host_facts: HostFacts, settings: Settings) -> None:
    """Add the channels that agents inside the guest listen on."""
    if settings.virt_type not in machines.FULLY_VIRTUAL:
        return
    if display.has_spice_agent(settings):
        channel = vconfig.LibvirtConfigGuestChannel()
        channel.type = 'spicevmc'
        channel.target_name = SPICE_AGENT
        guest.add_device(channel)
    if inputs.image_meta.properties.get('hw_qemu_guest_agent'):
        channel = vconfig.LibvirtConfigGuestChannel()
        channel.type = 'unix'
        channel.target_name = QEMU_AGENT
        channel.source_path = (
            f'/var/lib/libvirt/qemu/{QEMU_AGENT}.{inputs.name}.sock')
        guest.add_device(channel)
