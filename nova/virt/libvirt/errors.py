# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What libvirt's errors mean, and which of ours they become.

This is the only module that looks at the code of a ``libvirtError``.  Others ask
the predicates, or wrap what they call in :func:`translated`.
"""

from collections.abc import Iterator
import contextlib

import libvirt

from nova import exception
from nova.i18n import _

_UNSUPPORTED = (
    libvirt.VIR_ERR_NO_SUPPORT,
    libvirt.VIR_ERR_CONFIG_UNSUPPORTED,
    libvirt.VIR_ERR_OPERATION_UNSUPPORTED,
    libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED,
)
#: What the client library reports once the socket to the daemon is of no use.
_LINK_CODES = (libvirt.VIR_ERR_SYSTEM_ERROR, libvirt.VIR_ERR_INTERNAL_ERROR)
_LINK_DOMAINS = (libvirt.VIR_FROM_REMOTE, libvirt.VIR_FROM_RPC)
_PROCESS_LOST = ('End of file from qemu monitor', 'Unable to read from monitor',
                 'Unable to write to monitor')
_NO_CONNECTION = (libvirt.VIR_ERR_NO_CONNECT, libvirt.VIR_ERR_INVALID_CONN)


def _code(ex: BaseException | None) -> int | None:
    if not isinstance(ex, libvirt.libvirtError):
        return None
    code: int | None = ex.get_error_code()
    return code


def _is(ex: BaseException | None, *codes: int) -> bool:
    return _code(ex) in codes


def is_no_domain(ex: Exception) -> bool:
    """Tell whether the domain does not exist (any more)."""
    return _is(ex, libvirt.VIR_ERR_NO_DOMAIN)


def is_operation_invalid(ex: Exception) -> bool:
    """Tell whether the object's state does not allow what was asked."""
    return _is(ex, libvirt.VIR_ERR_OPERATION_INVALID)


def is_operation_failed(ex: BaseException | None) -> bool:
    """Tell whether the hypervisor tried and failed."""
    return _is(ex, libvirt.VIR_ERR_OPERATION_FAILED)


def is_operation_timeout(ex: BaseException | None) -> bool:
    """Tell whether libvirt gave up waiting, for a lock of the domain mostly."""
    return _is(ex, libvirt.VIR_ERR_OPERATION_TIMEOUT)


def is_unsupported(ex: Exception) -> bool:
    """Tell whether this hypervisor or configuration does not offer the call."""
    return _is(ex, *_UNSUPPORTED)


def is_invalid_argument(ex: Exception) -> bool:
    """Tell whether libvirt takes what it was given for wrong."""
    return _is(ex, libvirt.VIR_ERR_INVALID_ARG)


def is_agent_unresponsive(ex: Exception) -> bool:
    """Tell whether the guest agent is not running or does not answer."""
    return _is(ex, libvirt.VIR_ERR_AGENT_UNRESPONSIVE)


def is_agent_missing(ex: BaseException | None) -> bool:
    """Tell whether the domain has no channel for a guest agent."""
    return _is(ex, libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED)


def is_refused_by_agent(ex: Exception) -> bool:
    """Tell whether the guest agent has answered that it cannot or will not."""
    return _is(ex, libvirt.VIR_ERR_INTERNAL_ERROR) and not is_disconnected(ex)


def is_no_snapshot(ex: BaseException | None) -> bool:
    """Tell whether the domain has no such snapshot."""
    return _is(ex, libvirt.VIR_ERR_NO_DOMAIN_SNAPSHOT)


def is_device_missing(ex: BaseException | None) -> bool:
    """Tell whether the domain has no such device."""
    return _is(ex, libvirt.VIR_ERR_DEVICE_MISSING)


def is_unplug_pending(ex: BaseException | None) -> bool:
    """Tell whether the guest was asked for a device before, and has it still.

    QEMU has no code for it, and libvirt hands its text on.
    """
    return 'in the process of unplug' in message_of(ex) if ex is not None else False


def is_process_lost(ex: BaseException | None) -> bool:
    """Tell whether the process of the domain ended while it was asked something.

    libvirt has no code for it, and says it as it came to notice.
    """
    return any(words in message_of(ex) for words in _PROCESS_LOST) if ex else False


def is_no_secret(ex: Exception) -> bool:
    """Tell whether the secret does not exist."""
    return _is(ex, libvirt.VIR_ERR_NO_SECRET)


def is_no_network(ex: Exception) -> bool:
    """Tell whether the network does not exist."""
    return _is(ex, libvirt.VIR_ERR_NO_NETWORK)


def is_no_nwfilter(ex: Exception) -> bool:
    """Tell whether the network filter does not exist."""
    return _is(ex, libvirt.VIR_ERR_NO_NWFILTER)


def is_no_node_device(ex: Exception) -> bool:
    """Tell whether the node device does not exist."""
    return _is(ex, libvirt.VIR_ERR_NO_NODE_DEVICE)


def is_disconnected(ex: Exception) -> bool:
    """Tell whether the connection failed, rather than what was asked over it."""
    if _is(ex, *_NO_CONNECTION):
        return True
    if not isinstance(ex, libvirt.libvirtError) or not _is(ex, *_LINK_CODES):
        return False
    return ex.get_error_domain() in _LINK_DOMAINS


def message_of(ex: BaseException) -> str:
    """Return what libvirt says about an error, for people to read."""
    if isinstance(ex, libvirt.libvirtError):
        return str(ex.get_error_message() or ex)
    return str(ex)


def translate(ex: libvirt.libvirtError, *,
              instance_uuid: str | None = None) -> exception.NovaException:
    """Return the error of ours that stands for one of libvirt's.

    :param instance_uuid: the instance that the call was about, if any.
    """
    if is_disconnected(ex):
        return hypervisor_unavailable(message_of(ex))
    if is_no_domain(ex):
        return exception.InstanceNotFound(
            instance_id=instance_uuid or message_of(ex))
    return exception.InternalError(err=message_of(ex))


class TooLate(exception.HypervisorUnavailable):
    """A call has not been answered in time; what it asks for may happen yet."""


def too_late(name: str, seconds: float | None) -> TooLate:
    """Return the error that says which call was given up after how long."""
    return TooLate(
        _('Connection to the hypervisor is broken: libvirt has not answered '
          '%(name)s in %(seconds)g s') % {'name': name, 'seconds': seconds})


def hypervisor_unavailable(reason: str) -> exception.HypervisorUnavailable:
    """Return the error that says why libvirt cannot be reached."""
    return exception.HypervisorUnavailable(
        _('Connection to the hypervisor is broken: %s') % reason)


@contextlib.contextmanager
def translated(*, instance_uuid: str | None = None) -> Iterator[None]:
    """Let libvirt's errors leave the block as ours, the cause chained.

    :param instance_uuid: the instance that the calls in the block are about.
    :raises nova.exception.InstanceNotFound: if the domain is gone.
    :raises nova.exception.HypervisorUnavailable: if the connection failed.
    :raises nova.exception.InternalError: for what libvirt or QEMU refused.
    """
    try:
        yield
    except libvirt.libvirtError as ex:
        raise translate(ex, instance_uuid=instance_uuid) from ex
