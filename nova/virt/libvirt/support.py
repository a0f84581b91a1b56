# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a host can do, in one table of named predicates.

A version is compared here and nowhere else.  A predicate holds if libvirt and the
hypervisor are new enough and what they, and the kernel, say about themselves fits.
"""

from collections.abc import Callable, Iterator, Mapping
import dataclasses
from typing import Any, TypeVar

from nova.i18n import _
from nova.virt.libvirt import config as vconfig

T = TypeVar('T')

# Models of memory encryption, as nova.objects.fields.MemEncryptionModel names them;
# those objects are more than a host needs.
AMD_SEV = 'amd-sev'
AMD_SEV_ES = 'amd-sev-es'
AMD_SEV_SNP = 'amd-sev-snp'
INTEL_TDX = 'intel-tdx'

_KVM_AMD = '/sys/module/kvm_amd/parameters/'
_CONTROLLERS = '/sys/fs/cgroup/cgroup.controllers'
_MOUNTS = '/proc/self/mounts'
#: How many of something that has a limit there can be, by kind.
_CAPACITIES = '/sys/fs/cgroup/misc.capacity'


#: The oldest versions that will do, and those that a later release will need.
MIN_LIBVIRT_VERSION = (8, 0, 0)
MIN_QEMU_VERSION = (6, 2, 0)
NEXT_MIN_LIBVIRT_VERSION = (10, 0, 0)
NEXT_MIN_QEMU_VERSION = (8, 2, 2)


@dataclasses.dataclass(frozen=True)
class Minimum:
    """The oldest versions that will do."""

    libvirt: tuple[int, int, int]
    qemu: tuple[int, int, int]


MINIMUM = Minimum(MIN_LIBVIRT_VERSION, MIN_QEMU_VERSION)
NEXT_MINIMUM = Minimum(NEXT_MIN_LIBVIRT_VERSION, NEXT_MIN_QEMU_VERSION)


def too_old(libvirt_version: int, hypervisor_version: int, hypervisor_type: str,
            minimum: Minimum) -> list[str]:
    """Say what has to be upgraded, and to what; nothing where all is new enough.

    :param libvirt_version: major * 1000000 + minor * 1000 + micro.
    :param hypervisor_version: likewise; only QEMU's has a minimum.
    """
    found = [('libvirt', _dotted(libvirt_version), minimum.libvirt)]
    if hypervisor_type == 'QEMU':
        found.append(('QEMU', _dotted(hypervisor_version), minimum.qemu))
    return [
        _('%(name)s %(found)s has to be upgraded to %(needed)s or newer')
        % {'name': name, 'found': _joined(version), 'needed': _joined(needed)}
        for name, version, needed in found if version < needed]


def _dotted(version: int) -> tuple[int, int, int]:
    return version // 1_000_000, version // 1_000 % 1_000, version % 1_000


def _joined(version: tuple[int, int, int]) -> str:
    return '.'.join(map(str, version))


@dataclasses.dataclass(frozen=True)
class View:
    """A host as it is seen from here."""

    #: major * 1000000 + minor * 1000 + micro, as the hypervisor's.
    libvirt_version: int
    hypervisor_version: int
    caps: vconfig.LibvirtConfigCaps
    #: Returns what guests of the host's own architecture can have, by machine type.
    #: Who may only read is not told: a predicate asks last, and only if it must.
    ask_guests: Callable[[], tuple[vconfig.LibvirtConfigDomainCaps, ...]]
    #: Returns the content of a file of the host; None if it cannot be read.
    read: Callable[[str], str | None]

    @property
    def guests(self) -> tuple[vconfig.LibvirtConfigDomainCaps, ...]:
        """What guests of the host's own architecture can have, by machine type."""
        return self.ask_guests()

    def devices(self, kind: type[T]) -> Iterator[T]:
        """Yield what guests can have as devices of a kind."""
        for guest in self.guests:
            for device in guest.devices.devices if guest.devices else ():
                if isinstance(device, kind) and getattr(device, 'supported', False):
                    yield device

    def features(self, kind: type[T]) -> Iterator[T]:
        """Yield what guests can have as features of a kind."""
        for guest in self.guests:
            for feature in guest.features.features if guest.features else ():
                if isinstance(feature, kind) and getattr(feature, 'supported', False):
                    yield feature


def _always(_view: View) -> bool:
    return True


