# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The NUMA topology of the host, and what of it is used."""

from collections.abc import Iterator
from typing import Any

from oslo_serialization import jsonutils

from nova import exception
from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class NUMAPagesTopology(base.NovaObject):
    """Pages of one size: how many there are, are used and are kept back."""

    VERSION = '1.1'

    fields = {
        'size_kb': fields.IntegerField(),
        'total': fields.IntegerField(),
        'used': fields.IntegerField(default=0),
        'reserved': fields.IntegerField(default=0),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.obj_set_defaults()

    @property
    def free(self) -> int:
        """How many pages a new guest may have."""
        return int(self.total - self.used - self.reserved)

    @property
    def free_kb(self) -> int:
        """The same in KiB."""
        return int(self.free * self.size_kb)


@base.NovaObjectRegistry.register
class NUMACell(base.NovaObject):
    """A cell of the host; memory in MiB."""

    VERSION = '1.6'

    fields = {
        'id': fields.IntegerField(),
        #: CPUs that guests share.
        'cpuset': fields.SetOfIntegersField(),
        #: CPUs that guests can have for themselves.
        'pcpuset': fields.SetOfIntegersField(),
        'memory': fields.IntegerField(),
        'cpu_usage': fields.IntegerField(default=0),
        'memory_usage': fields.IntegerField(default=0),
        'pinned_cpus': fields.SetOfIntegersField(),
        'siblings': fields.ListOfSetsOfIntegersField(),
        'mempages': fields.ListOfObjectsField('NUMAPagesTopology'),
        'network_metadata': fields.ObjectField('NetworkMetadata'),
        'socket': fields.IntegerField(nullable=True, default=None),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.obj_set_defaults()

    @property
    def free_cpus(self) -> set[int]:
        """Shared CPUs that no guest is pinned to."""
        return (self.cpuset - self.pinned_cpus) or set()

    @property
    def free_pcpus(self) -> set[int]:
        """CPUs that a guest can still have for itself."""
        return (self.pcpuset - self.pinned_cpus) or set()

    @property
    def free_siblings(self) -> list[set[int]]:
        """Of each core the CPUs that a guest can still have for itself."""
        return [(siblings & self.free_pcpus) for siblings in self.siblings]

    @property
    def avail_cpus(self) -> int:
        """How many shared CPUs no guest is pinned to."""
        return len(self.free_cpus)

    @property
    def avail_pcpus(self) -> int:
        """How many CPUs a guest can still have for itself."""
        return len(self.free_pcpus)

    @property
    def avail_memory(self) -> int:
        """MiB that are not used."""
        return int(self.memory - self.memory_usage)

    @property
    def has_threads(self) -> bool:
        """Whether any core has more than one CPU."""
        return any(len(siblings) > 1 for siblings in self.siblings)

    def _checked(self, cpus: set[int], subset_of: set[int], unknown: Any,
                 invalid: Any) -> None:
        known = self.pcpuset
        if not cpus <= known:
            raise unknown(requested=list(cpus), available=list(known))
        if not cpus <= subset_of:
            raise invalid(requested=list(cpus), available=list(subset_of))

    def pin_cpus(self, cpus: set[int]) -> None:
        """Take CPUs; where it raises, none of them was taken.

        :raises CPUPinningUnknown: the cell has no such CPU.
        :raises CPUPinningInvalid: one of them is taken.
        """
        self._checked(cpus, self.free_pcpus, exception.CPUPinningUnknown,
                      exception.CPUPinningInvalid)
        self.pinned_cpus |= cpus

    def unpin_cpus(self, cpus: set[int]) -> None:
        """Give CPUs back; where it raises, none of them was given back.

        :raises CPUUnpinningUnknown: the cell has no such CPU.
        :raises CPUUnpinningInvalid: one of them was not taken.
        """
        self._checked(cpus, self.pinned_cpus, exception.CPUUnpinningUnknown,
                      exception.CPUUnpinningInvalid)
        self.pinned_cpus -= cpus

    def pin_cpus_with_siblings(self, cpus: set[int]) -> None:
        """Take CPUs and all that share a core with them."""
        self.pin_cpus(self._with_siblings(cpus))

    def unpin_cpus_with_siblings(self, cpus: set[int]) -> None:
        """Give CPUs back and all that share a core with them."""
        self.unpin_cpus(self._with_siblings(cpus))

    def _with_siblings(self, cpus: set[int]) -> set[int]:
        shared = [siblings for siblings in self.siblings if cpus & siblings]
        return cpus.union(*shared)

    def can_fit_pagesize(self, pagesize: int, memory: int,
                         use_free: bool = True) -> bool:
        """Say whether memory fits into pages of a size.

        :param pagesize: KiB.
        :param memory: KiB.
        :param use_free: count what is free, not what there is.
        :raises MemoryPageSizeNotSupported: the cell has no such pages.
        """
        for pages in self.mempages:
            if pages.size_kb == pagesize:
                room_kb = pages.free_kb if use_free else pages.size_kb * (
                    pages.total - pages.reserved)
                return bool(memory <= room_kb and memory % pages.size_kb == 0)
        raise exception.MemoryPageSizeNotSupported(pagesize=pagesize)


@base.NovaObjectRegistry.register
class NUMATopology(base.NovaObject):
    """The cells of the host."""

    VERSION = '1.2'

    fields = {'cells': fields.ListOfObjectsField('NUMACell')}

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[NUMACell]:
        return iter(self.cells)

    @property
    def has_threads(self) -> bool:
        """Whether any core of the host has more than one CPU."""
        return any(cell.has_threads for cell in self.cells)

    @classmethod
    def obj_from_db_obj(cls, db_obj: str) -> 'NUMATopology':
        """Make the topology of the JSON that a node keeps."""
        topology: NUMATopology = cls.obj_from_primitive(jsonutils.loads(db_obj))
        topology.obj_reset_changes(recursive=True)
        return topology

    def _to_json(self) -> str:
        return str(jsonutils.dumps(self.obj_to_primitive()))


@base.NovaObjectRegistry.register
class NUMATopologyLimits(base.NovaObject):
    """How much more than there is may be given out."""

    VERSION = '1.1'

    fields = {
        'cpu_allocation_ratio': fields.FloatField(),
        'ram_allocation_ratio': fields.FloatField(),
        'network_metadata': fields.ObjectField('NetworkMetadata'),
    }
