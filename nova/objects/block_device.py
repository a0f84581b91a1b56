# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Block device mappings: the disks of servers, as they were asked for."""

from typing import Any

from oslo_utils import uuidutils

from nova import exception
from nova import objects
from nova.db import api as db
from nova.objects import base
from nova.objects import fields

_STRINGS = ('guest_format', 'disk_bus', 'device_name', 'snapshot_id', 'volume_id',
            'volume_type', 'image_id', 'tag', 'encryption_options')
_FLAGS = ('delete_on_termination', 'no_device', 'encrypted')
_READ_ONLY = ('id', 'instance', 'created_at', 'updated_at', 'deleted', 'deleted_at')


@base.NovaObjectRegistry.register
class BlockDeviceMapping(base.NovaPersistentObject, base.NovaObject,
                         base.NovaObjectDictCompat):
    """One disk of one server; volume_size in GiB."""

    VERSION = '1.23'

    fields = {
        'id': fields.IntegerField(),
        'uuid': fields.UUIDField(),
        'instance_uuid': fields.UUIDField(),
        'instance': fields.ObjectField('Instance', nullable=True),
        'source_type': fields.BlockDeviceSourceTypeField(nullable=True),
        'destination_type': fields.BlockDeviceDestinationTypeField(nullable=True),
        'device_type': fields.BlockDeviceTypeField(nullable=True),
        'boot_index': fields.IntegerField(nullable=True),
        'volume_size': fields.IntegerField(nullable=True),
        'connection_info': fields.SensitiveStringField(nullable=True),
        'attachment_id': fields.UUIDField(nullable=True),
        'encryption_secret_uuid': fields.UUIDField(nullable=True),
        'encryption_format': fields.BlockDeviceEncryptionFormatTypeField(
            nullable=True),
        **{name: fields.StringField(nullable=True) for name in _STRINGS},
        **{name: fields.BooleanField(default=False) for name in _FLAGS},
    }

    @classmethod
    def _from_db_object(cls, context: Any, bdm: 'BlockDeviceMapping',
                        row: Any) -> 'BlockDeviceMapping':
        for name in cls.fields:
            if name not in ('instance', 'deleted', 'deleted_at'):
                setattr(bdm, name, getattr(row, name))
        bdm.deleted, bdm.deleted_at = False, None
        bdm._context = context
        bdm.obj_reset_changes()
        return bdm

    def obj_load_attr(self, attrname: str) -> None:
        """Load the server; read what was not set as None or False."""
        if attrname == 'instance':
            self.instance = objects.Instance.get_by_uuid(
                self._context, self.instance_uuid)
        elif attrname in _FLAGS:
            setattr(self, attrname, False)
        elif self.fields[attrname].nullable:
            setattr(self, attrname, None)
        else:
            super().obj_load_attr(attrname)
        self.obj_reset_changes([attrname])

    def create(self) -> None:
        """Record the disk; InstanceNotFound if its server is gone."""
        if self.obj_attr_is_set('id'):
            raise exception.ObjectActionError(action='create',
                                              reason='already created')
        if not self.obj_attr_is_set('uuid'):
            self.uuid = uuidutils.generate_uuid()
        row = db.block_device_create(self._values())
        self._from_db_object(self._context, self, row)

    def save(self) -> None:
        """Write what was changed; BDMNotFound if the disk is gone."""
        values = self._values()
        if values:
            row = db.block_device_update(self.id, values)
            self._from_db_object(self._context, self, row)

    def destroy(self) -> None:
        """Remove the disk from the record."""
        if not self.obj_attr_is_set('id'):
            raise exception.ObjectActionError(action='destroy',
                                              reason='already destroyed')
        db.block_device_destroy(self.id)
        delattr(self, '_obj_id')

    def _values(self) -> dict[str, Any]:
        return {name: value for name, value in self.obj_get_changes().items()
                if name not in _READ_ONLY}

    @property
    def is_root(self) -> bool:
        """Whether the guest boots from it."""
        return bool(self.boot_index == 0)

    @property
    def is_volume(self) -> bool:
        """Whether a volume backs it."""
        return bool(self.destination_type == fields.BlockDeviceDestinationType.VOLUME)

    @property
    def is_image(self) -> bool:
        """Whether it is made from an image."""
        return bool(self.source_type == fields.BlockDeviceSourceType.IMAGE)

    @property
    def is_local(self) -> bool:
        """Whether it is on this host."""
        return bool(self.destination_type == fields.BlockDeviceDestinationType.LOCAL)

    def get_image_mapping(self) -> dict[str, Any]:
        """Return what is kept with a snapshot of the server."""
        skip = (*_READ_ONLY, 'uuid', 'instance_uuid', 'connection_info',
                'attachment_id')
        return {name: getattr(self, name) for name in self.fields
                if name not in skip and self.obj_attr_is_set(name)}

    @classmethod
    def get_by_volume_and_instance(cls, context: Any, volume_id: str,
                                   instance_uuid: str,
                                   expected_attrs: Any = None) -> 'BlockDeviceMapping':
        """Return the disk that a volume is; VolumeBDMNotFound if it is none."""
        row = db.block_device_get(volume_id=volume_id, instance_uuid=instance_uuid)
        if row is None:
            raise exception.VolumeBDMNotFound(volume_id=volume_id)
        return cls._from_db_object(context, cls(), row)


@base.NovaObjectRegistry.register
class BlockDeviceMappingList(base.ObjectListBase, base.NovaObject):
    """Disks."""

    VERSION = '1.18'

    fields = {'objects': fields.ListOfObjectsField('BlockDeviceMapping')}

    @classmethod
    def get_by_instance_uuid(cls, context: Any, instance_uuid: str,
                             use_slave: bool = False) -> 'BlockDeviceMappingList':
        """Return the disks of a server in the order they were recorded."""
        rows = db.block_devices_get([instance_uuid])
        return base.obj_make_list(context, cls(context), BlockDeviceMapping, rows)

    @classmethod
    def bdms_by_instance_uuid(
            cls, context: Any, instance_uuids: list[str]
    ) -> dict[str, 'BlockDeviceMappingList']:
        """Return the disks of several servers, by server."""
        by_uuid: dict[str, BlockDeviceMappingList] = {}
        rows = db.block_devices_get(instance_uuids)
        for bdm in base.obj_make_list(context, cls(context), BlockDeviceMapping, rows):
            by_uuid.setdefault(bdm.instance_uuid, cls(context)).objects.append(bdm)
        return by_uuid

    def root_bdm(self) -> BlockDeviceMapping | None:
        """Return the disk to boot from, None if none is marked."""
        return next((bdm for bdm in self if bdm.is_root), None)

    def root_metadata(self, context: Any, image_api: Any,
                      volume_api: Any) -> dict[str, Any]:
        """Return the description of the image that the root disk came from."""
        root = self.root_bdm()
        if root is None or not root.image_id:
            return {}
        return dict(image_api.get(context, root.image_id))
