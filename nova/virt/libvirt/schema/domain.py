# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A whole domain."""

from typing import Any

from nova.virt.libvirt.schema import features as feature_family
from nova.virt.libvirt.schema.audio import LibvirtConfigGuestAudio
from nova.virt.libvirt.schema.audio import LibvirtConfigGuestSound
from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.char import LibvirtConfigGuestChannel
from nova.virt.libvirt.schema.char import LibvirtConfigGuestConsole
from nova.virt.libvirt.schema.char import LibvirtConfigGuestParallel
from nova.virt.libvirt.schema.char import LibvirtConfigGuestSerial
from nova.virt.libvirt.schema.char import LibvirtConfigGuestSmartcard
from nova.virt.libvirt.schema.char import LibvirtConfigGuestUSBRedirect
from nova.virt.libvirt.schema.clock import LibvirtConfigGuestClock
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestController
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestPCIeRootController
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestPCIeRootPortController
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestUSBHostController
from nova.virt.libvirt.schema.convert import CPUSET
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import MEMORY_KIB
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPU
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestDisk
from nova.virt.libvirt.schema.display import LibvirtConfigGuestGraphics
from nova.virt.libvirt.schema.display import LibvirtConfigGuestVideo
from nova.virt.libvirt.schema.filesystem import LibvirtConfigGuestFilesys
from nova.virt.libvirt.schema.foreign import LibvirtConfigForeignElement
from nova.virt.libvirt.schema.hostdev import HOSTDEVS
from nova.virt.libvirt.schema.idmap import LibvirtConfigGuestGIDMap
from nova.virt.libvirt.schema.idmap import LibvirtConfigGuestUIDMap
from nova.virt.libvirt.schema.interface import LibvirtConfigGuestInterface
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Params
from nova.virt.libvirt.schema.mapping import Switch
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import Values
from nova.virt.libvirt.schema.memory import LibvirtConfigGuestMemoryBacking
from nova.virt.libvirt.schema.memory import LibvirtConfigGuestMemoryDevice
from nova.virt.libvirt.schema.memory import LibvirtConfigGuestVPMEM
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaNovaInstance
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaOsinfo
from nova.virt.libvirt.schema.numa import LibvirtConfigGuestNUMATune
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
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestUSBRedirectFilter
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestVsock
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestWatchdog
from nova.virt.libvirt.schema.peripherals import LibvirtConfigMemoryBalloon
from nova.virt.libvirt.schema.qemu import LibvirtConfigGuestQEMUCapabilities
from nova.virt.libvirt.schema.qemu import LibvirtConfigGuestQEMUCommandLine
from nova.virt.libvirt.schema.qemu import LibvirtConfigGuestQEMUDeprecation
from nova.virt.libvirt.schema.qemu import LibvirtConfigGuestQEMUOverride
from nova.virt.libvirt.schema.security import LAUNCH_SECURITY
from nova.virt.libvirt.schema.security import LibvirtConfigGuestKeyWrapCipher
from nova.virt.libvirt.schema.security import LibvirtConfigGuestVTPM
from nova.virt.libvirt.schema.security import LibvirtConfigSeclabel
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestNVRAMSource
from nova.virt.libvirt.schema.sysinfo import LibvirtConfigGuestFwCfg
from nova.virt.libvirt.schema.sysinfo import LibvirtConfigGuestSMBIOS
from nova.virt.libvirt.schema.sysinfo import LibvirtConfigGuestSysinfo
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestBlockIOTune
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTune
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestDefaultIOThread
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestIOThread
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestMemoryTune
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestVCPU

