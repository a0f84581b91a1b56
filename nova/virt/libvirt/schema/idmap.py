# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Users and groups of a container, or of a shared folder, and those of the host."""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.mapping import Attr


class LibvirtConfigGuestIDMap(LibvirtConfigObject):
    """``<uid start='0' target='1000' count='10'/>``"""

    root_name = 'id'

    start = Attr('@start', INT, default=0)
    target = Attr('@target', INT, default=0)
    count = Attr('@count', INT, default=10000)


class LibvirtConfigGuestUIDMap(LibvirtConfigGuestIDMap):
    """Users of a container and those of the host that they are."""

    root_name = 'uid'


class LibvirtConfigGuestGIDMap(LibvirtConfigGuestIDMap):
    """Groups of a container and those of the host that they are."""

    root_name = 'gid'
