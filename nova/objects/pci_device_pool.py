# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""PCI devices of a host, counted by kind."""

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class PciDevicePool(base.NovaObject):
    """How many devices of a kind are free."""

    VERSION = '1.1'

    fields = {
        'product_id': fields.StringField(),
        'vendor_id': fields.StringField(),
        'numa_node': fields.IntegerField(nullable=True),
        'tags': fields.DictOfNullableStringsField(),
        'count': fields.IntegerField(),
    }


@base.NovaObjectRegistry.register
class PciDevicePoolList(base.ObjectListBase, base.NovaObject):
    """Kinds of PCI devices."""

    VERSION = '1.1'

    fields = {'objects': fields.ListOfObjectsField('PciDevicePool')}
