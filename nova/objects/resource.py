# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Resources of the host that a server was given by name."""

from typing import Any

from nova import objects
from nova.objects import base
from nova.objects import fields


class ResourceMetadata(base.NovaObject):
    """What the driver must know about a kind of resource."""

    VERSION = '1.0'

    def __eq__(self, other: object) -> bool:
        return (isinstance(other, ResourceMetadata) and
                base.obj_to_primitive(self) == base.obj_to_primitive(other))

    __hash__ = None  # type: ignore[assignment]


base.NovaObjectRegistry.register(ResourceMetadata)


@base.NovaObjectRegistry.register
class Resource(base.NovaObject):
    """One resource; its identifier is unique in its provider."""

    VERSION = '1.0'

    fields = {
        'rp_uuid': fields.UUIDField(),
        'resource_class': fields.StringField(),
        'identifier': fields.StringField(),
        'metadata': fields.ObjectField('ResourceMetadata', subclasses=True,
                                       nullable=True),
    }

    def __eq__(self, other: object) -> bool:
        names = ('resource_class', 'rp_uuid', 'identifier')
        return (isinstance(other, Resource) and
                all(getattr(self, n) == getattr(other, n) for n in names))

    def __hash__(self) -> int:
        return hash((self.resource_class, self.rp_uuid, self.identifier))

    def obj_load_attr(self, attrname: str) -> None:
        """Give a resource without metadata none."""
        if attrname != 'metadata':
            super().obj_load_attr(attrname)
        self.metadata = None


@base.NovaObjectRegistry.register
class ResourceList(base.ObjectListBase, base.NovaObject):
    """Resources."""

    VERSION = '1.0'

    fields = {'objects': fields.ListOfObjectsField('Resource')}

    @classmethod
    def get_by_instance_uuid(cls, context: Any, instance_uuid: str) -> Any:
        """Return the resources of a server, None if it was given none."""
        return objects.Instance.get_by_uuid(context, instance_uuid).resources


@base.NovaObjectRegistry.register
class LibvirtVPMEMDevice(ResourceMetadata):
    """A namespace of persistent memory; size and align in bytes."""

    VERSION = '1.0'

    fields = {
        'label': fields.StringField(),
        'name': fields.StringField(),
        'devpath': fields.StringField(),
        'size': fields.IntegerField(),
        'align': fields.IntegerField(),
    }
