# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The service of this host: whether it takes new servers."""

from typing import TYPE_CHECKING

from nova import exception
from nova import objects
from nova.i18n import _
from nova.objects import service as service_object

if TYPE_CHECKING:
    from nova import context as nova_context

#: Begins the reason where a driver found its hypervisor gone.
_AUTO = 'AUTO: '


def record(context: 'nova_context.RequestContext', host: str) -> None:
    """Record the service of a host unless it is; what disabled it stays."""
    try:
        objects.Service.get_by_compute_host(context, host)
    except exception.ComputeHostNotFound:
        objects.Service(
            context, host=host, binary=service_object.COMPUTE, topic='compute',
            disabled=False, forced_down=False, report_count=0, version=0).create()


def get(context: 'nova_context.RequestContext', host: str) -> 'objects.Service':
    """Return the service of a host."""
    return objects.Service.get_by_compute_host(context, host)


def set_disabled(context: 'nova_context.RequestContext', host: str, disabled: bool,
                 reason: str | None) -> 'objects.Service':
    """Let the service take no new servers, or take them (again).

    :param reason: why not, in the words of who decides it.
    """
    service = get(context, host)
    service.disabled = disabled
    service.disabled_reason = reason if disabled else None
    service.save()
    return service


def refuse_if_disabled(context: 'nova_context.RequestContext', host: str) -> None:
    """Do nothing unless somebody decided that the service takes no new servers.

    Where it was disabled by itself, a build may well find the hypervisor back.

    :raises exception.NoValidHost: if it is disabled.
    """
    service = get(context, host)
    reason = service.disabled_reason or _('no reason given')
    if service.disabled and not reason.startswith(_AUTO):
        raise exception.NoValidHost(
            reason=_('the compute service is disabled: %s') % reason)
