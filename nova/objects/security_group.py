# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Security groups, by name only: the network service holds what they mean."""

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class SecurityGroup(base.NovaPersistentObject, base.NovaObject):
    """A set of rules for the traffic of a server."""

    VERSION = '1.2'

    fields = {
        'id': fields.IntegerField(),
        'name': fields.StringField(),
        'description': fields.StringField(),
        'user_id': fields.StringField(),
        'project_id': fields.StringField(),
        'uuid': fields.UUIDField(),
    }


@base.NovaObjectRegistry.register
class SecurityGroupList(base.ObjectListBase, base.NovaObject):
    """Security groups."""

    VERSION = '1.1'

    fields = {'objects': fields.ListOfObjectsField('SecurityGroup')}
