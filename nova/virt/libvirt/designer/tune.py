# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which host CPUs the guest may use, and how much of them."""

from nova import exception
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import usertext
from nova.virt.libvirt.designer import hostnuma
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

#: What Intel's cache monitoring measures; Linux no longer shows it as events.
_CACHE_MONITORING = ('cmt', 'mbml', 'mbmt')


def describe_cpu_placement(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                           host_facts: HostFacts, settings: Settings) -> None:
    """Keep the guest to the host CPUs that guests share, unless it has its own."""
    shared = hostnuma.shared_cpus(host_facts, settings)
    if shared and inputs.instance.numa_topology is None:
        guest.cpuset = shared


def describe_quotas(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                    host_facts: HostFacts, settings: Settings) -> None:
    """Limit the CPU time of the guest as its flavor says.

    :raises nova.exception.UnsupportedHostCPUControlPolicy: if nothing on the host
        enforces limits.
    :raises nova.exception.InvalidInput: for a limit that is no number.
    """
    specs = inputs.flavor.extra_specs
    named = {name: f'quota:cpu_{name}' for name in ('shares', 'period', 'quota')}
    quotas = {name: usertext.whole_number(key, specs[key])
              for name, key in named.items() if key in specs}
    if not quotas:
        return
    if not host_facts.cpus.has_controller:
        raise exception.UnsupportedHostCPUControlPolicy()
    guest.cputune = guest.cputune or vconfig.LibvirtConfigGuestCPUTune()
    for name, value in quotas.items():
        setattr(guest.cputune, name, value)


def describe_perf_events(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                         host_facts: HostFacts, settings: Settings) -> None:
    """Count the events that the operator wants and the host can count."""
    for event in settings.cpu.perf_events:
        if event in host_facts.perf_events and event not in _CACHE_MONITORING:
            guest.add_perf_event(event)
