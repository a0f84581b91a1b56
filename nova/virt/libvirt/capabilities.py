# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the host and its hypervisor can do, asked once per connection."""

from collections.abc import Callable, Iterable, Iterator, Mapping
import dataclasses

import libvirt
from oslo_log import log as logging

from nova import exception
from nova.i18n import _
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import errors
from nova.virt.libvirt import support

LOG = logging.getLogger(__name__)

DomainCaps = dict[str, dict[str, vconfig.LibvirtConfigDomainCaps]]

#: Machine types that guests of an architecture get, or can ask for by their alias.
_MACHINE_TYPES = {
    'x86_64': ('pc', 'q35'),
    'i686': ('pc', 'q35'),
    'aarch64': ('virt',),
    'armv7l': ('virt',),
    'riscv64': ('virt',),
    's390x': ('s390-ccw-virtio',),
}


@dataclasses.dataclass(frozen=True)
class GuestKinds:
    """Which kinds of guests are of interest."""

    #: Kind of virtualization (kvm, qemu...); None for libvirt's choice.
    virt_type: str | None = None
    #: Machine type by architecture, where it is not to be the usual one.
    machine_types: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def of_arch(self, arch: str) -> tuple[str | None, ...]:
        """Return the machine types to ask about; None is the hypervisor's own."""
        usual = _MACHINE_TYPES.get(arch, ())
        chosen = self.machine_types.get(arch)
        if chosen is not None and chosen not in usual:
            return (*usual, chosen)
        return usual or (None,)


def read_text(path: str) -> str | None:
    """Return the content of a file; None if it cannot be read."""
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()
    except OSError:
        return None


@dataclasses.dataclass
class _Answers:
    """What libvirt said since it was last to be forgotten.

    Who asks keeps the answer where it belonged when the question was put: one that
    comes later than the next forgetting is read by nobody.
    """

    host: vconfig.LibvirtConfigCaps | None = None
    domains: DomainCaps | None = None
    view: support.View | None = None
    held: dict[str, bool] = dataclasses.field(default_factory=dict)


