# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Collects what descriptions of guests rely on about the host."""

from collections.abc import Iterable, Mapping
import mmap
import os
import pathlib
import platform
import tempfile
from typing import TYPE_CHECKING

import libvirt
from oslo_log import log as logging

from nova import exception
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer import inputs

if TYPE_CHECKING:
    from nova.virt.libvirt import host as libvirt_host

LOG = logging.getLogger(__name__)

_MACHINE_ID = pathlib.Path('/etc/machine-id')
_PERF_PREFIX = 'VIR_PERF_PARAM_'


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
            has_controller=host.is_cpu_control_policy_capable()),
        versions=inputs.HostVersions(
            libvirt=host.get_lib_version(), qemu=host.get_version(),
            kernel_release=platform.release()),
        memory_encryption=host.get_mem_encryption_models(),
        perf_events=perf_events(dir(libvirt)),
        present_paths=frozenset(p for p in (rng,) if p and os.path.exists(p)),
        supports_direct_io=supports_direct_io(settings.disk.instances_path),
        machine_id=_machine_id())


def _machine_id() -> str | None:
    text = _text(_MACHINE_ID)
    return None if text is None else text.strip()


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
    expanded = ((model, _expand(host, arch, model)) for model in models)
    return {model: features for model, features in expanded if features is not None}


def _expand(host: 'libvirt_host.Host', arch: str, model: str) -> frozenset[str] | None:
    cpu = vconfig.LibvirtConfigCPU()
    cpu.arch = arch
    cpu.model = model
    try:
        answer = host.get_baseline_cpu([cpu], expanded=True)
    except exception.InternalError as ex:
        LOG.debug('libvirt does not expand the CPU model %s: %s', model, ex)
        return None
    return frozenset(feature.name for feature in answer.features)


def perf_events(names: Iterable[str]) -> frozenset[str]:
    """Return the performance events among the names in libvirt's binding."""
    return frozenset(name.removeprefix(_PERF_PREFIX).lower() for name in names
                     if name.startswith(_PERF_PREFIX))


def _text(path: pathlib.Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
        return None


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
