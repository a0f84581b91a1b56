# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the host can do, as it was found before a guest is described."""

import collections.abc
import dataclasses

from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import support


@dataclasses.dataclass(frozen=True)
class HostCPUs:
    #: Host CPUs that run at present.
    online: frozenset[int] = frozenset()
    #: Architecture to the CPU models that libvirt knows for it.
    model_names: collections.abc.Mapping[str, tuple[str, ...]] = (
        dataclasses.field(default_factory=dict))
    #: CPU model to the features that it brings on this host; a model that the
    #: host's hypervisor cannot expand is absent.
    model_features: collections.abc.Mapping[str, frozenset[str]] = (
        dataclasses.field(default_factory=dict))
    #: Whether the cgroup CPU controller is there to enforce shares and quotas.
    has_controller: bool = True


@dataclasses.dataclass(frozen=True)
class HostVersions:
    """Versions as libvirt numbers them: major * 1000000 + minor * 1000 + micro."""

    libvirt: int = 0
    qemu: int = 0
    #: ``uname -r``: decides how many queues a tap device may have.
    kernel_release: str = ''

    @property
    def takes_secure_loader_with_firmware(self) -> bool:
        """Whether the loader may say 'secure' where libvirt chooses the firmware.

        Before 9.2 libvirt refuses that; the firmware's feature says it as well.
        """
        return support.is_new_enough(
            'supports_secure_loader_with_firmware', self.libvirt, self.qemu)

    @property
    def has_virtio_iommu(self) -> bool:
        """Whether guests can have an IOMMU of virtio."""
        return support.is_new_enough(
            'supports_virtio_iommu', self.libvirt, self.qemu)


@dataclasses.dataclass(frozen=True)
class HostFacts:
    """What a description may rely on about the host."""

    #: Machine of uname.
    arch: str
    caps: vconfig.LibvirtConfigCaps
    #: Architecture to machine type to its capabilities.
    domain_caps: collections.abc.Mapping[
        str, collections.abc.Mapping[str, vconfig.LibvirtConfigDomainCaps]] = (
        dataclasses.field(default_factory=dict))
    cpus: HostCPUs = dataclasses.field(default_factory=HostCPUs)
    versions: HostVersions = dataclasses.field(default_factory=HostVersions)
    #: Models of memory encryption that hardware, kernel and QEMU have.
    memory_encryption: frozenset[str] = frozenset()
    #: Performance events that the libvirt binding knows, such as ``cpu_clock``.
    perf_events: frozenset[str] = frozenset()
    #: Those of the configured device paths that exist.
    present_paths: frozenset[str] = frozenset()
    #: Whether the file system of the instances takes O_DIRECT.
    supports_direct_io: bool = True
    #: Content of /etc/machine-id, without white space; None if there is no file.
    machine_id: str | None = None
