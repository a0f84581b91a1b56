# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What this host has, and how much of it is in use."""

from collections.abc import Callable, Iterable, Mapping
import dataclasses
import functools
import os
import re
import time
from typing import TYPE_CHECKING, Any

from oslo_serialization import jsonutils
from oslo_utils import units

from nova import exception
from nova import objects
from nova.i18n import _
from nova.objects import fields
from nova.virt import hardware
from nova.virt.libvirt import host as libvirt_host
from nova.virt.libvirt import numacells
from nova.virt.libvirt import usertext
from nova.virt.libvirt.storage import instancedir

if TYPE_CHECKING:
    from nova.virt.libvirt import config as vconfig

#: Architectures on which guests are placed on NUMA nodes.
_NUMA_ARCHES = (fields.Architecture.ARMV7L, fields.Architecture.AARCH64,
                fields.Architecture.I686, fields.Architecture.X86_64,
                fields.Architecture.PPC64, fields.Architecture.PPC64LE)

#: Numbers of CPUs of this host.
CPUs = frozenset[int]

_SHARED = '[compute] cpu_shared_set'
_DEDICATED = '[compute] cpu_dedicated_set'
_OLD = '[DEFAULT] vcpu_pin_set'


@dataclasses.dataclass(frozen=True)
class ResourceSettings:
    """Which of the host's CPUs and pages are for guests."""

    #: [compute] cpu_shared_set
    shared_set: str | None = None
    #: [compute] cpu_dedicated_set
    dedicated_set: str | None = None
    #: [DEFAULT] vcpu_pin_set
    vcpu_pin_set: str | None = None
    #: [DEFAULT] reserved_huge_pages: of each node and size in KiB that many.
    reserved_pages: Mapping[tuple[int, int], int] = dataclasses.field(
        default_factory=dict)

    def shared_cpus(self, online: CPUs, available: CPUs) -> CPUs:
        """Return the CPUs that guests share, of those that are switched on.

        :param available: those that are switched off too.
        :raises nova.exception.Invalid: for a set that cannot be read, or one that
            names CPUs which are not there.
        """
        name, spec = _SHARED, self.shared_set
        if not (self.shared_set or self.dedicated_set):
            name, spec = _OLD, self.vcpu_pin_set
            if not spec:
                return online
        if not spec:
            return frozenset()
        return _among(available, name, spec) & online

    def dedicated_cpus(self, online: CPUs) -> CPUs:
        """Return the CPUs that guests have for themselves.

        :raises nova.exception.Invalid: for a set that cannot be read, or one that
            names CPUs which are shared or do not run: nothing would switch them on.
        """
        if not self.dedicated_set:
            return frozenset()
        both = (_read(_DEDICATED, self.dedicated_set)
                & _read(_SHARED, self.shared_set or ''))
        if both:
            raise exception.Invalid(
                _('[compute] cpu_dedicated_set and cpu_shared_set both name %s')
                % sorted(both))
        return _among(online, _DEDICATED, self.dedicated_set)


def _read(name: str, spec: str) -> CPUs:
    try:
        return frozenset(hardware.parse_cpu_spec(spec))
    except exception.Invalid as error:
        raise exception.Invalid(f'{name}: {error}') from error


def _among(there: CPUs, name: str, spec: str) -> CPUs:
    """Return the CPUs of an option; refuse those that are not there."""
    cpus = _read(name, spec)
    if cpus - there:
        raise exception.Invalid(
            _('%(name)s is %(spec)s: this host has no CPU %(absent)s to give, only '
              '%(there)s')
            % {'name': name, 'spec': usertext.quoted(spec),
               'absent': hardware.format_cpu_spec(cpus - there),
               'there': hardware.format_cpu_spec(there)})
    return cpus


def reserved_pages(entries: Iterable[Mapping[str, str]] | None,
                   ) -> dict[tuple[int, int], int]:
    """Read [DEFAULT] reserved_huge_pages: ``node:0,size:1GB,count:2`` each.

    A size without a unit is in KiB.

    :raises nova.exception.InvalidReservedMemoryPagesOption: for anything else.
    """
    found = {}
    for entry in entries or ():
        try:
            if set(entry) != {'node', 'size', 'count'}:
                raise ValueError(entry)
            node, count = int(entry['node']), int(entry['count'])
            if min(node, count) < 0:
                raise ValueError(entry)
            found[node, _size_kb(entry['size'])] = count
        except ValueError as error:
            raise exception.InvalidReservedMemoryPagesOption(
                conf=dict(entry)) from error
    return found


def _size_kb(text: str) -> int:
    match = re.fullmatch(r'(\d+)(?:([KMG])(?:i?B)?)?', text)
    if match is None or not int(match[1]):
        raise ValueError(text)
    return int(match[1]) * {'M': units.Ki, 'G': units.Mi}.get(match[2], 1)


