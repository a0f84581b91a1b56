# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Services of the node."""

from typing import Any

from oslo_utils import uuidutils

from nova import exception
from nova.db import api as db
from nova.objects import base
from nova.objects import fields

#: The program that runs instances.
COMPUTE = 'nova-compute'

_COLUMNS = (
    'id', 'uuid', 'host', 'binary', 'topic', 'report_count', 'disabled',
    'disabled_reason', 'last_seen_up', 'forced_down', 'version', 'created_at',
    'updated_at',
)


@base.NovaObjectRegistry.register
class Service(base.NovaPersistentObject, base.NovaObject,
              base.NovaObjectDictCompat):
    """A process of this project, as the API shows it."""

    VERSION = '1.22'

    fields = {
        'id': fields.IntegerField(read_only=True),
        'uuid': fields.UUIDField(),
        'host': fields.StringField(nullable=True),
        'binary': fields.StringField(nullable=True),
        'topic': fields.StringField(nullable=True),
        'report_count': fields.IntegerField(),
        'disabled': fields.BooleanField(),
        'disabled_reason': fields.StringField(nullable=True),
        'last_seen_up': fields.DateTimeField(nullable=True),
        'forced_down': fields.BooleanField(),
        'version': fields.IntegerField(),
    }

    @classmethod
    def get_by_uuid(cls, context: Any, uuid: str) -> 'Service':
        """Return a service; ServiceNotFound if there is none."""
        row = db.service_get(uuid=uuid)
        if row is None:
            raise exception.ServiceNotFound(service_id=uuid)
        return cls._from_db_object(context, cls(), row)

    @classmethod
    def get_by_compute_host(cls, context: Any, host: str) -> 'Service':
        """Return what runs instances on a host; ComputeHostNotFound if nothing."""
        row = db.service_get(host=host, binary=COMPUTE)
        if row is None:
            raise exception.ComputeHostNotFound(host=host)
        return cls._from_db_object(context, cls(), row)

    @classmethod
    def _from_db_object(cls, context: Any, service: 'Service', row: Any) -> 'Service':
        for name in _COLUMNS:
            setattr(service, name, getattr(row, name))
        service.deleted, service.deleted_at = False, None
        service._context = context
        service.obj_reset_changes()
        return service

    def create(self) -> None:
        """Record a new service, with a UUID of its own if it has none.

        :raises ServiceBinaryExists: it is recorded already.
        """
        if self.obj_attr_is_set('id'):
            raise exception.ObjectActionError(action='create',
                                              reason='already created')
        if not self.obj_attr_is_set('uuid'):
            self.uuid = uuidutils.generate_uuid()
        row = db.service_create(self.obj_get_changes())
        self._from_db_object(self._context, self, row)

    def save(self) -> None:
        """Write the fields that were changed.

        :raises ServiceNotFound: the service was removed.
        """
        changes = self.obj_get_changes()
        if changes:
            row = db.service_update(self.id, changes)
            self._from_db_object(self._context, self, row)


@base.NovaObjectRegistry.register
class ServiceList(base.ObjectListBase, base.NovaObject):
    """Services."""

    VERSION = '1.19'

    fields = {'objects': fields.ListOfObjectsField('Service')}
