# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#host-device-assignment"""

from nova.virt.libvirt.schema.convert import HEX1
from nova.virt.libvirt.schema.convert import HEX2
from nova.virt.libvirt.schema.convert import HEX4
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.mapping import Attr


class LibvirtConfigGuestHostdev(LibvirtConfigGuestDevice):
    """A device of the host that the guest gets."""

    root_name = 'hostdev'

    mode = Attr('@mode')
    type = Attr('@type')
    managed = Attr('@managed', default='yes')


class LibvirtConfigGuestHostdevPCI(LibvirtConfigGuestHostdev):
    """``<hostdev mode='subsystem' type='pci' managed='yes'><source><address .../>``"""

    recognised_by = {'mode': 'subsystem', 'type': 'pci'}

    mode = Attr('@mode', default='subsystem')
    type = Attr('@type', default='pci')

    domain = Attr('source/address/@domain', HEX4)
    bus = Attr('source/address/@bus', HEX2)
    slot = Attr('source/address/@slot', HEX2)
    function = Attr('source/address/@function', HEX1)

    alias = Attr('alias/@name')


class LibvirtConfigGuestHostdevMDEV(LibvirtConfigGuestHostdev):
    """``<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source>...``"""

    recognised_by = {'mode': 'subsystem', 'type': 'mdev'}

    mode = Attr('@mode', default='subsystem')
    type = Attr('@type', default='mdev')
    managed = Attr('@managed', default='no')
    model = Attr('@model', default='vfio-pci')

    uuid = Attr('source/address/@uuid')
