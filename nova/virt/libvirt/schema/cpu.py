# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""CPUs, as a host has them and as a guest gets them."""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import CPUSET
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import amount
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Spanned
from nova.virt.libvirt.schema.mapping import Text


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


class LibvirtConfigGuestCPUNUMACell(LibvirtConfigObject):
    """``<cell id='0' cpus='0-3' memory='512000' memAccess='shared'/>``"""

    root_name = 'cell'

    id = Attr('@id', INT)
    cpus = Attr('@cpus', CPUSET)
    #: KiB
    memory = Spanned('.', amount('memory', base='KiB', written=False))
    memAccess = Attr('@memAccess')  # noqa: N815


class LibvirtConfigGuestCPUNUMA(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#guest-numa-topology"""

    root_name = 'numa'

    cells = Children('', LibvirtConfigGuestCPUNUMACell)


class LibvirtConfigCPU(LibvirtConfigObject):
    """https://libvirt.org/formatcaps.html#host-capabilities"""

    root_name = 'cpu'

    arch = Text('arch')
    model = Text('model')
    vendor = Text('vendor')

    sockets = Attr('topology/@sockets', INT)
    cores = Attr('topology/@cores', INT)
    threads = Attr('topology/@threads', INT)

    maxphysaddr = Child(LibvirtConfigCPUMaxPhysAddr)
    features = Children('', LibvirtConfigCPUFeature, into=set, sort_by='name')

    def add_feature(self, feat: LibvirtConfigCPUFeature) -> None:
        """Add a feature, unless there is one of that name."""
        if all(each.name != feat.name for each in self.features):
            self.features.add(feat)


class LibvirtConfigGuestCPU(LibvirtConfigCPU):
    """https://libvirt.org/formatdomain.html#cpu-model-and-topology"""

    mode = Attr('@mode')
    match = Attr('@match', default='exact')
    maxphysaddr = Child(LibvirtConfigGuestCPUMaxPhysAddr)
    features = Children('', LibvirtConfigGuestCPUFeature, into=set, sort_by='name')
    numa = Child(LibvirtConfigGuestCPUNUMA)
