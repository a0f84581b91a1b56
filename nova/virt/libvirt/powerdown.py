# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Asking a guest to shut down, and waiting until it has."""

import enum
import functools
import time

import libvirt
from oslo_log import log as logging

from nova import exception
from nova.virt import event as virtevent
from nova.virt.libvirt import domain as libvirt_domain
from nova.virt.libvirt import errors
from nova.virt.libvirt import listeners

LOG = logging.getLogger(__name__)


class Asking(enum.Enum):
    """How a guest is asked to shut down."""

    #: libvirt chooses: the agent if the guest has one, else the power button.
    DEFAULT = 'default'
    ACPI = 'acpi'
    AGENT = 'agent'


_SHUTDOWN_FLAGS = {
    Asking.ACPI: libvirt.VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN,
    Asking.AGENT: libvirt.VIR_DOMAIN_SHUTDOWN_GUEST_AGENT,
}
_REBOOT_FLAGS = {
    Asking.DEFAULT: libvirt.VIR_DOMAIN_REBOOT_DEFAULT,
    Asking.ACPI: libvirt.VIR_DOMAIN_REBOOT_ACPI_POWER_BTN,
    Asking.AGENT: libvirt.VIR_DOMAIN_REBOOT_GUEST_AGENT,
}

#: States in which nothing of the guest is left.
_OFF = (libvirt.VIR_DOMAIN_SHUTOFF, libvirt.VIR_DOMAIN_CRASHED)
_ENDING = (libvirt.VIR_DOMAIN_SHUTDOWN, *_OFF)


class PowerDown:
    """The end of a guest that has a say in it."""

    def __init__(self, domain: libvirt_domain.Domain) -> None:
        self._domain = domain

    def ask(self, by: Asking) -> None:
        """Ask the guest to shut down; one that does not run is left as it is."""
        with self._domain.asked() as raw:
            call = raw.shutdown
            if by is not Asking.DEFAULT:
                call = functools.partial(raw.shutdownFlags, _SHUTDOWN_FLAGS[by])
            try:
                call()
            except libvirt.libvirtError as ex:
                # The codes differ; that it is off, or on its way there before the
                # agent could answer, is what matters.
                if errors.is_disconnected(ex) or self._state() not in _ENDING:
                    raise

    def ask_to_reboot(self, by: Asking) -> None:
        """Ask the guest to shut down and start anew, in the same process."""
        with self._domain.asked() as raw:
            raw.reboot(_REBOOT_FLAGS[by])

    def wait(self, timeout_s: float, retry_interval_s: float, by: Asking) -> bool:
        """Ask the guest until it is off; False if it is not in time, or cannot be.

        :param retry_interval_s: between two requests; 0 makes one only.
        """
        deadline = time.monotonic() + timeout_s
        patience_s = retry_interval_s or timeout_s
        with self._domain.listener(virtevent.LifecycleEvent, _is_stop) as listener:
            while self._can_hear():
                remaining_s = deadline - time.monotonic()
                if remaining_s <= 0:
                    return False
                self._try_to_ask(by)
                if _hears(listener, min(patience_s, remaining_s)):
                    return True
        return self._state() in _OFF

    def _can_hear(self) -> bool:
        """Tell whether a guest runs; while it is paused, nothing reaches it."""
        return self._state() not in (*_OFF, libvirt.VIR_DOMAIN_PAUSED)

    def _state(self) -> int:
        with self._domain.asked() as raw:
            state: int = raw.state(0)[0]
        return state

    def _try_to_ask(self, by: Asking) -> None:
        try:
            self.ask(by)
        except exception.InternalError as error:
            # It may hear the next one; and it may be on its way already.
            LOG.debug('Asking guest %s to shut down failed: %s', self._domain.uuid,
                      error)


def _is_stop(event: virtevent.LifecycleEvent) -> bool:
    return event.transition == virtevent.EVENT_LIFECYCLE_STOPPED


def _hears(listener: listeners.Listener, timeout_s: float) -> bool:
    try:
        listener.wait(timeout_s)
    except listeners.WaitTimeout:
        return False
    return True
