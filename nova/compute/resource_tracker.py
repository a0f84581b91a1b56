# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The compute node: what the host has, and what instances were promised of it."""

from collections.abc import Iterable
import contextlib
import threading
from typing import TYPE_CHECKING, Any

from oslo_log import log as logging

from nova import exception
from nova import objects
from nova.compute import claims
from nova.compute import numa_claims
from nova.compute import vm_states
import nova.conf
from nova.virt import hardware

if TYPE_CHECKING:
    from nova import context as nova_context
    from nova.virt import driver as virt_driver

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)


class ResourceTracker:
    """Keeps the compute node's row true, and says what still fits.

    :param host: name of the service's host.
    """

    def __init__(self, host: str, driver: 'virt_driver.ComputeDriver') -> None:
        self._host = host
        self._driver = driver
        self._update_lock = threading.Lock()
        self._nodename: str | None = None
        self.claims = claims.Claims()
        self.numa_claims = numa_claims.NUMAClaims()

    @property
    def nodename(self) -> str | None:
        """The hypervisor host name; None before the first update."""
        return self._nodename

    def take_over(self, instances: Iterable['objects.Instance']) -> None:
        """Note what instances of an earlier process have."""
        for instance in instances:
            # Without a host it has nothing here: its build failed or is queued.
            if instance.host is not None:
                self.claims.take_over(instance.uuid, claims.Amount.of(
                    instance.flavor, instance.numa_topology))
                self.numa_claims.take_over(instance.uuid, instance.numa_topology)

    def claim(self, instance: 'objects.Instance',
              image_meta: 'objects.ImageMeta') -> None:
        """Claim what an instance's flavor says, and place it on the host's cells.

        The instance knows its place then; it is not saved.

        :raises exception.ComputeResourcesUnavailable: if there is not as much
            left; nothing has changed then.
        """
        wanted = hardware.numa_get_constraints(instance.flavor, image_meta)
        self.claims.claim(instance.uuid, claims.Amount.of(instance.flavor, wanted))
        try:
            placed = self.numa_claims.claim(instance.uuid, wanted, _numa_limits())
        except exception.ComputeResourcesUnavailable:
            self.claims.release(instance.uuid)
            raise
        instance.numa_topology = placed

    def release(self, instance: 'objects.Instance') -> None:
        """Give back what an instance has."""
        self.claims.release(instance.uuid)
        self.numa_claims.release(instance.uuid)

    def check_ever_fits(self, flavor: 'objects.Flavor',
                        image_meta: 'objects.ImageMeta') -> None:
        """Refuse a flavor that is larger than this host.

        :raises exception.ComputeResourcesUnavailable: naming what is short.
        """
        wanted = hardware.numa_get_constraints(flavor, image_meta)
        self.claims.check_ever_fits(claims.Amount.of(flavor, wanted))

    def update(self, context: 'nova_context.RequestContext') -> None:
        """Ask the driver for resources, and write the compute node's row."""
        with self._update_lock:
            nodename = self._driver.get_available_nodes()[0]
            resources = self._driver.get_available_resource(nodename)
            self.claims.limit = _limit(resources)
            self.numa_claims.set_host(resources.get('numa_topology'))
            self._nodename = nodename
            node = self._find_node(context, nodename)
            node.update_from_virt_driver(resources)
            self._fill(node, nodename)
            if node.obj_attr_is_set('id'):
                node.save()
            else:
                node.create()

    def get_node(self, context: 'nova_context.RequestContext'
                 ) -> 'objects.ComputeNode | None':
        """Return the compute node with what is used at this moment."""
        if self._nodename is None:
            return None
        node = objects.ComputeNode.get_by_host_and_nodename(
            context, self._host, self._nodename)
        self._fill_usage(node)
        node.running_vms = len(self.claims)
        node.current_workload = _workload(context)
        return node

    def _find_node(self, context: 'nova_context.RequestContext',
                   nodename: str) -> 'objects.ComputeNode':
        """Return the node's row, or a new one that is not written yet."""
        uuid = self._node_uuid(nodename)
        with contextlib.suppress(exception.ComputeHostNotFound):
            if uuid:
                # Host names change, the machine's UUID stays.
                return objects.ComputeNode.get_by_uuid(context, uuid)
            return objects.ComputeNode.get_by_host_and_nodename(
                context, self._host, nodename)
        node = objects.ComputeNode(context)
        if uuid:
            node.uuid = uuid
        return node

    def _node_uuid(self, nodename: str) -> str | None:
        try:
            by_uuid = self._driver.get_nodenames_by_uuid()
        except NotImplementedError:
            return None
        return next((uuid for uuid, name in by_uuid.items() if name == nodename),
                    None)

    def _fill(self, node: 'objects.ComputeNode', nodename: str) -> None:
        ratios = _ratios()
        node.host, node.hypervisor_hostname = self._host, nodename
        node.host_ip = CONF.my_ip
        node.cpu_allocation_ratio = ratios['cpu']
        node.ram_allocation_ratio = ratios['ram']
        node.disk_allocation_ratio = ratios['disk']
        node.mapped, node.running_vms = 1, len(self.claims)
        self._fill_usage(node)

    def _fill_usage(self, node: 'objects.ComputeNode') -> None:
        used = self.claims.used
        node.vcpus_used = used.vcpus + CONF.reserved_host_cpus
        node.memory_mb_used = used.memory_mb + CONF.reserved_host_memory_mb
        node.local_gb_used = used.disk_gb + _reserved_disk_gb()
        node.free_ram_mb = node.memory_mb - node.memory_mb_used
        node.free_disk_gb = node.local_gb - node.local_gb_used


def _workload(context: 'nova_context.RequestContext') -> int:
    return sum(bool(instance.task_state)
               or instance.vm_state == vm_states.BUILDING
               for instance in objects.InstanceList.get_all(context))


def _ratios() -> dict[str, float]:
    """Return the ratios; what is unset or 0 is the initial one, as in Nova."""
    return {kind: (getattr(CONF, f'{kind}_allocation_ratio')
                   or getattr(CONF, f'initial_{kind}_allocation_ratio'))
            for kind in ('cpu', 'ram', 'disk')}


def _numa_limits() -> 'objects.NUMATopologyLimits':
    ratios = _ratios()
    return objects.NUMATopologyLimits(cpu_allocation_ratio=ratios['cpu'],
                                      ram_allocation_ratio=ratios['ram'])


def _reserved_disk_gb() -> int:
    return int(-(-CONF.reserved_host_disk_mb // 1024))


def _limit(resources: dict[str, Any]) -> claims.Amount:
    ratios = _ratios()
    vcpus = resources['vcpus'] - CONF.reserved_host_cpus
    memory_mb = resources['memory_mb'] - CONF.reserved_host_memory_mb
    disk_gb = resources['local_gb'] - _reserved_disk_gb()
    return claims.Amount(vcpus=max(int(vcpus * ratios['cpu']), 0),
                         memory_mb=max(int(memory_mb * ratios['ram']), 0),
                         disk_gb=max(int(disk_gb * ratios['disk']), 0))
