# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Whether the compute service takes new instances, as far as libvirt decides it."""

from oslo_log import log as logging

from nova import context as nova_context
from nova import exception
from nova import objects

LOG = logging.getLogger(__name__)

#: Begins the reason of a service that nobody but this disabled.
AUTO = 'AUTO: '
#: So long a reason can be recorded.
_MAX_REASON = 255


class Availability:
    """Disables the service of a host while libvirt cannot be reached.

    What somebody else disabled stays disabled, and keeps its reason.

    :param host: the name of the host, as its service is recorded.
    """

    def __init__(self, host: str) -> None:
        self._host = host

    def changed(self, connected: bool, reason: str | None) -> None:
        """Note that the connection is lost, or that there is one (again)."""
        try:
            service = objects.Service.get_by_compute_host(
                nova_context.get_admin_context(), self._host)
        except exception.ComputeHostNotFound:
            LOG.debug('No service is recorded that could be disabled')
            return
        is_ours = (service.disabled_reason or '').startswith(AUTO)
        if is_ours if service.disabled else not connected:
            self._set(service, not connected, reason)

    @staticmethod
    def _set(service: 'objects.Service', disabled: bool, reason: str | None) -> None:
        service.disabled = disabled
        service.disabled_reason = f'{AUTO}{reason}'[:_MAX_REASON] if disabled else None
        service.save()
        if disabled:
            LOG.warning('No new instances until libvirt is back: %s', reason)
        else:
            LOG.info('New instances are welcome')
