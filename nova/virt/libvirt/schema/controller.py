# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#controllers"""

from nova.virt.libvirt.schema.convert import HEX1
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import MEMORY_KIB
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.device import VirtioDevice
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestDiskIOThread
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Text


class LibvirtConfigGuestController(VirtioDevice):
    """A bus controller of the guest."""

    root_name = 'controller'

    type = Attr('@type')
    index = Attr('@index', INT)
    model = Attr('@model')

    # type='virtio-serial'
    ports = Attr('@ports', INT)
    vectors = Attr('@vectors', INT)

    # type='xenbus'
    max_grant_frames = Attr('@maxGrantFrames', INT)
    max_event_channels = Attr('@maxEventChannels', INT)

    # type='scsi'
    driver_queues = Attr('driver/@queues', INT)
    driver_cmd_per_lun = Attr('driver/@cmd_per_lun', INT)
    driver_max_sectors = Attr('driver/@max_sectors', INT)
    driver_ioeventfd = Attr('driver/@ioeventfd', ONOFF)
    driver_iothread = Attr('driver/@iothread', INT)
    driver_iothreads = Children('driver/iothreads', LibvirtConfigGuestDiskIOThread)

    # type='usb': the port where a companion begins
    master_startport = Attr('master/@startport', INT)

    # type='pci'
    model_name = Attr('model/@name')
    target_chassis_nr = Attr('target/@chassisNr', INT)
    target_chassis = Attr('target/@chassis', INT)
    target_port = Attr('target/@port', HEX1)
    target_bus_nr = Attr('target/@busNr', INT)
    target_index = Attr('target/@index', INT)
    target_hotplug = Attr('target/@hotplug', ONOFF)
    target_mem_reserve = Attr('target/@memReserve', INT)
    target_node = Text('target/node', INT)
    #: KiB
    pcihole64 = Text('pcihole64', MEMORY_KIB)

    serial = Text('serial')


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
