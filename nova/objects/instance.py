# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Instances: servers, as this node remembers them."""

from collections.abc import Collection
import copy
from typing import Any, Self

from oslo_utils import timeutils
from oslo_utils import uuidutils

from nova import exception
from nova import objects
import nova.conf
from nova.db import api as db
from nova.network import model as network_model
from nova.objects import base
from nova.objects import fields
from nova.objects import instance_columns as columns

CONF = nova.conf.CONF

#: Attributes that are asked for by name; everything else is always there.
INSTANCE_OPTIONAL_ATTRS = [*columns.OBJECTS, 'fault', 'ec2_ids', 'services',
                           'metadata', 'system_metadata']

_DICTS = ('metadata', 'system_metadata')


@base.NovaObjectRegistry.register
class Instance(base.NovaPersistentObject, base.NovaObject,
               base.NovaObjectDictCompat):
    """A server.

    save() writes what was changed and nothing else, so two threads may change
    different fields of one server.
    """

    VERSION = '2.8'

    fields = columns.FIELDS
    obj_extra_fields = ['name']

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reset_dict_tracking()

    @property
    def name(self) -> str | None:
        """The name of the domain; None as long as there is no number."""
        if not self.obj_attr_is_set('id'):
            return None
        try:
            return str(CONF.instance_name_template % self.id)
        except TypeError:
            return self._name_from_fields()

    def _name_from_fields(self) -> str:
        info = {name: getattr(self, name) for name in columns.SCALARS
                if self.obj_attr_is_set(name)}
        return str(CONF.instance_name_template % info)

    @property
    def image_meta(self) -> 'objects.ImageMeta':
        """The image that the server was made from, as it was then."""
        return objects.ImageMeta.from_instance(self)

    # Changes of dicts in place

    def _reset_dict_tracking(self, names: Collection[str] | None = None) -> None:
        for name in _DICTS:
            if names is not None and name not in names:
                continue
            value = getattr(self, name) if self.obj_attr_is_set(name) else {}
            setattr(self, f'_orig_{name}', dict(value))

    def obj_reset_changes(self, fields: Any = None, recursive: bool = False) -> None:
        """Forget which fields were changed, dicts changed in place included."""
        super().obj_reset_changes(fields=fields, recursive=recursive)
        self._reset_dict_tracking(fields)

    def obj_what_changed(self) -> set[str]:
        """Return the names of changed fields, dicts changed in place included."""
        changes: set[str] = super().obj_what_changed()
        for name in _DICTS:
            if (self.obj_attr_is_set(name) and
                    getattr(self, name) != getattr(self, f'_orig_{name}')):
                changes.add(name)
        return changes

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        clone: Self = super().__deepcopy__(memo)
        for name in _DICTS:
            setattr(clone, f'_orig_{name}', dict(getattr(self, f'_orig_{name}')))
        return clone

    # Reading

    @classmethod
    def _from_db_object(cls, context: Any, instance: 'Instance', row: Any,
                        expected_attrs: Any = None) -> 'Instance':
        instance._context = context
        for name, value in columns.from_row(context, row).items():
            setattr(instance, name, value)
        if 'fault' in (expected_attrs or ()):
            instance._load_fault()
        instance.obj_reset_changes()
        return instance

    @classmethod
    def get_by_uuid(cls, context: Any, uuid: str, expected_attrs: Any = None,
                    use_slave: bool = False) -> 'Instance':
        """Return a server; InstanceNotFound if there is none."""
        row = db.instance_get_by_uuid(uuid)
        return cls._from_db_object(context, cls(context), row, expected_attrs)

    @classmethod
    def get_by_id(cls, context: Any, inst_id: int,
                  expected_attrs: Any = None) -> 'Instance':
        """Return the server with a number; InstanceNotFound if there is none."""
        row = db.instance_get(inst_id)
        return cls._from_db_object(context, cls(context), row, expected_attrs)

    @classmethod
    def exists(cls, context: Any, uuid: str) -> bool:
        """Say whether there is such a server."""
        try:
            db.instance_get_by_uuid(uuid)
        except exception.InstanceNotFound:
            return False
        return True

    def refresh(self, use_slave: bool = False) -> None:
        """Read everything again and drop what was not saved.

        :raises InstanceNotFound: it was deleted; the object is as it was.
        """
        row = db.instance_get_by_uuid(self.uuid)
        has_fault = ['fault'] if self.obj_attr_is_set('fault') else []
        self._from_db_object(self._context, self, row, has_fault)

    def obj_load_attr(self, attrname: str) -> None:
        """Load an attribute that was not read with the rest.

        :raises ObjectActionError: nobody ever set it.
        """
        if attrname == 'fault':
            self._load_fault()
            return
        try:
            value = columns.default_of(attrname, self)
        except KeyError:
            raise exception.ObjectActionError(
                action='obj_load_attr',
                reason=f'attribute {attrname} is not set') from None
        setattr(self, attrname, value)
        self.obj_reset_changes([attrname])

    def _load_fault(self) -> None:
        self.fault = objects.InstanceFault.get_latest_for_instance(
            self._context, self.uuid)
        self.obj_reset_changes(['fault'])

    # Writing

    def create(self) -> None:
        """Record a new server, with a UUID of its own if it has none.

        :raises ObjectActionError: it is recorded already.
        :raises InstanceExists: another has its UUID.
        """
        if self.obj_attr_is_set('id'):
            raise exception.ObjectActionError(action='create',
                                              reason='already created')
        if not self.obj_attr_is_set('uuid'):
            self.uuid = uuidutils.generate_uuid()
        row = db.instance_create(columns.to_row(self.obj_get_changes()))
        self._from_db_object(self._context, self, row)

    def save(self, expected_vm_state: Any = None, expected_task_state: Any = None,
             admin_state_reset: bool = False) -> None:
        """Write the fields that were changed, if the server is as expected.

        :param expected_vm_state: a state or several; None asks for nothing.
        :param expected_task_state: the same; [None] means that no task may run.
        :raises UnexpectedDeletingTaskStateError: it is being deleted.
        :raises UnexpectedTaskStateError: another task runs.
        :raises InstanceUpdateConflict: its vm state is another.
        :raises InstanceNotFound: it was deleted.

        Where it raises, nothing was written and the object keeps its changes.
        """
        expected = _expectations(vm_state=expected_vm_state,
                                 task_state=expected_task_state)
        values = columns.to_row(self.obj_get_changes())
        if not values and not expected:
            return
        row = db.instance_update(self.uuid, values, expected)
        self._from_db_object(self._context, self, row)

    def destroy(self, hard_delete: bool = False) -> None:
        """Remove the server and every row of its own: actions, faults, disks.

        :raises InstanceNotFound: it was removed before.
        :raises ObjectActionError: another host has taken it; nothing was removed.
        """
        if not self.obj_attr_is_set('id'):
            raise exception.ObjectActionError(action='destroy',
                                              reason='already destroyed')
        host = self.host if self.obj_attr_is_set('host') else None
        db.instance_destroy(self.uuid, host=host)
        self.deleted = True
        self.deleted_at = timeutils.utcnow()
        self.obj_reset_changes()

    # Flavors, network and disks

    def get_flavor(self, namespace: str | None = None) -> 'objects.Flavor':
        """Return the flavor, or with old or new that of a resize."""
        return getattr(self, f'{namespace}_flavor' if namespace else 'flavor')

    def set_flavor(self, flavor: 'objects.Flavor',
                   namespace: str | None = None) -> None:
        """Set the flavor, or with old or new that of a resize."""
        name = f'{namespace}_flavor' if namespace else 'flavor'
        setattr(self, name, copy.deepcopy(flavor))

    def delete_flavor(self, namespace: str) -> None:
        """Forget the old or new flavor of a resize."""
        setattr(self, f'{namespace}_flavor', None)

    def get_network_info(self) -> network_model.NetworkInfo:
        """Return the VIFs, none as long as nothing is known of them."""
        if self.info_cache is None:
            return network_model.NetworkInfo.hydrate([])
        return self.info_cache.network_info

    def get_bdms(self) -> 'objects.BlockDeviceMappingList':
        """Return the block device mappings."""
        return objects.BlockDeviceMappingList.get_by_instance_uuid(
            self._context, self.uuid)

    def delete_metadata_key(self, key: str) -> None:
        """Remove a key of the metadata at once."""
        metadata = dict(self.metadata)
        metadata.pop(key, None)
        self.metadata = metadata
        self.save()


