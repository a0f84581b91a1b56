# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatcaps.html#host-capabilities"""

from typing import Any

from lxml import etree

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import CPUSET
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import KIB
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.convert import amount
from nova.virt.libvirt.schema.cpu import LibvirtConfigCPU
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUNUMABandwidth
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUNUMACache
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUNUMALatency
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Columns
from nova.virt.libvirt.schema.mapping import Flag
from nova.virt.libvirt.schema.mapping import Spanned
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import Values


class LibvirtConfigCapsNUMACPU(LibvirtConfigObject):
    """``<cpu id='0' socket_id='0' core_id='0' siblings='0,4'/>``"""

    root_name = 'cpu'

    id = Attr('@id', INT)
    socket_id = Attr('@socket_id', INT)
    die_id = Attr('@die_id', INT)
    cluster_id = Attr('@cluster_id', INT)
    core_id = Attr('@core_id', INT)
    siblings = Attr('@siblings', CPUSET)


class LibvirtConfigCapsNUMAPages(LibvirtConfigObject):
    """``<pages unit='KiB' size='4'>2000</pages>``"""

    root_name = 'pages'

    #: KiB
    size = Spanned('.', amount('size', base='KiB'))
    total = Text('.', INT)


def _count(members: Any) -> int | None:
    # What is no list is refused when it is written.
    return len(members) if isinstance(members, list) else None


class LibvirtConfigCapsNUMACell(LibvirtConfigObject):
    """A NUMA node of the host."""

    root_name = 'cell'

    id = Attr('@id', INT)
    #: KiB
    memory = Text('memory', KIB, default=0)
    mempages = Children('', LibvirtConfigCapsNUMAPages)
    distance_ids: list[Any]
    distance_values: list[Any]
    _distances = Columns('distances/sibling', distance_ids=('@id', INT),
                         distance_values=('@value', INT))
    caches = Children('', LibvirtConfigGuestCPUNUMACache)
    cpus_num = Attr('cpus/@num', INT)
    cpus = Children('cpus', LibvirtConfigCapsNUMACPU)

    # The count stands beside the list that it counts.
    def format_dom(self) -> etree._Element:
        if self._origin is None:
            self.cpus_num = _count(self.cpus)
        return super().format_dom()


class LibvirtConfigCapsNUMATopology(LibvirtConfigObject):
    """``<topology><cells num='1'>...``"""

    root_name = 'topology'

    cells_num = Attr('cells/@num', INT)
    cells = Children('cells', LibvirtConfigCapsNUMACell)
    interconnects = Children('interconnects', LibvirtConfigGuestCPUNUMALatency,
                             LibvirtConfigGuestCPUNUMABandwidth)

    # The count stands beside the list that it counts.
    def format_dom(self) -> etree._Element:
        if self._origin is None:
            self.cells_num = _count(self.cells)
        return super().format_dom()


class LibvirtConfigCapsCacheControl(LibvirtConfigObject):
    """``<control granularity='768' unit='KiB' type='both' maxAllocs='4'/>``"""

    root_name = 'control'

    granularity = Attr('@granularity', INT)
    min = Attr('@min', INT)
    #: Of the two amounts before it.
    unit = Attr('@unit')
    type = Attr('@type')
    max_allocs = Attr('@maxAllocs', INT)


class LibvirtConfigCapsCacheBank(LibvirtConfigObject):
    """``<bank id='0' level='3' type='both' size='15' unit='MiB' cpus='0-5'>``"""

    root_name = 'bank'

    id = Attr('@id', INT)
    level = Attr('@level', INT)
    type = Attr('@type')
    #: KiB
    size = Spanned('.', amount('size', base='KiB'))
    cpus = Attr('@cpus', CPUSET)
    controls = Children('', LibvirtConfigCapsCacheControl)


class LibvirtConfigCapsMonitor(LibvirtConfigObject):
    """``<monitor level='3' reuseThreshold='270336' maxMonitors='176'>``"""

    root_name = 'monitor'

    level = Attr('@level', INT)
    #: Bytes.
    reuse_threshold = Attr('@reuseThreshold', INT)
    max_monitors = Attr('@maxMonitors', INT)
    features = Values('feature', '@name')


class LibvirtConfigCapsBandwidthControl(LibvirtConfigObject):
    """``<control granularity='10' min='10' maxAllocs='4'/>``, in per cent."""

    root_name = 'control'

    granularity = Attr('@granularity', INT)
    min = Attr('@min', INT)
    max_allocs = Attr('@maxAllocs', INT)


class LibvirtConfigCapsBandwidthNode(LibvirtConfigObject):
    """``<node id='0' cpus='0-5'>``: CPUs that share memory bandwidth."""

    root_name = 'node'

    id = Attr('@id', INT)
    cpus = Attr('@cpus', CPUSET)
    controls = Children('', LibvirtConfigCapsBandwidthControl)


class LibvirtConfigCapsSecModel(LibvirtConfigObject):
    """``<secmodel><model>selinux</model><doi>0</doi>...``"""

    root_name = 'secmodel'

    model = Text('model')
    doi = Text('doi')
    baselabels: list[Any]
    baselabel_types: list[Any]
    _baselabels = Columns('baselabel', baselabels='.', baselabel_types='@type')


class LibvirtConfigCapsHost(LibvirtConfigObject):
    """What the host is."""

    root_name = 'host'

    uuid = Text('uuid')
    cpu = Child(LibvirtConfigCPU)

    suspend_mem = Flag('power_management/suspend_mem')
    suspend_disk = Flag('power_management/suspend_disk')
    suspend_hybrid = Flag('power_management/suspend_hybrid')

    iommu_support = Attr('iommu/@support', YESNO)

    live_migration = Flag('migration_features/live')
    migration_transports = Values('migration_features/uri_transports/uri_transport')

    topology = Child(LibvirtConfigCapsNUMATopology)

    cache_banks = Children('cache', LibvirtConfigCapsCacheBank)
    cache_monitor = Child(LibvirtConfigCapsMonitor, path='cache')

    bandwidth_nodes = Children('memory_bandwidth', LibvirtConfigCapsBandwidthNode)
    bandwidth_monitor = Child(LibvirtConfigCapsMonitor, path='memory_bandwidth')

    secmodels = Children('', LibvirtConfigCapsSecModel)
