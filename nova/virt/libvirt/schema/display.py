# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Graphics, video, sound."""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Switch


class LibvirtConfigGuestGraphics(LibvirtConfigGuestDevice):
    """https://libvirt.org/formatdomain.html#graphical-framebuffers"""

    root_name = 'graphics'

    type = Attr('@type', default='vnc')
    port = Attr('@port', INT)
    autoport = Attr('@autoport', YESNO, default=True)
    keymap = Attr('@keymap')
    listen = Attr('@listen')
    default_mode = Attr('@defaultMode')

    image_compression = Attr('image/@compression')
    jpeg_compression = Attr('jpeg/@compression')
    zlib_compression = Attr('zlib/@compression')
    playback_compression = Attr('playback/@compression')
    streaming_mode = Attr('streaming/@mode')

    secure = Switch('default_mode', 'secure')


class LibvirtConfigGuestVideo(LibvirtConfigGuestDevice):
    """https://libvirt.org/formatdomain.html#video-devices"""

    root_name = 'video'

    type = Attr('model/@type', default='virtio')
    vram = Attr('model/@vram', INT)
    heads = Attr('model/@heads', INT)


class LibvirtConfigGuestSound(LibvirtConfigObject):
    """``<sound model='ich9'/>``"""

    root_name = 'sound'

    model = Attr('@model')

    def __init__(self, model: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model = model
