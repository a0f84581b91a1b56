# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a guest really does, and what that makes of its instance."""

from typing import TYPE_CHECKING

from nova import exception
from nova.compute import power_state
from nova.compute import vm_states

if TYPE_CHECKING:
    from nova import objects
    from nova.virt import driver as virt_driver

#: Nothing runs: also where the hypervisor does not know the guest at all.
DOWN = (power_state.SHUTDOWN, power_state.CRASHED, power_state.NOSTATE)

_VM_STATES = {
    power_state.RUNNING: vm_states.ACTIVE,
    power_state.PAUSED: vm_states.PAUSED,
    **dict.fromkeys(DOWN, vm_states.STOPPED),
}


def read(driver: 'virt_driver.ComputeDriver',
         instance: 'objects.Instance') -> int:
    """Ask the hypervisor for a guest's power state.

    :returns: NOSTATE if there is no such guest.
    :raises exception.HypervisorUnavailable: if nobody can tell.
    """
    try:
        return driver.get_info(instance, use_cache=False).state
    except exception.InstanceNotFound:
        return power_state.NOSTATE


def vm_state_of(power: int, before: str) -> str:
    """Return the state of an instance whose guest is known.

    :param before: the state that stays where the guest does not decide.
    """
    return _VM_STATES.get(power, before)


def has_gone_down(vm_state: str, power: int) -> bool:
    """Tell whether a guest that should be there has stopped by itself."""
    return vm_state in (vm_states.ACTIVE, vm_states.PAUSED) and power in DOWN


def must_be_stopped(vm_state: str, power: int) -> bool:
    """Tell whether a guest runs that was stopped on purpose."""
    return vm_state == vm_states.STOPPED and power not in DOWN
