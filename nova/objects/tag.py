# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Tags of servers."""

from nova.objects import base
from nova.objects import fields

MAX_TAG_LENGTH = 60


@base.NovaObjectRegistry.register
class Tag(base.NovaObject):
    """A word that a user has put on a server."""

    VERSION = '1.1'

    fields = {
        'resource_id': fields.StringField(),
        'tag': fields.StringField(),
    }


@base.NovaObjectRegistry.register
class TagList(base.ObjectListBase, base.NovaObject):
    """Tags."""

    VERSION = '1.1'

    fields = {'objects': fields.ListOfObjectsField('Tag')}
