# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A domain of libvirt as those see it who work on one aspect of a guest each."""

from collections.abc import Callable, Iterator
import contextlib
from typing import TYPE_CHECKING, Any

import libvirt

from nova.virt.libvirt import errors
from nova.virt.libvirt import listeners

if TYPE_CHECKING:
    from nova.virt.libvirt import host as libvirt_host

#: How much of a domain a change is to reach; together they are flags.
CURRENT = libvirt.VIR_DOMAIN_AFFECT_CURRENT


def affecting(persistent: bool, live: bool) -> int:
    """Return the flags of a change; neither means what the domain is now.

    :param persistent: change what it will be at its next start.
    :param live: change what runs.
    """
    flags: int = CURRENT
    flags |= libvirt.VIR_DOMAIN_AFFECT_CONFIG if persistent else 0
    flags |= libvirt.VIR_DOMAIN_AFFECT_LIVE if live else 0
    return flags


class Domain:
    """A virDomain whose errors are ours, and whose events can be waited for.

    :param raw: the libvirt.virDomain.
    :param host: who tells of events; without one nothing can be waited for.
    """

    def __init__(self, raw: libvirt.virDomain,
                 host: 'libvirt_host.Host | None' = None) -> None:
        self.raw = raw
        self._host = host
        self._uuid: str | None = None

    @property
    def uuid(self) -> str:
        """UUID of the domain, which is that of the instance."""
        if self._uuid is None:
            self._uuid = self.raw.UUIDString()
        return self._uuid

    @contextlib.contextmanager
    def asked(self) -> Iterator[libvirt.virDomain]:
        """Give the virDomain; libvirt's errors leave the block as ours.

        :raises nova.exception.InstanceNotFound: if the domain is gone.
        :raises nova.exception.HypervisorUnavailable: if the connection failed.
        :raises nova.exception.InternalError: for what libvirt or QEMU refused.
        """
        with errors.translated(instance_uuid=self.uuid):
            yield self.raw

    def listener(self, kind: listeners.Kinds,
                 matches: Callable[[Any], bool] | None = None,
                 ) -> contextlib.AbstractContextManager[listeners.Listener]:
        """Return a context in which its events can be waited for; see Host.listener.

        :raises RuntimeError: if no host was given.
        """
        if self._host is None:
            raise RuntimeError(f'domain {self.uuid}: no host tells its events')
        return self._host.listener(kind, self, matches)

    def operation(self, kind: listeners.Operation,
                  ) -> contextlib.AbstractContextManager[None]:
        """Return a context in which its end is no news; see Host.operation."""
        if self._host is None:
            return contextlib.nullcontext()
        return self._host.operation(self, kind)

    def resized(self) -> None:
        """Note that it has other CPUs or another memory now; see Host.resized."""
        if self._host is not None:
            self._host.resized(self)
