# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Callbacks that libvirt is given over one connection after the other.

Each of them keeps its connection for as long as libvirt has it, also one that is
registered after everybody gave up waiting for that.
"""

from collections.abc import Callable, Sequence
import contextlib
import dataclasses

import libvirt

from nova import exception
from nova.virt.libvirt import calls
from nova.virt.libvirt import errors

#: The number of a kind of events, VIR_*_EVENT_ID_*, and what is called with them.
Wanted = tuple[int, Callable[..., None]]


@dataclasses.dataclass(eq=False)
class _Registered:
    """The numbers of the callbacks of one connection."""

    ids: list[int] = dataclasses.field(default_factory=list)
    #: Nobody waits for more of them; what there is now is undone where it is made.
    is_over: bool = False


class Callbacks:
    """Registers callbacks of one sort, and lets go of them all.

    :param register: the name of libvirt's method that does it for each.
    :param deregister: of the one that undoes it.
    """

    def __init__(self, register: str, deregister: str) -> None:
        self._register_name = register
        self._deregister_name = deregister
        #: By the identity of the connection.
        self._registered: dict[int, _Registered] = {}

    def __bool__(self) -> bool:
        """Whether libvirt has any."""
        return any(each.ids for each in self._registered.values())

    def register(self, conn: libvirt.virConnect, wanted: Sequence[Wanted],
                 opaque: object) -> list[int]:
        """Let libvirt call the callbacks; to be undone, also after an error.

        :param opaque: what each of them gets as its last argument.
        :returns: the kinds of events that this hypervisor does not have.
        :raises libvirt.libvirtError: for any other reason.
        :raises nova.virt.libvirt.errors.TooLate: after the deadline of calls.
        """
        registered = self._registered[id(conn)] = _Registered()
        return calls.at_once(conn, self._register_name, self._register, registered,
                             wanted, opaque)

    def _register(self, conn: libvirt.virConnect, registered: _Registered,
                  wanted: Sequence[Wanted], opaque: object) -> list[int]:
        missing = []
        for event_id, callback in wanted:
            if registered.is_over:
                break
            try:
                registered.ids.append(getattr(conn, self._register_name)(
                    None, event_id, callback, opaque))
            except libvirt.libvirtError as ex:
                if not errors.is_unsupported(ex):
                    raise
                missing.append(event_id)
        if registered.is_over:
            self._deregister(conn, registered)
        return missing

    def deregister(self, conn: libvirt.virConnect) -> None:
        """Let go of a connection's callbacks, also of one that is dead or late."""
        registered = self._registered.pop(id(conn), None)
        if registered is None:
            return
        registered.is_over = True
        if registered.ids:
            with contextlib.suppress(exception.HypervisorUnavailable):
                calls.at_once(
                    conn, self._deregister_name, self._deregister, registered)

    def _deregister(self, conn: libvirt.virConnect, registered: _Registered) -> None:
        # Two threads may do it at once: each number is one's own.
        with contextlib.suppress(IndexError):
            while True:
                number = registered.ids.pop()
                with contextlib.suppress(libvirt.libvirtError):
                    getattr(conn, self._deregister_name)(number)
