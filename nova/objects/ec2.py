# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The names by which the metadata service calls servers and images."""

from typing import Any

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class EC2Ids(base.NovaObject):
    """The EC2-style ids of a server and its images."""

    VERSION = '1.0'

    fields = {
        'instance_id': fields.StringField(read_only=True),
        'ami_id': fields.StringField(nullable=True, read_only=True),
        'kernel_id': fields.StringField(nullable=True, read_only=True),
        'ramdisk_id': fields.StringField(nullable=True, read_only=True),
    }

    @classmethod
    def get_by_instance(cls, context: Any, instance: Any) -> 'EC2Ids':
        """Return the ids of a server.

        A node without the EC2 service has no numbers for images, and says so with
        None.
        """
        ids = cls(context, instance_id=f'i-{instance.id:08x}', ami_id=None,
                  kernel_id=None, ramdisk_id=None)
        ids.obj_reset_changes()
        return ids
