# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Compute nodes: what a hypervisor has and what of it is used."""

from typing import Any

from oslo_serialization import jsonutils
from oslo_utils import uuidutils

from nova import exception
from nova import objects
import nova.conf
from nova.db import api as db
from nova.objects import base
from nova.objects import fields

CONF = nova.conf.CONF

_PLAIN = (
    'id', 'uuid', 'service_id', 'host', 'hypervisor_hostname', 'host_ip',
    'hypervisor_type', 'hypervisor_version', 'vcpus', 'vcpus_used', 'memory_mb',
    'memory_mb_used', 'free_ram_mb', 'local_gb', 'local_gb_used', 'free_disk_gb',
    'disk_available_least', 'current_workload', 'running_vms', 'cpu_info',
    'metrics', 'numa_topology', 'cpu_allocation_ratio', 'ram_allocation_ratio',
    'disk_allocation_ratio', 'mapped', 'stats', 'created_at', 'updated_at',
)
_READ_ONLY = ('id', 'created_at', 'updated_at', 'deleted', 'deleted_at')
#: What the driver reports under the same name.
_FROM_DRIVER = (
    'vcpus', 'memory_mb', 'local_gb', 'cpu_info', 'vcpus_used', 'memory_mb_used',
    'local_gb_used', 'numa_topology', 'hypervisor_type', 'hypervisor_version',
    'hypervisor_hostname', 'disk_available_least', 'host_ip', 'uuid',
)


@base.NovaObjectRegistry.register
class ComputeNode(base.NovaPersistentObject, base.NovaObject):
    """A hypervisor.  Memory in MiB, disks in GiB."""

    VERSION = '1.19'

    fields = {
        'id': fields.IntegerField(read_only=True),
        'uuid': fields.UUIDField(read_only=True),
        'service_id': fields.IntegerField(nullable=True),
        'host': fields.StringField(nullable=True),
        'vcpus': fields.IntegerField(),
        'memory_mb': fields.IntegerField(),
        'local_gb': fields.IntegerField(),
        'vcpus_used': fields.IntegerField(),
        'memory_mb_used': fields.IntegerField(),
        'local_gb_used': fields.IntegerField(),
        'hypervisor_type': fields.StringField(),
        'hypervisor_version': fields.IntegerField(),
        'hypervisor_hostname': fields.StringField(nullable=True),
        'free_ram_mb': fields.IntegerField(nullable=True),
        'free_disk_gb': fields.IntegerField(nullable=True),
        'current_workload': fields.IntegerField(nullable=True),
        'running_vms': fields.IntegerField(nullable=True),
        'cpu_info': fields.StringField(nullable=True),
        'disk_available_least': fields.IntegerField(nullable=True),
        'metrics': fields.StringField(nullable=True),
        'stats': fields.DictOfNullableStringsField(nullable=True),
        'host_ip': fields.IPAddressField(nullable=True),
        'numa_topology': fields.StringField(nullable=True),
        'supported_hv_specs': fields.ListOfObjectsField('HVSpec'),
        'pci_device_pools': fields.ObjectField('PciDevicePoolList', nullable=True),
        'cpu_allocation_ratio': fields.FloatField(),
        'ram_allocation_ratio': fields.FloatField(),
        'disk_allocation_ratio': fields.FloatField(),
        'mapped': fields.IntegerField(),
    }

    @classmethod
    def _from_db_object(cls, context: Any, node: 'ComputeNode',
                        row: Any) -> 'ComputeNode':
        for name in _PLAIN:
            value = getattr(row, name)
            if value is not None or cls.fields[name].nullable:
                setattr(node, name, value)
        node.supported_hv_specs = [
            objects.HVSpec.obj_from_json(spec, context)
            for spec in row.supported_hv_specs or []]
        node.pci_device_pools = objects.PciDevicePoolList.obj_from_json(
            row.pci_device_pools, context)
        node.deleted, node.deleted_at = False, None
        node._context = context
        node.obj_reset_changes(recursive=True)
        return node

    @classmethod
    def get_by_id(cls, context: Any, compute_id: int) -> 'ComputeNode':
        """Return a node; ComputeHostNotFound if there is none."""
        return cls._get(context, id=compute_id)

    @classmethod
    def get_by_uuid(cls, context: Any, uuid: str) -> 'ComputeNode':
        """Return a node; ComputeHostNotFound if there is none."""
        return cls._get(context, uuid=uuid)

    @classmethod
    def get_by_host_and_nodename(cls, context: Any, host: str,
                                 nodename: str) -> 'ComputeNode':
        """Return the node of a host; ComputeHostNotFound if there is none."""
        return cls._get(context, host=host, hypervisor_hostname=nodename)

    @classmethod
    def get_by_nodename(cls, context: Any, hypervisor_hostname: str) -> 'ComputeNode':
        """Return a node by its name; ComputeHostNotFound if there is none."""
        return cls._get(context, hypervisor_hostname=hypervisor_hostname)

    @classmethod
    def _get(cls, context: Any, **criteria: Any) -> 'ComputeNode':
        return cls._from_db_object(context, cls(), db.compute_node_get(**criteria))

    def create(self) -> None:
        """Record a new node, with a UUID of its own if it has none.

        :raises InvalidNodeConfiguration: it is recorded already.
        """
        if self.obj_attr_is_set('id'):
            raise exception.ObjectActionError(action='create',
                                              reason='already created')
        if not self.obj_attr_is_set('uuid'):
            self.uuid = uuidutils.generate_uuid()
        row = db.compute_node_create(_to_row(self.obj_get_changes()))
        self._from_db_object(self._context, self, row)

    def save(self, prune_stats: bool = False) -> None:
        """Write the fields that were changed.

        :raises ComputeHostNotFound: the node was removed.
        """
        values = _to_row(self.obj_get_changes())
        if values:
            row = db.compute_node_update(self.id, values)
            self._from_db_object(self._context, self, row)

    def destroy(self) -> None:
        """Remove the node; ComputeHostNotFound if it is gone."""
        db.compute_node_delete(self.id)

    def update_from_virt_driver(self, resources: dict[str, Any]) -> None:
        """Take over what the driver reports; other keys are left alone."""
        for name in _FROM_DRIVER:
            is_final = name == 'uuid' and self.obj_attr_is_set('uuid')
            if name in resources and not is_final:
                setattr(self, name, _as_field(resources[name]))
        if 'stats' in resources:
            self.stats = resources['stats']
        if 'supported_instances' in resources:
            self.supported_hv_specs = [
                objects.HVSpec.from_list(spec)
                for spec in resources['supported_instances']]


