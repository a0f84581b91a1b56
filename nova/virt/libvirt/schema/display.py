# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Graphics and video."""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.device import VirtioDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Switch


class LibvirtConfigGuestGraphicsListen(LibvirtConfigObject):
    """``<listen type='address' address='0.0.0.0'/>``"""

    root_name = 'listen'

    type = Attr('@type')
    address = Attr('@address')
    network = Attr('@network')
    socket = Attr('@socket')
    #: Whether libvirt made it from a setting of its own.
    from_config = Attr('@fromConfig')


class LibvirtConfigGuestGraphicsChannel(LibvirtConfigObject):
    """``<channel name='main' mode='secure'/>``"""

    root_name = 'channel'

    name = Attr('@name')
    mode = Attr('@mode')


class LibvirtConfigGuestGraphics(LibvirtConfigGuestDevice):
    """https://libvirt.org/formatdomain.html#graphical-framebuffers"""

    root_name = 'graphics'

    type = Attr('@type', default='vnc')
    port = Attr('@port', INT)
    autoport = Attr('@autoport', YESNO, default=True)
    websocket = Attr('@websocket', INT)
    keymap = Attr('@keymap')
    listen = Attr('@listen')
    socket = Attr('@socket')
    passwd = Attr('@passwd')
    #: UTC, as ``2010-04-09T15:51:00``.
    passwd_valid_to = Attr('@passwdValidTo')
    connected = Attr('@connected')
    share_policy = Attr('@sharePolicy')
    power_control = Attr('@powerControl', YESNO)
    wait = Attr('@wait', YESNO)

    # type='spice'
    tls_port = Attr('@tlsPort', INT)
    default_mode = Attr('@defaultMode')

    # type='sdl', 'desktop'
    display = Attr('@display')
    xauth = Attr('@xauth')
    fullscreen = Attr('@fullscreen', YESNO)

    # type='dbus'
    address = Attr('@address')
    p2p = Attr('@p2p', YESNO)

    # type='rdp'
    replace_user = Attr('@replaceUser', YESNO)
    multi_user = Attr('@multiUser', YESNO)
    username = Attr('@username')

    listens = Children('', LibvirtConfigGuestGraphicsListen)
    channels = Children('', LibvirtConfigGuestGraphicsChannel)

    image_compression = Attr('image/@compression')
    jpeg_compression = Attr('jpeg/@compression')
    zlib_compression = Attr('zlib/@compression')
    playback_compression = Attr('playback/@compression')
    streaming_mode = Attr('streaming/@mode')
    clipboard_copypaste = Attr('clipboard/@copypaste', YESNO)
    mouse_mode = Attr('mouse/@mode')
    filetransfer_enable = Attr('filetransfer/@enable', YESNO)

    gl_enable = Attr('gl/@enable', YESNO)
    gl_rendernode = Attr('gl/@rendernode')

    audio_id = Attr('audio/@id', INT)

    secure = Switch('default_mode', 'secure', unset=None)


class LibvirtConfigGuestVideo(VirtioDevice):
    """https://libvirt.org/formatdomain.html#video-devices ; memory in KiB."""

    root_name = 'video'

    driver_name = Attr('driver/@name')
    driver_vgaconf = Attr('driver/@vgaconf')

    type = Attr('model/@type', default='virtio')
    ram = Attr('model/@ram', INT)
    vram = Attr('model/@vram', INT)
    vram64 = Attr('model/@vram64', INT)
    vgamem = Attr('model/@vgamem', INT)
    heads = Attr('model/@heads', INT)
    primary = Attr('model/@primary', YESNO)
    blob = Attr('model/@blob', ONOFF)
    edid = Attr('model/@edid', ONOFF)

    accel3d = Attr('model/acceleration/@accel3d', YESNO)
    accel2d = Attr('model/acceleration/@accel2d', YESNO)
    rendernode = Attr('model/acceleration/@rendernode')

    resolution_x = Attr('model/resolution/@x', INT)
    resolution_y = Attr('model/resolution/@y', INT)
