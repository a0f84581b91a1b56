# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""From a recorded instance to a running guest, and to nothing again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oslo_log import log as logging
from oslo_utils import timeutils

from nova import exception
from nova import objects
from nova.compute import power
from nova.compute import resource_tracker
from nova.compute import task_states
from nova.compute import vm_states
import nova.conf
from nova.network import allotment
from nova.virt import configdrive

if TYPE_CHECKING:
    from nova import context as nova_context
    from nova.virt import driver as virt_driver

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)


class Builder:
    """Builds and removes instances; the caller holds the instance's lock.

    :param tracker: says whether there is room.
    """

    def __init__(self, driver: 'virt_driver.ComputeDriver',
                 tracker: resource_tracker.ResourceTracker) -> None:
        self._driver = driver
        self._tracker = tracker

    def build(self, context: 'nova_context.RequestContext',
              instance: 'objects.Instance', image: Mapping[str, Any]) -> None:
        """Make an instance's guest and start it.

        After a failure nothing of it is left on the host, and nothing is claimed
        for it; its state is the caller's business.

        :param image: what the image service says about the image.
        :raises exception.UnexpectedDeletingTaskStateError: if it is being deleted.
        """
        try:
            image_meta = objects.ImageMeta.from_dict(image)
            self._tracker.claim(instance, image_meta)
            self._spawn(context, instance, image_meta)
            self._finish(instance)
        except Exception:
            self.clean_up(context, instance)
            raise

    def _spawn(self, context: 'nova_context.RequestContext',
               instance: 'objects.Instance',
               image_meta: 'objects.ImageMeta') -> None:
        instance.host = instance.launched_on = CONF.host
        instance.node = self._tracker.nodename
        if not instance.root_device_name:
            instance.root_device_name = self._driver.default_root_device_name(
                instance, image_meta, root_bdm=None)
        configdrive.update_instance(instance)
        instance.task_state = task_states.SPAWNING
        instance.save(expected_task_state=task_states.SCHEDULING)
        LOG.info('Building it', instance=instance)
        self._driver.spawn(
            context, instance, image_meta,
            injected_files=[], admin_password=None, allocations={},
            network_info=instance.get_network_info(), block_device_info=None)

    def _finish(self, instance: 'objects.Instance') -> None:
        instance.power_state = power.read(self._driver, instance)
        instance.vm_state = vm_states.ACTIVE
        instance.task_state = None
        instance.launched_at = timeutils.utcnow()
        instance.progress = 100
        instance.save(expected_task_state=task_states.SPAWNING)
        LOG.info('It runs', instance=instance)

    def clean_up(self, context: 'nova_context.RequestContext',
                 instance: 'objects.Instance') -> None:
        """Leave nothing of a build that failed on the host.

        Where that fails it is logged, and the instance stays on this host with
        what it claimed; then :meth:`has_left_something` tells so, until another
        try or the instance's deletion succeeds.
        """
        try:
            self._destroy(context, instance)
        except Exception:  # noqa: BLE001
            # The failure of the build is what the user has to be told of.
            LOG.exception('Could not remove what its build has left',
                          instance=instance)
            return
        self._tracker.release(instance)
        self._leave_host(context, instance)

    @staticmethod
    def has_left_something(instance: 'objects.Instance') -> bool:
        """Tell whether a build has failed that could not be cleaned up after."""
        return (instance.vm_state == vm_states.ERROR
                and instance.launched_at is None and instance.host is not None)

    def remove(self, context: 'nova_context.RequestContext',
               instance: 'objects.Instance') -> None:
        """Remove an instance from the host and from the records.

        After a failure it is recorded as before, and can be removed again.
        """
        self._destroy(context, instance)
        instance.destroy()
        self._tracker.release(instance)
        LOG.info('It is deleted', instance=instance)

    def _destroy(self, context: 'nova_context.RequestContext',
                 instance: 'objects.Instance') -> None:
        self._driver.destroy(context, instance, instance.get_network_info(),
                             block_device_info=None)

    @staticmethod
    def _leave_host(context: 'nova_context.RequestContext',
                    instance: 'objects.Instance') -> None:
        try:
            instance.refresh()
        except exception.InstanceNotFound:
            return
        allotment.release(context, instance)
        instance.host = instance.node = None
        instance.save()
