# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What every device is."""

from nova.virt.libvirt.schema.address import ADDRESSES
from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Text


class LibvirtConfigGuestDevice(LibvirtConfigObject):
    """A device of a domain, with its name there and its place in the guest."""

    alias = Attr('alias/@name', last=True)
    acpi_index = Attr('acpi/@index', INT, last=True)
    device_addr = Child(*ADDRESSES, last=True)


class VirtioDevice(LibvirtConfigGuestDevice):
    """https://libvirt.org/formatdomain.html#virtio-related-options"""

    driver_iommu = Attr('driver/@iommu', ONOFF, last=True)
    driver_ats = Attr('driver/@ats', ONOFF, last=True)
    driver_packed_state = Attr('driver/@packed', ONOFF, last=True)
    driver_page_per_vq = Attr('driver/@page_per_vq', ONOFF, last=True)


class BootDevice(LibvirtConfigGuestDevice):
    """A device that the guest may boot from."""

    boot_order = Attr('boot/@order', last=True)
    boot_loadparm = Attr('boot/@loadparm', last=True)


class LibvirtConfigGuestDeviceSeclabel(LibvirtConfigObject):
    """``<seclabel model='dac' relabel='no'/>``, of one source alone"""

    root_name = 'seclabel'

    model = Attr('@model')
    relabel = Attr('@relabel', YESNO)
    #: Set by libvirt where the file system takes no labels.
    labelskip = Attr('@labelskip', YESNO)
    label = Text('label')