class Capabilities:
    """Answers from what libvirt said once; forgets it when told so.

    :param get_connection: returns a live connection.
    :param read: returns the content of a file of the host; None if there is none.
    """

    def __init__(self, get_connection: Callable[[], libvirt.virConnect],
                 kinds: GuestKinds,
                 read: Callable[[str], str | None] = read_text) -> None:
        self._get_connection = get_connection
        self._kinds = kinds
        self._read = read
        self.forget()

    def forget(self) -> None:
        """Ask libvirt again the next time: it may be another one now."""
        self._answers = _Answers()

    # The host

    def get_host(self) -> vconfig.LibvirtConfigCaps:
        """Return the host's capabilities, features of its CPU expanded."""
        answers = self._answers
        found = answers.host
        if found is None:
            found = answers.host = self._ask_host()
        return found

    def _ask_host(self) -> vconfig.LibvirtConfigCaps:
        conn = self._get_connection()
        xml = conn.getCapabilities()
        LOG.debug('Host capabilities: %s', xml)
        caps = vconfig.LibvirtConfigCaps()
        caps.parse_str(xml)
        cpu = caps.host.cpu if caps.host is not None else None
        if cpu is not None and cpu.model is not None:
            self._expand_features(conn, cpu)
        return caps

    def _expand_features(self, conn: libvirt.virConnect,
                         cpu: vconfig.LibvirtConfigCPU) -> None:
        """Add the features that the name of the CPU's model stands for."""
        try:
            cpu.features = self._baseline(conn, [cpu], expanded=True).features
        except libvirt.libvirtError as ex:
            if errors.is_disconnected(ex):
                raise
            LOG.warning('Features of CPU model %s remain unknown: %s', cpu.model,
                        errors.message_of(ex))

    # CPUs

    @staticmethod
    def _baseline(conn: libvirt.virConnect, cpus: Iterable[vconfig.LibvirtConfigCPU],
                  expanded: bool) -> vconfig.LibvirtConfigCPU:
        flags = libvirt.VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES if expanded else 0
        found = vconfig.LibvirtConfigCPU()
        found.parse_str(conn.baselineCPU([cpu.to_xml() for cpu in cpus], flags))
        return found

    def get_baseline_cpu(self, cpus: Iterable[vconfig.LibvirtConfigCPU],
                         expanded: bool = False) -> vconfig.LibvirtConfigCPU:
        """Return the CPU whose features all of them have.

        :param expanded: name the features too that its model stands for.
        """
        return self._baseline(self._get_connection(), cpus, expanded)

    def compare_hypervisor_cpu(self, xml: str, flags: int) -> int:
        """Compare a CPU with what guests of the kind of interest can have."""
        result: int = self._get_connection().compareHypervisorCPU(
            None, None, None, self._kinds.virt_type, xml, flags)
        return result

    # Machine types

    def get_canonical_machine_type(self, arch: str, machine: str) -> str:
        """Return the versioned machine type that an alias stands for.

        :raises nova.exception.InternalError: if the host has no such machine type.
        """
        for guest in self.get_host().guests:
            if guest.arch != arch:
                continue
            for domain in (guest.default_domain, *guest.domains.values()):
                found = _canonical(domain, machine)
                if found is not None:
                    return found
        raise exception.InternalError(
            err=_('no machine type %(machine)s for %(arch)s on this host')
            % {'machine': machine, 'arch': arch})

    # Guests

    def get_domains(self) -> DomainCaps:
        """Return what guests can have, by architecture and machine type.

        A machine type goes by the alias that was asked for.  Architectures without
        an emulator here are absent.
        """
        answers = self._answers
        found = answers.domains
        if found is None:
            found = answers.domains = self._ask_domains()
        return found

    def _ask_domains(self) -> DomainCaps:
        found: DomainCaps = {}
        for arch in dict.fromkeys(guest.arch for guest in self.get_host().guests):
            for machine in self._kinds.of_arch(arch):
                caps = self._ask_domain(arch, machine)
                if caps is not None:
                    name = machine or caps.machine_type
                    found.setdefault(arch, {})[name] = caps
        return found

    def _ask_domain(self, arch: str, machine: str | None,
                    ) -> vconfig.LibvirtConfigDomainCaps | None:
        conn = self._get_connection()
        try:
            xml = conn.getDomainCapabilities(
                None, arch, machine, self._kinds.virt_type, 0)
        except libvirt.libvirtError as ex:
            # Anything else may pass, and is no answer to keep.
            if not (errors.is_unsupported(ex) or errors.is_invalid_argument(ex)):
                raise
            LOG.debug('No guests of %s, machine type %s: %s', arch, machine,
                      errors.message_of(ex))
            return None
        caps = vconfig.LibvirtConfigDomainCaps()
        caps.parse_str(xml)
        return caps

    # What follows from it

    def _ask_view(self) -> support.View:
        conn = self._get_connection()
        return support.View(
            libvirt_version=conn.getLibVersion(), hypervisor_version=conn.getVersion(),
            caps=self.get_host(), ask_guests=self._guests, read=self._read)

    def _guests(self) -> tuple[vconfig.LibvirtConfigDomainCaps, ...]:
        arch = self.get_host().host.cpu.arch
        return tuple(self.get_domains().get(arch, {}).values())

    def get_view(self) -> support.View:
        """Return what predicates are decided by."""
        answers = self._answers
        found = answers.view
        if found is None:
            found = answers.view = self._ask_view()
        return found

    def holds(self, name: str) -> bool:
        """Tell whether a predicate of support.PREDICATES holds."""
        held = self._answers.held
        if name not in held:
            held[name] = support.PREDICATES[name].holds(self.get_view())
        return held[name]

    @property
    def tpm_models(self) -> list[str]:
        """Models of TPM that guests can have."""
        return sorted({model for tpm in self._tpms() for model in tpm.models})

    @property
    def tpm_versions(self) -> list[str]:
        """Versions of TPM that can be emulated; empty if libvirt does not say."""
        return sorted({version for tpm in self._tpms()
                       for version in tpm.backend_versions or ()})

    def _tpms(self) -> Iterator[vconfig.LibvirtConfigDomainCapsTpm]:
        return self.get_view().devices(vconfig.LibvirtConfigDomainCapsTpm)


def _canonical(domain: vconfig.LibvirtConfigCapsGuestDomain | None,
               machine: str) -> str | None:
    """Return the versioned name of a machine type of one kind of domain."""
    if domain is None:
        return None
    if machine in domain.machines:
        return machine
    return domain.aliases.get(machine)
