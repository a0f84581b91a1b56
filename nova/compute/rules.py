# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""In which states an instance may be asked to do what."""

import dataclasses
from typing import TYPE_CHECKING, Any

from nova import exception
from nova.compute import instance_actions
from nova.compute import task_states
from nova.compute import vm_states
from nova.i18n import _

if TYPE_CHECKING:
    from nova import objects

#: A hard reboot may overtake these; each waits for the one before it to end.
_OVERTAKEN_BY_HARD_REBOOT = (
    None, task_states.REBOOTING, task_states.REBOOT_PENDING,
    task_states.REBOOT_STARTED, task_states.REBOOTING_HARD,
    task_states.PAUSING, task_states.UNPAUSING)


@dataclasses.dataclass(frozen=True)
class Rule:
    """When an action may begin, and what runs from then on.

    :param action: its name, one of :mod:`nova.compute.instance_actions`.
    :param task_state: the task that runs once it was accepted; None for what is no
        task, and is only checked.
    :param vm_states: the states in which it is accepted; None means all.
    :param task_states: the tasks that it may replace; None means all.
    :param must_have_launched: refuse instances whose build failed.
    """

    action: str
    task_state: str | None
    vm_states: tuple[str, ...] | None
    task_states: tuple[str | None, ...] | None = (None,)
    must_have_launched: bool = True

    def check(self, instance: 'objects.Instance') -> None:
        """Refuse an instance in another state.

        :raises exception.InstanceInvalidState: naming the state.
        """
        if self.vm_states is not None and instance.vm_state not in self.vm_states:
            raise self._refusal(instance, 'vm_state', instance.vm_state)
        if self.task_states is not None and (
                instance.task_state not in self.task_states):
            raise self._refusal(instance, 'task_state', instance.task_state)
        if self.must_have_launched and not instance.launched_at:
            raise self._refusal(
                instance, 'vm_state',
                _('%s (it was never built)') % instance.vm_state)

    def begin(self, instance: 'objects.Instance') -> None:
        """Check the rule and set the task, of concurrent callers only for one.

        :raises exception.InstanceInvalidState: if the state is another by now.
        :raises exception.InstanceNotFound: if it is gone by now.
        """
        instance.refresh()
        self.check(instance)
        instance.task_state = self.task_state
        try:
            instance.save(expected_vm_state=self.vm_states,
                          expected_task_state=self.task_states)
        except exception.InstanceUpdateConflict as conflict:
            instance.refresh()
            self.check(instance)
            # Back in a fitting state already: the caller may ask again.
            raise self._refusal(
                instance, 'task_state', instance.task_state) from conflict

    def _refusal(self, instance: 'objects.Instance', attr: str,
                 state: Any) -> exception.InstanceInvalidState:
        return exception.InstanceInvalidState(
            instance_uuid=instance.uuid, attr=attr, state=state,
            method=self.action)


START = Rule(instance_actions.START, task_states.POWERING_ON,
             (vm_states.STOPPED,))
STOP = Rule(instance_actions.STOP, task_states.POWERING_OFF,
            (vm_states.ACTIVE, vm_states.ERROR))
SOFT_REBOOT = Rule(instance_actions.REBOOT, task_states.REBOOTING,
                   vm_states.ALLOW_SOFT_REBOOT)
HARD_REBOOT = Rule(instance_actions.REBOOT, task_states.REBOOTING_HARD,
                   vm_states.ALLOW_HARD_REBOOT, _OVERTAKEN_BY_HARD_REBOOT)
PAUSE = Rule(instance_actions.PAUSE, task_states.PAUSING, (vm_states.ACTIVE,))
UNPAUSE = Rule(instance_actions.UNPAUSE, task_states.UNPAUSING,
               (vm_states.PAUSED,))
DELETE = Rule(instance_actions.DELETE, task_states.DELETING, None, None,
              must_have_launched=False)
_WITH_GUEST = (vm_states.ACTIVE, vm_states.PAUSED, vm_states.STOPPED)
ATTACH_INTERFACE = Rule(instance_actions.ATTACH_INTERFACE, None, _WITH_GUEST)
DETACH_INTERFACE = Rule(instance_actions.DETACH_INTERFACE, None, _WITH_GUEST)