@dataclasses.dataclass(frozen=True)
class Predicate:
    """Something that a host can do or cannot."""

    says: str
    #: The oldest versions that can; 0 where what they say is enough.
    libvirt: int = 0
    hypervisor: int = 0
    fits: Callable[[View], bool] = _always

    def is_new_enough(self, libvirt_version: int, hypervisor_version: int) -> bool:
        """Tell whether the versions alone are no obstacle."""
        return (libvirt_version >= self.libvirt
                and hypervisor_version >= self.hypervisor)

    def holds(self, view: View) -> bool:
        """Tell whether a host can."""
        return self.is_new_enough(view.libvirt_version, view.hypervisor_version) \
            and self.fits(view)


# What fits

def _firmware(attribute: str) -> Callable[[View], bool]:
    return lambda view: any(guest.os is not None and bool(getattr(guest.os, attribute))
                            for guest in view.guests)


def _memory_source(name: str) -> Callable[[View], bool]:
    return lambda view: any(
        guest.memory_backing_supported and name in guest.memory_backing_sources
        for guest in view.guests)


def _has_virtio_fs(view: View) -> bool:
    return any('virtiofs' in device.driver_types for device
               in view.devices(vconfig.LibvirtConfigDomainCapsFilesystem))


def _has_tpm_emulator(view: View) -> bool:
    return any('emulator' in device.backend_models
               for device in view.devices(vconfig.LibvirtConfigDomainCapsTpm))


def _has_large_pages(view: View) -> bool:
    topology = view.caps.host.topology
    pages = [each for cell in (topology.cells if topology else ())
             for each in cell.mempages]
    ordinary_kb = min((each.size for each in pages), default=0)
    return any(each.size > ordinary_kb and each.total for each in pages)


def _has_kvm(view: View) -> bool:
    arch = view.caps.host.cpu.arch
    return any('kvm' in guest.domains for guest in view.caps.guests
               if guest.arch == arch)


def _has_threads(view: View) -> bool:
    topology = view.caps.host.topology
    return topology is not None and any(
        len(cpu.siblings or ()) > 1 for cell in topology.cells for cpu in cell.cpus)


def _is_on(view: View, parameter: str) -> bool:
    return (view.read(_KVM_AMD + parameter) or '').strip() in ('1', 'Y', 'y')


def _has_sev(view: View) -> bool:
    return _is_on(view, 'sev') and any(
        view.features(vconfig.LibvirtConfigDomainCapsFeatureSev))


def _has_sev_es(view: View) -> bool:
    return _has_sev(view) and _is_on(view, 'sev_es') and any(
        feature.max_es_guests for feature
        in view.features(vconfig.LibvirtConfigDomainCapsFeatureSev))


def _has_sev_snp(view: View) -> bool:
    return _has_sev(view) and _is_on(view, 'sev_snp') and any(
        'sev-snp' in (feature.sectypes or ()) for feature
        in view.features(vconfig.LibvirtConfigDomainCapsFeatureLaunchSecurity))


def _has_tdx(view: View) -> bool:
    return any(view.features(vconfig.LibvirtConfigDomainCapsFeatureTDX))


def _has_any_encryption(view: View) -> bool:
    return bool(encryption_models(view))


def _has_cpu_controller(view: View) -> bool:
    return has_cpu_controller(view.read(_CONTROLLERS), view.read(_MOUNTS))


