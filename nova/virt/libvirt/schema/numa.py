# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""NUMA placement of a guest."""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import CPUSET
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children


class LibvirtConfigGuestNUMATuneMemory(LibvirtConfigObject):
    """``<memory mode='strict' nodeset='1-4,^3'/>``"""

    root_name = 'memory'

    mode = Attr('@mode', default='strict')
    placement = Attr('@placement')
    nodeset = Attr('@nodeset', CPUSET, empty=True)


class LibvirtConfigGuestNUMATuneMemNode(LibvirtConfigObject):
    """``<memnode cellid='0' mode='strict' nodeset='1'/>``"""

    root_name = 'memnode'

    cellid = Attr('@cellid', INT, default=0)
    mode = Attr('@mode', default='strict')
    nodeset = Attr('@nodeset', CPUSET, empty=True)


class LibvirtConfigGuestNUMATune(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#numa-node-tuning"""

    root_name = 'numatune'

    memory = Child(LibvirtConfigGuestNUMATuneMemory)
    memnodes = Children('', LibvirtConfigGuestNUMATuneMemNode)
