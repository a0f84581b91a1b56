# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#consoles-serial-parallel-channel-devices"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.device import BootDevice
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDeviceSeclabel
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import Values
from nova.virt.libvirt.schema.mapping import by


class LibvirtConfigGuestCharDeviceLog(LibvirtConfigObject):
    """``<log file='/var/log/guest.log' append='off'/>``"""

    root_name = 'log'

    file = Attr('@file')
    append = Attr('@append', default='off')


class LibvirtConfigGuestCharBase(LibvirtConfigGuestDevice):
    """The host's side of a character device."""

    keyed_by = 'type'

    type = Attr('@type', default='pty')

    source_mode = Attr(by(unix='source/@mode', tcp='source/@mode'), default='bind')
    source_path = Attr(by(file='source/@path', dev='source/@path', pipe='source/@path',
                          pty='source/@path', unix='source/@path'))
    #: Written to the end of the file, not in place of what is there.
    source_append = Attr(by(file='source/@append'), ONOFF)
    listen_host = Attr(by(tcp='source/@host'))
    listen_port = Attr(by(tcp='source/@service'))
    source_tls = Attr(by(tcp='source/@tls'), YESNO)

    # type='udp' has a source for each direction
    udp_bind_host = Attr(by(udp='source[mode=bind]/@host'))
    udp_bind_port = Attr(by(udp='source[mode=bind]/@service'))
    udp_connect_host = Attr(by(udp='source[mode=connect]/@host'))
    udp_connect_port = Attr(by(udp='source[mode=connect]/@service'))

    source_channel = Attr(by(spiceport='source/@channel', dbus='source/@channel'))

    # type='nmdm'
    source_master = Attr(by(nmdm='source/@master'))
    source_slave = Attr(by(nmdm='source/@slave'))

    # type='qemu-vdagent'
    clipboard_copypaste = Attr('source/clipboard/@copypaste', YESNO)
    mouse_mode = Attr('source/mouse/@mode')

    source_reconnect = Attr('source/reconnect/@enabled', YESNO)
    #: Seconds
    source_reconnect_timeout = Attr('source/reconnect/@timeout', INT)
    source_seclabels = Children('source', LibvirtConfigGuestDeviceSeclabel)

    protocol = Attr('protocol/@type')

    log = Child(LibvirtConfigGuestCharDeviceLog)


class LibvirtConfigGuestChar(LibvirtConfigGuestCharBase):
    """A character device with a port in the guest."""

    #: The terminal that libvirt opened, in a running guest.
    tty = Attr('@tty')

    target_type = Attr('target/@type')
    target_port = Attr('target/@port', INT)
    target_model = Attr('target/model/@name')


class LibvirtConfigGuestSerial(LibvirtConfigGuestChar):
    """``<serial type='pty'><target port='0'/></serial>``"""

    root_name = 'serial'


class LibvirtConfigGuestParallel(LibvirtConfigGuestChar):
    """``<parallel type='dev'><source path='/dev/parport0'/><target port='0'/>``"""

    root_name = 'parallel'


class LibvirtConfigGuestConsole(LibvirtConfigGuestChar):
    """``<console type='pty'><target type='virtio' port='0'/></console>``"""

    root_name = 'console'


class LibvirtConfigGuestChannel(LibvirtConfigGuestCharBase):
    """``<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/>``"""

    root_name = 'channel'

    target_type = Attr('target/@type', default='virtio')
    target_name = Attr('target/@name')
    #: Whether the guest has it open; libvirt fills it.
    target_state = Attr('target/@state')
    # type='guestfwd'
    target_address = Attr('target/@address')
    target_port = Attr('target/@port', INT)


class LibvirtConfigGuestUSBRedirect(LibvirtConfigGuestCharBase, BootDevice):
    """``<redirdev bus='usb' type='spicevmc'>``"""

    root_name = 'redirdev'

    type = Attr('@type', default='spicevmc')
    bus = Attr('@bus', default='usb')


class LibvirtConfigGuestSmartcard(LibvirtConfigGuestCharBase):
    """https://libvirt.org/formatdomain.html#smartcard-devices

    The host's card, certificates, or with ``passthrough`` a character device.
    """

    root_name = 'smartcard'

    type = Attr('@type')
    mode = Attr('@mode', default='host')

    certificates = Values('certificate')
    database = Text('database')
