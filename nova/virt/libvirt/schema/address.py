# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Where a device sits in the guest."""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import HEX1
from nova.virt.libvirt.schema.convert import HEX2
from nova.virt.libvirt.schema.convert import HEX4
from nova.virt.libvirt.schema.convert import HEX8
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.mapping import Attr


class LibvirtConfigGuestDeviceAddress(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#device-addresses

    Of itself the kind that says no more: ``unassigned``, ``virtio-mmio``.
    """

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
    multifunction = Attr('@multifunction', ONOFF)

    # <zpci>: what a guest of s390x sees instead
    zpci_uid = Attr('zpci/@uid', HEX4)
    zpci_fid = Attr('zpci/@fid', HEX8)

    def format_address(self) -> str | None:
        if self.domain is None:
            return None
        domain, bus, slot, function = (
            part if isinstance(part, int) else int(part or '0', 16)
            for part in (self.domain, self.bus, self.slot, self.function))
        return f'{domain:04x}:{bus:02x}:{slot:02x}.{function:x}'


class LibvirtConfigGuestDeviceAddressVirtioSerial(LibvirtConfigGuestDeviceAddress):
    """``<address type='virtio-serial' controller='0' bus='0' port='1'/>``"""

    recognised_by = {'type': 'virtio-serial'}

    type = Attr('@type', default='virtio-serial')
    controller = Attr('@controller', INT)
    bus = Attr('@bus', INT)
    port = Attr('@port', INT)


class LibvirtConfigGuestDeviceAddressUSB(LibvirtConfigGuestDeviceAddress):
    """``<address type='usb' bus='0' port='1.2'/>``"""

    recognised_by = {'type': 'usb'}

    type = Attr('@type', default='usb')
    bus = Attr('@bus', INT)
    port = Attr('@port')


class LibvirtConfigGuestDeviceAddressCCW(LibvirtConfigGuestDeviceAddress):
    """``<address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0001'/>``"""

    recognised_by = {'type': 'ccw'}

    type = Attr('@type', default='ccw')
    cssid = Attr('@cssid', HEX2)
    ssid = Attr('@ssid', HEX1)
    devno = Attr('@devno', HEX4)


class LibvirtConfigGuestDeviceAddressCCID(LibvirtConfigGuestDeviceAddress):
    """``<address type='ccid' controller='0' slot='0'/>``: a smartcard's"""

    recognised_by = {'type': 'ccid'}

    type = Attr('@type', default='ccid')
    controller = Attr('@controller', INT)
    slot = Attr('@slot', INT)


class LibvirtConfigGuestDeviceAddressISA(LibvirtConfigGuestDeviceAddress):
    """``<address type='isa' iobase='0x505' irq='0x1'/>``"""

    recognised_by = {'type': 'isa'}

    type = Attr('@type', default='isa')
    iobase = Attr('@iobase', HEX1)
    irq = Attr('@irq', HEX1)


class LibvirtConfigGuestDeviceAddressDIMM(LibvirtConfigGuestDeviceAddress):
    """``<address type='dimm' slot='0' base='0x100000000'/>``"""

    recognised_by = {'type': 'dimm'}

    type = Attr('@type', default='dimm')
    slot = Attr('@slot', INT)
    base = Attr('@base', HEX1)


class LibvirtConfigGuestDeviceAddressSpaprVIO(LibvirtConfigGuestDeviceAddress):
    """``<address type='spapr-vio' reg='0x2000'/>``"""

    recognised_by = {'type': 'spapr-vio'}

    type = Attr('@type', default='spapr-vio')
    reg = Attr('@reg', HEX1)


#: The kinds of address, to choose from.
ADDRESSES = (
    LibvirtConfigGuestDeviceAddressDrive, LibvirtConfigGuestDeviceAddressPCI,
    LibvirtConfigGuestDeviceAddressVirtioSerial, LibvirtConfigGuestDeviceAddressUSB,
    LibvirtConfigGuestDeviceAddressCCW, LibvirtConfigGuestDeviceAddressCCID,
    LibvirtConfigGuestDeviceAddressISA, LibvirtConfigGuestDeviceAddressDIMM,
    LibvirtConfigGuestDeviceAddressSpaprVIO, LibvirtConfigGuestDeviceAddress,
)
