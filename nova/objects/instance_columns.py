# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which fields an instance has, and where each is kept.

Scalars have a column each; objects and dicts are JSON in a column each.
"""

from collections.abc import Callable, Mapping
import datetime
from typing import Any

from oslo_versionedobjects import base as ovo_base

from nova import objects
from nova.db import queries
from nova.objects import fields

_STRINGS = (
    'user_id', 'project_id', 'reservation_id', 'image_ref', 'kernel_id',
    'ramdisk_id', 'hostname', 'key_name', 'key_data', 'user_data', 'config_drive',
    'display_name', 'display_description', 'availability_zone', 'vm_state',
    'task_state', 'host', 'node', 'launched_on', 'cell_name', 'locked_by',
    'os_type', 'architecture', 'vm_mode', 'root_device_name',
    'default_ephemeral_device', 'default_swap_device',
)
_INTEGERS = (
    'launch_index', 'power_state', 'memory_mb', 'vcpus', 'root_gb', 'ephemeral_gb',
    'instance_type_id', 'progress', 'compute_id',
)
_FLAGS = ('locked', 'shutdown_terminate', 'auto_disk_config', 'disable_terminate',
          'hidden', 'cleaned')
_TIMES = ('launched_at', 'terminated_at')

#: Objects kept as JSON, by field.
OBJECTS = {
    'flavor': 'Flavor',
    'old_flavor': 'Flavor',
    'new_flavor': 'Flavor',
    'info_cache': 'InstanceInfoCache',
    'device_metadata': 'InstanceDeviceMetadata',
    'keypairs': 'KeyPairList',
    'migration_context': 'MigrationContext',
    'numa_topology': 'InstanceNUMATopology',
    'pci_devices': 'PciDeviceList',
    'pci_requests': 'InstancePCIRequests',
    'resources': 'ResourceList',
    'security_groups': 'SecurityGroupList',
    'tags': 'TagList',
    'trusted_certs': 'TrustedCerts',
    'vcpu_model': 'VirtCPUModel',
}
_NOT_NULL = ('flavor', 'keypairs', 'security_groups', 'tags')

#: JSON columns whose name differs from that of the field.
_COLUMN_NAMES = {'metadata': 'instance_metadata'}
_DICTS = ('metadata', 'system_metadata')

FIELDS: dict[str, Any] = {
    'id': fields.IntegerField(),
    'uuid': fields.UUIDField(),
    'ephemeral_key_uuid': fields.UUIDField(nullable=True),
    'access_ip_v4': fields.IPV4AddressField(nullable=True),
    'access_ip_v6': fields.IPV6AddressField(nullable=True),
    **{name: fields.StringField(nullable=True) for name in _STRINGS},
    **{name: fields.IntegerField(nullable=True) for name in _INTEGERS},
    **{name: fields.BooleanField(default=False) for name in _FLAGS},
    **{name: fields.DateTimeField(nullable=True) for name in _TIMES},
    'metadata': fields.DictOfStringsField(),
    'system_metadata': fields.DictOfNullableStringsField(),
    **{name: fields.ObjectField(kind, nullable=name not in _NOT_NULL)
       for name, kind in OBJECTS.items()},
    'fault': fields.ObjectField('InstanceFault', nullable=True),
    'ec2_ids': fields.ObjectField('EC2Ids'),
    'services': fields.ObjectField('ServiceList'),
}

#: What is in a column as it is.
SCALARS = ('id', 'uuid', 'ephemeral_key_uuid', 'access_ip_v4', 'access_ip_v6',
           *_STRINGS, *_INTEGERS, *_FLAGS, *_TIMES, 'created_at', 'updated_at')

_READ_ONLY = frozenset({'id', 'created_at', 'updated_at', 'deleted', 'deleted_at',
                        'fault', 'ec2_ids', 'services'})


def to_row(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns to write for changed fields."""
    return {_COLUMN_NAMES.get(name, name): _to_column(value)
            for name, value in changes.items() if name not in _READ_ONLY}


def _to_column(value: Any) -> Any:
    if isinstance(value, ovo_base.VersionedObject):
        return _without_changes(value).obj_to_primitive()
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, datetime.datetime):
        return queries.naive(value)
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return str(value)  # an IP address


def _without_changes(value: Any) -> Any:
    clone = value.obj_clone()
    clone.obj_reset_changes(recursive=True)
    return clone


def from_row(context: Any, row: Any) -> dict[str, Any]:
    """Return the value of every field that a row holds."""
    values: dict[str, Any] = {name: getattr(row, name) for name in SCALARS}
    for name in _DICTS:
        values[name] = getattr(row, _COLUMN_NAMES.get(name, name)) or {}
    for name, kind in OBJECTS.items():
        value = _from_json(context, kind, getattr(row, name))
        if value is not None or name not in _NOT_NULL:
            values[name] = value
    values.update(deleted=False, deleted_at=None)
    return values


def _from_json(context: Any, kind: str, primitive: Any) -> Any:
    if primitive is None:
        return None
    return getattr(objects, kind).obj_from_json(primitive, context)


def _empty(kind: str) -> Callable[[Any], Any]:
    return lambda instance: getattr(objects, kind)(instance._context)


_DEFAULTS: dict[str, Callable[[Any], Any]] = {
    **{name: lambda instance: None for name in OBJECTS if name not in _NOT_NULL},
    **{name: lambda instance: False for name in (*_FLAGS, 'deleted')},
    **{name: lambda instance: {} for name in _DICTS},
    'keypairs': _empty('KeyPairList'),
    'security_groups': _empty('SecurityGroupList'),
    'services': _empty('ServiceList'),
    'tags': _empty('TagList'),
    'pci_devices': _empty('PciDeviceList'),
    'ec2_ids': lambda instance: objects.EC2Ids.get_by_instance(
        instance._context, instance),
}


def default_of(name: str, instance: Any) -> Any:
    """Return what an unset attribute reads as; KeyError if it has no such value."""
    return _DEFAULTS[name](instance)
