# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#consoles-serial-parallel-channel-devices"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
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
    listen_host = Attr(by(tcp='source/@host'))
    listen_port = Attr(by(tcp='source/@service'))

    log = Child(LibvirtConfigGuestCharDeviceLog)


class LibvirtConfigGuestChar(LibvirtConfigGuestCharBase):
    """A character device with a port in the guest."""

    target_type = Attr('target/@type')
    target_port = Attr('target/@port', INT)


class LibvirtConfigGuestSerial(LibvirtConfigGuestChar):
    """``<serial type='pty'><target port='0'/></serial>``"""

    root_name = 'serial'


class LibvirtConfigGuestConsole(LibvirtConfigGuestChar):
    """``<console type='pty'><target type='virtio' port='0'/></console>``"""

    root_name = 'console'


class LibvirtConfigGuestChannel(LibvirtConfigGuestCharBase):
    """``<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/>``"""

    root_name = 'channel'

    target_type = Attr('target/@type', default='virtio')
    target_name = Attr('target/@name')
