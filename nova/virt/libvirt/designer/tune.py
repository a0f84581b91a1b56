# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which host CPUs the guest may use, and how much of them."""

from nova import exception
from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings


def describe_cpu_placement(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                           host_facts: HostFacts, settings: Settings) -> None:
    """Keep the guest to the host CPUs that guests share."""
    shared = shared_cpus(host_facts, settings)
    if shared:
        guest.cpuset = shared


def shared_cpus(host_facts: HostFacts, settings: Settings) -> set[int] | None:
    """Return the host CPUs that float between guests; None for all of them."""
    spec = settings.cpu.shared_set
    if spec is None and settings.cpu.dedicated_set is None:
        spec = settings.cpu.vcpu_pin_set
    if not spec:
        return None
    return hardware.parse_cpu_spec(spec) & host_facts.cpus.online


def describe_quotas(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                    host_facts: HostFacts, settings: Settings) -> None:
    """Limit the CPU time of the guest as its flavor says.

    :raises nova.exception.UnsupportedHostCPUControlPolicy: if nothing on the host
        enforces limits.
    """
    specs = inputs.flavor.extra_specs
    quotas = {name: int(specs[f'quota:cpu_{name}'])
              for name in ('shares', 'period', 'quota') if f'quota:cpu_{name}' in specs}
    if not quotas:
        return
    if not host_facts.cpus.has_controller:
        raise exception.UnsupportedHostCPUControlPolicy()
    guest.cputune = vconfig.LibvirtConfigGuestCPUTune()
    for name, value in quotas.items():
        setattr(guest.cputune, name, value)
