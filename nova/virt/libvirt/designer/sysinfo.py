# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the guest reads in its SMBIOS tables."""

import uuid

from nova import exception
from nova.i18n import _
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import machine
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

MACHINE_ID = '/etc/machine-id'


def describe_sysinfo(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                     host_facts: HostFacts, settings: Settings) -> None:
    """Fill the SMBIOS tables; only PCs are given any.

    :raises nova.exception.InternalError: if the serial number is to be that of the
        host's system, and it has none.
    """
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
    if source == 'auto':
        source = 'hardware' if host_facts.machine_id is None else 'os'
    if source == 'os':
        return _of_system(host_facts.machine_id)
    serials: dict[str, str | None] = {
        'unique': inputs.instance.uuid, 'hardware': host_facts.caps.host.uuid}
    return serials.get(source)


def _of_system(machine_id: str | None) -> str:
    if not machine_id:
        raise exception.InternalError(
            err=_('The serial number of guests is to be that in %(path)s, which is '
                  '%(what)s') % {
                      'path': MACHINE_ID,
                      'what': _('missing') if machine_id is None else _('empty')})
    try:
        return str(uuid.UUID(machine_id.split()[0]))
    except ValueError:
        raise exception.InternalError(
            err=_('%(path)s holds no machine id: %(id)r')
            % {'path': MACHINE_ID, 'id': machine_id}) from None
