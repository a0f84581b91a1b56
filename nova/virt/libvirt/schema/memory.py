# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What backs a guest's memory, and memory that is a device."""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import CPUSET
from nova.virt.libvirt.schema.convert import HEX1
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import MEMORY_KIB
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.convert import amount
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Flag
from nova.virt.libvirt.schema.mapping import Spanned
from nova.virt.libvirt.schema.mapping import Switch
from nova.virt.libvirt.schema.mapping import Text


class LibvirtConfigGuestMemoryBackingPage(LibvirtConfigObject):
    """``<page size='2048' unit='KiB' nodeset='0'/>``"""

    root_name = 'page'

    size_kb = Spanned('.', amount('size', base='KiB'))
    nodeset = Attr('@nodeset', CPUSET)


class LibvirtConfigGuestMemoryBacking(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#memory-backing"""

    root_name = 'memoryBacking'

    hugepages = Children('hugepages', LibvirtConfigGuestMemoryBackingPage)
    sharedpages = Flag('nosharepages', absent=True)
    locked = Flag('locked')
    source_type = Attr('source/@type')
    access_mode = Attr('access/@mode')
    allocation_mode = Attr('allocation/@mode')
    allocation_threads = Attr('allocation/@threads', INT)
    discard = Flag('discard')

    filesource = Switch('source_type', 'file')
    sharedaccess = Switch('access_mode', 'shared')
    allocateimmediate = Switch('allocation_mode', 'immediate')


class LibvirtConfigGuestMemoryDevice(LibvirtConfigGuestDevice):
    """https://libvirt.org/formatdomain.html#memory-devices ; sizes in KiB.

    Of itself any that is no NVDIMM: ``dimm``, ``virtio-mem``, ``virtio-pmem``,
    ``sgx-epc``.
    """

    root_name = 'memory'

    model = Attr('@model', default='dimm')
    access = Attr('@access')
    discard = Attr('@discard', YESNO)
    uuid = Text('uuid')

    source_pagesize = Text('source/pagesize', MEMORY_KIB)
    source_nodemask = Text('source/nodemask', CPUSET)
    source_path = Text('source/path')
    align_size = Text('source/alignsize', MEMORY_KIB)
    pmem = Flag('source/pmem')

    target_size = Text('target/size', MEMORY_KIB)
    target_node = Text('target/node', INT)
    target_block = Text('target/block', MEMORY_KIB)
    target_requested = Text('target/requested', MEMORY_KIB)
    #: What the guest has of it; libvirt fills it.
    target_current = Text('target/current', MEMORY_KIB)
    label_size = Text('target/label/size', MEMORY_KIB)
    readonly = Flag('target/readonly')
    #: Where the guest finds it, if that is fixed.
    target_base = Attr('target/address/@base', HEX1)
    target_dynamic_memslots = Attr('target/@dynamicMemslots', YESNO)


class LibvirtConfigGuestVPMEM(LibvirtConfigGuestMemoryDevice):
    """``<memory model='nvdimm' access='shared'><source><path>/dev/pmem0</path>...``"""

    recognised_by = {'model': 'nvdimm'}

    model = Attr('@model', default='nvdimm')
    access = Attr('@access', default='shared')

    source_path = Text('source/path', default='')
    align_size = Text('source/alignsize', MEMORY_KIB, default=0)
    pmem = Flag('source/pmem', default=True)

    target_size = Text('target/size', MEMORY_KIB, default=0)
    target_node = Text('target/node', INT, default=0)
    label_size = Text('target/label/size', MEMORY_KIB, default=2048)

    def __init__(self, devpath: str | None = None, size_kb: int | None = None,
                 align_kb: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if devpath is not None:
            self.source_path = devpath
        if size_kb is not None:
            self.target_size = size_kb
        if align_kb is not None:
            self.align_size = align_kb
