# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""CPUs, as a host has them and as a guest gets them."""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import CPUSET
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.convert import amount
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Columns
from nova.virt.libvirt.schema.mapping import Flag
from nova.virt.libvirt.schema.mapping import Spanned
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import Values


class LibvirtConfigCPUFeature(LibvirtConfigObject):
    """A feature of a host's CPU, which needs no policy."""

    root_name = 'feature'

    policy_given = Attr('@policy')
    name = Attr('@name')

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name = name

    @property
    def policy(self) -> Any:
        """What is asked of the feature: libvirt's default when nothing is said."""
        return self.policy_given or 'require'

    @policy.setter
    def policy(self, value: Any) -> None:
        self.policy_given = value

    def __hash__(self) -> int:
        return hash(self.name)


class LibvirtConfigGuestCPUFeature(LibvirtConfigCPUFeature):
    """``<feature policy='require' name='lahf_lm'/>``"""

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name, **{'policy': 'require', **kwargs})


class LibvirtConfigCPUMaxPhysAddr(LibvirtConfigObject):
    """``<maxphysaddr mode='emulate' bits='42'/>``"""

    root_name = 'maxphysaddr'

    mode = Attr('@mode')
    bits = Attr('@bits', INT)


class LibvirtConfigGuestCPUMaxPhysAddr(LibvirtConfigCPUMaxPhysAddr):
    """The address bits that a guest's CPU gets."""


class LibvirtConfigCPUCounter(LibvirtConfigObject):
    """``<counter name='tsc' frequency='2596991000' scaling='no'/>``"""

    root_name = 'counter'

    name = Attr('@name')
    #: Hz
    frequency = Attr('@frequency', INT)
    scaling = Attr('@scaling', YESNO)


class LibvirtConfigGuestCPUCache(LibvirtConfigObject):
    """``<cache level='3' mode='emulate'/>``"""

    root_name = 'cache'

    level = Attr('@level', INT)
    mode = Attr('@mode')


class LibvirtConfigGuestCPUNUMACache(LibvirtConfigObject):
    """``<cache level='1' associativity='direct' policy='writeback'>``; sizes in KiB"""

    root_name = 'cache'

    level = Attr('@level', INT)
    associativity = Attr('@associativity')
    policy = Attr('@policy')
    size = Spanned('size', amount('value', base='KiB'))
    #: Bytes
    line = Spanned('line', amount('value', base='B', unspecified='KiB'))


class LibvirtConfigGuestCPUNUMACell(LibvirtConfigObject):
    """``<cell id='0' cpus='0-3' memory='512000' memAccess='shared'/>``"""

    root_name = 'cell'

    id = Attr('@id', INT)
    cpus = Attr('@cpus', CPUSET)
    #: KiB
    memory = Spanned('.', amount('memory', base='KiB', written=False))
    memAccess = Attr('@memAccess')  # noqa: N815
    discard = Attr('@discard', YESNO)

    distance_ids: list[Any]
    distances: list[Any]
    _siblings = Columns('distances/sibling', distance_ids=('@id', INT),
                        distances=('@value', INT))
    caches = Children('', LibvirtConfigGuestCPUNUMACache)


class CPUNUMAInterconnect(LibvirtConfigObject):
    """What lies between an initiator and a target, or a cache there."""

    initiator = Attr('@initiator', INT)
    target = Attr('@target', INT)
    cache = Attr('@cache', INT)
    type = Attr('@type')


class LibvirtConfigGuestCPUNUMALatency(CPUNUMAInterconnect):
    """``<latency initiator='0' target='0' type='access' value='5'/>``; nanoseconds"""

    root_name = 'latency'

    value = Attr('@value', INT)


class LibvirtConfigGuestCPUNUMABandwidth(CPUNUMAInterconnect):
    """``<bandwidth initiator='0' target='0' type='access' value='204800' .../>``"""

    root_name = 'bandwidth'

    #: KiB in a second
    value = Spanned('.', amount('value', base='KiB'))


class LibvirtConfigGuestCPUNUMA(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#guest-numa-topology"""

    root_name = 'numa'

    cells = Children('', LibvirtConfigGuestCPUNUMACell)
    interconnects = Children('interconnects', LibvirtConfigGuestCPUNUMALatency,
                             LibvirtConfigGuestCPUNUMABandwidth)


class LibvirtConfigCPU(LibvirtConfigObject):
    """https://libvirt.org/formatcaps.html#host-capabilities"""

    root_name = 'cpu'

    # A baseline, and what a host is compared with, may be as a guest would get it.
    mode = Attr('@mode')
    match = Attr('@match')

    arch = Text('arch')

    # <features>, which old hosts have beside <feature>
    pae = Flag('features/pae')
    nonpae = Flag('features/nonpae')
    vmx = Flag('features/vmx')
    svm = Flag('features/svm')

    model = Text('model')
    model_fallback = Attr('model/@fallback')
    vendor = Text('vendor')

    microcode_version = Attr('microcode/@version', INT)

    signature_family = Attr('signature/@family', INT)
    signature_model = Attr('signature/@model', INT)
    signature_stepping = Attr('signature/@stepping', INT)

    counters = Children('', LibvirtConfigCPUCounter)

    sockets = Attr('topology/@sockets', INT)
    dies = Attr('topology/@dies', INT)
    clusters = Attr('topology/@clusters', INT)
    cores = Attr('topology/@cores', INT)
    threads = Attr('topology/@threads', INT)

    maxphysaddr = Child(LibvirtConfigCPUMaxPhysAddr)
    features = Children('', LibvirtConfigCPUFeature, into=set, sort_by='name')

    #: Sizes of memory pages in KiB.
    page_sizes = Values('pages', '.', amount('size', base='KiB'))

    def add_feature(self, feat: LibvirtConfigCPUFeature) -> None:
        """Add a feature, unless there is one of that name."""
        if all(each.name != feat.name for each in self.features):
            self.features.add(feat)


class LibvirtConfigGuestCPU(LibvirtConfigCPU):
    """https://libvirt.org/formatdomain.html#cpu-model-and-topology"""

    match = Attr('@match', default='exact')
    check = Attr('@check')
    migratable = Attr('@migratable', ONOFF)
    deprecated_features = Attr('@deprecated_features', ONOFF)
    #: Twelve characters that the guest sees as the vendor.
    vendor_id = Attr('model/@vendor_id')
    cache = Child(LibvirtConfigGuestCPUCache)
    maxphysaddr = Child(LibvirtConfigGuestCPUMaxPhysAddr)
    features = Children('', LibvirtConfigGuestCPUFeature, into=set, sort_by='name')
    numa = Child(LibvirtConfigGuestCPUNUMA)
