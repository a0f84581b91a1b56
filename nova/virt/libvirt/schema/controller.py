# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#controllers"""

from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.mapping import Attr


class LibvirtConfigGuestController(LibvirtConfigGuestDevice):
    """A bus controller of the guest."""

    root_name = 'controller'

    type = Attr('@type')
    index = Attr('@index', INT)
    model = Attr('@model')


class LibvirtConfigGuestUSBHostController(LibvirtConfigGuestController):
    """``<controller type='usb' index='0'/>``"""

    recognised_by = {'type': 'usb'}

    type = Attr('@type', default='usb')


class LibvirtConfigGuestPCIeRootController(LibvirtConfigGuestController):
    """``<controller type='pci' model='pcie-root'/>``"""

    recognised_by = {'type': 'pci', 'model': 'pcie-root'}

    type = Attr('@type', default='pci')
    model = Attr('@model', default='pcie-root')


class LibvirtConfigGuestPCIeRootPortController(LibvirtConfigGuestController):
    """``<controller type='pci' model='pcie-root-port'/>``"""

    recognised_by = {'type': 'pci', 'model': 'pcie-root-port'}

    type = Attr('@type', default='pci')
    model = Attr('@model', default='pcie-root-port')