def _expectations(**states: Any) -> dict[str, tuple[Any, ...]]:
    return {name: _as_tuple(value) for name, value in states.items()
            if value is not None}


def _as_tuple(value: Any) -> tuple[Any, ...]:
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(value)
    return (value,)


@base.NovaObjectRegistry.register
class InstanceList(base.ObjectListBase, base.NovaObject):
    """Servers."""

    VERSION = '2.6'

    fields = {'objects': fields.ListOfObjectsField('Instance')}

    @classmethod
    def get_by_filters(cls, context: Any, filters: dict[str, Any],
                       sort_key: str = 'created_at', sort_dir: str = 'desc',
                       limit: int | None = None, marker: str | None = None,
                       expected_attrs: Any = None, use_slave: bool = False,
                       sort_keys: list[str] | None = None,
                       sort_dirs: list[str] | None = None) -> 'InstanceList':
        """Return the servers that all filters accept, in order.

        :param filters: values by field; a list means any of it, display_name and
            hostname are regular expressions, changes-since and changes-before
            are times.
        :param marker: UUID of the server after which to begin.
        :raises MarkerNotFound: that server is gone.
        :raises InvalidSortKey, InvalidInput: what was asked makes no sense.
        """
        keys = sort_keys or [sort_key]
        directions = list(sort_dirs or [sort_dir])
        directions += directions[-1:] * (len(keys) - len(directions))
        rows = db.instance_get_by_filters(
            filters, list(zip(keys, directions, strict=False)), limit, marker)
        return cls._of(context, rows, expected_attrs)

    @classmethod
    def get_all(cls, context: Any, expected_attrs: Any = None) -> 'InstanceList':
        """Return all servers in the order of their making."""
        return cls._of(context, db.instance_get_by_filters({}), expected_attrs)

    @classmethod
    def get_by_host(cls, context: Any, host: str, expected_attrs: Any = None,
                    use_slave: bool = False) -> 'InstanceList':
        """Return the servers of a host."""
        rows = db.instance_get_by_filters({'host': host})
        return cls._of(context, rows, expected_attrs)

    @classmethod
    def get_by_host_and_node(cls, context: Any, host: str, node: str,
                             expected_attrs: Any = None) -> 'InstanceList':
        """Return the servers of a node of a host."""
        rows = db.instance_get_by_filters({'host': host, 'node': node})
        return cls._of(context, rows, expected_attrs)

    @classmethod
    def get_uuids_by_host(cls, context: Any, host: str) -> list[str]:
        """Return the UUIDs of the servers of a host."""
        return [row.uuid for row in db.instance_get_by_filters({'host': host})]

    @classmethod
    def _of(cls, context: Any, rows: Any, expected_attrs: Any) -> 'InstanceList':
        wanted = set(expected_attrs or ())
        result: InstanceList = base.obj_make_list(
            context, cls(context), objects.Instance, rows,
            expected_attrs=wanted - {'fault'})
        if 'fault' in wanted:
            result.fill_faults()
        return result

    def fill_faults(self) -> list[str]:
        """Load the latest fault of each server with one query.

        :returns: the UUIDs of those that have one.
        """
        faults = objects.InstanceFaultList.get_latest_by_instance_uuids(
            self._context, [instance.uuid for instance in self])
        by_uuid = {fault.instance_uuid: fault for fault in faults}
        for instance in self:
            instance.fault = by_uuid.get(instance.uuid)
            instance.obj_reset_changes(['fault'])
        return list(by_uuid)
