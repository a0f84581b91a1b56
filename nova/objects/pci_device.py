# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""PCI devices of the host."""

from typing import Any

from nova.objects import base
from nova.objects import fields

_NULLABLE = ('compute_node_id', 'created_at', 'deleted_at', 'dev_id',
             'instance_uuid', 'label', 'numa_node', 'parent_addr', 'request_id',
             'updated_at')


@base.NovaObjectRegistry.register
class PciDevice(base.NovaPersistentObject, base.NovaObject):
    """A function of a PCI device."""

    VERSION = '1.7'

    fields = {
        'id': fields.IntegerField(),
        'uuid': fields.UUIDField(),
        'compute_node_id': fields.IntegerField(nullable=True),
        'address': fields.StringField(),
        'vendor_id': fields.StringField(),
        'product_id': fields.StringField(),
        'dev_type': fields.PciDeviceTypeField(),
        'status': fields.PciDeviceStatusField(),
        'dev_id': fields.StringField(nullable=True),
        'label': fields.StringField(nullable=True),
        'instance_uuid': fields.StringField(nullable=True),
        'request_id': fields.StringField(nullable=True),
        'extra_info': fields.DictOfStringsField(default={}),
        'numa_node': fields.IntegerField(nullable=True),
        'parent_addr': fields.StringField(nullable=True),
    }

    def obj_load_attr(self, attrname: str) -> None:
        """Give what was not set its default."""
        if attrname == 'extra_info':
            self.extra_info = {}
        elif attrname in _NULLABLE:
            setattr(self, attrname, None)
        else:
            super().obj_load_attr(attrname)

    def __eq__(self, other: object) -> bool:
        return (isinstance(other, PciDevice) and
                self._place() == other._place())

    def __hash__(self) -> int:
        return hash(self._place())

    def _place(self) -> tuple[Any, ...]:
        return self.address, self.compute_node_id

    def is_available(self) -> bool:
        """Say whether nobody has it."""
        return bool(self.status == fields.PciDeviceStatus.AVAILABLE)

    @property
    def card_serial_number(self) -> str | None:
        """The serial number from the vital product data."""
        return self.extra_info.get('card_serial_number')

    @property
    def mac_address(self) -> str | None:
        """The MAC address of a function that the network service manages."""
        return self.extra_info.get('mac_address')


@base.NovaObjectRegistry.register
class PciDeviceList(base.ObjectListBase, base.NovaObject):
    """PCI devices."""

    VERSION = '1.3'

    fields = {'objects': fields.ListOfObjectsField('PciDevice')}
