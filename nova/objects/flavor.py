# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Flavors: what sizes of servers there are."""

from typing import Any

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class Flavor(base.NovaPersistentObject, base.NovaObject,
             base.NovaObjectDictCompat):
    """A size of servers.  Memory and swap in MiB, disks in GiB."""

    VERSION = '1.2'

    fields = {
        'id': fields.IntegerField(),
        'name': fields.StringField(nullable=True),
        'memory_mb': fields.IntegerField(),
        'vcpus': fields.IntegerField(),
        'root_gb': fields.IntegerField(),
        'ephemeral_gb': fields.IntegerField(),
        'flavorid': fields.StringField(),
        'swap': fields.IntegerField(),
        'rxtx_factor': fields.FloatField(nullable=True, default=1.0),
        'vcpu_weight': fields.IntegerField(nullable=True, default=0),
        'disabled': fields.BooleanField(),
        'is_public': fields.BooleanField(),
        'extra_specs': fields.DictOfStringsField(),
        'projects': fields.ListOfStringsField(),
        'description': fields.StringField(nullable=True),
    }

    def obj_load_attr(self, attrname: str) -> None:
        """Give an attribute that was not set its default."""
        try:
            value = _DEFAULTS[attrname]
        except KeyError:
            super().obj_load_attr(attrname)
            return
        setattr(self, attrname, value)
        self.obj_reset_changes([attrname])

    @classmethod
    def get_by_name(cls, context: Any, name: str) -> 'Flavor':
        """Return a flavor; FlavorNotFoundByName if there is none."""
        return _flavors().get_by_name(name)

    @classmethod
    def get_by_flavor_id(cls, context: Any, flavor_id: str,
                         read_deleted: str | None = None) -> 'Flavor':
        """Return a flavor; FlavorNotFound if there is none."""
        return _flavors().get_by_flavor_id(flavor_id)


_DEFAULTS: dict[str, Any] = {
    'extra_specs': {}, 'projects': [], 'description': None, 'disabled': False,
    'is_public': True, 'rxtx_factor': 1.0, 'vcpu_weight': 0, 'swap': 0,
    'ephemeral_gb': 0, 'deleted': False, 'deleted_at': None, 'created_at': None,
    'updated_at': None,
}


def _flavors() -> Any:
    # Loaded late: it makes Flavors out of the operator's file.
    from nova.compute import flavors
    return flavors


@base.NovaObjectRegistry.register
class FlavorList(base.ObjectListBase, base.NovaObject):
    """Flavors."""

    VERSION = '1.1'

    fields = {'objects': fields.ListOfObjectsField('Flavor')}

    @classmethod
    def get_all(cls, context: Any, *args: Any, **kwargs: Any) -> 'FlavorList':
        """Return all flavors."""
        return cls(context, objects=list(_flavors().get_all()))
