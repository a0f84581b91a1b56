# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Input, entropy, balloon, watchdog, IOMMU, USB redirection."""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import by


class LibvirtConfigGuestInput(LibvirtConfigGuestDevice):
    """``<input type='tablet' bus='usb'/>``"""

    root_name = 'input'

    type = Attr('@type', default='tablet')
    bus = Attr('@bus', default='usb')


class LibvirtConfigGuestRng(LibvirtConfigGuestDevice):
    """https://libvirt.org/formatdomain.html#random-number-generator-device"""

    root_name = 'rng'
    keyed_by = 'model'

    device_model = Attr('@model', default='virtio')

    rate_period = Attr('rate/@period', INT)
    rate_bytes = Attr('rate/@bytes', INT)

    model = Attr('backend/@model', default='random')
    backend = Text(by(random='backend'))


class LibvirtConfigMemoryBalloon(LibvirtConfigGuestDevice):
    """``<memballoon model='virtio'><stats period='10'/></memballoon>``"""

    root_name = 'memballoon'

    model = Attr('@model')
    autodeflate = Attr('@autodeflate', ONOFF, default=True)
    freePageReporting = Attr('@freePageReporting', ONOFF, default=True)  # noqa: N815

    period = Attr('stats/@period', INT)


class LibvirtConfigGuestWatchdog(LibvirtConfigGuestDevice):
    """``<watchdog model='i6300esb' action='reset'/>``"""

    root_name = 'watchdog'

    model = Attr('@model', default='i6300esb')
    action = Attr('@action', default='reset')


class LibvirtConfigGuestIOMMU(LibvirtConfigGuestDevice):
    """https://libvirt.org/formatdomain.html#iommu-devices"""

    root_name = 'iommu'

    model = Attr('@model', default='auto')

    interrupt_remapping = Attr('driver/@intremap', ONOFF, default=False)
    caching_mode = Attr('driver/@caching_mode', ONOFF, default=False)
    #: Wide enough for what guests address; more needs newer machines.
    aw_bits = Attr('driver/@aw_bits', INT, default=48)
    eim = Attr('driver/@eim', ONOFF, default=False)
    iotlb = Attr('driver/@iotlb', ONOFF, default=False)


class LibvirtConfigGuestUSBRedirect(LibvirtConfigObject):
    """``<redirdev bus='usb' type='spicevmc'/>``"""

    root_name = 'redirdev'

    type = Attr('@type', default='spicevmc')
    bus = Attr('@bus', default='usb')
