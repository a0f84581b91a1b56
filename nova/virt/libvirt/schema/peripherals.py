# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Input, entropy, balloon, watchdog, IOMMU and what else sits on a board."""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import BYTES
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import MEMORY_KIB
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.device import VirtioDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import by


class LibvirtConfigGuestInput(VirtioDevice):
    """``<input type='tablet' bus='usb'/>``"""

    root_name = 'input'

    type = Attr('@type', default='tablet')
    bus = Attr('@bus', default='usb')
    model = Attr('@model')

    #: type='passthrough'
    source_evdev = Attr('source/@evdev')
    #: type='evdev'
    source_dev = Attr('source/@dev')
    source_grab = Attr('source/@grab')
    source_grab_toggle = Attr('source/@grabToggle')
    source_repeat = Attr('source/@repeat', ONOFF)


class LibvirtConfigGuestRng(VirtioDevice):
    """https://libvirt.org/formatdomain.html#random-number-generator-device"""

    root_name = 'rng'
    keyed_by = 'model'

    device_model = Attr('@model', default='virtio')

    rate_period = Attr('rate/@period', INT)
    rate_bytes = Attr('rate/@bytes', INT)

    model = Attr('backend/@model', default='random')
    backend = Text(by(random='backend'))

    # model='egd': a character device that speaks the protocol of that daemon
    backend_type = Attr('backend/@type')
    backend_protocol = Attr('backend/protocol/@type')
    backend_path = Attr(by(egd='backend/source/@path'))
    backend_mode = Attr(by(egd='backend/source/@mode'))
    backend_host = Attr(by(egd='backend/source/@host'))
    backend_service = Attr(by(egd='backend/source/@service'))
    backend_reconnect = Attr(by(egd='backend/source/reconnect/@enabled'), YESNO)
    #: Seconds
    backend_reconnect_timeout = Attr(by(egd='backend/source/reconnect/@timeout'), INT)


class LibvirtConfigMemoryBalloon(VirtioDevice):
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
    dma_translation = Attr('driver/@dma_translation', ONOFF)
    granule = Attr('driver/@granule')


class LibvirtConfigGuestHub(LibvirtConfigGuestDevice):
    """``<hub type='usb'/>``"""

    root_name = 'hub'

    type = Attr('@type', default='usb')


class LibvirtConfigGuestPanic(LibvirtConfigGuestDevice):
    """``<panic model='isa'><address type='isa' iobase='0x505'/></panic>``"""

    root_name = 'panic'

    model = Attr('@model')


class LibvirtConfigGuestPstore(LibvirtConfigGuestDevice):
    """``<pstore backend='acpi-erst'><path>/tmp/guest.pstore</path><size>8</size>``"""

    root_name = 'pstore'

    backend = Attr('@backend', default='acpi-erst')
    path = Text('path')
    #: KiB
    size = Text('size', MEMORY_KIB)


class LibvirtConfigGuestVsock(VirtioDevice):
    """``<vsock model='virtio'><cid auto='no' address='3'/></vsock>``"""

    root_name = 'vsock'

    model = Attr('@model', default='virtio')
    cid_auto = Attr('cid/@auto', YESNO)
    cid_address = Attr('cid/@address', INT)


class LibvirtConfigGuestShmemServer(LibvirtConfigObject):
    """``<server path='/tmp/socket'/>``"""

    root_name = 'server'

    path = Attr('@path')


class LibvirtConfigGuestShmemMSI(LibvirtConfigObject):
    """``<msi vectors='32' ioeventfd='on'/>``"""

    root_name = 'msi'

    vectors = Attr('@vectors', INT)
    ioeventfd = Attr('@ioeventfd', ONOFF)


class LibvirtConfigGuestShmem(LibvirtConfigGuestDevice):
    """https://libvirt.org/formatdomain.html#shared-memory-device"""

    root_name = 'shmem'

    name = Attr('@name')
    role = Attr('@role')
    model = Attr('model/@type')
    #: Bytes
    size = Text('size', BYTES)
    server = Child(LibvirtConfigGuestShmemServer)
    msi = Child(LibvirtConfigGuestShmemMSI)


class LibvirtConfigGuestNVRAM(LibvirtConfigGuestDevice):
    """``<nvram><address type='spapr-vio' reg='0x3000'/></nvram>``, of pSeries"""

    root_name = 'nvram'


class LibvirtConfigGuestCrypto(VirtioDevice):
    """``<crypto model='virtio' type='qemu'><backend model='builtin' queues='1'/>``"""

    root_name = 'crypto'

    model = Attr('@model', default='virtio')
    type = Attr('@type', default='qemu')
    backend_model = Attr('backend/@model', default='builtin')
    backend_queues = Attr('backend/@queues', INT)


class LibvirtConfigGuestLease(LibvirtConfigObject):
    """``<lease><lockspace>...</lockspace><key>...</key><target path='...'/>``"""

    root_name = 'lease'

    lockspace = Text('lockspace')
    key = Text('key')
    target_path = Attr('target/@path')
    target_offset = Attr('target/@offset', INT)


class LibvirtConfigGuestUSBRedirectRule(LibvirtConfigObject):
    """``<usbdev class='0x08' vendor='0x1234' product='0xbeef' allow='yes'/>``

    What is not said, or -1, is any.
    """

    root_name = 'usbdev'

    usb_class = Attr('@class')
    vendor = Attr('@vendor')
    product = Attr('@product')
    version = Attr('@version')
    allow = Attr('@allow', YESNO)


class LibvirtConfigGuestUSBRedirectFilter(LibvirtConfigObject):
    """``<redirfilter>``: which devices may be redirected; the first rule counts"""

    root_name = 'redirfilter'

    rules = Children('', LibvirtConfigGuestUSBRedirectRule)
