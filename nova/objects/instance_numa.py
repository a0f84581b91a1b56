# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The NUMA topology of a guest."""

from collections.abc import Iterator
from typing import Any

from nova import exception
from nova import objects
from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class InstanceNUMACell(base.NovaEphemeralObject):
    """A cell of a guest; memory in MiB, pagesize in KiB.

    As long as the guest is not placed, id is the number of its cell; afterwards it
    is that of the cell of the host.
    """

    VERSION = '1.6'

    #: vCPU to CPU of the host.
    cpu_pinning = fields.DictProxyField('cpu_pinning_raw')

    fields = {
        'id': fields.IntegerField(),
        #: vCPUs that float over the shared CPUs of the host.
        'cpuset': fields.SetOfIntegersField(),
        #: vCPUs with a CPU of the host each.
        'pcpuset': fields.SetOfIntegersField(),
        'cpuset_reserved': fields.SetOfIntegersField(nullable=True, default=None),
        'memory': fields.IntegerField(),
        'pagesize': fields.IntegerField(nullable=True, default=None),
        'cpu_topology': fields.ObjectField('VirtCPUTopology', nullable=True),
        'cpu_pinning_raw': fields.DictOfIntegersField(nullable=True, default=None),
        'cpu_policy': fields.CPUAllocationPolicyField(nullable=True, default=None),
        'cpu_thread_policy': fields.CPUThreadAllocationPolicyField(
            nullable=True, default=None),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.obj_attr_is_set('cpu_topology'):
            self.cpu_topology = None
        if not self.obj_attr_is_set('pcpuset'):
            self.pcpuset = set()
        self.obj_reset_changes(['cpu_topology', 'pcpuset'])

    def __len__(self) -> int:
        return len(self.total_cpus)

    @property
    def total_cpus(self) -> set[int]:
        """All vCPUs of the cell."""
        return set(self.cpuset) | set(self.pcpuset)

    @property
    def siblings(self) -> list[set[int]]:
        """The vCPUs that share a core, as the topology of the cell puts them."""
        if not self.cpu_topology or self.cpu_topology.threads <= 1:
            return []
        cpus, threads = sorted(self.total_cpus), self.cpu_topology.threads
        return [set(cpus[i:i + threads]) for i in range(0, len(cpus), threads)]

    def pin(self, vcpu: int, pcpu: int) -> None:
        """Give a vCPU a CPU of the host; others are left alone."""
        if vcpu not in self.pcpuset:
            return
        self.cpu_pinning = {**(self.cpu_pinning or {}), vcpu: pcpu}

    def pin_vcpus(self, *cpu_pairs: tuple[int, int]) -> None:
        """Give several vCPUs a CPU of the host each."""
        for vcpu, pcpu in cpu_pairs:
            self.pin(vcpu, pcpu)

    def clear_host_pinning(self) -> None:
        """Forget where the cell was placed."""
        self.id = -1
        self.cpu_pinning = {}


@base.NovaObjectRegistry.register
class InstanceNUMATopology(base.NovaObject):
    """The cells of a guest, in the order the guest sees them."""

    VERSION = '1.3'

    fields = {
        'id': fields.IntegerField(),
        'instance_uuid': fields.UUIDField(),
        'cells': fields.ListOfObjectsField('InstanceNUMACell'),
        'emulator_threads_policy': fields.CPUEmulatorThreadsPolicyField(
            nullable=True, default=None),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.obj_attr_is_set('emulator_threads_policy'):
            self.emulator_threads_policy = None
            self.obj_reset_changes(['emulator_threads_policy'])

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[InstanceNUMACell]:
        return iter(self.cells)

    @classmethod
    def get_by_instance_uuid(cls, context: Any,
                             instance_uuid: str) -> 'InstanceNUMATopology':
        """Return the topology of a server.

        :raises NumaTopologyNotFound: it has none.
        """
        instance = objects.Instance.get_by_uuid(context, instance_uuid)
        if instance.numa_topology is None:
            raise exception.NumaTopologyNotFound(instance_uuid=instance_uuid)
        topology: InstanceNUMATopology = instance.numa_topology
        return topology

    @property
    def cpu_policy(self) -> str | None:
        """The policy that all cells have; None where they differ."""
        policies = {cell.cpu_policy for cell in self.cells}
        return policies.pop() if len(policies) == 1 else None

    @property
    def cpu_pinning_requested(self) -> bool:
        """Whether any cell wants CPUs of its own."""
        dedicated = (fields.CPUAllocationPolicy.DEDICATED,
                     fields.CPUAllocationPolicy.MIXED)
        return any(cell.cpu_policy in dedicated for cell in self.cells)

    @property
    def cpu_pinning(self) -> set[int]:
        """The CPUs of the host that the guest has for itself."""
        return {pcpu for cell in self.cells
                for pcpu in (cell.cpu_pinning or {}).values()}

    @property
    def emulator_threads_isolated(self) -> bool:
        """Whether QEMU's own threads have CPUs of their own."""
        return bool(self.emulator_threads_policy ==
                    fields.CPUEmulatorThreadsPolicy.ISOLATE)

    def clear_host_pinning(self) -> 'InstanceNUMATopology':
        """Forget where every cell was placed."""
        for cell in self.cells:
            cell.clear_host_pinning()
        return self
