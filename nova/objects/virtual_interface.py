# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Network cards of servers with the tags that their users gave them."""

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class VirtualInterface(base.NovaPersistentObject, base.NovaObject):
    """A network card; its UUID is that of its port."""

    VERSION = '1.3'

    fields = {
        'id': fields.IntegerField(),
        'address': fields.StringField(nullable=True),
        'network_id': fields.IntegerField(),
        'instance_uuid': fields.UUIDField(),
        'uuid': fields.UUIDField(),
        'tag': fields.StringField(nullable=True),
    }


@base.NovaObjectRegistry.register
class VirtualInterfaceList(base.ObjectListBase, base.NovaObject):
    """Network cards."""

    VERSION = '1.0'

    fields = {'objects': fields.ListOfObjectsField('VirtualInterface')}
