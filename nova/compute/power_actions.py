# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Starting, stopping, rebooting and pausing guests that are built."""

from typing import TYPE_CHECKING

from oslo_log import log as logging

from nova.compute import power
from nova.compute import task_states
from nova.compute import vm_states
import nova.conf

if TYPE_CHECKING:
    from nova import context as nova_context
    from nova import objects
    from nova.virt import driver as virt_driver

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

#: Seconds between two requests to a guest to shut down.
SHUTDOWN_RETRY_INTERVAL_S = 10

#: Tasks of a reboot: accepted, about to begin, begun.
_REBOOT_TASKS = {
    'SOFT': (task_states.REBOOTING, task_states.REBOOT_PENDING,
             task_states.REBOOT_STARTED),
    'HARD': (task_states.REBOOTING_HARD, task_states.REBOOT_PENDING_HARD,
             task_states.REBOOT_STARTED_HARD),
}


class PowerActions:
    """Changes what a guest does; the caller holds the instance's lock.

    Each leaves the instance's state to the caller where it fails, and raises
    exception.UnexpectedTaskStateError if another task has replaced its own.
    """

    def __init__(self, driver: 'virt_driver.ComputeDriver') -> None:
        self._driver = driver

    def start(self, context: 'nova_context.RequestContext',
              instance: 'objects.Instance') -> None:
        """Start a guest."""
        self._driver.power_on(context, instance, instance.get_network_info(),
                              block_device_info=None)
        self._finish(instance, vm_states.ACTIVE, task_states.POWERING_ON)

    def stop(self, context: 'nova_context.RequestContext',
             instance: 'objects.Instance') -> None:
        """Ask a guest to shut down, and power it off if it does not."""
        self._driver.power_off(instance, timeout=_shutdown_timeout(instance),
                               retry_interval=SHUTDOWN_RETRY_INTERVAL_S)
        self._finish(instance, vm_states.STOPPED, task_states.POWERING_OFF)

    def reboot(self, context: 'nova_context.RequestContext',
               instance: 'objects.Instance', reboot_type: str) -> None:
        """Restart a guest.

        :param reboot_type: ``SOFT`` or ``HARD``.
        """
        _accepted, pending, started = tasks = _REBOOT_TASKS[reboot_type]
        for task in (pending, started):
            instance.task_state = task
            instance.save(expected_task_state=tasks)
        self._driver.reboot(context, instance, instance.get_network_info(),
                            reboot_type, block_device_info=None)
        self._finish(instance, vm_states.ACTIVE, started)

    def pause(self, context: 'nova_context.RequestContext',
              instance: 'objects.Instance') -> None:
        """Stop a guest's processors."""
        self._driver.pause(instance)
        self._finish(instance, vm_states.PAUSED, task_states.PAUSING)

    def unpause(self, context: 'nova_context.RequestContext',
                instance: 'objects.Instance') -> None:
        """Let a guest's processors run on."""
        self._driver.unpause(instance)
        self._finish(instance, vm_states.ACTIVE, task_states.UNPAUSING)

    def _finish(self, instance: 'objects.Instance', vm_state: str,
                task: str) -> None:
        instance.power_state = power.read(self._driver, instance)
        instance.vm_state = vm_state
        instance.task_state = None
        instance.save(expected_task_state=task)
        LOG.info('It is %s', vm_state, instance=instance)


def _shutdown_timeout(instance: 'objects.Instance') -> int:
    """Return the seconds that the guest is given; its image may know better."""
    asked = instance.system_metadata.get('image_os_shutdown_timeout')
    try:
        return max(int(asked or CONF.shutdown_timeout), 0)
    except ValueError:
        LOG.warning('Its image has an os_shutdown_timeout of %r, which is no number',
                    asked, instance=instance)
        return int(CONF.shutdown_timeout)
