# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#host-device-assignment"""

from typing import Any

from nova.virt.libvirt.schema.convert import HEX1
from nova.virt.libvirt.schema.convert import HEX2
from nova.virt.libvirt.schema.convert import HEX4
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.device import BootDevice
from nova.virt.libvirt.schema.interface import LibvirtConfigGuestInterfaceIP
from nova.virt.libvirt.schema.interface import LibvirtConfigGuestInterfaceRoute
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Columns
from nova.virt.libvirt.schema.mapping import Flag
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskAuth


class LibvirtConfigGuestHostdev(BootDevice):
    """A device of the host that the guest gets."""

    root_name = 'hostdev'

    mode = Attr('@mode')
    type = Attr('@type')
    managed = Attr('@managed', default='yes')

    driver_name = Attr('driver/@name')
    driver_model = Attr('driver/@model')
    driver_iommufd = Attr('driver/@iommufd', YESNO)

    source_startup_policy = Attr('source/@startupPolicy')

    teaming_type = Attr('teaming/@type')
    #: The alias of the interface that stays through a migration.
    teaming_persistent = Attr('teaming/@persistent')

    rom_enabled = Attr('rom/@enabled', YESNO)
    rom_bar = Attr('rom/@bar', ONOFF)
    rom_file = Attr('rom/@file')

    readonly = Flag('readonly', last=True)
    shareable = Flag('shareable', last=True)


class LibvirtConfigGuestHostdevPCI(LibvirtConfigGuestHostdev):
    """``<hostdev mode='subsystem' type='pci' managed='yes'><source><address .../>``"""

    recognised_by = {'mode': 'subsystem', 'type': 'pci'}

    mode = Attr('@mode', default='subsystem')
    type = Attr('@type', default='pci')
    #: On: the guest sees the memory of a display, or what stands for one.
    display = Attr('@display', ONOFF)
    ramfb = Attr('@ramfb', ONOFF)

    write_filtering = Attr('source/@writeFiltering', YESNO)
    domain = Attr('source/address/@domain', HEX4)
    bus = Attr('source/address/@bus', HEX2)
    slot = Attr('source/address/@slot', HEX2)
    function = Attr('source/address/@function', HEX1)


class LibvirtConfigGuestHostdevMDEV(LibvirtConfigGuestHostdev):
    """``<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source>...``"""

    recognised_by = {'mode': 'subsystem', 'type': 'mdev'}

    mode = Attr('@mode', default='subsystem')
    type = Attr('@type', default='mdev')
    managed = Attr('@managed', default='no')
    model = Attr('@model', default='vfio-pci')
    display = Attr('@display', ONOFF)
    ramfb = Attr('@ramfb', ONOFF)

    uuid = Attr('source/address/@uuid')


class LibvirtConfigGuestHostdevUSB(LibvirtConfigGuestHostdev):
    """``<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/>...``"""

    recognised_by = {'mode': 'subsystem', 'type': 'usb'}

    mode = Attr('@mode', default='subsystem')
    type = Attr('@type', default='usb')

    guest_reset = Attr('source/@guestReset')
    vendor = Attr('source/vendor/@id', HEX4)
    product = Attr('source/product/@id', HEX4)
    bus = Attr('source/address/@bus', INT)
    device = Attr('source/address/@device', INT)
    port = Attr('source/address/@port')


class LibvirtConfigGuestHostdevSCSI(LibvirtConfigGuestHostdev):
    """``<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/>``

    One of the host's, or with ``protocol`` one behind iSCSI.
    """

    recognised_by = {'mode': 'subsystem', 'type': 'scsi'}

    mode = Attr('@mode', default='subsystem')
    type = Attr('@type', default='scsi')
    managed = Attr('@managed')
    sgio = Attr('@sgio')
    rawio = Attr('@rawio', YESNO)

    protocol = Attr('source/@protocol')
    source_name = Attr('source/@name')
    adapter = Attr('source/adapter/@name')
    bus = Attr('source/address/@bus', INT)
    target = Attr('source/address/@target', INT)
    unit = Attr('source/address/@unit', INT)

    source_hosts: list[Any]
    source_ports: list[Any]
    _hosts = Columns('source/host', source_hosts='@name', source_ports='@port')
    auth = Child(LibvirtConfigGuestDiskAuth, path='source')
    initiator = Attr('source/initiator/iqn/@name')


class LibvirtConfigGuestHostdevSCSIHost(LibvirtConfigGuestHostdev):
    """``<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' .../>``"""

    recognised_by = {'mode': 'subsystem', 'type': 'scsi_host'}

    mode = Attr('@mode', default='subsystem')
    type = Attr('@type', default='scsi_host')
    managed = Attr('@managed')
    model = Attr('@model')

    protocol = Attr('source/@protocol', default='vhost')
    wwpn = Attr('source/@wwpn')


class LibvirtConfigGuestHostdevStorage(LibvirtConfigGuestHostdev):
    """``<hostdev mode='capabilities' type='storage'><source><block>/dev/sdf1...``"""

    recognised_by = {'mode': 'capabilities', 'type': 'storage'}

    mode = Attr('@mode', default='capabilities')
    type = Attr('@type', default='storage')
    managed = Attr('@managed')

    block = Text('source/block')


class LibvirtConfigGuestHostdevMisc(LibvirtConfigGuestHostdev):
    """``<hostdev mode='capabilities' type='misc'><source><char>/dev/input/event3``"""

    recognised_by = {'mode': 'capabilities', 'type': 'misc'}

    mode = Attr('@mode', default='capabilities')
    type = Attr('@type', default='misc')
    managed = Attr('@managed')

    char = Text('source/char')


class LibvirtConfigGuestHostdevNet(LibvirtConfigGuestHostdev):
    """``<hostdev mode='capabilities' type='net'><source><interface>eth0...``"""

    recognised_by = {'mode': 'capabilities', 'type': 'net'}

    mode = Attr('@mode', default='capabilities')
    type = Attr('@type', default='net')
    managed = Attr('@managed')

    interface = Text('source/interface')
    ips = Children('', LibvirtConfigGuestInterfaceIP)
    routes = Children('', LibvirtConfigGuestInterfaceRoute)


#: The kinds of host device, to choose from.
HOSTDEVS = (
    LibvirtConfigGuestHostdevPCI, LibvirtConfigGuestHostdevMDEV,
    LibvirtConfigGuestHostdevUSB, LibvirtConfigGuestHostdevSCSI,
    LibvirtConfigGuestHostdevSCSIHost, LibvirtConfigGuestHostdevStorage,
    LibvirtConfigGuestHostdevMisc, LibvirtConfigGuestHostdevNet,
    LibvirtConfigGuestHostdev,
)
