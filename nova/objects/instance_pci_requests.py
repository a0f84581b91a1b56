# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""PCI devices that are asked for a server."""

from typing import Any

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class InstancePCIRequest(base.NovaObject):
    """A number of devices of a kind: for the flavor or for a port."""

    VERSION = '1.3'

    #: Where a request comes from.
    FLAVOR_ALIAS = 0
    NEUTRON_PORT = 1

    fields = {
        'count': fields.IntegerField(),
        'spec': fields.ListOfDictOfNullableStringsField(),
        'alias_name': fields.StringField(nullable=True),
        'request_id': fields.UUIDField(nullable=True),
        'requester_id': fields.StringField(nullable=True),
        'is_new': fields.BooleanField(default=False),
        'numa_policy': fields.PCINUMAAffinityPolicyField(nullable=True),
    }

    _UNSET = ('alias_name', 'request_id', 'requester_id', 'numa_policy')

    def obj_load_attr(self, attrname: str) -> None:
        """Give what was not set its default."""
        if attrname not in (*self._UNSET, 'is_new'):
            super().obj_load_attr(attrname)
        setattr(self, attrname, None if attrname in self._UNSET else False)

    @property
    def source(self) -> int:
        """FLAVOR_ALIAS or NEUTRON_PORT."""
        return self.NEUTRON_PORT if self.alias_name is None else self.FLAVOR_ALIAS

    def is_live_migratable(self) -> bool:
        """Say whether every device of the request may be migrated."""
        return bool(self.spec) and all(
            str(spec.get('live_migratable')).lower() == 'true' for spec in self.spec)


@base.NovaObjectRegistry.register
class InstancePCIRequests(base.NovaObject):
    """All that is asked for one server."""

    VERSION = '1.1'

    fields = {
        'instance_uuid': fields.UUIDField(),
        'requests': fields.ListOfObjectsField('InstancePCIRequest'),
    }

    @classmethod
    def get_by_instance(cls, context: Any, instance: Any) -> 'InstancePCIRequests':
        """Return what is asked for a server, an empty list if nothing is."""
        requests: InstancePCIRequests | None = instance.pci_requests
        if requests is not None:
            return requests
        return cls(context, instance_uuid=instance.uuid, requests=[])
