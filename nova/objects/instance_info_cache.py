# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is known of the network of a server."""

from typing import Any

from nova import exception
from nova import objects
from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class InstanceInfoCache(base.NovaPersistentObject, base.NovaObject):
    """The VIFs of a server, as the network service last told them."""

    VERSION = '1.5'

    fields = {
        'instance_uuid': fields.UUIDField(),
        'network_info': fields.NetworkModelField(nullable=True),
    }

    @classmethod
    def new(cls, context: Any, instance_uuid: str) -> 'InstanceInfoCache':
        """Return a cache that is still empty."""
        return cls(context, instance_uuid=instance_uuid, network_info='[]')

    @classmethod
    def get_by_instance_uuid(cls, context: Any,
                             instance_uuid: str) -> 'InstanceInfoCache':
        """Return the cache of a server.

        :raises InstanceInfoCacheNotFound: nothing was ever known.
        """
        cache = objects.Instance.get_by_uuid(context, instance_uuid).info_cache
        if cache is None:
            raise exception.InstanceInfoCacheNotFound(instance_uuid=instance_uuid)
        return cache

    def save(self, update_cells: bool = True) -> None:
        """Write the VIFs; InstanceNotFound if the server is gone."""
        instance = objects.Instance(self._context, uuid=self.instance_uuid)
        instance.obj_reset_changes()
        instance.info_cache = self.obj_clone()
        instance.save()
        self.obj_reset_changes()

    def refresh(self) -> None:
        """Read the VIFs again."""
        current = self.get_by_instance_uuid(self._context, self.instance_uuid)
        self.network_info = current.network_info
        self.obj_reset_changes()
