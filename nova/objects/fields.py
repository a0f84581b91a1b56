# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Field types of the objects.

Those of oslo.versionedobjects, the enumerations, and a few of our own.
"""

import re
from typing import Any, cast

from oslo_serialization import jsonutils
from oslo_versionedobjects import fields

from nova.network import model as network_model
from nova.objects.enumerations.base import BaseNovaEnum
from nova.objects.enumerations.base import enum_field
from nova.objects.enumerations.devices import DiskBus
from nova.objects.enumerations.devices import InputBus
from nova.objects.enumerations.devices import PointerModelType
from nova.objects.enumerations.devices import RNGModel
from nova.objects.enumerations.devices import SCSIModel
from nova.objects.enumerations.devices import SoundModelType
from nova.objects.enumerations.devices import TPMModel
from nova.objects.enumerations.devices import TPMVersion
from nova.objects.enumerations.devices import USBControllerModelType
from nova.objects.enumerations.devices import VideoModel
from nova.objects.enumerations.devices import VIFModel
from nova.objects.enumerations.devices import WatchdogAction
from nova.objects.enumerations.machine import Architecture
from nova.objects.enumerations.machine import FirmwareType
from nova.objects.enumerations.machine import HVType
from nova.objects.enumerations.machine import HypervisorDriver
from nova.objects.enumerations.machine import MaxPhyAddrMode
from nova.objects.enumerations.machine import MemEncryptionModel
from nova.objects.enumerations.machine import OSType
from nova.objects.enumerations.machine import SecureBoot
from nova.objects.enumerations.machine import VIOMMUModel
from nova.objects.enumerations.machine import VMMode
from nova.objects.enumerations.processor import CPUAllocationPolicy
from nova.objects.enumerations.processor import CPUEmulatorThreadsPolicy
from nova.objects.enumerations.processor import CPUFeaturePolicy
from nova.objects.enumerations.processor import CPUMatch
from nova.objects.enumerations.processor import CPUMode
from nova.objects.enumerations.processor import CPUThreadAllocationPolicy
from nova.objects.enumerations.processor import MonitorMetricType
from nova.objects.enumerations.processor import PciDeviceStatus
from nova.objects.enumerations.processor import PciDeviceType
from nova.objects.enumerations.processor import PCINUMAAffinityPolicy
from nova.objects.enumerations.state import HostStatus
from nova.objects.enumerations.state import InstancePowerState
from nova.objects.enumerations.state import InstanceState
from nova.objects.enumerations.state import InstanceTaskState
from nova.objects.enumerations.state import MigrationType
from nova.objects.enumerations.storage import BlockDeviceDestinationType
from nova.objects.enumerations.storage import BlockDeviceEncryptionFormatType
from nova.objects.enumerations.storage import BlockDeviceSourceType
from nova.objects.enumerations.storage import BlockDeviceType
from nova.objects.enumerations.storage import ConfigDrivePolicy
from nova.objects.enumerations.storage import DiskConfig
from nova.objects.enumerations.storage import DiskFormat
from nova.objects.enumerations.storage import ImageSignatureHashType
from nova.objects.enumerations.storage import ImageSignatureKeyType
from nova.objects.enumerations.storage import ShareMappingProto
from nova.objects.enumerations.storage import ShareMappingStatus

__all__ = [
    'AddressBase', 'Architecture', 'ArchitectureField', 'AutoTypedField',
    'BaseEnumField', 'BaseNovaEnum', 'BlockDeviceDestinationType',
    'BlockDeviceDestinationTypeField', 'BlockDeviceEncryptionFormatType',
    'BlockDeviceEncryptionFormatTypeField', 'BlockDeviceSourceType',
    'BlockDeviceSourceTypeField', 'BlockDeviceType', 'BlockDeviceTypeField',
    'BooleanField', 'CPUAllocationPolicy', 'CPUAllocationPolicyField',
    'CPUEmulatorThreadsPolicy', 'CPUEmulatorThreadsPolicyField', 'CPUFeaturePolicy',
    'CPUFeaturePolicyField', 'CPUMatch', 'CPUMatchField', 'CPUMode', 'CPUModeField',
    'CPUThreadAllocationPolicy', 'CPUThreadAllocationPolicyField',
    'ConfigDrivePolicy', 'ConfigDrivePolicyField', 'DateTimeField', 'Dict',
    'DictOfIntegersField', 'DictOfListOfStringsField', 'DictOfNullableStringsField',
    'DictOfSetOfIntegersField', 'DictOfStringsField', 'DictProxyField', 'DiskBus',
    'DiskBusField', 'DiskConfig', 'DiskConfigField', 'DiskFormat', 'DiskFormatField',
    'EnumField', 'Field', 'FieldType', 'FirmwareType', 'FirmwareTypeField',
    'FlexibleBooleanField', 'FloatField', 'HVType', 'HVTypeField', 'HostStatus',
    'HostStatusField', 'HypervisorDriver', 'HypervisorDriverField', 'IDEAddress',
    'IDEAddressField', 'IPAddressField', 'IPNetworkField', 'IPV4AddressField',
    'IPV6AddressField', 'ImageSignatureHashType', 'ImageSignatureHashTypeField',
    'ImageSignatureKeyType', 'ImageSignatureKeyTypeField', 'InputBus',
    'InputBusField', 'InstancePowerState', 'InstancePowerStateField', 'InstanceState',
    'InstanceStateField', 'InstanceTaskState', 'InstanceTaskStateField', 'Integer',
    'IntegerField', 'List', 'ListOfDictOfNullableStringsField', 'ListOfIntegersField',
    'ListOfListsOfStringsField', 'ListOfObjectsField', 'ListOfSetsOfIntegersField',
    'ListOfStringsField', 'ListOfUUIDField', 'MACAddressField', 'MaxPhyAddrMode',
    'MaxPhyAddrModeField', 'MemEncryptionModel', 'MemEncryptionModelField',
    'MigrationType', 'MigrationTypeField', 'MonitorMetricType',
    'MonitorMetricTypeField', 'NetworkModel', 'NetworkModelField', 'NetworkVIFModel',
    'NetworkVIFModelField', 'NonNegativeFloatField', 'NonNegativeIntegerField',
    'OSType', 'OSTypeField', 'ObjectField', 'PCIAddress', 'PCIAddressField',
    'PCINUMAAffinityPolicy', 'PCINUMAAffinityPolicyField', 'PciDeviceStatus',
    'PciDeviceStatusField', 'PciDeviceType', 'PciDeviceTypeField', 'PointerModelType',
    'PointerModelTypeField', 'RNGModel', 'RNGModelField', 'SCSIAddress',
    'SCSIAddressField', 'SCSIModel', 'SCSIModelField', 'SecureBoot',
    'SecureBootField', 'SensitiveStringField', 'Set', 'SetOfIntegersField',
    'SetOfStringsField', 'ShareMappingProto', 'ShareMappingProtoField',
    'ShareMappingStatus', 'ShareMappingStatusField', 'SoundModelType',
    'SoundModelTypeField', 'String', 'StringField', 'TPMModel', 'TPMModelField',
    'TPMVersion', 'TPMVersionField', 'USBAddress', 'USBAddressField',
    'USBControllerModelType', 'USBControllerModelTypeField', 'UUIDField',
    'UnspecifiedDefault', 'VIFModel', 'VIFModelField', 'VIOMMUModel',
    'VIOMMUModelField', 'VMMode', 'VMModeField', 'VersionPredicateField',
    'VideoModel', 'VideoModelField', 'WatchdogAction', 'WatchdogActionField',
    'XenAddress', 'XenAddressField',
]

# The types of the library, under our name
AutoTypedField = fields.AutoTypedField
BaseEnumField = fields.BaseEnumField
BooleanField = fields.BooleanField
DateTimeField = fields.DateTimeField
Dict = fields.Dict
DictOfIntegersField = fields.DictOfIntegersField
DictOfListOfStringsField = fields.DictOfListOfStringsField
DictOfNullableStringsField = fields.DictOfNullableStringsField
DictOfStringsField = fields.DictOfStringsField
DictProxyField = fields.DictProxyField
EnumField = fields.EnumField
Field = fields.Field
FieldType = fields.FieldType
FlexibleBooleanField = fields.FlexibleBooleanField
FloatField = fields.FloatField
Integer = fields.Integer
IntegerField = fields.IntegerField
IPAddressField = fields.IPAddressField
IPNetworkField = fields.IPNetworkField
IPV4AddressField = fields.IPV4AddressField
IPV6AddressField = fields.IPV6AddressField
List = fields.List
ListOfDictOfNullableStringsField = fields.ListOfDictOfNullableStringsField
ListOfIntegersField = fields.ListOfIntegersField
ListOfObjectsField = fields.ListOfObjectsField
ListOfSetsOfIntegersField = fields.ListOfSetsOfIntegersField
ListOfStringsField = fields.ListOfStringsField
ListOfUUIDField = fields.ListOfUUIDField
MACAddressField = fields.MACAddressField
NonNegativeFloatField = fields.NonNegativeFloatField
NonNegativeIntegerField = fields.NonNegativeIntegerField
ObjectField = fields.ObjectField
SensitiveStringField = fields.SensitiveStringField
Set = fields.Set
SetOfIntegersField = fields.SetOfIntegersField
SetOfStringsField = fields.SetOfStringsField
String = fields.String
StringField = fields.StringField
UnspecifiedDefault = fields.UnspecifiedDefault
UUIDField = fields.UUIDField
VersionPredicateField = fields.VersionPredicateField

# One field class for each enumeration
ArchitectureField = enum_field(Architecture)
HVTypeField = enum_field(HVType)
VMModeField = enum_field(VMMode)
OSTypeField = enum_field(OSType)
FirmwareTypeField = enum_field(FirmwareType)
SecureBootField = enum_field(SecureBoot)
MemEncryptionModelField = enum_field(MemEncryptionModel)
VIOMMUModelField = enum_field(VIOMMUModel)
MaxPhyAddrModeField = enum_field(MaxPhyAddrMode)
HypervisorDriverField = enum_field(HypervisorDriver)
CPUAllocationPolicyField = enum_field(CPUAllocationPolicy)
CPUThreadAllocationPolicyField = enum_field(CPUThreadAllocationPolicy)
CPUEmulatorThreadsPolicyField = enum_field(CPUEmulatorThreadsPolicy)
CPUFeaturePolicyField = enum_field(CPUFeaturePolicy)
CPUMatchField = enum_field(CPUMatch)
CPUModeField = enum_field(CPUMode)
PCINUMAAffinityPolicyField = enum_field(PCINUMAAffinityPolicy)
PciDeviceStatusField = enum_field(PciDeviceStatus)
PciDeviceTypeField = enum_field(PciDeviceType)
MonitorMetricTypeField = enum_field(MonitorMetricType)
DiskBusField = enum_field(DiskBus)
InputBusField = enum_field(InputBus)
PointerModelTypeField = enum_field(PointerModelType)
RNGModelField = enum_field(RNGModel)
SCSIModelField = enum_field(SCSIModel)
SoundModelTypeField = enum_field(SoundModelType)
TPMModelField = enum_field(TPMModel)
TPMVersionField = enum_field(TPMVersion)
USBControllerModelTypeField = enum_field(USBControllerModelType)
VIFModelField = enum_field(VIFModel)
VideoModelField = enum_field(VideoModel)
WatchdogActionField = enum_field(WatchdogAction)
BlockDeviceDestinationTypeField = enum_field(BlockDeviceDestinationType)
BlockDeviceEncryptionFormatTypeField = enum_field(BlockDeviceEncryptionFormatType)
BlockDeviceSourceTypeField = enum_field(BlockDeviceSourceType)
BlockDeviceTypeField = enum_field(BlockDeviceType)
ConfigDrivePolicyField = enum_field(ConfigDrivePolicy)
DiskConfigField = enum_field(DiskConfig)
DiskFormatField = enum_field(DiskFormat)
ImageSignatureHashTypeField = enum_field(ImageSignatureHashType)
ImageSignatureKeyTypeField = enum_field(ImageSignatureKeyType)
ShareMappingProtoField = enum_field(ShareMappingProto)
ShareMappingStatusField = enum_field(ShareMappingStatus)
HostStatusField = enum_field(HostStatus)
InstancePowerStateField = enum_field(InstancePowerState)
InstanceStateField = enum_field(InstanceState)
InstanceTaskStateField = enum_field(InstanceTaskState)
MigrationTypeField = enum_field(MigrationType)


class NetworkVIFModel(fields.FieldType[network_model.VIF]):
    """A VIF, stored as JSON."""

    def coerce(self, obj: Any, attr: str, value: Any) -> network_model.VIF:
        """Return the VIF; ValueError for anything else."""
        if not isinstance(value, network_model.VIF):
            raise ValueError(
                f'A network VIF is required in field {attr}, '
                f'not a {type(value).__name__}')
        return value

    def to_primitive(self, obj: Any, attr: str, value: network_model.VIF) -> str:
        """Return the VIF as JSON."""
        return cast(str, jsonutils.dumps(value))

    def from_primitive(self, obj: Any, attr: str, value: Any) -> network_model.VIF:
        """Make the VIF from JSON."""
        return network_model.VIF.hydrate(jsonutils.loads(value))


class NetworkVIFModelField(fields.AutoTypedField[network_model.VIF]):
    """A field that holds a VIF."""

    AUTO_TYPE = NetworkVIFModel()


class NetworkModel(fields.FieldType[network_model.NetworkInfo]):
    """The VIFs of an instance, stored as JSON."""

    def coerce(self, obj: Any, attr: str, value: Any) -> network_model.NetworkInfo:
        """Return the VIFs, out of JSON if need be."""
        if isinstance(value, network_model.NetworkInfo):
            return value
        if isinstance(value, str):
            return network_model.NetworkInfo.hydrate(value)
        raise ValueError(
            f'NetworkInfo is required in field {attr}, not a {type(value).__name__}')

    def to_primitive(self, obj: Any, attr: str,
                     value: network_model.NetworkInfo) -> str:
        """Return the VIFs as JSON."""
        return value.json()

    def from_primitive(self, obj: Any, attr: str,
                       value: Any) -> network_model.NetworkInfo:
        """Make the VIFs from JSON."""
        return network_model.NetworkInfo.hydrate(value)


class NetworkModelField(fields.AutoTypedField[network_model.NetworkInfo]):
    """A field that holds the VIFs of an instance."""

    AUTO_TYPE = NetworkModel()


class ListOfListsOfStringsField(fields.AutoTypedField[Any]):
    """A list of lists of strings."""

    AUTO_TYPE = fields.List(fields.List(fields.String()))


class DictOfSetOfIntegersField(fields.AutoTypedField[Any]):
    """Sets of integers by name."""

    AUTO_TYPE = fields.Dict(fields.Set(fields.Integer()))


class AddressBase(fields.FieldType[str]):
    """An address of a device, kept as it was written."""

    PATTERN = ''

    @classmethod
    def coerce(cls, obj: Any, attr: str, value: Any) -> str:
        """Return the address; ValueError where it has another form."""
        if not re.fullmatch(cls.PATTERN, str(value)):
            raise ValueError(f'Field {attr}: {value!r} is not a valid address')
        return str(value)


class PCIAddress(AddressBase):
    """``dddd:bb:ss.f``, in hexadecimal."""

    PATTERN = r'[a-f0-9]{4}:[a-f0-9]{2}:[a-f0-9]{2}\.[a-f0-9]'


class USBAddress(AddressBase):
    """``bus:device``."""

    PATTERN = '[a-f0-9]+:[a-f0-9]+'


class SCSIAddress(AddressBase):
    """``host:bus:target:lun``."""

    PATTERN = '[a-f0-9]+:[a-f0-9]+:[a-f0-9]+:[a-f0-9]+'


class IDEAddress(AddressBase):
    """``controller:unit``."""

    PATTERN = '[0-1]:[0-1]'


class XenAddress(AddressBase):
    """Five digits, of which the last two are zeroes."""

    PATTERN = '(00[0-9]{2}00)|[1-9][0-9]+00'


class PCIAddressField(fields.AutoTypedField[str]):
    """A field that holds a PCI address."""

    AUTO_TYPE = PCIAddress()


class USBAddressField(fields.AutoTypedField[str]):
    """A field that holds a USB address."""

    AUTO_TYPE = USBAddress()


class SCSIAddressField(fields.AutoTypedField[str]):
    """A field that holds a SCSI address."""

    AUTO_TYPE = SCSIAddress()


class IDEAddressField(fields.AutoTypedField[str]):
    """A field that holds an IDE address."""

    AUTO_TYPE = IDEAddress()


class XenAddressField(fields.AutoTypedField[str]):
    """A field that holds an address of a Xen device."""

    AUTO_TYPE = XenAddress()
