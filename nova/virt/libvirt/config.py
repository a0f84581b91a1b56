# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Every XML document that libvirt takes or gives, as objects.

This is the only name through which XML is read or written.  An object writes itself
with ``to_xml()`` and reads with ``parse_str()``; what its class does not declare is
carried from one to the other.
"""

from nova.virt.libvirt.schema.address import LibvirtConfigGuestDeviceAddress
from nova.virt.libvirt.schema.address import LibvirtConfigGuestDeviceAddressCCID
from nova.virt.libvirt.schema.address import LibvirtConfigGuestDeviceAddressCCW
from nova.virt.libvirt.schema.address import LibvirtConfigGuestDeviceAddressDIMM
from nova.virt.libvirt.schema.address import LibvirtConfigGuestDeviceAddressDrive
from nova.virt.libvirt.schema.address import LibvirtConfigGuestDeviceAddressISA
from nova.virt.libvirt.schema.address import LibvirtConfigGuestDeviceAddressPCI
from nova.virt.libvirt.schema.address import LibvirtConfigGuestDeviceAddressSpaprVIO
from nova.virt.libvirt.schema.address import LibvirtConfigGuestDeviceAddressUSB
from nova.virt.libvirt.schema.address import LibvirtConfigGuestDeviceAddressVirtioSerial
from nova.virt.libvirt.schema.audio import LibvirtConfigGuestAudio
from nova.virt.libvirt.schema.audio import LibvirtConfigGuestAudioInput
from nova.virt.libvirt.schema.audio import LibvirtConfigGuestAudioOutput
from nova.virt.libvirt.schema.audio import LibvirtConfigGuestSound
from nova.virt.libvirt.schema.backup import LibvirtConfigGuestBackup
from nova.virt.libvirt.schema.backup import LibvirtConfigGuestBackupDisk
from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.caps import LibvirtConfigCaps
from nova.virt.libvirt.schema.caps import LibvirtConfigCapsGuest
from nova.virt.libvirt.schema.caps import LibvirtConfigCapsGuestDomain
from nova.virt.libvirt.schema.char import LibvirtConfigGuestChannel
from nova.virt.libvirt.schema.char import LibvirtConfigGuestChar
from nova.virt.libvirt.schema.char import LibvirtConfigGuestCharBase
from nova.virt.libvirt.schema.char import LibvirtConfigGuestCharDeviceLog
from nova.virt.libvirt.schema.char import LibvirtConfigGuestConsole
from nova.virt.libvirt.schema.char import LibvirtConfigGuestParallel
from nova.virt.libvirt.schema.char import LibvirtConfigGuestSerial
from nova.virt.libvirt.schema.char import LibvirtConfigGuestSmartcard
from nova.virt.libvirt.schema.char import LibvirtConfigGuestUSBRedirect
from nova.virt.libvirt.schema.checkpoint import LibvirtConfigGuestCheckpoint
from nova.virt.libvirt.schema.checkpoint import LibvirtConfigGuestCheckpointDisk
from nova.virt.libvirt.schema.clock import LibvirtConfigGuestClock
from nova.virt.libvirt.schema.clock import LibvirtConfigGuestTimer
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestController
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestPCIeRootController
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestPCIeRootPortController
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestUSBHostController
from nova.virt.libvirt.schema.cpu import LibvirtConfigCPU
from nova.virt.libvirt.schema.cpu import LibvirtConfigCPUCounter
from nova.virt.libvirt.schema.cpu import LibvirtConfigCPUFeature
from nova.virt.libvirt.schema.cpu import LibvirtConfigCPUMaxPhysAddr
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPU
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUCache
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUFeature
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUMaxPhysAddr
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUNUMA
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUNUMABandwidth
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUNUMACache
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUNUMACell
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPUNUMALatency
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDeviceSeclabel
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestDisk
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestDiskIOThread
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestDiskTransient
from nova.virt.libvirt.schema.display import LibvirtConfigGuestGraphics
from nova.virt.libvirt.schema.display import LibvirtConfigGuestGraphicsChannel
from nova.virt.libvirt.schema.display import LibvirtConfigGuestGraphicsListen
from nova.virt.libvirt.schema.display import LibvirtConfigGuestVideo
from nova.virt.libvirt.schema.domain import LibvirtConfigGuest
from nova.virt.libvirt.schema.domain import LibvirtConfigGuestGenID
from nova.virt.libvirt.schema.domain import LibvirtConfigGuestOSACPITable
from nova.virt.libvirt.schema.domain import LibvirtConfigGuestOSFirmwareFeature
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCaps
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsFeatureHyperV
from nova.virt.libvirt.schema.domaincaps import (
    LibvirtConfigDomainCapsFeatureLaunchSecurity,
)
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsFeatures
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsFeatureSev
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsFeatureSGX
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsFeatureTDX
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsOS
from nova.virt.libvirt.schema.domaincaps import LibvirtConfigDomainCapsSGXSection
from nova.virt.libvirt.schema.domaincapscpu import LibvirtConfigDomainCapsCPUBlockers
from nova.virt.libvirt.schema.domaincapscpu import LibvirtConfigDomainCapsCPUCustom
from nova.virt.libvirt.schema.domaincapscpu import LibvirtConfigDomainCapsCPUHostModel
from nova.virt.libvirt.schema.domaincapscpu import (
    LibvirtConfigDomainCapsCPUHostPassthrough,
)
from nova.virt.libvirt.schema.domaincapscpu import LibvirtConfigDomainCapsCPUMaximum
from nova.virt.libvirt.schema.domaincapscpu import LibvirtConfigDomainCapsCPUMode
from nova.virt.libvirt.schema.domaincapscpu import LibvirtConfigDomainCapsCPUModel
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsChannel
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsConsole
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsCrypto
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsDevices
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsDiskBuses
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsFilesystem
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsGraphics
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsHostdev
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsInterface
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsPanic
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsRedirdev
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsRng
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsTpm
from nova.virt.libvirt.schema.domaincapsdevices import (
    LibvirtConfigDomainCapsVideoModels,
)
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeature
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureACPI
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureAPIC
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureAsyncTeardown
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureCCFAssist
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureCFPC
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureGIC
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureHAP
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureHPT
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureHTM
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureHyperV
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureIBS
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureIOAPIC
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureKvmHidden
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureMSRs
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureNestedHV
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeaturePAE
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeaturePMU
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeaturePrivNet
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeaturePS2
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeaturePVSpinlock
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureRAS
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureSBBC
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureSMM
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureTCG
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureViridian
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureVMCoreInfo
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureVMPort
from nova.virt.libvirt.schema.features import LibvirtConfigGuestFeatureXen
from nova.virt.libvirt.schema.filesystem import LibvirtConfigGuestFilesys
from nova.virt.libvirt.schema.foreign import LibvirtConfigForeignElement
from nova.virt.libvirt.schema.hostcaps import LibvirtConfigCapsBandwidthControl
from nova.virt.libvirt.schema.hostcaps import LibvirtConfigCapsBandwidthNode
from nova.virt.libvirt.schema.hostcaps import LibvirtConfigCapsCacheBank
from nova.virt.libvirt.schema.hostcaps import LibvirtConfigCapsCacheControl
from nova.virt.libvirt.schema.hostcaps import LibvirtConfigCapsHost
from nova.virt.libvirt.schema.hostcaps import LibvirtConfigCapsMonitor
from nova.virt.libvirt.schema.hostcaps import LibvirtConfigCapsNUMACell
from nova.virt.libvirt.schema.hostcaps import LibvirtConfigCapsNUMACPU
from nova.virt.libvirt.schema.hostcaps import LibvirtConfigCapsNUMAPages
from nova.virt.libvirt.schema.hostcaps import LibvirtConfigCapsNUMATopology
from nova.virt.libvirt.schema.hostcaps import LibvirtConfigCapsSecModel
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdev
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdevMDEV
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdevMisc
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdevNet
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdevPCI
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdevSCSI
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdevSCSIHost
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdevStorage
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdevUSB
from nova.virt.libvirt.schema.hostinterface import LibvirtConfigInterface
from nova.virt.libvirt.schema.hostinterface import LibvirtConfigInterfaceDHCP
from nova.virt.libvirt.schema.hostinterface import LibvirtConfigInterfaceProtocol
from nova.virt.libvirt.schema.idmap import LibvirtConfigGuestGIDMap
from nova.virt.libvirt.schema.idmap import LibvirtConfigGuestIDMap
from nova.virt.libvirt.schema.idmap import LibvirtConfigGuestUIDMap
from nova.virt.libvirt.schema.interface import LibvirtConfigGuestInterface
from nova.virt.libvirt.schema.interface import LibvirtConfigGuestInterfaceIP
from nova.virt.libvirt.schema.interface import LibvirtConfigGuestInterfacePortForward
from nova.virt.libvirt.schema.interface import LibvirtConfigGuestInterfacePortRange
from nova.virt.libvirt.schema.interface import LibvirtConfigGuestInterfaceRoute
from nova.virt.libvirt.schema.interface import LibvirtConfigGuestInterfaceVLANTag
from nova.virt.libvirt.schema.memory import LibvirtConfigGuestMemoryBacking
from nova.virt.libvirt.schema.memory import LibvirtConfigGuestMemoryBackingPage
from nova.virt.libvirt.schema.memory import LibvirtConfigGuestMemoryDevice
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
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaOsinfo
from nova.virt.libvirt.schema.network import LibvirtConfigNetwork
from nova.virt.libvirt.schema.network import LibvirtConfigNetworkForward
from nova.virt.libvirt.schema.network import LibvirtConfigNetworkForwardAddress
from nova.virt.libvirt.schema.network import LibvirtConfigNetworkForwardInterface
from nova.virt.libvirt.schema.network import LibvirtConfigNetworkPortGroup
from nova.virt.libvirt.schema.networkip import LibvirtConfigNetworkDHCPHost
from nova.virt.libvirt.schema.networkip import LibvirtConfigNetworkDHCPRange
from nova.virt.libvirt.schema.networkip import LibvirtConfigNetworkDNS
from nova.virt.libvirt.schema.networkip import LibvirtConfigNetworkDNSHost
from nova.virt.libvirt.schema.networkip import LibvirtConfigNetworkDNSSRV
from nova.virt.libvirt.schema.networkip import LibvirtConfigNetworkDNSTXT
from nova.virt.libvirt.schema.networkip import LibvirtConfigNetworkIP
from nova.virt.libvirt.schema.networkip import LibvirtConfigNetworkRoute
from nova.virt.libvirt.schema.networkport import LibvirtConfigNetworkPort
from nova.virt.libvirt.schema.nodedev import LibvirtConfigNodeDevice
from nova.virt.libvirt.schema.nodedev import LibvirtConfigNodeDeviceMdevInformation
from nova.virt.libvirt.schema.nodedev import LibvirtConfigNodeDeviceVDPACap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceAPCardCap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceAPMatrixCap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceAPQueueCap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceCCWCap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceCSSCap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceDRMCap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceSCSICap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceSCSIGenericCap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceSCSIHostCap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceSCSITargetCap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceStorageCap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceSystemCap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceUSBDeviceCap
from nova.virt.libvirt.schema.nodedevcaps import LibvirtConfigNodeDeviceUSBInterfaceCap
from nova.virt.libvirt.schema.nodedevpci import (
    LibvirtConfigNodeDeviceMdevCapableSubFunctionCap,
)
from nova.virt.libvirt.schema.nodedevpci import LibvirtConfigNodeDeviceNetCap
from nova.virt.libvirt.schema.nodedevpci import LibvirtConfigNodeDevicePciCap
from nova.virt.libvirt.schema.nodedevpci import LibvirtConfigNodeDevicePciLink
from nova.virt.libvirt.schema.nodedevpci import LibvirtConfigNodeDevicePciSubFunctionCap
from nova.virt.libvirt.schema.nodedevpci import LibvirtConfigNodeDeviceVpdCap
from nova.virt.libvirt.schema.numa import LibvirtConfigGuestNUMATune
from nova.virt.libvirt.schema.numa import LibvirtConfigGuestNUMATuneMemNode
from nova.virt.libvirt.schema.numa import LibvirtConfigGuestNUMATuneMemory
from nova.virt.libvirt.schema.nwfilter import LibvirtConfigNWFilter
from nova.virt.libvirt.schema.nwfilter import LibvirtConfigNWFilterBinding
from nova.virt.libvirt.schema.nwfilter import LibvirtConfigNWFilterRef
from nova.virt.libvirt.schema.nwfilter import LibvirtConfigNWFilterRule
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchAH
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchAHv6
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchAll
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchAllv6
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchARP
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchESP
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchESPv6
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchICMP
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchICMPv6
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchIGMP
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchIP
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchIPv6
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchMAC
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchRARP
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchSCTP
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchSCTPv6
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchSTP
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchTCP
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchTCPv6
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchUDP
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchUDPLite
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchUDPLitev6
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchUDPv6
from nova.virt.libvirt.schema.nwfilterrule import LibvirtConfigNWFilterMatchVLAN
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestCrypto
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestHub
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestInput
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestIOMMU
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestLease
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestNVRAM
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestPanic
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestPstore
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestRng
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestShmem
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestShmemMSI
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestShmemServer
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestUSBRedirectFilter
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestUSBRedirectRule
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestVsock
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestWatchdog
from nova.virt.libvirt.schema.peripherals import LibvirtConfigMemoryBalloon
from nova.virt.libvirt.schema.port import LibvirtConfigNetworkBandwidth
from nova.virt.libvirt.schema.port import LibvirtConfigNetworkVirtualPort
from nova.virt.libvirt.schema.port import LibvirtConfigNetworkVlan
from nova.virt.libvirt.schema.qemu import LibvirtConfigGuestQEMUCapabilities
from nova.virt.libvirt.schema.qemu import LibvirtConfigGuestQEMUCommandLine
from nova.virt.libvirt.schema.qemu import LibvirtConfigGuestQEMUDeprecation
from nova.virt.libvirt.schema.qemu import LibvirtConfigGuestQEMUDevice
from nova.virt.libvirt.schema.qemu import LibvirtConfigGuestQEMUOverride
from nova.virt.libvirt.schema.qemu import LibvirtConfigGuestQEMUProperty
from nova.virt.libvirt.schema.secret import LibvirtConfigSecret
from nova.virt.libvirt.schema.security import LibvirtConfigGuestKeyWrapCipher
from nova.virt.libvirt.schema.security import LibvirtConfigGuestS390PVLaunchSecurity
from nova.virt.libvirt.schema.security import LibvirtConfigGuestSEVLaunchSecurity
from nova.virt.libvirt.schema.security import LibvirtConfigGuestSEVSNPLaunchSecurity
from nova.virt.libvirt.schema.security import LibvirtConfigGuestTDXLaunchSecurity
from nova.virt.libvirt.schema.security import LibvirtConfigGuestVTPM
from nova.virt.libvirt.schema.security import LibvirtConfigSeclabel
from nova.virt.libvirt.schema.snapshot import LibvirtConfigGuestInactive
from nova.virt.libvirt.schema.snapshot import LibvirtConfigGuestSnapshot
from nova.virt.libvirt.schema.snapshot import LibvirtConfigGuestSnapshotDisk
from nova.virt.libvirt.schema.storage import LibvirtConfigStorageExtent
from nova.virt.libvirt.schema.storage import LibvirtConfigStoragePermissions
from nova.virt.libvirt.schema.storage import LibvirtConfigStorageVolume
from nova.virt.libvirt.schema.storage import LibvirtConfigStorageVolumeBackingStore
from nova.virt.libvirt.schema.storage import LibvirtConfigStorageVolumeDevice
from nova.virt.libvirt.schema.storage import LibvirtConfigStorageVolumeTarget
from nova.virt.libvirt.schema.storagepool import LibvirtConfigStorageFreeExtent
from nova.virt.libvirt.schema.storagepool import LibvirtConfigStoragePool
from nova.virt.libvirt.schema.storagepool import LibvirtConfigStoragePoolAdapter
from nova.virt.libvirt.schema.storagepool import LibvirtConfigStoragePoolDevice
from nova.virt.libvirt.schema.storagepool import LibvirtConfigStoragePoolSource
from nova.virt.libvirt.schema.storagepool import LibvirtConfigStoragePoolTarget
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskAuth
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskBackingStore
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskDataStore
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskEncryption
from nova.virt.libvirt.schema.storagesource import (
    LibvirtConfigGuestDiskEncryptionSecret,
)
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskMirror
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskReservations
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskSourceSlice
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestNVRAMSource
from nova.virt.libvirt.schema.sysinfo import LibvirtConfigGuestFwCfg
from nova.virt.libvirt.schema.sysinfo import LibvirtConfigGuestFwCfgEntry
from nova.virt.libvirt.schema.sysinfo import LibvirtConfigGuestSMBIOS
from nova.virt.libvirt.schema.sysinfo import LibvirtConfigGuestSysinfo
from nova.virt.libvirt.schema.sysinfo import LibvirtConfigGuestSysinfoBaseBoard
from nova.virt.libvirt.schema.trace import Fact
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestBlockIOTune
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestBlockIOTuneDevice
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTune
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneCache
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneCacheTune
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneEmulatorPin
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneEmulatorSched
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneIOThreadPin
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneIOThreadSched
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneMemoryNode
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneMemoryTune
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneMonitor
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneVCPUPin
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTuneVCPUSched
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestDefaultIOThread
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestIOThread
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestMemoryTune
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestVCPU

__all__ = [
    'Fact',
    'LibvirtConfigCPU',
    'LibvirtConfigCPUCounter',
    'LibvirtConfigCPUFeature',
    'LibvirtConfigCPUMaxPhysAddr',
    'LibvirtConfigCaps',
    'LibvirtConfigCapsBandwidthControl',
    'LibvirtConfigCapsBandwidthNode',
    'LibvirtConfigCapsCacheBank',
    'LibvirtConfigCapsCacheControl',
    'LibvirtConfigCapsGuest',
    'LibvirtConfigCapsGuestDomain',
    'LibvirtConfigCapsHost',
    'LibvirtConfigCapsMonitor',
    'LibvirtConfigCapsNUMACPU',
    'LibvirtConfigCapsNUMACell',
    'LibvirtConfigCapsNUMAPages',
    'LibvirtConfigCapsNUMATopology',
    'LibvirtConfigCapsSecModel',
    'LibvirtConfigDomainCaps',
    'LibvirtConfigDomainCapsCPUBlockers',
    'LibvirtConfigDomainCapsCPUCustom',
    'LibvirtConfigDomainCapsCPUHostModel',
    'LibvirtConfigDomainCapsCPUHostPassthrough',
    'LibvirtConfigDomainCapsCPUMaximum',
    'LibvirtConfigDomainCapsCPUMode',
    'LibvirtConfigDomainCapsCPUModel',
    'LibvirtConfigDomainCapsChannel',
    'LibvirtConfigDomainCapsConsole',
    'LibvirtConfigDomainCapsCrypto',
    'LibvirtConfigDomainCapsDevices',
    'LibvirtConfigDomainCapsDiskBuses',
    'LibvirtConfigDomainCapsFeatureHyperV',
    'LibvirtConfigDomainCapsFeatureLaunchSecurity',
    'LibvirtConfigDomainCapsFeatureSGX',
    'LibvirtConfigDomainCapsFeatureSev',
    'LibvirtConfigDomainCapsFeatureTDX',
    'LibvirtConfigDomainCapsFeatures',
    'LibvirtConfigDomainCapsFilesystem',
    'LibvirtConfigDomainCapsGraphics',
    'LibvirtConfigDomainCapsHostdev',
    'LibvirtConfigDomainCapsInterface',
    'LibvirtConfigDomainCapsOS',
    'LibvirtConfigDomainCapsPanic',
    'LibvirtConfigDomainCapsRedirdev',
    'LibvirtConfigDomainCapsRng',
    'LibvirtConfigDomainCapsSGXSection',
    'LibvirtConfigDomainCapsTpm',
    'LibvirtConfigDomainCapsVideoModels',
    'LibvirtConfigForeignElement',
    'LibvirtConfigGuest',
    'LibvirtConfigGuestAudio',
    'LibvirtConfigGuestAudioInput',
    'LibvirtConfigGuestAudioOutput',
    'LibvirtConfigGuestBackup',
    'LibvirtConfigGuestBackupDisk',
    'LibvirtConfigGuestBlockIOTune',
    'LibvirtConfigGuestBlockIOTuneDevice',
    'LibvirtConfigGuestCPU',
    'LibvirtConfigGuestCPUCache',
    'LibvirtConfigGuestCPUFeature',
    'LibvirtConfigGuestCPUMaxPhysAddr',
    'LibvirtConfigGuestCPUNUMA',
    'LibvirtConfigGuestCPUNUMABandwidth',
    'LibvirtConfigGuestCPUNUMACache',
    'LibvirtConfigGuestCPUNUMACell',
    'LibvirtConfigGuestCPUNUMALatency',
    'LibvirtConfigGuestCPUTune',
    'LibvirtConfigGuestCPUTuneCache',
    'LibvirtConfigGuestCPUTuneCacheTune',
    'LibvirtConfigGuestCPUTuneEmulatorPin',
    'LibvirtConfigGuestCPUTuneEmulatorSched',
    'LibvirtConfigGuestCPUTuneIOThreadPin',
    'LibvirtConfigGuestCPUTuneIOThreadSched',
    'LibvirtConfigGuestCPUTuneMemoryNode',
    'LibvirtConfigGuestCPUTuneMemoryTune',
    'LibvirtConfigGuestCPUTuneMonitor',
    'LibvirtConfigGuestCPUTuneVCPUPin',
    'LibvirtConfigGuestCPUTuneVCPUSched',
    'LibvirtConfigGuestChannel',
    'LibvirtConfigGuestChar',
    'LibvirtConfigGuestCharBase',
    'LibvirtConfigGuestCharDeviceLog',
    'LibvirtConfigGuestCheckpoint',
    'LibvirtConfigGuestCheckpointDisk',
    'LibvirtConfigGuestClock',
    'LibvirtConfigGuestConsole',
    'LibvirtConfigGuestController',
    'LibvirtConfigGuestCrypto',
    'LibvirtConfigGuestDefaultIOThread',
    'LibvirtConfigGuestDevice',
    'LibvirtConfigGuestDeviceAddress',
    'LibvirtConfigGuestDeviceAddressCCID',
    'LibvirtConfigGuestDeviceAddressCCW',
    'LibvirtConfigGuestDeviceAddressDIMM',
    'LibvirtConfigGuestDeviceAddressDrive',
    'LibvirtConfigGuestDeviceAddressISA',
    'LibvirtConfigGuestDeviceAddressPCI',
    'LibvirtConfigGuestDeviceAddressSpaprVIO',
    'LibvirtConfigGuestDeviceAddressUSB',
    'LibvirtConfigGuestDeviceAddressVirtioSerial',
    'LibvirtConfigGuestDeviceSeclabel',
    'LibvirtConfigGuestDisk',
    'LibvirtConfigGuestDiskAuth',
    'LibvirtConfigGuestDiskBackingStore',
    'LibvirtConfigGuestDiskDataStore',
    'LibvirtConfigGuestDiskEncryption',
    'LibvirtConfigGuestDiskEncryptionSecret',
    'LibvirtConfigGuestDiskIOThread',
    'LibvirtConfigGuestDiskMirror',
    'LibvirtConfigGuestDiskReservations',
    'LibvirtConfigGuestDiskSourceSlice',
    'LibvirtConfigGuestDiskTransient',
    'LibvirtConfigGuestFeature',
    'LibvirtConfigGuestFeatureACPI',
    'LibvirtConfigGuestFeatureAPIC',
    'LibvirtConfigGuestFeatureAsyncTeardown',
    'LibvirtConfigGuestFeatureCCFAssist',
    'LibvirtConfigGuestFeatureCFPC',
    'LibvirtConfigGuestFeatureGIC',
    'LibvirtConfigGuestFeatureHAP',
    'LibvirtConfigGuestFeatureHPT',
    'LibvirtConfigGuestFeatureHTM',
    'LibvirtConfigGuestFeatureHyperV',
    'LibvirtConfigGuestFeatureIBS',
    'LibvirtConfigGuestFeatureIOAPIC',
    'LibvirtConfigGuestFeatureKvmHidden',
    'LibvirtConfigGuestFeatureMSRs',
    'LibvirtConfigGuestFeatureNestedHV',
    'LibvirtConfigGuestFeaturePAE',
    'LibvirtConfigGuestFeaturePMU',
    'LibvirtConfigGuestFeaturePS2',
    'LibvirtConfigGuestFeaturePVSpinlock',
    'LibvirtConfigGuestFeaturePrivNet',
    'LibvirtConfigGuestFeatureRAS',
    'LibvirtConfigGuestFeatureSBBC',
    'LibvirtConfigGuestFeatureSMM',
    'LibvirtConfigGuestFeatureTCG',
    'LibvirtConfigGuestFeatureVMCoreInfo',
    'LibvirtConfigGuestFeatureVMPort',
    'LibvirtConfigGuestFeatureViridian',
    'LibvirtConfigGuestFeatureXen',
    'LibvirtConfigGuestFilesys',
    'LibvirtConfigGuestFwCfg',
    'LibvirtConfigGuestFwCfgEntry',
    'LibvirtConfigGuestGIDMap',
    'LibvirtConfigGuestGenID',
    'LibvirtConfigGuestGraphics',
    'LibvirtConfigGuestGraphicsChannel',
    'LibvirtConfigGuestGraphicsListen',
    'LibvirtConfigGuestHostdev',
    'LibvirtConfigGuestHostdevMDEV',
    'LibvirtConfigGuestHostdevMisc',
    'LibvirtConfigGuestHostdevNet',
    'LibvirtConfigGuestHostdevPCI',
    'LibvirtConfigGuestHostdevSCSI',
    'LibvirtConfigGuestHostdevSCSIHost',
    'LibvirtConfigGuestHostdevStorage',
    'LibvirtConfigGuestHostdevUSB',
    'LibvirtConfigGuestHub',
    'LibvirtConfigGuestIDMap',
    'LibvirtConfigGuestIOMMU',
    'LibvirtConfigGuestIOThread',
    'LibvirtConfigGuestInactive',
    'LibvirtConfigGuestInput',
    'LibvirtConfigGuestInterface',
    'LibvirtConfigGuestInterfaceIP',
    'LibvirtConfigGuestInterfacePortForward',
    'LibvirtConfigGuestInterfacePortRange',
    'LibvirtConfigGuestInterfaceRoute',
    'LibvirtConfigGuestInterfaceVLANTag',
    'LibvirtConfigGuestKeyWrapCipher',
    'LibvirtConfigGuestLease',
    'LibvirtConfigGuestMemoryBacking',
    'LibvirtConfigGuestMemoryBackingPage',
    'LibvirtConfigGuestMemoryDevice',
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
    'LibvirtConfigGuestMetaOsinfo',
    'LibvirtConfigGuestNUMATune',
    'LibvirtConfigGuestNUMATuneMemNode',
    'LibvirtConfigGuestNUMATuneMemory',
    'LibvirtConfigGuestNVRAM',
    'LibvirtConfigGuestNVRAMSource',
    'LibvirtConfigGuestOSACPITable',
    'LibvirtConfigGuestOSFirmwareFeature',
    'LibvirtConfigGuestPCIeRootController',
    'LibvirtConfigGuestPCIeRootPortController',
    'LibvirtConfigGuestPanic',
    'LibvirtConfigGuestParallel',
    'LibvirtConfigGuestPstore',
    'LibvirtConfigGuestQEMUCapabilities',
    'LibvirtConfigGuestQEMUCommandLine',
    'LibvirtConfigGuestQEMUDeprecation',
    'LibvirtConfigGuestQEMUDevice',
    'LibvirtConfigGuestQEMUOverride',
    'LibvirtConfigGuestQEMUProperty',
    'LibvirtConfigGuestRng',
    'LibvirtConfigGuestS390PVLaunchSecurity',
    'LibvirtConfigGuestSEVLaunchSecurity',
    'LibvirtConfigGuestSEVSNPLaunchSecurity',
    'LibvirtConfigGuestSMBIOS',
    'LibvirtConfigGuestSerial',
    'LibvirtConfigGuestShmem',
    'LibvirtConfigGuestShmemMSI',
    'LibvirtConfigGuestShmemServer',
    'LibvirtConfigGuestSmartcard',
    'LibvirtConfigGuestSnapshot',
    'LibvirtConfigGuestSnapshotDisk',
    'LibvirtConfigGuestSound',
    'LibvirtConfigGuestSysinfo',
    'LibvirtConfigGuestSysinfoBaseBoard',
    'LibvirtConfigGuestTDXLaunchSecurity',
    'LibvirtConfigGuestTimer',
    'LibvirtConfigGuestUIDMap',
    'LibvirtConfigGuestUSBHostController',
    'LibvirtConfigGuestUSBRedirect',
    'LibvirtConfigGuestUSBRedirectFilter',
    'LibvirtConfigGuestUSBRedirectRule',
    'LibvirtConfigGuestVCPU',
    'LibvirtConfigGuestVPMEM',
    'LibvirtConfigGuestVTPM',
    'LibvirtConfigGuestVideo',
    'LibvirtConfigGuestVsock',
    'LibvirtConfigGuestWatchdog',
    'LibvirtConfigInterface',
    'LibvirtConfigInterfaceDHCP',
    'LibvirtConfigInterfaceProtocol',
    'LibvirtConfigMemoryBalloon',
    'LibvirtConfigNWFilter',
    'LibvirtConfigNWFilterBinding',
    'LibvirtConfigNWFilterMatchAH',
    'LibvirtConfigNWFilterMatchAHv6',
    'LibvirtConfigNWFilterMatchARP',
    'LibvirtConfigNWFilterMatchAll',
    'LibvirtConfigNWFilterMatchAllv6',
    'LibvirtConfigNWFilterMatchESP',
    'LibvirtConfigNWFilterMatchESPv6',
    'LibvirtConfigNWFilterMatchICMP',
    'LibvirtConfigNWFilterMatchICMPv6',
    'LibvirtConfigNWFilterMatchIGMP',
    'LibvirtConfigNWFilterMatchIP',
    'LibvirtConfigNWFilterMatchIPv6',
    'LibvirtConfigNWFilterMatchMAC',
    'LibvirtConfigNWFilterMatchRARP',
    'LibvirtConfigNWFilterMatchSCTP',
    'LibvirtConfigNWFilterMatchSCTPv6',
    'LibvirtConfigNWFilterMatchSTP',
    'LibvirtConfigNWFilterMatchTCP',
    'LibvirtConfigNWFilterMatchTCPv6',
    'LibvirtConfigNWFilterMatchUDP',
    'LibvirtConfigNWFilterMatchUDPLite',
    'LibvirtConfigNWFilterMatchUDPLitev6',
    'LibvirtConfigNWFilterMatchUDPv6',
    'LibvirtConfigNWFilterMatchVLAN',
    'LibvirtConfigNWFilterRef',
    'LibvirtConfigNWFilterRule',
    'LibvirtConfigNetwork',
    'LibvirtConfigNetworkBandwidth',
    'LibvirtConfigNetworkDHCPHost',
    'LibvirtConfigNetworkDHCPRange',
    'LibvirtConfigNetworkDNS',
    'LibvirtConfigNetworkDNSHost',
    'LibvirtConfigNetworkDNSSRV',
    'LibvirtConfigNetworkDNSTXT',
    'LibvirtConfigNetworkForward',
    'LibvirtConfigNetworkForwardAddress',
    'LibvirtConfigNetworkForwardInterface',
    'LibvirtConfigNetworkIP',
    'LibvirtConfigNetworkPort',
    'LibvirtConfigNetworkPortGroup',
    'LibvirtConfigNetworkRoute',
    'LibvirtConfigNetworkVirtualPort',
    'LibvirtConfigNetworkVlan',
    'LibvirtConfigNodeDevice',
    'LibvirtConfigNodeDeviceAPCardCap',
    'LibvirtConfigNodeDeviceAPMatrixCap',
    'LibvirtConfigNodeDeviceAPQueueCap',
    'LibvirtConfigNodeDeviceCCWCap',
    'LibvirtConfigNodeDeviceCSSCap',
    'LibvirtConfigNodeDeviceDRMCap',
    'LibvirtConfigNodeDeviceMdevCapableSubFunctionCap',
    'LibvirtConfigNodeDeviceMdevInformation',
    'LibvirtConfigNodeDeviceNetCap',
    'LibvirtConfigNodeDevicePciCap',
    'LibvirtConfigNodeDevicePciLink',
    'LibvirtConfigNodeDevicePciSubFunctionCap',
    'LibvirtConfigNodeDeviceSCSICap',
    'LibvirtConfigNodeDeviceSCSIGenericCap',
    'LibvirtConfigNodeDeviceSCSIHostCap',
    'LibvirtConfigNodeDeviceSCSITargetCap',
    'LibvirtConfigNodeDeviceStorageCap',
    'LibvirtConfigNodeDeviceSystemCap',
    'LibvirtConfigNodeDeviceUSBDeviceCap',
    'LibvirtConfigNodeDeviceUSBInterfaceCap',
    'LibvirtConfigNodeDeviceVDPACap',
    'LibvirtConfigNodeDeviceVpdCap',
    'LibvirtConfigObject',
    'LibvirtConfigSeclabel',
    'LibvirtConfigSecret',
    'LibvirtConfigStorageExtent',
    'LibvirtConfigStorageFreeExtent',
    'LibvirtConfigStoragePermissions',
    'LibvirtConfigStoragePool',
    'LibvirtConfigStoragePoolAdapter',
    'LibvirtConfigStoragePoolDevice',
    'LibvirtConfigStoragePoolSource',
    'LibvirtConfigStoragePoolTarget',
    'LibvirtConfigStorageVolume',
    'LibvirtConfigStorageVolumeBackingStore',
    'LibvirtConfigStorageVolumeDevice',
    'LibvirtConfigStorageVolumeTarget',
]