def _as_field(value: Any) -> Any:
    # What has a structure is kept as JSON in a text.
    return jsonutils.dumps(value) if isinstance(value, (dict, list)) else value


def _to_row(changes: dict[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in changes.items()
              if name not in _READ_ONLY}
    if values.get('host_ip') is not None:
        values['host_ip'] = str(values['host_ip'])
    if values.get('stats') is not None:
        values['stats'] = dict(values['stats'])
    if 'supported_hv_specs' in values:
        values['supported_hv_specs'] = [
            spec.obj_to_primitive() for spec in values['supported_hv_specs']]
    if values.get('pci_device_pools') is not None:
        values['pci_device_pools'] = values['pci_device_pools'].obj_to_primitive()
    return values


@base.NovaObjectRegistry.register
class ComputeNodeList(base.ObjectListBase, base.NovaObject):
    """Compute nodes."""

    VERSION = '1.17'

    fields = {'objects': fields.ListOfObjectsField('ComputeNode')}

    @classmethod
    def get_all(cls, context: Any) -> 'ComputeNodeList':
        """Return all nodes."""
        rows = db.compute_nodes_get()
        return base.obj_make_list(context, cls(context), ComputeNode, rows)

    @classmethod
    def get_all_by_host(cls, context: Any, host: str,
                        use_slave: bool = False) -> 'ComputeNodeList':
        """Return the nodes of a host."""
        rows = db.compute_nodes_get(host=host)
        return base.obj_make_list(context, cls(context), ComputeNode, rows)
