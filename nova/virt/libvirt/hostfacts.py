# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Collects what descriptions of guests rely on about the host."""

from collections.abc import Callable, Iterable, Mapping
import mmap
import os
import pathlib
import platform
import tempfile
from typing import TYPE_CHECKING

import libvirt
from oslo_log import log as logging

from nova.objects import fields
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import errors
from nova.virt.libvirt.designer import inputs

if TYPE_CHECKING:
    from nova.virt.libvirt import host as libvirt_host

LOG = logging.getLogger(__name__)

_CONTROLLERS = pathlib.Path('/sys/fs/cgroup/cgroup.controllers')
_MOUNTS = pathlib.Path('/proc/self/mounts')
_MACHINE_ID = pathlib.Path('/etc/machine-id')
_KVM_AMD = pathlib.Path('/sys/module/kvm_amd/parameters')
_PERF_PREFIX = 'VIR_PERF_PARAM_'

DomainCaps = Mapping[str, Mapping[str, vconfig.LibvirtConfigDomainCaps]]


def _offers_sev(feature: object) -> bool:
    return (isinstance(feature, vconfig.LibvirtConfigDomainCapsFeatureSev)
            and bool(feature.supported))


def _offers_sev_es(feature: object) -> bool:
    return (isinstance(feature, vconfig.LibvirtConfigDomainCapsFeatureSev)
            and bool(feature.max_es_guests))


def _offers_snp(feature: object) -> bool:
    return (isinstance(feature, vconfig.LibvirtConfigDomainCapsFeatureLaunchSecurity)
            and 'sev-snp' in (feature.sectypes or ()))


def _offers_tdx(feature: object) -> bool:
    return (isinstance(feature, vconfig.LibvirtConfigDomainCapsFeatureTDX)
            and bool(feature.supported))


#: Model to the parameter that switches it on in kvm_amd, and what tells of QEMU's.
_ENCRYPTION: Mapping[str, tuple[str | None, Callable[[object], bool]]] = {
    fields.MemEncryptionModel.AMD_SEV: ('sev', _offers_sev),
    fields.MemEncryptionModel.AMD_SEV_ES: ('sev_es', _offers_sev_es),
    fields.MemEncryptionModel.AMD_SEV_SNP: ('sev_snp', _offers_snp),
    fields.MemEncryptionModel.INTEL_TDX: (None, _offers_tdx),
}


def gather(host: 'libvirt_host.Host', settings: inputs.Settings) -> inputs.HostFacts:
    """Ask libvirt and the system; the answer holds until libvirt is restarted.

    :raises nova.exception.HypervisorUnavailable: without a connection.
    """
    caps = host.get_capabilities()
    arch = caps.host.cpu.arch or platform.machine()
    # Only a configuration that names models needs to know which there are.
    is_custom = settings.cpu.mode == 'custom'
    names = tuple(host.get_cpu_model_names()) if is_custom else ()
    rng = settings.rng_dev_path
    return inputs.HostFacts(
        arch=arch,
        caps=caps,
        domain_caps=host.get_domain_capabilities(),
        cpus=inputs.HostCPUs(
            online=frozenset(host.get_online_cpus()),
            model_names={arch: names},
            model_features=_model_features(host, arch, names, settings),
            has_controller=has_cpu_controller(_text(_CONTROLLERS), _text(_MOUNTS))),
        versions=inputs.HostVersions(
            libvirt=host.get_lib_version(), qemu=host.get_version(),
            kernel_release=platform.release()),
        memory_encryption=memory_encryption(host.get_domain_capabilities(), _text),
        perf_events=perf_events(dir(libvirt)),
        present_paths=frozenset(p for p in (rng,) if p and os.path.exists(p)),
        supports_direct_io=supports_direct_io(settings.disk.instances_path),
        machine_id=(_text(_MACHINE_ID) or '').strip() or None)


class CachedHostFacts:
    """Gathers once for each connection: calling it answers with the facts.

    Host keeps its capabilities until it connects anew, so that another object
    there tells that libvirt may have changed.
    """

    def __init__(self, host: 'libvirt_host.Host', settings: inputs.Settings) -> None:
        self._host = host
        self._settings = settings
        self._facts: inputs.HostFacts | None = None

    def __call__(self) -> inputs.HostFacts:
        """Return the facts.

        :raises nova.exception.HypervisorUnavailable: without a connection.
        """
        facts = self._facts
        if facts is None or facts.caps is not self._host.get_capabilities():
            facts = self._facts = gather(self._host, self._settings)
        return facts


def _model_features(host: 'libvirt_host.Host', arch: str, names: tuple[str, ...],
                    settings: inputs.Settings) -> Mapping[str, frozenset[str]]:
    """Return the features of the configured CPU models that can be expanded."""
    configured = {model.lower() for model in settings.cpu.models}
    models = [name for name in names if name.lower() in configured]
    connection = host.get_connection()
    expanded = ((model, _expand(connection, arch, model)) for model in models)
    return {model: features for model, features in expanded if features is not None}


def _expand(connection: 'libvirt.virConnect', arch: str,
            model: str) -> frozenset[str] | None:
    cpu = vconfig.LibvirtConfigCPU()
    cpu.arch = arch
    cpu.model = model
    try:
        xml = connection.baselineCPU(
            [cpu.to_xml()], libvirt.VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES)
    except libvirt.libvirtError as ex:
        if errors.is_disconnected(ex):
            raise errors.translate(ex) from ex
        LOG.debug('libvirt does not expand the CPU model %s: %s', model, ex)
        return None
    answer = vconfig.LibvirtConfigCPU()
    answer.parse_str(xml)
    return frozenset(feature.name for feature in answer.features)


def memory_encryption(domain_caps: DomainCaps,
                      read: Callable[[pathlib.Path], str | None]) -> frozenset[str]:
    """Return the models of memory encryption that guests can have.

    :param read: returns the content of a file of the host, None if there is none.
    """
    every = [feature for machine_types in domain_caps.values()
             for caps in machine_types.values() if caps.features is not None
             for feature in caps.features.features]
    found = {model for model, (parameter, is_offered) in _ENCRYPTION.items()
             if _is_on(parameter, read) and any(map(is_offered, every))}
    # What builds upon SEV needs it.
    sev = fields.MemEncryptionModel.AMD_SEV
    return frozenset(found if sev in found else found & {
        fields.MemEncryptionModel.INTEL_TDX})


def _is_on(parameter: str | None,
           read: Callable[[pathlib.Path], str | None]) -> bool:
    if parameter is None:
        return True
    return (read(_KVM_AMD / parameter) or '').strip() in ('1', 'Y', 'y')


def perf_events(names: Iterable[str]) -> frozenset[str]:
    """Return the performance events among the names in libvirt's binding."""
    return frozenset(name.removeprefix(_PERF_PREFIX).lower() for name in names
                     if name.startswith(_PERF_PREFIX))


def _text(path: pathlib.Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
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


def supports_direct_io(folder: str) -> bool:
    """Tell whether files in a folder can be written past the page cache.

    Nothing is left in the folder.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix='.directio.') as probe:
            return _writes_directly(probe.name)
    except OSError as error:
        LOG.debug('No file can be made in %s: %s', folder, error)
        return False


def _writes_directly(path: str) -> bool:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_DIRECT)
    except OSError:
        return False
    try:
        # O_DIRECT wants memory, length and offset aligned; a page is.
        with mmap.mmap(-1, mmap.PAGESIZE) as page:
            return os.write(descriptor, page) > 0
    except OSError:
        return False
    finally:
        os.close(descriptor)
