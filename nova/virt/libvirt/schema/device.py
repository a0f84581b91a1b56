# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What every device is, and where devices sit."""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import HEX1
from nova.virt.libvirt.schema.convert import HEX2
from nova.virt.libvirt.schema.convert import HEX4
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.mapping import Attr


class LibvirtConfigGuestDevice(LibvirtConfigObject):
    """A device of a domain."""


class LibvirtConfigGuestDeviceAddress(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#device-addresses"""

    root_name = 'address'

    type = Attr('@type')

    def format_address(self) -> str | None:
        """Return the address as one string; None when the kind has no such form."""
        return None


class LibvirtConfigGuestDeviceAddressDrive(LibvirtConfigGuestDeviceAddress):
    """``<address type='drive' controller='0' bus='0' target='0' unit='0'/>``"""

    recognised_by = {'type': 'drive'}

    type = Attr('@type', default='drive')
    controller = Attr('@controller', INT)
    bus = Attr('@bus', INT)
    target = Attr('@target', INT)
    unit = Attr('@unit', INT)

    def format_address(self) -> str | None:
        if self.controller is None:
            return None
        parts = (self.controller, self.bus, self.target, self.unit)
        return ':'.join(str(part or 0) for part in parts)


class LibvirtConfigGuestDeviceAddressPCI(LibvirtConfigGuestDeviceAddress):
    """``<address type='pci' domain='0x0000' bus='0x00' slot='0x03' .../>``"""

    recognised_by = {'type': 'pci'}

    type = Attr('@type', default='pci')
    domain = Attr('@domain', HEX4)
    bus = Attr('@bus', HEX2)
    slot = Attr('@slot', HEX2)
    function = Attr('@function', HEX1)

    def format_address(self) -> str | None:
        if self.domain is None:
            return None
        domain, bus, slot, function = (
            part if isinstance(part, int) else int(part or '0', 16)
            for part in (self.domain, self.bus, self.slot, self.function))
        return f'{domain:04x}:{bus:02x}:{slot:02x}.{function:x}'


#: The kinds of address, to choose from.
ADDRESSES = (LibvirtConfigGuestDeviceAddressDrive, LibvirtConfigGuestDeviceAddressPCI,
             LibvirtConfigGuestDeviceAddress)