#: What a domain's devices are chosen from.
DEVICES = (
    LibvirtConfigGuestDisk, LibvirtConfigGuestFilesys,
    LibvirtConfigGuestController, LibvirtConfigGuestUSBHostController,
    LibvirtConfigGuestPCIeRootController, LibvirtConfigGuestPCIeRootPortController,
    LibvirtConfigGuestLease, LibvirtConfigGuestInterface, *HOSTDEVS,
    LibvirtConfigGuestSmartcard, LibvirtConfigGuestSerial, LibvirtConfigGuestParallel,
    LibvirtConfigGuestConsole, LibvirtConfigGuestChannel, LibvirtConfigGuestInput,
    LibvirtConfigGuestHub, LibvirtConfigGuestVTPM, LibvirtConfigGuestGraphics,
    LibvirtConfigGuestSound, LibvirtConfigGuestAudio, LibvirtConfigGuestVideo,
    LibvirtConfigGuestUSBRedirect, LibvirtConfigGuestUSBRedirectFilter,
    LibvirtConfigGuestRng, LibvirtConfigGuestWatchdog, LibvirtConfigMemoryBalloon,
    LibvirtConfigGuestPanic, LibvirtConfigGuestPstore, LibvirtConfigGuestShmem,
    LibvirtConfigGuestVsock, LibvirtConfigGuestCrypto, LibvirtConfigGuestNVRAM,
    LibvirtConfigGuestIOMMU, LibvirtConfigGuestMemoryDevice, LibvirtConfigGuestVPMEM,
)


class LibvirtConfigGuestOSACPITable(LibvirtConfigObject):
    """``<table type='slic'>/path/to/slic.dat</table>``"""

    root_name = 'table'

    type = Attr('@type')
    path = Text('.')


class LibvirtConfigGuestOSFirmwareFeature(LibvirtConfigObject):
    """``<feature enabled='no' name='enrolled-keys'/>``"""

    root_name = 'feature'

    enabled = Attr('@enabled', YESNO)
    name = Attr('@name')


class LibvirtConfigGuestGenID(LibvirtConfigObject):
    """``<genid>43dc0cf8-...</genid>``; one that is empty gets a value of its own"""

    root_name = 'genid'

    value = Text('.')


