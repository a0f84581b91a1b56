# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Faults: why a server is in ERROR."""

from typing import Any

from nova import exception
from nova.db import api as db
from nova.objects import base
from nova.objects import fields

_COLUMNS = ('id', 'instance_uuid', 'code', 'message', 'details', 'host',
            'created_at', 'updated_at')
#: What the column holds.
_MESSAGE_LENGTH = 255


@base.NovaObjectRegistry.register
class InstanceFault(base.NovaPersistentObject, base.NovaObject,
                    base.NovaObjectDictCompat):
    """One failure of a server."""

    VERSION = '1.2'

    fields = {
        'id': fields.IntegerField(),
        'instance_uuid': fields.UUIDField(),
        'code': fields.IntegerField(),
        'message': fields.StringField(nullable=True),
        'details': fields.StringField(nullable=True),
        'host': fields.StringField(nullable=True),
    }

    @classmethod
    def _from_db_object(cls, context: Any, fault: 'InstanceFault',
                        row: Any) -> 'InstanceFault':
        for name in _COLUMNS:
            setattr(fault, name, getattr(row, name))
        fault.deleted, fault.deleted_at = False, None
        fault._context = context
        fault.obj_reset_changes()
        return fault

    @classmethod
    def get_latest_for_instance(cls, context: Any,
                                instance_uuid: str) -> 'InstanceFault | None':
        """Return the latest fault of a server, None if it has none."""
        row = db.fault_get_latest(instance_uuid)
        return None if row is None else cls._from_db_object(context, cls(), row)

    def create(self) -> None:
        """Record the fault; a message that is too long is cut.

        :raises InstanceNotFound: its server was deleted.
        """
        if self.obj_attr_is_set('id'):
            raise exception.ObjectActionError(action='create',
                                              reason='already created')
        values = self.obj_get_changes()
        if values.get('message'):
            values['message'] = values['message'][:_MESSAGE_LENGTH]
        self._from_db_object(self._context, self, db.fault_create(values))


@base.NovaObjectRegistry.register
class InstanceFaultList(base.ObjectListBase, base.NovaObject):
    """Faults."""

    VERSION = '1.2'

    fields = {'objects': fields.ListOfObjectsField('InstanceFault')}

    @classmethod
    def get_by_instance_uuids(cls, context: Any,
                              instance_uuids: list[str]) -> 'InstanceFaultList':
        """Return the faults of servers, of each the latest first."""
        rows = db.faults_get(instance_uuids)
        return base.obj_make_list(context, cls(context), InstanceFault, rows)

    @classmethod
    def get_latest_by_instance_uuids(
            cls, context: Any, instance_uuids: list[str]) -> 'InstanceFaultList':
        """Return the latest fault of each of these servers that has one."""
        rows = db.faults_get(instance_uuids, latest=True)
        return base.obj_make_list(context, cls(context), InstanceFault, rows)
