# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Moves of servers between hosts and sizes."""

from nova.objects import base
from nova.objects import fields

_STRINGS = ('source_compute', 'dest_compute', 'source_node', 'dest_node',
            'dest_host', 'status', 'instance_uuid', 'user_id', 'project_id')
_INTEGERS = ('old_instance_type_id', 'new_instance_type_id', 'memory_total',
             'memory_processed', 'memory_remaining', 'disk_total',
             'disk_processed', 'disk_remaining', 'dest_compute_id')


@base.NovaObjectRegistry.register
class Migration(base.NovaPersistentObject, base.NovaObject,
                base.NovaObjectDictCompat):
    """One move of one server; amounts in bytes."""

    VERSION = '1.8'

    fields = {
        'id': fields.IntegerField(),
        'uuid': fields.UUIDField(),
        'migration_type': fields.MigrationTypeField(nullable=False),
        'hidden': fields.BooleanField(nullable=False, default=False),
        'cross_cell_move': fields.BooleanField(default=False),
        **{name: fields.StringField(nullable=True) for name in _STRINGS},
        **{name: fields.IntegerField(nullable=True) for name in _INTEGERS},
    }

    def obj_load_attr(self, attrname: str) -> None:
        """Read what was not set as None or False."""
        if attrname in ('hidden', 'cross_cell_move'):
            setattr(self, attrname, False)
        elif self.fields[attrname].nullable:
            setattr(self, attrname, None)
        else:
            super().obj_load_attr(attrname)

    @property
    def is_live_migration(self) -> bool:
        """Whether the guest keeps running while it moves."""
        return bool(self.migration_type == fields.MigrationType.LIVE_MIGRATION)

    @property
    def is_resize(self) -> bool:
        """Whether the server gets another flavor."""
        return bool(self.migration_type == fields.MigrationType.RESIZE)

    def is_same_host(self) -> bool:
        """Say whether the server stays where it is."""
        return bool(self.source_compute == self.dest_compute)


@base.NovaObjectRegistry.register
class MigrationList(base.ObjectListBase, base.NovaObject):
    """Moves."""

    VERSION = '1.5'

    fields = {'objects': fields.ListOfObjectsField('Migration')}
