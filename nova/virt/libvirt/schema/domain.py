# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A whole domain."""

from typing import Any

from nova.virt.libvirt.schema import features as feature_family
from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.char import LibvirtConfigGuestChannel
from nova.virt.libvirt.schema.char import LibvirtConfigGuestConsole
from nova.virt.libvirt.schema.char import LibvirtConfigGuestSerial
from nova.virt.libvirt.schema.clock import LibvirtConfigGuestClock
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestController
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestPCIeRootController
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestPCIeRootPortController
from nova.virt.libvirt.schema.controller import LibvirtConfigGuestUSBHostController
from nova.virt.libvirt.schema.convert import CPUSET
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import MEMORY_KIB
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPU
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestDisk
from nova.virt.libvirt.schema.display import LibvirtConfigGuestGraphics
from nova.virt.libvirt.schema.display import LibvirtConfigGuestSound
from nova.virt.libvirt.schema.display import LibvirtConfigGuestVideo
from nova.virt.libvirt.schema.filesystem import LibvirtConfigGuestFilesys
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdev
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdevMDEV
from nova.virt.libvirt.schema.hostdev import LibvirtConfigGuestHostdevPCI
from nova.virt.libvirt.schema.interface import LibvirtConfigGuestInterface
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Params
from nova.virt.libvirt.schema.mapping import Switch
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import Values
from nova.virt.libvirt.schema.memory import LibvirtConfigGuestMemoryBacking
from nova.virt.libvirt.schema.memory import LibvirtConfigGuestVPMEM
from nova.virt.libvirt.schema.metadata import LibvirtConfigGuestMetaNovaInstance
from nova.virt.libvirt.schema.numa import LibvirtConfigGuestNUMATune
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestInput
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestIOMMU
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestRng
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestUSBRedirect
from nova.virt.libvirt.schema.peripherals import LibvirtConfigGuestWatchdog
from nova.virt.libvirt.schema.peripherals import LibvirtConfigMemoryBalloon
from nova.virt.libvirt.schema.security import LAUNCH_SECURITY
from nova.virt.libvirt.schema.security import LibvirtConfigGuestVTPM
from nova.virt.libvirt.schema.sysinfo import LibvirtConfigGuestSMBIOS
from nova.virt.libvirt.schema.sysinfo import LibvirtConfigGuestSysinfo
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestCPUTune
from nova.virt.libvirt.schema.tune import LibvirtConfigGuestMemoryTune

#: What a domain's devices are chosen from.
DEVICES = (
    LibvirtConfigGuestDisk, LibvirtConfigGuestFilesys,
    LibvirtConfigGuestController, LibvirtConfigGuestUSBHostController,
    LibvirtConfigGuestPCIeRootController, LibvirtConfigGuestPCIeRootPortController,
    LibvirtConfigGuestInterface, LibvirtConfigGuestHostdev,
    LibvirtConfigGuestHostdevPCI, LibvirtConfigGuestHostdevMDEV,
    LibvirtConfigGuestSerial, LibvirtConfigGuestConsole, LibvirtConfigGuestChannel,
    LibvirtConfigGuestInput, LibvirtConfigGuestVTPM, LibvirtConfigGuestGraphics,
    LibvirtConfigGuestSound, LibvirtConfigGuestVideo, LibvirtConfigGuestUSBRedirect,
    LibvirtConfigGuestRng, LibvirtConfigGuestWatchdog, LibvirtConfigMemoryBalloon,
    LibvirtConfigGuestIOMMU, LibvirtConfigGuestVPMEM,
)


class LibvirtConfigGuestIDMap(LibvirtConfigObject):
    """``<uid start='0' target='1000' count='10'/>``"""

    root_name = 'id'

    start = Attr('@start', INT, default=0)
    target = Attr('@target', INT, default=0)
    count = Attr('@count', INT, default=10000)


class LibvirtConfigGuestUIDMap(LibvirtConfigGuestIDMap):
    """Users of a container and those of the host that they are."""

    root_name = 'uid'


class LibvirtConfigGuestGIDMap(LibvirtConfigGuestIDMap):
    """Groups of a container and those of the host that they are."""

    root_name = 'gid'


class LibvirtConfigGuest(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html"""

    root_name = 'domain'

    virt_type = Attr('@type')

    uuid = Text('uuid', always=True)
    name = Text('name', always=True)

    #: KiB
    memory = Text('memory', MEMORY_KIB, default=524288000, always=True)
    #: KiB
    max_memory_size = Text('maxMemory', MEMORY_KIB)
    max_memory_slots = Attr('maxMemory/@slots', INT, default=0, needs='max_memory_size')
    membacking = Child(LibvirtConfigGuestMemoryBacking)
    memtune = Child(LibvirtConfigGuestMemoryTune)
    numatune = Child(LibvirtConfigGuestNUMATune)

    vcpus = Text('vcpu', INT, default=1)
    cpuset = Attr('vcpu/@cpuset', CPUSET)

    metadata = Children('metadata', LibvirtConfigGuestMetaNovaInstance)

    sysinfo = Child(LibvirtConfigGuestSysinfo)

    # <os>
    os_firmware = Attr('os/@firmware')
    os_type = Text('os/type', always=True)
    os_arch = Attr('os/type/@arch')
    os_mach_type = Attr('os/type/@machine')
    os_firmware_secure = Attr('os/firmware/feature[name=secure-boot]/@enabled', YESNO)
    os_loader = Text('os/loader')
    os_loader_readonly = Attr('os/loader/@readonly', YESNO)
    os_loader_type = Attr('os/loader/@type')
    os_loader_secure = Attr('os/loader/@secure', YESNO)
    os_loader_stateless = Attr('os/loader/@stateless', YESNO)
    os_nvram = Text('os/nvram')
    os_nvram_template = Attr('os/nvram/@template')
    os_kernel = Text('os/kernel')
    os_initrd = Text('os/initrd')
    os_cmdline = Text('os/cmdline')
    os_root = Text('os/root')
    os_init_path = Text('os/init')
    os_init_env = Params('os/initenv', value='.', into=dict)
    os_boot_dev = Values('os/boot', '@dev')
    os_smbios = Child(LibvirtConfigGuestSMBIOS, path='os')
    os_bootmenu_enable = Attr('os/bootmenu/@enable', YESNO)

    features = Children('features', *feature_family.FEATURES)

    iothreads = Text('iothreads', INT)
    cputune = Child(LibvirtConfigGuestCPUTune)
    clock = Child(LibvirtConfigGuestClock)
    cpu = Child(LibvirtConfigGuestCPU)

    devices = Children('devices', *DEVICES)

    launch_security = Child(*LAUNCH_SECURITY)
    idmaps = Children('idmap', LibvirtConfigGuestUIDMap, LibvirtConfigGuestGIDMap)
    perf_events = Values('perf/event[enabled=yes]', '@name')

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
