# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Devices of a guest with the tags that its user gave them."""

from typing import Any

from nova import objects
from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class DeviceBus(base.NovaObject):
    """Where a device sits in the guest."""

    VERSION = '1.0'


@base.NovaObjectRegistry.register
class PCIDeviceBus(DeviceBus):
    """A place on the PCI bus."""

    VERSION = '1.0'

    fields = {'address': fields.PCIAddressField()}


@base.NovaObjectRegistry.register
class USBDeviceBus(DeviceBus):
    """A place on the USB bus."""

    VERSION = '1.0'

    fields = {'address': fields.USBAddressField()}


@base.NovaObjectRegistry.register
class SCSIDeviceBus(DeviceBus):
    """A place on a SCSI bus."""

    VERSION = '1.0'

    fields = {'address': fields.SCSIAddressField()}


@base.NovaObjectRegistry.register
class IDEDeviceBus(DeviceBus):
    """A place on an IDE bus."""

    VERSION = '1.0'

    fields = {'address': fields.IDEAddressField()}


@base.NovaObjectRegistry.register
class XenDeviceBus(DeviceBus):
    """A place on Xen's bus."""

    VERSION = '1.0'

    fields = {'address': fields.XenAddressField()}


@base.NovaObjectRegistry.register
class DeviceMetadata(base.NovaObject):
    """A device and its tags."""

    VERSION = '1.0'

    fields = {
        'bus': fields.ObjectField('DeviceBus', subclasses=True),
        'tags': fields.ListOfStringsField(),
    }


@base.NovaObjectRegistry.register
class NetworkInterfaceMetadata(DeviceMetadata):
    """A network card."""

    VERSION = '1.2'

    fields = {
        'mac': fields.MACAddressField(),
        'vlan': fields.IntegerField(),
        'vf_trusted': fields.BooleanField(default=False),
    }


@base.NovaObjectRegistry.register
class DiskMetadata(DeviceMetadata):
    """A disk."""

    VERSION = '1.0'

    fields = {
        'serial': fields.StringField(nullable=True),
        'path': fields.StringField(nullable=True),
    }


@base.NovaObjectRegistry.register
class InstanceDeviceMetadata(base.NovaObject):
    """The tagged devices of one server."""

    VERSION = '1.0'

    fields = {
        'devices': fields.ListOfObjectsField('DeviceMetadata', subclasses=True),
    }

    @classmethod
    def get_by_instance_uuid(
            cls, context: Any,
            instance_uuid: str) -> 'InstanceDeviceMetadata | None':
        """Return the tagged devices of a server, None if nothing is recorded."""
        instance = objects.Instance.get_by_uuid(context, instance_uuid)
        metadata: InstanceDeviceMetadata | None = instance.device_metadata
        return metadata
