# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the operator decided, as plain values.

Every field names the configuration option that it comes from; nothing here reads
the configuration.  Who does hands a look-up to :func:`from_options`::

    settings = from_options(Settings, lambda group, name: CONF[group][name])

Defaults are those of the options, so ``Settings()`` is the unconfigured node.
"""

import collections.abc
import dataclasses
from typing import Any, TypeVar

T = TypeVar('T')

#: Answers the value of an option: (group, name); group ``DEFAULT`` is ungrouped.
Lookup = collections.abc.Callable[[str, str], Any]


def option(name: str, default: Any = None) -> Any:
    """Declare a field that comes from the option ``group.name``."""
    return dataclasses.field(default=default, metadata={'option': name})


def nested(cls: type[T]) -> T:
    """Declare a field that is itself a group of settings."""
    field: T = dataclasses.field(default_factory=cls, metadata={'nested': cls})
    return field


def from_options(cls: type[T], lookup: Lookup, **values: Any) -> T:
    """Build settings from configured values.

    :param lookup: its LookupError leaves a field at its default.
    :param values: fields that are given instead of looked up.
    """
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        if field.name not in values:
            values.update(_configured(field, lookup))
    return cls(**values)


def _configured(field: 'dataclasses.Field[Any]', lookup: Lookup) -> dict[str, Any]:
    if 'option' in field.metadata:
        group, _, name = field.metadata['option'].rpartition('.')
        try:
            return {field.name: _frozen(lookup(group or 'DEFAULT', name), field)}
        except LookupError:
            return {}
    if 'nested' in field.metadata:
        return {field.name: from_options(field.metadata['nested'], lookup)}
    return {}


def _frozen(value: Any, field: 'dataclasses.Field[Any]') -> Any:
    if isinstance(field.default, tuple):
        return tuple(value or ())
    return value


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


@dataclasses.dataclass(frozen=True)
class InterfaceSettings:
    use_virtio_for_bridges: bool = option('libvirt.use_virtio_for_bridges', True)


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
    interface: InterfaceSettings = nested(InterfaceSettings)
    console: ConsoleSettings = nested(ConsoleSettings)
    container: ContainerSettings = nested(ContainerSettings)
    product: ProductSettings = nested(ProductSettings)
