# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Devices of a domain: found, attached, and asked to be detached."""

from collections.abc import Iterable
from typing import Any

import libvirt

from nova import exception
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import domain as libvirt_domain
from nova.virt.libvirt import errors

Device = Any

#: What tells two devices of a class apart, by the class; all must be the same.
_IDENTITY: dict[type[Any], tuple[str, ...]] = {
    vconfig.LibvirtConfigGuestDisk: ('target_dev',),
    vconfig.LibvirtConfigGuestInterface: ('mac_addr',),
    vconfig.LibvirtConfigGuestHostdevPCI: ('domain', 'bus', 'slot', 'function'),
    vconfig.LibvirtConfigGuestHostdevMDEV: ('uuid',),
    vconfig.LibvirtConfigGuestFilesys: ('target_dir',),
    vconfig.LibvirtConfigGuestChannel: ('target_name',),
}


# Finding

def is_same(one: Device, other: Device) -> bool:
    """Tell whether two descriptions are of the same device."""
    if type(one) is not type(other):
        return False
    if one.alias and other.alias:
        return bool(one.alias == other.alias)
    names = _IDENTITY.get(type(one))
    if names is None:
        return _is_part(one, other) or _is_part(other, one)
    return all(_comparable(getattr(one, name)) == _comparable(getattr(other, name))
               for name in names)


def _comparable(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _is_part(one: Device, other: Device) -> bool:
    """Tell whether all that one says the other says too; libvirt adds its own."""
    return all(getattr(other, name) == value for name, value in vars(one).items()
               if name in type(one)._fields and value not in (None, [], False))


def find(devices: Iterable[Device], wanted: Device) -> Device | None:
    """Return the device that a description is of, as it is listed."""
    return next((device for device in devices if is_same(device, wanted)), None)


def name_of(device: Device) -> str:
    """Return what people call a device."""
    identity = _IDENTITY.get(type(device), ())
    named = [str(getattr(device, name)) for name in identity]
    return ' '.join([device.root_name, *(named or [device.alias or ''])]).strip()


def listed(domain: libvirt_domain.Domain, persistent: bool) -> list[Device]:
    """Return the devices of what runs, or of the definition."""
    flags = libvirt.VIR_DOMAIN_XML_INACTIVE if persistent else 0
    with domain.asked() as raw:
        xml = raw.XMLDesc(flags)
    conf = vconfig.LibvirtConfigGuest()
    conf.parse_str(xml)
    return list(conf.devices)


# Attaching

def attach(domain: libvirt_domain.Domain, device: Device, persistent: bool,
           live: bool) -> None:
    """Give the domain a device.

    After a failure it has it neither now nor at its next start.

    :raises nova.exception.InternalError: for what libvirt or QEMU refused.
    """
    flags = libvirt_domain.affecting(persistent, live)
    with domain.asked() as raw:
        raw.attachDeviceFlags(device.to_xml(), flags)


def update(domain: libvirt_domain.Domain, device: Device, persistent: bool,
           live: bool) -> None:
    """Change a device of the domain in place.

    After a failure it is what it was.

    :raises nova.exception.InternalError: for what libvirt or QEMU refused.
    """
    flags = libvirt_domain.affecting(persistent, live)
    with domain.asked() as raw:
        raw.updateDeviceFlags(device.to_xml(), flags)


# Detaching

def detach(domain: libvirt_domain.Domain, device: Device, persistent: bool,
           live: bool) -> None:
    """Take a device out of the definition; ask the guest to let go of it.

    Without a failure the guest still has it until the event says otherwise.

    :raises nova.exception.DeviceNotFound: if there is no such device.
    """
    flags = libvirt_domain.affecting(persistent, live)
    try:
        with domain.asked() as raw:
            raw.detachDeviceFlags(device.to_xml(), flags)
    except exception.InternalError as error:
        if not errors.is_device_missing(error.__cause__):
            raise
        raise exception.DeviceNotFound(device=name_of(device)) from error
