# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Shared file systems that are mounted into servers."""

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class ShareMapping(base.NovaTimestampObject, base.NovaObject):
    """One shared file system of one server."""

    VERSION = '1.0'

    fields = {
        'id': fields.IntegerField(read_only=True),
        'uuid': fields.UUIDField(nullable=False),
        'instance_uuid': fields.UUIDField(nullable=False),
        'share_id': fields.UUIDField(nullable=False),
        'status': fields.ShareMappingStatusField(),
        'tag': fields.StringField(nullable=False),
        'export_location': fields.StringField(nullable=False),
        'share_proto': fields.ShareMappingProtoField(),
        'access_type': fields.StringField(nullable=True),
        'access_to': fields.StringField(nullable=True),
        'access_key': fields.StringField(nullable=True),
    }

    def obj_load_attr(self, attrname: str) -> None:
        """Read what was not set as None."""
        if not self.fields[attrname].nullable:
            super().obj_load_attr(attrname)
        setattr(self, attrname, None)


@base.NovaObjectRegistry.register
class ShareMappingList(base.ObjectListBase, base.NovaObject):
    """Shared file systems."""

    VERSION = '1.0'

    fields = {'objects': fields.ListOfObjectsField('ShareMapping')}
