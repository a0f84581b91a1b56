# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomaincaps.html#cpu-configuration"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.cpu import LibvirtConfigCPUMaxPhysAddr
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUFeature
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import Values


class LibvirtConfigDomainCapsCPUMode(LibvirtConfigObject):
    """A way to give a guest a CPU: ``<mode name='host-model' supported='yes'>``"""

    root_name = 'mode'

    name = Attr('@name')
    supported = Attr('@supported', YESNO, default=False)


class LibvirtConfigDomainCapsCPUHostPassthrough(LibvirtConfigDomainCapsCPUMode):
    """``<mode name='host-passthrough' supported='yes'>...``"""

    recognised_by = {'name': 'host-passthrough'}

    name = Attr('@name', default='host-passthrough')
    migratable = Values('enum[name=hostPassthroughMigratable]/value')


class LibvirtConfigDomainCapsCPUMaximum(LibvirtConfigDomainCapsCPUMode):
    """``<mode name='maximum' supported='yes'>...``"""

    recognised_by = {'name': 'maximum'}

    name = Attr('@name', default='maximum')
    migratable = Values('enum[name=maximumMigratable]/value')


class LibvirtConfigDomainCapsCPUHostModel(LibvirtConfigDomainCapsCPUMode):
    """``<mode name='host-model' supported='yes'><model>EPYC</model>...``"""

    recognised_by = {'name': 'host-model'}

    name = Attr('@name', default='host-model')
    model = Text('model')
    model_fallback = Attr('model/@fallback')
    vendor = Text('vendor')
    maxphysaddr = Child(LibvirtConfigCPUMaxPhysAddr)
    features = Children('', LibvirtConfigGuestCPUFeature, into=set, sort_by='name')


class LibvirtConfigDomainCapsCPUModel(LibvirtConfigObject):
    """``<model usable='no' vendor='Intel'>Icelake-Server</model>``"""

    root_name = 'model'

    #: ``yes``, ``no`` or ``unknown``.
    usable = Attr('@usable')
    deprecated = Attr('@deprecated', YESNO)
    vendor = Attr('@vendor')
    #: The version that a model without one stands for.
    canonical = Attr('@canonical')
    name = Text('.')


class LibvirtConfigDomainCapsCPUBlockers(LibvirtConfigObject):
    """``<blockers model='Icelake-Server'><feature name='pcid'/>...``"""

    root_name = 'blockers'

    model = Attr('@model')
    features = Values('feature', '@name')


class LibvirtConfigDomainCapsCPUCustom(LibvirtConfigDomainCapsCPUMode):
    """``<mode name='custom' supported='yes'><model usable='yes'>qemu64</model>...``"""

    recognised_by = {'name': 'custom'}

    name = Attr('@name', default='custom')
    models = Children('', LibvirtConfigDomainCapsCPUModel)
    blockers = Children('', LibvirtConfigDomainCapsCPUBlockers)


#: The ways, to choose from.
CPU_MODES = (
    LibvirtConfigDomainCapsCPUHostPassthrough,
    LibvirtConfigDomainCapsCPUMaximum,
    LibvirtConfigDomainCapsCPUHostModel,
    LibvirtConfigDomainCapsCPUCustom,
    LibvirtConfigDomainCapsCPUMode,
)
