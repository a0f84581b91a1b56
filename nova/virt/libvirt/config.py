# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Every XML document that libvirt takes or gives, as objects.

This is the only name through which XML is read or written.  An object writes itself
with ``to_xml()`` and reads with ``parse_str()``; what its class does not declare is
carried from one to the other.
"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.caps import LibvirtConfigCaps
from nova.virt.libvirt.schema.caps import LibvirtConfigCapsGuest
from nova.virt.libvirt.schema.caps import LibvirtConfigCapsGuestDomain
from nova.virt.libvirt.schema.caps import LibvirtConfigCapsHost
from nova.virt.libvirt.schema.caps import LibvirtConfigCapsNUMACell
from nova.virt.libvirt.schema.caps import LibvirtConfigCapsNUMACPU
from nova.virt.libvirt.schema.caps import LibvirtConfigCapsNUMAPages
from nova.virt.libvirt.schema.caps import LibvirtConfigCapsNUMATopology
from nova.virt.libvirt.schema.char import LibvirtConfigGuestChannel
from nova.virt.libvirt.schema.char import LibvirtConfigGuestChar
from nova.virt.libvirt.schema.char import LibvirtConfigGuestCharBase
from nova.virt.libvirt.schema.char import LibvirtConfigGuestCharDeviceLog
from nova.virt.libvirt.schema.char import LibvirtConfigGuestConsole
from nova.virt.libvirt.schema.char import LibvirtConfigGuestSerial
from nova.virt.libvirt.schema.clock import LibvirtConfigGuestClock
from nova.virt.libvirt.schema.clock import LibvirtConfigGuestTimer
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestController
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestPCIeRootController
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestPCIeRootPortController
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestUSBHostController
from nova.virt.libvirt.schema.cpu import LibvirtConfigCPU
from nova.virt.libvirt.schema.cpu import LibvirtConfigCPUFeature
from nova.virt.libvirt.schema.cpu import LibvirtConfigCPUMaxPhysAddr
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPU
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUFeature
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUMaxPhysAddr
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUNUMA
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUNUMACell
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDeviceAddress
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDeviceAddressDrive
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDeviceAddressPCI
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestDisk
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestDiskBackingStore
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestDiskEncryption
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestDiskEncryptionSecret
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestDiskMirror
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestSnapshotDisk
from nova.virt.libvirt.schema.display import LibvirtConfigGuestGraphics
from nova.virt.libvirt.schema.display import LibvirtConfigGuestSound
from nova.virt.libvirt.schema.display import LibvirtConfigGuestVideo
from nova.virt.libvirt.schema.domain import LibvirtConfigGuest
from nova.virt.libvirt.schema.domain import LibvirtConfigGuestGIDMap
from nova.virt.libvirt.schema.domain import LibvirtConfigGuestIDMap
from nova.virt.libvirt.schema.domain import LibvirtConfigGuestUIDMap
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCaps
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsDevices
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsDiskBuses
from nova.virt.libvirt.schema.domaincaps import (
    LibvirtConfigDomainCapsFeatureLaunchSecurity,
)
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsFeatures
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsFeatureSev
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsFeatureTDX
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsOS
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsTpm
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsVideoModels
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeature
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureACPI
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureAPIC
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureHyperV
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureIOAPIC
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureKvmHidden
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeaturePMU
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureSMM
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureTCG
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureVMCoreInfo
from nova.virt.libvirt.schema.filesystem import LibvirtConfigGuestFilesys
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdev
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdevMDEV
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdevPCI
from nova.virt.libvirt.schema.interface import LibvirtConfigGuestInterface
from nova.virt.libvirt.schema.memory import LibvirtConfigGuestMemoryBacking
from nova.virt.libvirt.schema.memory import LibvirtConfigGuestMemoryBackingPage
from nova.virt.libvirt.schema.memory import LibvirtConfigGuestVPMEM
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaImage
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaImageProperties
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaNovaFlavor
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaNovaFlavorExtraSpecs
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaNovaInstance
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaNovaIp
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaNovaOwner
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaNovaPort
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaNovaPorts
from nova.virt.libvirt.schema.nodedev import LibvirtConfigNodeDevice
from nova.virt.libvirt.schema.nodedev import (
    LibvirtConfigNodeDeviceMdevCapableSubFunctionCap,
)
from nova.virt.libvirt.schema.nodedev import LibvirtConfigNodeDeviceMdevInformation
from nova.virt.libvirt.schema.nodedev import LibvirtConfigNodeDeviceNetCap
from nova.virt.libvirt.schema.nodedev import LibvirtConfigNodeDevicePciCap
from nova.virt.libvirt.schema.nodedev import LibvirtConfigNodeDevicePciSubFunctionCap
from nova.virt.libvirt.schema.nodedev import LibvirtConfigNodeDeviceVDPACap
from nova.virt.libvirt.schema.nodedev import LibvirtConfigNodeDeviceVpdCap
from nova.virt.libvirt.schema.numa import LibvirtConfigGuestNUMATune
from nova.virt.libvirt.schema.numa import LibvirtConfigGuestNUMATuneMemNode
from nova.virt.libvirt.schema.numa import LibvirtConfigGuestNUMATuneMemory
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestInput
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestIOMMU
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestRng
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestUSBRedirect
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestWatchdog
from nova.virt.libvirt.schema.peripherals import LibvirtConfigMemoryBalloon
from nova.virt.libvirt.schema.secret import LibvirtConfigSecret
from nova.virt.libvirt.schema.security import LibvirtConfigGuestSEVLaunchSecurity
from nova.virt.libvirt.schema.security import LibvirtConfigGuestSEVSNPLaunchSecurity
from nova.virt.libvirt.schema.security import LibvirtConfigGuestTDXLaunchSecurity
from nova.virt.libvirt.schema.security import LibvirtConfigGuestVTPM
from nova.virt.libvirt.schema.security import LibvirtConfigSeclabel
from nova.virt.libvirt.schema.snapshot import LibvirtConfigGuestSnapshot
from nova.virt.libvirt.schema.sysinfo import LibvirtConfigGuestSMBIOS
from nova.virt.libvirt.schema.sysinfo import LibvirtConfigGuestSysinfo
from nova.virt.libvirt.schema.trace import Fact
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTune
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneEmulatorPin
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneIOThreadPin
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneVCPUPin
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneVCPUSched
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestMemoryTune

__all__ = [
    'Fact',
    'LibvirtConfigCPU',
    'LibvirtConfigCPUFeature',
    'LibvirtConfigCPUMaxPhysAddr',
    'LibvirtConfigCaps',
    'LibvirtConfigCapsGuest',
    'LibvirtConfigCapsGuestDomain',
    'LibvirtConfigCapsHost',
    'LibvirtConfigCapsNUMACPU',
    'LibvirtConfigCapsNUMACell',
    'LibvirtConfigCapsNUMAPages',
    'LibvirtConfigCapsNUMATopology',
    'LibvirtConfigDomainCaps',
    'LibvirtConfigDomainCapsDevices',
    'LibvirtConfigDomainCapsDiskBuses',
    'LibvirtConfigDomainCapsFeatureLaunchSecurity',
    'LibvirtConfigDomainCapsFeatureSev',
    'LibvirtConfigDomainCapsFeatureTDX',
    'LibvirtConfigDomainCapsFeatures',
    'LibvirtConfigDomainCapsOS',
    'LibvirtConfigDomainCapsTpm',
    'LibvirtConfigDomainCapsVideoModels',
    'LibvirtConfigGuest',
    'LibvirtConfigGuestCPU',
    'LibvirtConfigGuestCPUFeature',
    'LibvirtConfigGuestCPUMaxPhysAddr',
    'LibvirtConfigGuestCPUNUMA',
    'LibvirtConfigGuestCPUNUMACell',
    'LibvirtConfigGuestCPUTune',
    'LibvirtConfigGuestCPUTuneEmulatorPin',
    'LibvirtConfigGuestCPUTuneIOThreadPin',
    'LibvirtConfigGuestCPUTuneVCPUPin',
    'LibvirtConfigGuestCPUTuneVCPUSched',
    'LibvirtConfigGuestChannel',
    'LibvirtConfigGuestChar',
    'LibvirtConfigGuestCharBase',
    'LibvirtConfigGuestCharDeviceLog',
    'LibvirtConfigGuestClock',
    'LibvirtConfigGuestConsole',
    'LibvirtConfigGuestController',
    'LibvirtConfigGuestDevice',
    'LibvirtConfigGuestDeviceAddress',
    'LibvirtConfigGuestDeviceAddressDrive',
    'LibvirtConfigGuestDeviceAddressPCI',
    'LibvirtConfigGuestDisk',
    'LibvirtConfigGuestDiskBackingStore',
    'LibvirtConfigGuestDiskEncryption',
    'LibvirtConfigGuestDiskEncryptionSecret',
    'LibvirtConfigGuestDiskMirror',
    'LibvirtConfigGuestFeature',
    'LibvirtConfigGuestFeatureACPI',
    'LibvirtConfigGuestFeatureAPIC',
    'LibvirtConfigGuestFeatureHyperV',
    'LibvirtConfigGuestFeatureIOAPIC',
    'LibvirtConfigGuestFeatureKvmHidden',
    'LibvirtConfigGuestFeaturePMU',
    'LibvirtConfigGuestFeatureSMM',
    'LibvirtConfigGuestFeatureTCG',
    'LibvirtConfigGuestFeatureVMCoreInfo',
    'LibvirtConfigGuestFilesys',
    'LibvirtConfigGuestGIDMap',
    'LibvirtConfigGuestGraphics',
    'LibvirtConfigGuestHostdev',
    'LibvirtConfigGuestHostdevMDEV',
    'LibvirtConfigGuestHostdevPCI',
    'LibvirtConfigGuestIDMap',
    'LibvirtConfigGuestIOMMU',
    'LibvirtConfigGuestInput',
    'LibvirtConfigGuestInterface',
    'LibvirtConfigGuestMemoryBacking',
    'LibvirtConfigGuestMemoryBackingPage',
    'LibvirtConfigGuestMemoryTune',
    'LibvirtConfigGuestMetaImage',
    'LibvirtConfigGuestMetaImageProperties',
    'LibvirtConfigGuestMetaNovaFlavor',
    'LibvirtConfigGuestMetaNovaFlavorExtraSpecs',
    'LibvirtConfigGuestMetaNovaInstance',
    'LibvirtConfigGuestMetaNovaIp',
    'LibvirtConfigGuestMetaNovaOwner',
    'LibvirtConfigGuestMetaNovaPort',
    'LibvirtConfigGuestMetaNovaPorts',
    'LibvirtConfigGuestNUMATune',
    'LibvirtConfigGuestNUMATuneMemNode',
    'LibvirtConfigGuestNUMATuneMemory',
    'LibvirtConfigGuestPCIeRootController',
    'LibvirtConfigGuestPCIeRootPortController',
    'LibvirtConfigGuestRng',
    'LibvirtConfigGuestSEVLaunchSecurity',
    'LibvirtConfigGuestSEVSNPLaunchSecurity',
    'LibvirtConfigGuestSMBIOS',
    'LibvirtConfigGuestSerial',
    'LibvirtConfigGuestSnapshot',
    'LibvirtConfigGuestSnapshotDisk',
    'LibvirtConfigGuestSound',
    'LibvirtConfigGuestSysinfo',
    'LibvirtConfigGuestTDXLaunchSecurity',
    'LibvirtConfigGuestTimer',
    'LibvirtConfigGuestUIDMap',
    'LibvirtConfigGuestUSBHostController',
    'LibvirtConfigGuestUSBRedirect',
    'LibvirtConfigGuestVPMEM',
    'LibvirtConfigGuestVTPM',
    'LibvirtConfigGuestVideo',
    'LibvirtConfigGuestWatchdog',
    'LibvirtConfigMemoryBalloon',
    'LibvirtConfigNodeDevice',
    'LibvirtConfigNodeDeviceMdevCapableSubFunctionCap',
    'LibvirtConfigNodeDeviceMdevInformation',
    'LibvirtConfigNodeDeviceNetCap',
    'LibvirtConfigNodeDevicePciCap',
    'LibvirtConfigNodeDevicePciSubFunctionCap',
    'LibvirtConfigNodeDeviceVDPACap',
    'LibvirtConfigNodeDeviceVpdCap',
    'LibvirtConfigObject',
    'LibvirtConfigSeclabel',
    'LibvirtConfigSecret',
]