class LibvirtConfigGuest(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html"""

    root_name = 'domain'

    virt_type = Attr('@type')
    #: Of a running domain.
    id = Attr('@id', INT)

    uuid = Text('uuid', always=True)
    name = Text('name', always=True)
    #: What the guest sees change when it is copied or goes back to a snapshot.
    genid = Child(LibvirtConfigGuestGenID)
    title = Text('title')
    description = Text('description')

    #: KiB
    memory = Text('memory', MEMORY_KIB, default=524288000, always=True)
    memory_dump_core = Attr('memory/@dumpCore', ONOFF)
    #: KiB
    current_memory = Text('currentMemory', MEMORY_KIB)
    #: KiB
    max_memory_size = Text('maxMemory', MEMORY_KIB)
    max_memory_slots = Attr('maxMemory/@slots', INT, default=0, needs='max_memory_size')
    membacking = Child(LibvirtConfigGuestMemoryBacking)
    memtune = Child(LibvirtConfigGuestMemoryTune)
    numatune = Child(LibvirtConfigGuestNUMATune)
    blkiotune = Child(LibvirtConfigGuestBlockIOTune)
    resource_partition = Text('resource/partition')
    resource_fibrechannel_appid = Attr('resource/fibrechannel/@appid')

    vcpus = Text('vcpu', INT, default=1)
    cpuset = Attr('vcpu/@cpuset', CPUSET)
    vcpu_placement = Attr('vcpu/@placement')
    vcpu_current = Attr('vcpu/@current', INT)
    vcpu_list = Children('vcpus', LibvirtConfigGuestVCPU)

    metadata = Children('metadata', LibvirtConfigGuestMetaNovaInstance,
                        LibvirtConfigGuestMetaOsinfo)
    #: What other applications know of the guest.
    foreign_metadata = Children('metadata', LibvirtConfigForeignElement)

    sysinfo = Child(LibvirtConfigGuestSysinfo)
    fwcfg = Child(LibvirtConfigGuestFwCfg)

    bootloader = Text('bootloader')
    bootloader_args = Text('bootloader_args')

    # <os>
    os_firmware = Attr('os/@firmware')
    os_type = Text('os/type', always=True)
    os_arch = Attr('os/type/@arch')
    os_mach_type = Attr('os/type/@machine')
    os_firmware_secure = Attr('os/firmware/feature[name=secure-boot]/@enabled', YESNO)
    os_firmware_features = Children('os/firmware', LibvirtConfigGuestOSFirmwareFeature)
    os_loader = Text('os/loader')
    os_loader_readonly = Attr('os/loader/@readonly', YESNO)
    os_loader_type = Attr('os/loader/@type')
    os_loader_secure = Attr('os/loader/@secure', YESNO)
    os_loader_stateless = Attr('os/loader/@stateless', YESNO)
    os_loader_format = Attr('os/loader/@format')
    os_nvram = Text('os/nvram')
    os_nvram_template = Attr('os/nvram/@template')
    os_nvram_template_format = Attr('os/nvram/@templateFormat')
    os_nvram_type = Attr('os/nvram/@type')
    os_nvram_format = Attr('os/nvram/@format')
    os_nvram_source = Child(LibvirtConfigGuestNVRAMSource, path='os/nvram')
    os_varstore = Attr('os/varstore/@path')
    os_varstore_template = Attr('os/varstore/@template')
    os_kernel = Text('os/kernel')
    os_initrd = Text('os/initrd')
    os_cmdline = Text('os/cmdline')
    os_dtb = Text('os/dtb')
    os_shim = Text('os/shim')
    os_acpi_tables = Children('os/acpi', LibvirtConfigGuestOSACPITable)
    os_root = Text('os/root')
    os_init_path = Text('os/init')
    os_init_args = Values('os/initarg')
    os_init_env = Params('os/initenv', value='.', into=dict)
    os_init_dir = Text('os/initdir')
    os_init_user = Text('os/inituser')
    os_init_group = Text('os/initgroup')
    os_boot_dev = Values('os/boot', '@dev')
    os_smbios = Child(LibvirtConfigGuestSMBIOS, path='os')
    os_bootmenu_enable = Attr('os/bootmenu/@enable', YESNO)
    #: Milliseconds
    os_bootmenu_timeout = Attr('os/bootmenu/@timeout', INT)
    os_bios_useserial = Attr('os/bios/@useserial', YESNO)
    #: Milliseconds; -1 is never.
    os_bios_reboot_timeout = Attr('os/bios/@rebootTimeout', INT)

    features = Children('features', *feature_family.FEATURES)

    iothreads = Text('iothreads', INT)
    iothread_list = Children('iothreadids', LibvirtConfigGuestIOThread)
    default_iothread = Child(LibvirtConfigGuestDefaultIOThread)
    cputune = Child(LibvirtConfigGuestCPUTune)
    clock = Child(LibvirtConfigGuestClock)
    cpu = Child(LibvirtConfigGuestCPU)

    on_poweroff = Text('on_poweroff')
    on_reboot = Text('on_reboot')
    on_crash = Text('on_crash')
    on_lockfailure = Text('on_lockfailure')

    pm_suspend_to_mem = Attr('pm/suspend-to-mem/@enabled', YESNO)
    pm_suspend_to_disk = Attr('pm/suspend-to-disk/@enabled', YESNO)

    emulator = Text('devices/emulator')
    devices = Children('devices', *DEVICES)

    launch_security = Child(*LAUNCH_SECURITY)
    idmaps = Children('idmap', LibvirtConfigGuestUIDMap, LibvirtConfigGuestGIDMap)
    perf_events = Values('perf/event[enabled=yes]', '@name')
    perf_events_off = Values('perf/event[enabled=no]', '@name')

    keywrap = Children('keywrap', LibvirtConfigGuestKeyWrapCipher)
    seclabels = Children('', LibvirtConfigSeclabel)

    qemu_commandline = Child(LibvirtConfigGuestQEMUCommandLine)
    qemu_capabilities = Child(LibvirtConfigGuestQEMUCapabilities)
    qemu_override = Child(LibvirtConfigGuestQEMUOverride)
    qemu_deprecation = Child(LibvirtConfigGuestQEMUDeprecation)

    os_bootmenu = Switch('os_bootmenu_enable')

    def add_device(self, dev: LibvirtConfigGuestDevice | LibvirtConfigObject) -> None:
        """Add a device."""
        self.devices.append(dev)

    def add_feature(self, feat: feature_family.LibvirtConfigGuestFeature) -> None:
        """Add a feature of the hypervisor."""
        self.features.append(feat)

    def add_perf_event(self, event: str) -> None:
        """Have a performance event monitored."""
        self.perf_events.append(event)

    def set_clock(self, clk: LibvirtConfigGuestClock) -> None:
        """Set how the guest's time is kept."""
        self.clock = clk

    def devices_of(self, kind: type[Any]) -> list[Any]:
        """Return the devices of a class, in their order."""
        return [device for device in self.devices if isinstance(device, kind)]
