# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatcaps.html"""

from collections import OrderedDict
from typing import Any

from lxml import etree

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import CPUSET
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import KIB
from nova.virt.libvirt.schema.convert import amount
from nova.virt.libvirt.schema.cpu import LibvirtConfigCPU
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Columns
from nova.virt.libvirt.schema.mapping import Spanned
from nova.virt.libvirt.schema.mapping import Text


class LibvirtConfigCapsNUMACPU(LibvirtConfigObject):
    """``<cpu id='0' socket_id='0' core_id='0' siblings='0,4'/>``"""

    root_name = 'cpu'

    id = Attr('@id', INT)
    socket_id = Attr('@socket_id', INT)
    die_id = Attr('@die_id', INT)
    core_id = Attr('@core_id', INT)
    siblings = Attr('@siblings', CPUSET)


class LibvirtConfigCapsNUMAPages(LibvirtConfigObject):
    """``<pages unit='KiB' size='4'>2000</pages>``"""

    root_name = 'pages'

    #: KiB
    size = Spanned('.', amount('size', base='KiB'))
    total = Text('.', INT)


class LibvirtConfigCapsNUMACell(LibvirtConfigObject):
    """A NUMA node of the host."""

    root_name = 'cell'

    id = Attr('@id', INT)
    #: KiB
    memory = Text('memory', KIB, default=0)
    mempages = Children('', LibvirtConfigCapsNUMAPages)
    cpus_num = Attr('cpus/@num', INT)
    cpus = Children('cpus', LibvirtConfigCapsNUMACPU)

    # The count stands beside the list that it counts.
    def format_dom(self) -> etree._Element:
        if self._origin is None:
            self.cpus_num = len(self.cpus)
        return super().format_dom()


class LibvirtConfigCapsNUMATopology(LibvirtConfigObject):
    """``<topology><cells num='1'>...``"""

    root_name = 'topology'

    cells_num = Attr('cells/@num', INT)
    cells = Children('cells', LibvirtConfigCapsNUMACell)

    # The count stands beside the list that it counts.
    def format_dom(self) -> etree._Element:
        if self._origin is None:
            self.cells_num = len(self.cells)
        return super().format_dom()


class LibvirtConfigCapsHost(LibvirtConfigObject):
    """What the host is."""

    root_name = 'host'

    uuid = Text('uuid')
    cpu = Child(LibvirtConfigCPU)
    topology = Child(LibvirtConfigCapsNUMATopology)


class LibvirtConfigCapsGuestDomain(LibvirtConfigObject):
    """A kind of domain; the one without a type holds what the others do not say."""

    root_name = 'domain'

    domtype = Attr('@type')
    emulator = Text('emulator')
    machine_names: list[Any]
    machine_canonical: list[Any]
    machine_max_cpus: list[Any]
    _machines = Columns('machine', machine_names='.', machine_canonical='@canonical',
                        machine_max_cpus=('@maxCpus', INT),
                        optional=('machine_canonical', 'machine_max_cpus'))

    @property
    def machines(self) -> dict[str, dict[str, int]]:
        """Return the machine types by name, with ``maxCpus`` where it is known."""
        return {name: {} if limit is None else {'maxCpus': limit}
                for name, canonical, limit in self._rows() if canonical is None}

    @property
    def aliases(self) -> dict[str, str]:
        """Return the names that stand for machine types."""
        return {name: canonical for name, canonical, _limit in self._rows()
                if canonical is not None}

    def _rows(self) -> list[tuple[Any, Any, Any]]:
        count = len(self.machine_names)
        canonical = self.machine_canonical + [None] * count
        limits = self.machine_max_cpus + [None] * count
        return list(zip(self.machine_names, canonical, limits, strict=False))


class CapsGuestArch(LibvirtConfigCapsGuestDomain):
    """``<arch name='x86_64'>``: the defaults of its domains, and the domains."""

    root_name = 'arch'

    domtype = Attr('@type')
    name = Attr('@name')
    wordsize = Text('wordsize', INT)
    domains = Children('', LibvirtConfigCapsGuestDomain)


class LibvirtConfigCapsGuest(LibvirtConfigObject):
    """What guests of one architecture can be."""

    root_name = 'guest'

    ostype = Text('os_type')
    arch_element = Child(CapsGuestArch)

    def __init__(self, **kwargs: Any) -> None:
        self.arch_element = CapsGuestArch()
        super().__init__(**kwargs)
        self.arch_element = CapsGuestArch(name=kwargs.get('arch'))

    @property
    def arch(self) -> str | None:
        """The architecture, in libvirt's word."""
        element = self.arch_element
        return None if element is None else element.name

    @arch.setter
    def arch(self, value: str | None) -> None:
        self.arch_element.name = value

    @property
    def default_domain(self) -> LibvirtConfigCapsGuestDomain | None:
        """What holds for domains that say nothing else."""
        return self.arch_element  # type: ignore[no-any-return]

    @property
    def domains(self) -> 'OrderedDict[str, LibvirtConfigCapsGuestDomain]':
        """Return each kind of domain by type, completed from the defaults."""
        if self.arch_element is None:
            return OrderedDict()
        return OrderedDict((each.domtype, self._completed(each))
                           for each in self.arch_element.domains)

    def _completed(self, domain: LibvirtConfigCapsGuestDomain
                   ) -> LibvirtConfigCapsGuestDomain:
        default = self.arch_element
        own = domain if domain.machine_names else default
        return LibvirtConfigCapsGuestDomain(
            domtype=domain.domtype,
            emulator=domain.emulator or default.emulator,
            machine_names=list(own.machine_names),
            machine_canonical=list(own.machine_canonical),
            machine_max_cpus=list(own.machine_max_cpus))


class LibvirtConfigCaps(LibvirtConfigObject):
    """What a host and its guests can be."""

    root_name = 'capabilities'

    host = Child(LibvirtConfigCapsHost)
    guests = Children('', LibvirtConfigCapsGuest)
