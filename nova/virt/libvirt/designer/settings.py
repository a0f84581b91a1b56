# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the operator decided, as plain values.

Every field names the configuration option that it comes from.  Defaults are those
of the options, so ``Settings()`` is the unconfigured node.
"""

import dataclasses

from nova.virt.libvirt.options import from_options
from nova.virt.libvirt.options import nested
from nova.virt.libvirt.options import option
from nova.virt.libvirt.vifconfig import VIFSettings
from nova.virt.libvirt.volume.volume import VolumeSettings

__all__ = ['Settings', 'from_options']


@dataclasses.dataclass(frozen=True)
class CPUSettings:
    """Which CPU a guest sees, and which host CPUs it may run on."""

    #: None stands for the mode that suits the hypervisor and the architecture.
    mode: str | None = option('libvirt.cpu_mode')
    models: tuple[str, ...] = option('libvirt.cpu_models', ())
    extra_flags: tuple[str, ...] = option('libvirt.cpu_model_extra_flags', ())
    shared_set: str | None = option('compute.cpu_shared_set')
    dedicated_set: str | None = option('compute.cpu_dedicated_set')
    #: The predecessor of both sets.
    vcpu_pin_set: str | None = option('vcpu_pin_set')
    #: Of the real-time virtual CPUs.
    realtime_priority: int = option('libvirt.realtime_scheduler_priority', 1)
    #: Names of the events that are counted for each guest.
    perf_events: tuple[str, ...] = option('libvirt.enabled_perf_events', ())


@dataclasses.dataclass(frozen=True)
class MachineSettings:
    #: ``ARCH=MACHINE`` entries.
    machine_types: tuple[str, ...] = option('libvirt.hw_machine_type', ())
    #: 0 leaves the number of PCIe root ports to libvirt.
    num_pcie_ports: int = option('libvirt.num_pcie_ports', 0)
    disable_apic: bool = option('workarounds.libvirt_disable_apic', False)
    tb_cache_size_mb: int | None = option('libvirt.tb_cache_size')


@dataclasses.dataclass(frozen=True)
class MemorySettings:
    #: MiB that files may back; 0 backs guests with anonymous memory.
    file_backed_memory_mb: int = option('libvirt.file_backed_memory', 0)
    #: Seconds between balloon statistics; 0 leaves the balloon out.
    stats_period_s: int = option('libvirt.mem_stats_period_seconds', 10)


@dataclasses.dataclass(frozen=True)
class DiskSettings:
    instances_path: str = option('instances_path', '/var/lib/nova/instances')
    images_type: str = option('libvirt.images_type', 'default')
    use_cow_images: bool = option('use_cow_images', True)
    preallocate_images: str = option('preallocate_images', 'none')
    #: ``TYPE=MODE`` entries.
    cachemodes: tuple[str, ...] = option('libvirt.disk_cachemodes', ())
    discard: str | None = option('libvirt.hw_disk_discard')
    #: Whether local disks are encrypted, which only those in LVM can be.
    encrypts_local: bool = option('ephemeral_storage_encryption.enabled', False)
    #: LVM volume group of local disks.
    volume_group: str | None = option('libvirt.images_volume_group')
    #: Ceph pool of local disks.
    rbd_pool: str = option('libvirt.images_rbd_pool', 'rbd')
    rbd_user: str | None = option('libvirt.rbd_user')
    rbd_secret_uuid: str | None = option('libvirt.rbd_secret_uuid')


@dataclasses.dataclass(frozen=True)
class ShareSettings:
    """Where shared file systems are mounted."""

    nfs_mounts: str = option('libvirt.nfs_mount_point_base', '/var/lib/nova/mnt')
    ceph_mounts: str = option('libvirt.ceph_mount_point_base', '/var/lib/nova/mnt')


@dataclasses.dataclass(frozen=True)
class VNCSettings:
    enabled: bool = option('vnc.enabled', True)
    listen: str = option('vnc.server_listen', '127.0.0.1')


@dataclasses.dataclass(frozen=True)
class SpiceSettings:
    enabled: bool = option('spice.enabled', False)
    agent_enabled: bool = option('spice.agent_enabled', True)
    listen: str = option('spice.server_listen', '127.0.0.1')
    image_compression: str | None = option('spice.image_compression')
    jpeg_compression: str | None = option('spice.jpeg_compression')
    zlib_compression: str | None = option('spice.zlib_compression')
    playback_compression: bool | None = option('spice.playback_compression')
    streaming_mode: str | None = option('spice.streaming_mode')
    require_secure: bool = option('spice.require_secure', False)


@dataclasses.dataclass(frozen=True)
class ConsoleSettings:
    vnc: VNCSettings = nested(VNCSettings)
    spice: SpiceSettings = nested(SpiceSettings)
    serial_enabled: bool = option('serial_console.enabled', False)
    serial_listen: str = option('serial_console.proxyclient_address', '127.0.0.1')
    pointer_model: str | None = option('pointer_model', 'usbtablet')


@dataclasses.dataclass(frozen=True)
class ContainerSettings:
    """Who root is in an LXC guest: ``start:target:count`` entries."""

    uid_maps: tuple[str, ...] = option('libvirt.uid_maps', ())
    gid_maps: tuple[str, ...] = option('libvirt.gid_maps', ())


@dataclasses.dataclass(frozen=True)
class ProductSettings:
    """How this software names itself to guests."""

    vendor: str = 'OpenStack Foundation'
    product: str = 'OpenStack Nova'
    package_version: str = ''


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that the configuration contributes to a guest."""

    virt_type: str = option('libvirt.virt_type', 'kvm')
    sysinfo_serial: str = option('libvirt.sysinfo_serial', 'unique')
    rng_dev_path: str = option('libvirt.rng_dev_path', '/dev/urandom')
    cpu: CPUSettings = nested(CPUSettings)
    machine: MachineSettings = nested(MachineSettings)
    memory: MemorySettings = nested(MemorySettings)
    disk: DiskSettings = nested(DiskSettings)
    share: ShareSettings = nested(ShareSettings)
    volume: VolumeSettings = nested(VolumeSettings)
    interface: VIFSettings = nested(VIFSettings)
    console: ConsoleSettings = nested(ConsoleSettings)
    container: ContainerSettings = nested(ContainerSettings)
    product: ProductSettings = nested(ProductSettings)
