# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the guest reads in its SMBIOS tables."""

import uuid

from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import machine
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings


def describe_sysinfo(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                     host_facts: HostFacts, settings: Settings) -> None:
    """Fill the SMBIOS tables; only PCs are given any."""
    if settings.virt_type not in machines.FULLY_VIRTUAL:
        return
    if not machine.is_x86(machines.guest_arch(inputs, host_facts)):
        return
    guest.sysinfo = get_guest_config_sysinfo(inputs, host_facts, settings)
    guest.os_smbios = vconfig.LibvirtConfigGuestSMBIOS()


def get_guest_config_sysinfo(inputs: GuestInputs, host_facts: HostFacts,
                             settings: Settings) -> vconfig.LibvirtConfigGuestSysinfo:
    """Return the system's maker, name, version and numbers."""
    sysinfo = vconfig.LibvirtConfigGuestSysinfo()
    sysinfo.system_manufacturer = settings.product.vendor
    sysinfo.system_product = settings.product.product
    sysinfo.system_version = settings.product.package_version
    sysinfo.system_serial = _serial(inputs, host_facts, settings.sysinfo_serial)
    sysinfo.system_uuid = inputs.instance.uuid
    sysinfo.system_family = 'Virtual Machine'
    return sysinfo


def _serial(inputs: GuestInputs, host_facts: HostFacts, source: str) -> str | None:
    from_os = host_facts.machine_id and str(uuid.UUID(host_facts.machine_id))
    hardware: str | None = host_facts.caps.host.uuid
    serials: dict[str, str | None] = {
        'unique': inputs.instance.uuid, 'os': from_os, 'hardware': hardware,
        'auto': from_os or hardware}
    return serials.get(source)
