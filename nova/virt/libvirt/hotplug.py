# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Interfaces that come, change and go while the guest exists."""

from collections.abc import Callable
import dataclasses
from typing import TYPE_CHECKING, Any, Protocol

from oslo_log import log as logging

from nova import exception
from nova.i18n import _
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import guest as libvirt_guest
from nova.virt.libvirt import guestsystems
from nova.virt.libvirt import host as libvirt_host
from nova.virt.libvirt import vifconfig
from nova.virt.libvirt.options import option

if TYPE_CHECKING:
    from nova import objects

LOG = logging.getLogger(__name__)

Interface = vconfig.LibvirtConfigGuestInterface

_LIMITS = tuple(f'vif_{direction}_{name}' for direction in ('inbound', 'outbound')
                for name in ('average', 'peak', 'burst'))


@dataclasses.dataclass(frozen=True)
class HotplugSettings:
    #: How often a guest is asked to let go of a device.
    detach_attempts: int = option('libvirt.device_detach_attempts', 8)
    #: How long it is given each time.
    detach_timeout_s: int = option('libvirt.device_detach_timeout', 20)
    virt_type: str = option('libvirt.virt_type', 'kvm')


class Interfaces(Protocol):
    """How ports are plugged and described."""

    def describe(self, instance: 'objects.Instance', vif: Any,
                 guest: vifconfig.VIFGuest) -> vifconfig.Device:
        """Return the interface of a VIF."""

    def plug(self, instance: 'objects.Instance', network_info: Any) -> None:
        """Make what the guest needs on the host."""

    def unplug_one(self, instance: 'objects.Instance', vif: Any) -> None:
        """Remove it again."""


class Hotplug:
    """Attaches interfaces to guests, changes them and detaches them."""

    def __init__(self, host: libvirt_host.Host, interfaces: Interfaces,
                 settings: HotplugSettings) -> None:
        self._host = host
        self._interfaces = interfaces
        self._settings = settings

    def attach(self, instance: 'objects.Instance', image_meta: 'objects.ImageMeta',
               vif: Any) -> None:
        """Give a guest one more interface, now if it runs, and at each start.

        After a failure neither guest nor host have anything of it.

        :raises exception.InterfaceAttachFailed: with what failed as its cause.
        :raises exception.InstanceNotFound: if there is no such guest.
        """
        guest = self._host.get_guest(instance)
        conf = self._describe(instance, image_meta, vif)
        if guest.get_interface_by_cfg(conf, from_persistent_config=True):
            raise exception.InterfaceAttachFailed(
                _('%(uuid)s has an interface of address %(mac)s already')
                % {'uuid': instance.uuid, 'mac': vif['address']},
                instance_uuid=instance.uuid)
        try:
            self._interfaces.plug(instance, [vif])
            guest.attach_device(conf, persistent=True, live=guest.is_active())
        except BaseException as error:
            self._undo(instance, vif)
            if not isinstance(error, exception.NovaException):
                raise
            raise exception.InterfaceAttachFailed(
                instance_uuid=instance.uuid) from error
        LOG.info('Interface %s attached', vif['address'], instance=instance)

    def _undo(self, instance: 'objects.Instance', vif: Any) -> None:
        try:
            self._interfaces.unplug_one(instance, vif)
        except exception.NovaException as error:
            LOG.error('Something of an interface that was not attached is left: %s',
                      error, instance=instance)

    def detach(self, instance: 'objects.Instance', vif: Any) -> None:
        """Take an interface from a guest, and what was made for it from the host.

        One that the guest has not any more is no error.  After a failure the guest
        has it as before, at its next start too, and may still let go of it: the next
        call will find that.

        :raises exception.InterfaceDetachFailed: if the guest does not let go of it.
        """
        try:
            guest = self._host.get_guest(instance)
            self._take_away(guest, self._describe(instance, instance.image_meta, vif))
        except exception.InstanceNotFound:
            LOG.info('Interface %s is detached from a guest that is gone',
                     vif['address'], instance=instance)
        except exception.NovaException as error:
            raise exception.InterfaceDetachFailed(
                instance_uuid=instance.uuid) from error
        self._interfaces.unplug_one(instance, vif)
        LOG.info('Interface %s detached', vif['address'], instance=instance)

    def _take_away(self, guest: libvirt_guest.Guest, conf: vifconfig.Device) -> None:
        guest.detach_device_and_wait(
            conf, timeout_s=self._settings.detach_timeout_s,
            attempts=self._settings.detach_attempts,
            persistent=True, live=guest.is_active())

    def update(self, instance: 'objects.Instance', vif: Any) -> None:
        """Let an interface have the limits and the filter that it ought to have.

        After a failure it has those that it had, at its next start at the latest.

        :raises exception.DeviceNotFound: if the guest has no such interface.
        """
        wanted = self._describe(instance, instance.image_meta, vif)

        def change(conf: Interface) -> None:
            for name in _LIMITS:
                setattr(conf, name, getattr(wanted, name))
            conf.filtername = getattr(wanted, 'filtername', None)

        self._interfaces.plug(instance, [vif])
        self._change(instance, wanted, change)

    def set_link_state(self, instance: 'objects.Instance', vif: Any,
                       is_up: bool) -> None:
        """Plug in or pull the cable of an interface, as the guest sees it.

        After a failure it is as it was, at its next start at the latest.

        :raises exception.DeviceNotFound: if the guest has no such interface.
        """
        def change(conf: Interface) -> None:
            conf.link_state = 'up' if is_up else 'down'

        self._change(instance, self._describe(instance, instance.image_meta, vif),
                     change)

    def _change(self, instance: 'objects.Instance', wanted: vifconfig.Device,
                change: Callable[[Interface], None]) -> None:
        guest = self._host.get_guest(instance)
        # Each has what libvirt added; the one is not the other's.
        for persistent in (False, True) if guest.is_active() else (True,):
            found = guest.get_interface_by_cfg(
                wanted, from_persistent_config=persistent)
            if found is None:
                raise exception.DeviceNotFound(device=wanted.root_name)
            change(found)
            guest.update_device(found, persistent=persistent, live=not persistent)

    def _describe(self, instance: 'objects.Instance', image_meta: 'objects.ImageMeta',
                  vif: Any) -> vifconfig.Device:
        return self._interfaces.describe(instance, vif, vifconfig.VIFGuest(
            image_meta, instance.flavor, self._settings.virt_type,
            **guestsystems.vif_settings(instance, image_meta)))