class HostResources:
    """Counts the resources of this host.

    What follows from the capabilities alone is computed once for each of them.

    :param dirs: the folders of the instances, whose file system is the disk that
        counts.
    """

    def __init__(self, host: libvirt_host.Host, dirs: instancedir.InstanceDirs,
                 settings: ResourceSettings = ResourceSettings()) -> None:  # noqa: B008
        self._host = host
        self._dirs = dirs
        self._settings = settings
        self._cpu_info = _of_last(lambda caps: jsonutils.dumps(host.get_cpu_info()))
        self._instances = _of_last(_supported_instances)
        self._cpus = _of_last(self._guest_cpus)
        self._topology = _of_last(self._numa_topology)
        self._pci = _of_last(jsonutils.dumps)

    def check(self) -> None:
        """Refuse settings that this host cannot follow.

        :raises exception.HypervisorUnavailable: without a connection.
        :raises exception.Invalid: naming the option and the CPUs that are not there.
        """
        self._cpus(frozenset(self._host.get_online_cpus()))

    def _guest_cpus(self, online: CPUs) -> tuple[CPUs, CPUs]:
        available = frozenset(self._host.get_available_cpus())
        return (self._settings.shared_cpus(online, available),
                self._settings.dedicated_cpus(online))

    def available(self) -> dict[str, Any]:
        """Return the resources as the compute manager stores them.

        Memory is in MiB, disk in GiB.

        :raises exception.HypervisorUnavailable: without a connection.
        :raises exception.Invalid: if CPUs for guests went since check().
        """
        caps = self._host.get_capabilities()
        shared, dedicated = self._cpus(frozenset(self._host.get_online_cpus()))
        memory_mb, memory_mb_used = self._host.get_memory_mb()
        return {
            **self._hypervisor(),
            **self._disk(),
            'vcpus': len(shared),
            'vcpus_used': self._host.get_vcpu_used(),
            'memory_mb': memory_mb,
            'memory_mb_used': memory_mb_used,
            'supported_instances': self._instances(caps),
            'cpu_info': self._cpu_info(caps),
            'numa_topology': self._topology(caps, shared, dedicated),
            'pci_passthrough_devices': self._pci(self._host.get_pci_devices()),
        }

    @staticmethod
    def uptime() -> str:
        """Return what ``uptime`` prints of this host."""
        return get_uptime()

    def _hypervisor(self) -> dict[str, Any]:
        return {
            'hypervisor_type': self._host.get_hypervisor_type(),
            'hypervisor_version': self._host.get_hypervisor_version(),
            'hypervisor_hostname': self._host.get_hostname(),
        }

    def get_disk_available_least(self) -> int:
        """Return the GiB that are left if every disk grows to its size.

        Negative where more is promised than there is.
        """
        return self._host.get_disk_available_least(
            self._dirs.instances_path, self._dirs.promised_bytes())

    def _disk(self) -> dict[str, int]:
        stat = os.statvfs(self._dirs.instances_path)
        total_bytes = stat.f_frsize * stat.f_blocks
        free_bytes = stat.f_frsize * stat.f_bavail
        return {
            'local_gb': total_bytes // units.Gi,
            'local_gb_used': (total_bytes - free_bytes) // units.Gi,
            'disk_available_least': self.get_disk_available_least(),
        }

    def _numa_topology(self, caps: 'vconfig.LibvirtConfigCaps',
                       shared: CPUs, dedicated: CPUs) -> str | None:
        cells = self._host.get_numa_topology()
        if not cells or caps.host.cpu.arch not in _NUMA_ARCHES:
            return None
        found = objects.NUMATopology(
            cells=[_numa_cell(cell, shared, dedicated, self._settings.reserved_pages)
                   for cell in cells])
        return str(found._to_json())


def _of_last(make: Callable[..., Any]) -> Callable[..., Any]:
    """Answer again what a function said, as long as it is given the same objects."""
    last: list[Any] = []

    @functools.wraps(make)
    def answer(*args: Any) -> Any:
        if not last or any(a is not b and a != b for a, b
                           in zip(last[0], args, strict=True)):
            last[:] = [args, make(*args)]
        return last[1]
    return answer


def _supported_instances(caps: 'vconfig.LibvirtConfigCaps',
                         ) -> list[tuple[str, str, str]]:
    """Return (architecture, hypervisor type, mode) of each kind of guest."""
    return [(guest.arch, domain_type, guest.ostype)
            for guest in caps.guests for domain_type in guest.domains]


def _numa_cell(cell: numacells.HostCell, shared: CPUs, dedicated: CPUs,
               reserved: Mapping[tuple[int, int], int]) -> 'objects.NUMACell':
    shared, dedicated = cell.cpus & shared, cell.cpus & dedicated
    siblings = [set(each & (shared | dedicated)) for each in cell.siblings]
    return objects.NUMACell(
        id=cell.id, cpuset=set(shared), pcpuset=set(dedicated),
        memory=cell.memory_kb // units.Ki, siblings=[each for each in siblings if each],
        mempages=[objects.NUMAPagesTopology(
            size_kb=size_kb, total=total, used=0,
            reserved=reserved.get((cell.id, size_kb), 0))
            for size_kb, total in cell.pages.items()],
        cpu_usage=0, memory_usage=0, pinned_cpus=set(), socket=cell.socket,
        network_metadata=objects.NetworkMetadata(physnets=set(), tunneled=False))


def get_uptime(proc: str = '/proc') -> str:
    """Return what ``uptime`` prints where nobody is logged in: clients take it apart.

    :param proc: where the proc file system is mounted.
    """
    with open(os.path.join(proc, 'uptime'), encoding='ascii') as file:
        minutes, _seconds = divmod(int(float(file.read().split()[0])), 60)
    with open(os.path.join(proc, 'loadavg'), encoding='ascii') as file:
        load = ', '.join(file.read().split()[:3])
    now = time.strftime('%H:%M:%S')
    return f' {now} up {_duration(minutes)},  0 user,  load average: {load}'


def _duration(minutes: int) -> str:
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    since = f'{hours:2}:{minutes:02}' if hours else f'{minutes} min'
    return f'{days} {"days" if days > 1 else "day"}, {since}' if days else since
