# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What clients may ask of this node.

Each call checks what can be known at once, records what was asked for, and hands
it to the manager, which does it after the call has returned.
"""

from collections.abc import Mapping, Sequence
import contextlib
from typing import TYPE_CHECKING, Any

from oslo_log import log as logging

from nova import exception
from nova import objects
from nova.compute import flavors
from nova.compute import host_service
from nova.compute import image_fit
from nova.compute import instance_actions
from nova.compute import new_instance
from nova.compute import rules
from nova.i18n import _
from nova.image import glance
from nova.network import allotment

if TYPE_CHECKING:
    from nova import context as nova_context
    from nova.compute import manager as compute_manager

LOG = logging.getLogger(__name__)

HARD, SOFT = 'HARD', 'SOFT'


class API:
    """The compute API of a standalone node.

    :param manager: does the work.
    :param image_api: where images come from; the configured one by default.
    """

    def __init__(self, manager: 'compute_manager.ComputeManager',
                 image_api: Any = None) -> None:
        self._manager = manager
        self._images = image_api or glance.API()

    # Servers

    def create(self, context: 'nova_context.RequestContext', *, name: str,
               image_id: str, flavor_id: str,
               metadata: Mapping[str, str] | None = None, min_count: int = 1,
               max_count: int = 1, **optional: Any,
               ) -> 'Sequence[objects.Instance]':
        """Record and build new instances; all of max_count are tried.

        :param optional: other fields of :class:`new_instance.Request`.
        :raises exception.FlavorNotFound: if there is no such flavor.
        :raises exception.ImageNotFound: if there is no such image.
        :raises exception.ComputeResourcesUnavailable: if the flavor is larger
            than this host.
        :raises exception.NovaException: as image_fit.check(),
            :meth:`new_instance.Request.check` and the check of NodeNetworks.

        After any of these nothing is recorded.
        """
        flavor = flavors.get_by_flavor_id(flavor_id)
        image = self._images.get(context, image_id)
        request = new_instance.Request(
            name=name, image=image, flavor=flavor, metadata=metadata or {},
            **optional)
        request.check()
        image_fit.check(image, flavor)
        self._manager.tracker.check_ever_fits(
            flavor, objects.ImageMeta.from_dict(image))
        taken = self._manager.networks.check(request.asked_networks())
        instances = new_instance.record(
            context, request, max(min_count, max_count), taken)
        for instance in instances:
            self._begin_build(context, instance, image)
        return instances

    def _begin_build(self, context: 'nova_context.RequestContext',
                     instance: 'objects.Instance', image: Mapping[str, Any]) -> None:
        LOG.info('Asked to build it: flavor %s, image %s', instance.flavor.name,
                 instance.image_ref, instance=instance)
        # Deleted already, as fast as that: then the build finds nothing to do.
        with contextlib.suppress(exception.InstanceNotFound):
            objects.InstanceAction.action_start(
                context, instance.uuid, instance_actions.CREATE, want_result=False)
        self._manager.cast_build(context, instance, image)

    def get(self, context: 'nova_context.RequestContext',
            uuid: str) -> 'objects.Instance':
        """Return an instance with its latest fault.

        :raises exception.InstanceNotFound: if there is none.
        """
        return objects.Instance.get_by_uuid(context, uuid, expected_attrs=['fault'])

    def get_all(self, context: 'nova_context.RequestContext',
                filters: Mapping[str, Any] | None = None,
                sort: Sequence[tuple[str, str]] = (('created_at', 'desc'),),
                limit: int | None = None,
                marker: str | None = None) -> 'Sequence[objects.Instance]':
        """Return the instances that all filters accept.

        :param filters: values by column; a list means any of it.
        :param sort: columns, each with asc or desc.
        :raises exception.MarkerNotFound: if the marker is gone.
        :raises exception.Invalid: for a filter or an order that makes no sense.
        """
        return list(objects.InstanceList.get_by_filters(
            context, dict(filters or {}), limit=limit, marker=marker,
            sort_keys=[key for key, _direction in sort],
            sort_dirs=[direction for _key, direction in sort],
            expected_attrs=['fault']))

    def update(self, context: 'nova_context.RequestContext',
               instance: 'objects.Instance', *, name: str | None = None,
               **changes: Any) -> 'objects.Instance':
        """Change an instance's name or description.

        :param changes: ``description``, which may be None.
        """
        if name is not None:
            instance.display_name = name
        if 'description' in changes:
            instance.display_description = changes['description']
        instance.save()
        return instance

    # Actions

    def delete(self, context: 'nova_context.RequestContext',
               instance: 'objects.Instance') -> None:
        """Remove an instance, whatever is being done to it."""
        self._begin(context, instance, rules.DELETE)
        self._manager.cast('terminate_instance', context, instance)

    def start(self, context: 'nova_context.RequestContext',
              instance: 'objects.Instance') -> None:
        """Start a stopped instance."""
        self._begin(context, instance, rules.START)
        self._manager.cast('start_instance', context, instance)

    def stop(self, context: 'nova_context.RequestContext',
             instance: 'objects.Instance') -> None:
        """Shut a running instance down."""
        self._begin(context, instance, rules.STOP)
        self._manager.cast('stop_instance', context, instance)

    def reboot(self, context: 'nova_context.RequestContext',
               instance: 'objects.Instance', reboot_type: str) -> None:
        """Restart an instance: ``SOFT`` asks the guest, ``HARD`` does not."""
        is_soft = reboot_type == SOFT
        self._begin(context, instance,
                    rules.SOFT_REBOOT if is_soft else rules.HARD_REBOOT)
        self._manager.cast('reboot_instance', context, instance,
                           SOFT if is_soft else HARD)

    def pause(self, context: 'nova_context.RequestContext',
              instance: 'objects.Instance') -> None:
        """Stop the processors of a running instance."""
        self._begin(context, instance, rules.PAUSE)
        self._manager.cast('pause_instance', context, instance)

    def unpause(self, context: 'nova_context.RequestContext',
                instance: 'objects.Instance') -> None:
        """Let a paused instance run on."""
        self._begin(context, instance, rules.UNPAUSE)
        self._manager.cast('unpause_instance', context, instance)

    def get_interfaces(self, context: 'nova_context.RequestContext',
                       instance: 'objects.Instance') -> list[allotment.Interface]:
        """Return the interfaces of an instance, the oldest first."""
        return allotment.interfaces_of(instance)

    def attach_interface(self, context: 'nova_context.RequestContext',
                         instance: 'objects.Instance', network_id: str | None = None,
                         fixed_ip: str | None = None) -> allotment.Interface:
        """Give an instance one more interface, and return when its guest has it.

        After a failure the instance has the interfaces that it had.

        :param network_id: None for the only network that there is.
        :raises exception.InstanceInvalidState: if its state forbids that.
        :raises exception.InvalidInput: if there is no such network or address.
        :raises exception.InterfaceAttachFailed: with what failed.
        """
        rules.ATTACH_INTERFACE.check(instance)
        asked = _asked(network_id, fixed_ip)
        self._record(context, instance, rules.ATTACH_INTERFACE)
        vif = self._manager.attach_interface(context, instance, asked)
        return self._interface(
            objects.Instance.get_by_uuid(context, instance.uuid), vif['id'])

    def detach_interface(self, context: 'nova_context.RequestContext',
                         instance: 'objects.Instance', port_id: str) -> None:
        """Take an interface from an instance; its guest lets go of it later.

        :raises exception.InstanceInvalidState: if its state forbids that.
        :raises exception.PortNotFound: if it has no such interface.
        """
        rules.DETACH_INTERFACE.check(instance)
        self._interface(instance, port_id)
        self._record(context, instance, rules.DETACH_INTERFACE)
        self._manager.cast('detach_interface', context, instance, port_id)

    @staticmethod
    def _interface(instance: 'objects.Instance', port_id: str) -> allotment.Interface:
        for interface in allotment.interfaces_of(instance):
            if interface.port_id == port_id:
                return interface
        raise exception.PortNotFound(port_id=port_id)

    def _begin(self, context: 'nova_context.RequestContext',
               instance: 'objects.Instance', rule: rules.Rule) -> None:
        """Take an instance from its state to a task.

        :raises exception.InstanceInvalidState: if its state forbids that.
        :raises exception.InstanceNotFound: if it is gone.
        """
        rule.begin(instance)
        self._record(context, instance, rule)

    @staticmethod
    def _record(context: 'nova_context.RequestContext', instance: 'objects.Instance',
                rule: rules.Rule) -> None:
        LOG.info('Asked to %s it', rule.action, instance=instance)
        objects.InstanceAction.action_start(
            context, instance.uuid, rule.action, want_result=False)

    def get_console_output(self, context: 'nova_context.RequestContext',
                           instance: 'objects.Instance',
                           tail_length: int | None = None) -> str:
        """Return what a guest has printed.

        :param tail_length: how many of the last lines; None means all that is
            kept.
        :raises exception.InstanceNotReady: if it is not built yet.
        """
        if instance.host is None:
            raise exception.InstanceNotReady(instance_id=instance.uuid)
        return self._manager.get_console_output(context, instance, tail_length)

    # Other lists

    def get_actions(self, context: 'nova_context.RequestContext',
                    instance_uuid: str) -> 'Sequence[objects.InstanceAction]':
        """Return what was asked of an instance, the latest first."""
        return list(objects.InstanceActionList.get_by_instance_uuid(
            context, instance_uuid))

    def get_action(
        self, context: 'nova_context.RequestContext', instance_uuid: str,
        request_id: str
    ) -> ('tuple[objects.InstanceAction,'
          ' Sequence[objects.InstanceActionEvent]] | None'):
        """Return what a request asked of an instance, and its events."""
        action = objects.InstanceAction.get_by_request_id(
            context, instance_uuid, request_id)
        if action is None:
            return None
        return action, list(objects.InstanceActionEventList.get_by_action(
            context, action.id))

    def get_hypervisors(self, context: 'nova_context.RequestContext'
                        ) -> 'Sequence[objects.ComputeNode]':
        """Return the compute node that this is."""
        node = self._manager.tracker.get_node(context)
        return [] if node is None else [node]

    def get_service(self, context: 'nova_context.RequestContext') -> 'objects.Service':
        """Return the service that this is."""
        return host_service.get(context, self._manager.host)

    def set_service_disabled(self, context: 'nova_context.RequestContext',
                             disabled: bool, reason: str | None) -> 'objects.Service':
        """Take no new servers, or take them (again); those that are there run on."""
        return host_service.set_disabled(
            context, self._manager.host, disabled, reason)


def _asked(network_id: str | None, fixed_ip: str | None) -> allotment.Asked:
    if network_id is not None:
        return allotment.Asked(network_id, fixed_ip)
    networks = allotment.automatic()
    if not networks:
        raise exception.InvalidInput(reason=_('this node has no networks'))
    return networks[0]
