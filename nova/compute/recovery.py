# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the last process has left unfinished, when the service starts.

The process may have been killed at any point.  Guests are no part of it: those
that ran still run.  An interface that was being attached or detached is detached.
What is decided for each instance:

========================  =======================================================
it was                    it becomes
========================  =======================================================
being deleted             deleted
being built, or queued    ERROR, with nothing left on the host
rebooted, hard            rebooted again: the domain may be half made
rebooted, soft            ACTIVE; restarted if the reboot had got as far as down
started, stopped, paused  whatever its guest really does
in ERROR                  ERROR; what its build has left is removed
doing nothing             whatever its guest really does
========================  =======================================================
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from oslo_log import log as logging

from nova import exception
from nova.compute import power
from nova.compute import recorder
from nova.compute import task_states
from nova.compute import vm_states
import nova.conf
from nova.i18n import _
from nova.network import allotment

if TYPE_CHECKING:
    from nova import context as nova_context
    from nova import objects
    from nova.compute import manager as compute_manager

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

_SOFT_REBOOT = (task_states.REBOOTING, task_states.REBOOT_PENDING,
                task_states.REBOOT_STARTED)
_HARD_REBOOT = (task_states.REBOOTING_HARD, task_states.REBOOT_PENDING_HARD,
                task_states.REBOOT_STARTED_HARD)

Step = Callable[['nova_context.RequestContext', 'objects.Instance'], None]


class Interrupted(exception.NovaException):
    """Raised for an operation that ended with the process that ran it."""

    msg_fmt = _('%(what)s was interrupted: nova-compute was stopped in the '
                'middle of it')


class Recovery:
    """Brings instances to a true state; nothing else works on them yet.

    :param manager: finishes what has to be finished.
    """

    def __init__(self, manager: 'compute_manager.ComputeManager') -> None:
        self._manager = manager

    def run(self, context: 'nova_context.RequestContext',
            instances: 'Iterable[objects.Instance]') -> None:
        """Bring all of them to a true state; one that fails stops no other."""
        for instance in instances:
            try:
                # Only now: a create that goes on has ports before it has VIFs.
                allotment.remove_unknown(instance)
                self._manager.interfaces.plug_again(context, instance)
                self._detach_interrupted(context, instance)
                self._choose(instance)(context, instance)
            except exception.InstanceNotFound:
                LOG.debug('It was deleted meanwhile', instance=instance)
            except exception.HypervisorUnavailable:
                raise
            except Exception as error:  # noqa: BLE001
                # Whatever is wrong with one must not keep the others away.
                self._manager.fail(context, instance, error, instance.task_state)

    def _detach_interrupted(self, context: 'nova_context.RequestContext',
                            instance: 'objects.Instance') -> None:
        ports = self._manager.interfaces.interrupted(instance)
        if ports:
            recorder.interrupted(
                context, instance, Interrupted(what=_('The change of an interface')))
        for port_id in ports:
            LOG.info('Detaching interface %s, whose change was interrupted', port_id,
                     instance=instance)
            self._manager.cast('detach_interface', context, instance, port_id)

    def _choose(self, instance: 'objects.Instance') -> Step:
        task = instance.task_state
        if task == task_states.DELETING:
            return self._delete
        if instance.vm_state == vm_states.BUILDING:
            return self._give_up_build
        if task in _HARD_REBOOT:
            return self._reboot_again
        if instance.vm_state == vm_states.ERROR:
            return self._leave_in_error
        if task in _SOFT_REBOOT:
            return self._settle_soft_reboot
        return self._settle

    def _delete(self, context: 'nova_context.RequestContext',
                instance: 'objects.Instance') -> None:
        LOG.info('Finishing its deletion', instance=instance)
        self._manager.cast('terminate_instance',
                           recorder.context_of_latest(context, instance), instance)

    def _give_up_build(self, context: 'nova_context.RequestContext',
                       instance: 'objects.Instance') -> None:
        LOG.warning('Its build was interrupted; it goes to ERROR', instance=instance)
        error = Interrupted(what=_('The build'))
        recorder.interrupted(context, instance, error)
        self._manager.builder.clean_up(context, instance)
        self._manager.fail(context, instance, error, instance.task_state)

    def _reboot_again(self, context: 'nova_context.RequestContext',
                      instance: 'objects.Instance') -> None:
        LOG.info('Rebooting it again, since its reboot was interrupted',
                 instance=instance)
        self._reboot(recorder.context_of_latest(context, instance), instance)

    def _reboot(self, context: 'nova_context.RequestContext',
                instance: 'objects.Instance') -> None:
        instance.task_state = task_states.REBOOTING_HARD
        instance.save()
        self._manager.cast('reboot_instance', context, instance, 'HARD')

    def _settle_soft_reboot(self, context: 'nova_context.RequestContext',
                            instance: 'objects.Instance') -> None:
        if power.read(self._manager.driver, instance) in power.DOWN:
            self._reboot_again(context, instance)
        else:
            self._settle(context, instance)

    def _leave_in_error(self, context: 'nova_context.RequestContext',
                        instance: 'objects.Instance') -> None:
        if self._manager.builder.has_left_something(instance):
            self._manager.builder.clean_up(context, instance)
            instance.refresh()
        instance.power_state = power.read(self._manager.driver, instance)
        instance.task_state = None
        instance.save()

    def _settle(self, context: 'nova_context.RequestContext',
                instance: 'objects.Instance') -> None:
        now = power.read(self._manager.driver, instance)
        if self._shall_resume(instance, now):
            LOG.info('Starting it: it ran before the host went down',
                     instance=instance)
            self._reboot(context, instance)
            return
        if instance.task_state is None:
            self._manager.settle(context, instance)
            return
        LOG.info('Its task %s was interrupted', instance.task_state,
                 instance=instance)
        recorder.interrupted(context, instance,
                             Interrupted(what=instance.task_state))
        instance.vm_state = power.vm_state_of(now, instance.vm_state)
        instance.power_state = now
        instance.task_state = None
        instance.save()

    @staticmethod
    def _shall_resume(instance: 'objects.Instance', now: int) -> bool:
        """Tell whether a guest ran when the host went down, and runs again."""
        return (CONF.resume_guests_state_on_host_boot
                and instance.task_state is None
                and instance.vm_state == vm_states.ACTIVE and now in power.DOWN)
