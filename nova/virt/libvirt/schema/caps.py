# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatcaps.html#guest-capabilities"""

from collections import OrderedDict
from collections.abc import Mapping
import copy
from typing import Any

from lxml import etree

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.hostcaps import LibvirtConfigCapsHost
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Columns
from nova.virt.libvirt.schema.mapping import Flag
from nova.virt.libvirt.schema.mapping import Text

_MACHINE_COLUMNS = ('machine_names', 'machine_canonical', 'machine_max_cpus',
                    'machine_deprecated')


class LibvirtConfigCapsGuestDomain(LibvirtConfigObject):
    """A kind of domain; the one without a type holds what the others do not say."""

    root_name = 'domain'

    domtype = Attr('@type')
    emulator = Text('emulator')
    loader = Text('loader')
    machine_names: list[Any]
    machine_canonical: list[Any]
    machine_max_cpus: list[Any]
    machine_deprecated: list[Any]
    _machines = Columns('machine', machine_names='.', machine_canonical='@canonical',
                        machine_max_cpus=('@maxCpus', INT),
                        machine_deprecated=('@deprecated', YESNO),
                        optional=('machine_canonical', 'machine_max_cpus',
                                  'machine_deprecated'))

    @property
    def machines(self) -> dict[str, dict[str, int]]:
        """Return the machine types by name, with ``maxCpus`` where it is known."""
        return {name: {} if limit is None else {'maxCpus': limit}
                for name, canonical, limit in self._rows() if canonical is None}

    @machines.setter
    def machines(self, value: Mapping[str, Mapping[str, int]]) -> None:
        self._set_rows([(name, None, each.get('maxCpus'))
                        for name, each in value.items()],
                       [row for row in self._rows() if row[1] is not None])

    @property
    def aliases(self) -> dict[str, str]:
        """Return the names that stand for machine types."""
        return {name: canonical for name, canonical, _limit in self._rows()
                if canonical is not None}

    @aliases.setter
    def aliases(self, value: Mapping[str, str]) -> None:
        self._set_rows([row for row in self._rows() if row[1] is None],
                       [(name, canonical, None) for name, canonical in value.items()])

    def parse_domain(self, xmldoc: etree._Element) -> None:
        """Take everything from a ``<domain>`` element."""
        self.parse_dom(xmldoc)

    def parse_child(self, xmldoc: etree._Element) -> None:
        """Take one child of such an element, beside what is there."""
        if xmldoc.tag == 'machine':
            self.parse_machine(xmldoc)
        elif xmldoc.tag == 'emulator':
            self.emulator = xmldoc.text

    def parse_machine(self, xmldoc: etree._Element) -> None:
        """Add the machine type, or alias, of a ``<machine>`` element."""
        one = LibvirtConfigCapsGuestDomain()
        holder = etree.Element('domain')
        holder.append(copy.deepcopy(xmldoc))
        one.parse_dom(holder)
        self._add_machines(one)

    def _add_machines(self, other: 'LibvirtConfigCapsGuestDomain') -> None:
        count = len(self.machine_names)
        for key in _MACHINE_COLUMNS:
            mine, added = getattr(self, key), getattr(other, key)
            if added:
                mine.extend([None] * (count - len(mine)) + added)

    def _set_rows(self, *parts: list[tuple[Any, Any, Any]]) -> None:
        rows = [row for part in parts for row in part]
        self.machine_names = [row[0] for row in rows]
        self.machine_canonical = _trimmed([row[1] for row in rows])
        self.machine_max_cpus = _trimmed([row[2] for row in rows])
        self.machine_deprecated = []

    def _rows(self) -> list[tuple[Any, Any, Any]]:
        count = len(self.machine_names)
        canonical = self.machine_canonical + [None] * count
        limits = self.machine_max_cpus + [None] * count
        return list(zip(self.machine_names, canonical, limits, strict=False))


def _trimmed(column: list[Any]) -> list[Any]:
    """Return the column up to its last value, as reading leaves it."""
    while column and column[-1] is None:
        column.pop()
    return column


