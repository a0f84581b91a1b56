# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The end of a device in a guest that runs.

libvirt only asks the guest, which may take its time, refuse, or not listen because it
is still booting: a device is gone when the event says so.
"""

from typing import Any

from oslo_log import log as logging

from nova import exception
from nova.i18n import _
from nova.virt import event as virtevent
from nova.virt.libvirt import devices
from nova.virt.libvirt import domain as libvirt_domain
from nova.virt.libvirt import errors
from nova.virt.libvirt import event as libvirtevent
from nova.virt.libvirt import listeners

LOG = logging.getLogger(__name__)

_END_OF_REMOVAL = (libvirtevent.DeviceRemovedEvent,
                   libvirtevent.DeviceRemovalFailedEvent, virtevent.LifecycleEvent)


def detach_and_wait(domain: libvirt_domain.Domain, device: devices.Device,
                    timeout_s: float, attempts: int = 1, persistent: bool = True,
                    live: bool = True) -> None:
    """Take a device away, and return when the guest has let go of it.

    A device that is not there is no error, nor is a guest that stops meanwhile.
    What runs goes first: after a failure the definition is what it was, and a
    guest that has not let go may still do so.

    :param timeout_s: for each attempt.
    :raises nova.exception.DeviceDetachFailed: if the guest keeps it.
    """
    if live:
        _Removal(domain, device, timeout_s).run(attempts)
    if persistent:
        _undefine(domain, device)


def _undefine(domain: libvirt_domain.Domain, device: devices.Device) -> None:
    with domain.asked() as raw:
        if not raw.isPersistent():
            return
    found = devices.find(devices.listed(domain, persistent=True), device)
    if found is None:
        return
    try:
        devices.detach(domain, found, persistent=True, live=False)
    except exception.DeviceNotFound:
        LOG.debug('%s has left the definition by itself', devices.name_of(device))


class _Removal:
    """One device that the guest is to let go of."""

    def __init__(self, domain: libvirt_domain.Domain, device: devices.Device,
                 timeout_s: float) -> None:
        self._domain = domain
        self._device = device
        self._timeout_s = timeout_s
        self._reason = ''

    def run(self, attempts: int) -> None:
        """Ask until it is gone.

        :raises nova.exception.DeviceDetachFailed: if it is still there.
        """
        for attempt in range(1, attempts + 1):
            if self._is_gone_after_asking():
                return
            LOG.debug('Detaching %s from %s, attempt %d of %d: %s',
                      devices.name_of(self._device), self._domain.uuid, attempt,
                      attempts, self._reason)
        if self._found() is not None:
            raise exception.DeviceDetachFailed(device=devices.name_of(self._device),
                                               reason=self._reason)

    def _found(self) -> devices.Device | None:
        """Return the device as what runs has it; None without either."""
        with self._domain.asked() as raw:
            if not raw.isActive():
                return None
        listed = devices.listed(self._domain, persistent=False)
        return devices.find(listed, self._device)

    def _is_gone_after_asking(self) -> bool:
        found = self._found()
        if found is None:
            return True
        with self._domain.listener(_END_OF_REMOVAL, _about(found.alias)) as listener:
            try:
                is_asked = self._ask(found)
            except exception.DeviceNotFound:
                return True
            return is_asked and self._is_gone_in_time(listener)

    def _ask(self, found: devices.Device) -> bool:
        """Ask the guest; False if another attempt may do better.

        :raises nova.exception.DeviceNotFound: if it is gone.
        """
        try:
            devices.detach(self._domain, found, persistent=False, live=True)
        except exception.InternalError as error:
            self._reason = errors.message_of(error.__cause__ or error)
            # Asked before, it is still at it; or the end of it all is yet to be told.
            return (errors.is_unplug_pending(error.__cause__)
                    or errors.is_process_lost(error.__cause__) or self._check(error))
        return True

    def _check(self, error: exception.InternalError) -> bool:
        """Let pass what another attempt may mend.

        :raises nova.exception.InternalError: for anything else.
        """
        if errors.is_operation_timeout(error.__cause__) or self._found() is None:
            return False
        # So libvirt tells that the guest has refused before it was waited for.
        if errors.is_operation_failed(error.__cause__):
            return False
        raise error

    def _is_gone_in_time(self, listener: listeners.Listener) -> bool:
        try:
            event = listener.wait(self._timeout_s)
        except listeners.WaitTimeout:
            self._reason = _('the guest has not let go of it in %s s') % self._timeout_s
            return False
        if isinstance(event, libvirtevent.DeviceRemovalFailedEvent):
            self._reason = _('the guest refuses to let go of it')
            return False
        return True


def _about(alias: str | None) -> Any:
    """Return what tells the end of a removal from other events of the domain."""
    def matches(event: Any) -> bool:
        if isinstance(event, virtevent.LifecycleEvent):
            return event.transition == virtevent.EVENT_LIFECYCLE_STOPPED
        return bool(event.dev == alias)
    return matches
