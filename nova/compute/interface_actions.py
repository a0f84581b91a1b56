# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Interfaces that an instance is given and that are taken from it."""

from typing import TYPE_CHECKING

from oslo_log import log as logging

from nova import exception
from nova import objects
from nova.compute import vm_states
from nova.network import allotment
from nova.network import model

if TYPE_CHECKING:
    from nova import context as nova_context
    from nova.virt import driver as virt_driver

LOG = logging.getLogger(__name__)

#: States in which there is a guest, and it is known what it does.
WITH_GUEST = (vm_states.ACTIVE, vm_states.PAUSED, vm_states.STOPPED)


class InterfaceActions:
    """Changes the interfaces of an instance; the caller holds its lock.

    What the database says of an instance's VIFs is what the next start of its guest
    will have.  So a VIF is written down before it is attached, and crossed out after
    it was detached: whatever is interrupted, nothing is used that is not known.  Its
    addresses are allotted before that, and given back after it.  In between it is not
    active, which tells the next start of the service to detach it.
    """

    def __init__(self, driver: 'virt_driver.ComputeDriver') -> None:
        self._driver = driver

    def attach(self, context: 'nova_context.RequestContext',
               instance: 'objects.Instance', asked: allotment.Asked,
               taken: allotment.Taken | None = None) -> model.VIF:
        """Give a guest one more interface, and return it.

        After a failure the instance has the interfaces that it had.

        :param taken: addresses that others have.
        :raises exception.AttachInterfaceNotSupported: if there is no guest.
        :raises exception.InvalidInput: if there is no such network or address.
        :raises exception.InterfaceAttachFailed: with what failed.
        """
        if instance.vm_state not in WITH_GUEST or not (
                self._driver.capabilities.get('supports_attach_interface')):
            raise exception.AttachInterfaceNotSupported(instance_uuid=instance.uuid)
        before = instance.get_network_info()
        vif = allotment.add(instance, asked, taken)
        vif['active'] = False
        try:
            self._write(context, instance, model.NetworkInfo([*before, vif]))
            self._plug_in(context, instance, vif)
        except BaseException:
            try:
                self._write(context, instance, before)
            finally:
                allotment.remove(vif['id'])
            raise
        return vif

    def _plug_in(self, context: 'nova_context.RequestContext',
                 instance: 'objects.Instance', vif: model.VIF) -> None:
        """Attach an interface and write down that it is; a failure leaves none."""
        self._driver.attach_interface(context, instance, instance.image_meta, vif)
        try:
            self._set_active(context, instance, vif, True)
        except BaseException:
            self._driver.detach_interface(context, instance, vif)
            raise

    def detach(self, context: 'nova_context.RequestContext',
               instance: 'objects.Instance', port_id: str) -> None:
        """Take an interface from a guest.

        After a failure the instance has it still.

        :raises exception.PortNotFound: if it has no such interface.
        :raises exception.InterfaceDetachFailed: if the guest keeps it.
        """
        before = instance.get_network_info()
        if port_id not in _ids(before):
            raise exception.PortNotFound(port_id=port_id)
        (vif,) = [each for each in before if each['id'] == port_id]
        self._set_active(context, instance, vif, False)
        try:
            self._driver.detach_interface(context, instance, vif)
        except BaseException:
            self._set_active(context, instance, vif, True)
            raise
        self._write(context, instance, model.NetworkInfo(
            each for each in before if each['id'] != port_id))
        allotment.remove(port_id)

    def _set_active(self, context: 'nova_context.RequestContext',
                    instance: 'objects.Instance', vif: model.VIF,
                    is_active: bool) -> None:
        vif['active'] = is_active
        self._write(context, instance, model.NetworkInfo(instance.get_network_info()))

    @staticmethod
    def interrupted(instance: 'objects.Instance') -> list[str]:
        """Return the ports that were being attached or detached."""
        if instance.vm_state not in WITH_GUEST:
            return []
        return [vif['id'] for vif in instance.get_network_info() if not vif['active']]

    def plug_again(self, context: 'nova_context.RequestContext',
                   instance: 'objects.Instance') -> None:
        """Make what a restart of the host, or of the service, has taken away.

        What its networks let in by now, a running guest gets from then on.  What
        fails is logged, and keeps it from nothing else.
        """
        allotment.renew(context, instance)
        network_info = instance.get_network_info()
        if not network_info or instance.vm_state not in WITH_GUEST:
            return
        try:
            self._driver.plug_vifs(instance, network_info)
        except exception.NovaException as error:
            LOG.error('Its interfaces are not what they ought to be: %s', error,
                      instance=instance)

    @staticmethod
    def _write(context: 'nova_context.RequestContext', instance: 'objects.Instance',
               network_info: model.NetworkInfo) -> None:
        if instance.info_cache is None:
            instance.info_cache = objects.InstanceInfoCache.new(context, instance.uuid)
        instance.info_cache.network_info = network_info
        instance.info_cache.save()


def _ids(network_info: model.NetworkInfo) -> list[str]:
    return [vif['id'] for vif in network_info]