class _Arch(LibvirtConfigObject):
    """What comes before the defaults."""

    name = Attr('@name')
    wordsize = Text('wordsize', INT)


class CapsGuestArch(LibvirtConfigCapsGuestDomain, _Arch):
    """``<arch name='x86_64'>``: the defaults of its domains, and the domains."""

    root_name = 'arch'

    domains = Children('', LibvirtConfigCapsGuestDomain)


class LibvirtConfigCapsGuest(LibvirtConfigObject):
    """What guests of one architecture can be."""

    root_name = 'guest'

    ostype = Text('os_type')
    arch_element = Child(CapsGuestArch)

    # <features>
    pae = Flag('features/pae')
    nonpae = Flag('features/nonpae')
    ia64_be = Flag('features/ia64_be')
    acpi_default = Attr('features/acpi/@default', ONOFF)
    acpi_toggle = Attr('features/acpi/@toggle', YESNO)
    apic_default = Attr('features/apic/@default', ONOFF)
    apic_toggle = Attr('features/apic/@toggle', YESNO)
    cpuselection = Flag('features/cpuselection')
    deviceboot = Flag('features/deviceboot')
    disksnapshot_default = Attr('features/disksnapshot/@default', ONOFF)
    disksnapshot_toggle = Attr('features/disksnapshot/@toggle', YESNO)
    external_snapshot = Flag('features/externalSnapshot')
    hap_default = Attr('features/hap/@default', ONOFF)
    hap_toggle = Attr('features/hap/@toggle', YESNO)

    @property
    def arch(self) -> str | None:
        """The architecture, in libvirt's word."""
        element = self.arch_element
        return None if element is None else element.name

    @arch.setter
    def arch(self, value: str | None) -> None:
        self._arch_made().name = value

    @property
    def default_domain(self) -> LibvirtConfigCapsGuestDomain | None:
        """What holds for domains that say nothing else."""
        return self.arch_element  # type: ignore[no-any-return]

    @default_domain.setter
    def default_domain(self, value: LibvirtConfigCapsGuestDomain | None) -> None:
        if value is None and self.arch_element is None:
            return
        value = value or LibvirtConfigCapsGuestDomain()
        element = self._arch_made()
        element.emulator = value.emulator
        element.loader = value.loader
        for key in _MACHINE_COLUMNS:
            setattr(element, key, list(getattr(value, key)))

    @property
    def domains(self) -> 'OrderedDict[str, LibvirtConfigCapsGuestDomain]':
        """Return each kind of domain by type, completed from the defaults."""
        if self.arch_element is None:
            return OrderedDict()
        return OrderedDict((each.domtype, self._completed(each))
                           for each in self.arch_element.domains)

    @domains.setter
    def domains(self, value: Mapping[str, LibvirtConfigCapsGuestDomain]) -> None:
        self._arch_made().domains = list(value.values())

    def format_arch(self) -> etree._Element:
        """Return a new ``<arch>`` element."""
        return self._arch_made().format_dom()

    def parse_arch(self, xmldoc: etree._Element) -> None:
        """Take the architecture and its domains from an ``<arch>`` element."""
        self.arch_element = CapsGuestArch()
        self.arch_element.parse_dom(xmldoc)

    def _arch_made(self) -> CapsGuestArch:
        if self.arch_element is None:
            self.arch_element = CapsGuestArch()
        return self.arch_element  # type: ignore[no-any-return]

    def _completed(self, domain: LibvirtConfigCapsGuestDomain
                   ) -> LibvirtConfigCapsGuestDomain:
        default = self.arch_element
        own = domain if domain.machine_names else default
        completed = LibvirtConfigCapsGuestDomain(
            domtype=domain.domtype, emulator=domain.emulator or default.emulator,
            loader=domain.loader or default.loader)
        completed._add_machines(own)
        return completed


class LibvirtConfigCaps(LibvirtConfigObject):
    """What a host and its guests can be."""

    root_name = 'capabilities'

    host = Child(LibvirtConfigCapsHost)
    guests = Children('', LibvirtConfigCapsGuest)