#: By the name of the property of Host.
PREDICATES: Mapping[str, Predicate] = {
    'supports_uefi': Predicate(
        'UEFI firmware for guests is installed', fits=_firmware('uefi_supported')),
    'supports_secure_boot': Predicate(
        'the firmware can refuse what is not signed',
        fits=_firmware('secure_boot_supported')),
    'supports_vtpm': Predicate(
        'TPMs can be emulated for guests', fits=_has_tpm_emulator),
    'supports_virtio_fs': Predicate(
        'guests can mount folders of the host', fits=_has_virtio_fs),
    'supports_mem_backing_file': Predicate(
        'memory of guests can be files', fits=_memory_source('file')),
    'supports_mem_backing_memfd': Predicate(
        'memory of guests can be shared without a file system',
        fits=_memory_source('memfd')),
    'supports_file_backed_memory_discard': Predicate(
        'files of memory need not be written when the guest ends',
        libvirt=4_004_000, hypervisor=2_010_000),
    'supports_hugepages': Predicate(
        'the host has pages set aside that are larger than the ordinary ones',
        fits=_has_large_pages),
    'supports_amd_sev': Predicate(
        "AMD's processor encrypts memory of guests", fits=_has_sev),
    'supports_amd_sev_es': Predicate(
        "AMD's processor encrypts registers of guests too", fits=_has_sev_es),
    'supports_amd_sev_snp': Predicate(
        "AMD's processor protects the memory's integrity too", fits=_has_sev_snp),
    'supports_intel_tdx': Predicate(
        "Intel's processor runs trust domains", fits=_has_tdx),
    'supports_mem_encryption': Predicate(
        'memory of guests can be encrypted somehow', fits=_has_any_encryption),
    'supports_virtio_iommu': Predicate(
        'guests can have an IOMMU of virtio', libvirt=8_003_000, hypervisor=5_000_000),
    'supports_iommu_address_width': Predicate(
        "the width of an IOMMU's addresses can be chosen",
        libvirt=6_005_000, hypervisor=2_012_000),
    'supports_packed_rings': Predicate(
        'virtio devices can have packed rings',
        libvirt=6_003_000, hypervisor=4_002_000),
    # Whether the processor and the kernel count an event shows when a guest starts.
    'supports_guest_perf_events': Predicate(
        'libvirt is new enough to be asked for performance events of guests',
        libvirt=1_003_003),
    # Whether the kernel schedules in real time shows when a guest starts.
    'supports_realtime': Predicate(
        'libvirt is new enough to give CPUs of guests a real-time scheduler, and '
        'there is KVM', libvirt=1_002_013, fits=_has_kvm),
    'supports_remote_managed_ports': Predicate(
        'the serial numbers of network cards that manage themselves are known',
        libvirt=7_009_000),
    'supports_secure_loader_with_firmware': Predicate(
        "the loader may say 'secure' where libvirt chooses the firmware",
        libvirt=9_002_000),
    'has_hyperthreading': Predicate(
        'a core of the host runs more than one thread', fits=_has_threads),
    'has_cpu_controller': Predicate(
        'control groups limit the CPU time of guests', fits=_has_cpu_controller),
}

_ENCRYPTION = {
    AMD_SEV: 'supports_amd_sev',
    AMD_SEV_ES: 'supports_amd_sev_es',
    AMD_SEV_SNP: 'supports_amd_sev_snp',
    INTEL_TDX: 'supports_intel_tdx',
}


def is_new_enough(name: str, libvirt_version: int, hypervisor_version: int) -> bool:
    """Tell whether the versions that a predicate needs are there."""
    return PREDICATES[name].is_new_enough(libvirt_version, hypervisor_version)


def encryption_models(view: View) -> frozenset[str]:
    """Return the models of memory encryption that guests can have."""
    return frozenset(model for model, name in _ENCRYPTION.items()
                     if PREDICATES[name].holds(view))


def encryption_slots(view: View) -> dict[str, int | None]:
    """Return how many guests can have each model at once; None: nobody says.

    What builds upon SEV's encrypted state shares its number.  A model is absent where
    the firmware leaves it none: all of SEV's can be set aside for encrypted state.
    """
    sev = list(view.features(vconfig.LibvirtConfigDomainCapsFeatureSev))
    plain, state = (
        next((number for number in numbers if number is not None), None)
        for numbers in ([each.max_guests for each in sev],
                        [each.max_es_guests for each in sev]))
    slots: dict[str, Any] = {
        AMD_SEV: plain,
        AMD_SEV_ES: state,
        AMD_SEV_SNP: state,
        INTEL_TDX: max_tdx_guests(view.read)}
    return {model: slots[model] for model in sorted(encryption_models(view))
            if slots[model] != 0}


def max_tdx_guests(read: Callable[[str], str | None]) -> int | None:
    """Return how many trust domains the kernel has keys for; None: it does not say."""
    for line in (read(_CAPACITIES) or '').splitlines():
        kind, _space, number = line.partition(' ')
        if kind == 'tdx' and number.strip().isdigit():
            return int(number)
    return None


def has_cpu_controller(controllers: str | None, mounts: str | None) -> bool:
    """Tell whether cgroups, of either version, limit CPU time here.

    :param controllers: content of cgroup.controllers of the unified hierarchy.
    :param mounts: content of /proc/self/mounts.
    """
    if controllers is not None:
        return 'cpu' in controllers.split()
    for line in (mounts or '').splitlines():
        parts = line.split()
        if len(parts) > 3 and parts[2] == 'cgroup' and 'cpu' in parts[3].split(','):
            return True
    return False
