# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A call that is refused."""

import dataclasses
import enum
from typing import Any

import libvirt


class State(enum.Flag):
    """What a guest does when it is asked."""

    OFF = enum.auto()
    RUNNING = enum.auto()
    #: It runs, and has no definition.
    TRANSIENT = enum.auto()
    EITHER = OFF | RUNNING


@dataclasses.dataclass(frozen=True)
class Refusal:
    """A call, and the code and the part of libvirt of its error."""

    name: str
    args: tuple[Any, ...]
    code: int
    part: int
    state: State = State.EITHER

    def __str__(self) -> str:
        return f'{self.name}{self.args!r}'


def invalid(name: str, *args: Any, part: int = libvirt.VIR_FROM_DOMAIN,
            state: State = State.EITHER) -> Refusal:
    """Return a call whose argument is invalid, which libvirt's API sees by itself."""
    return Refusal(name, args, libvirt.VIR_ERR_INVALID_ARG, part, state)


def unfit(name: str, *args: Any, state: State = State.EITHER) -> Refusal:
    """Return a call whose argument does not fit the guest."""
    return invalid(name, *args, part=libvirt.VIR_FROM_QEMU, state=state)


def off(name: str, *args: Any, part: int = libvirt.VIR_FROM_DOMAIN) -> Refusal:
    """Return a call for which the guest would have to run."""
    return Refusal(name, args, libvirt.VIR_ERR_OPERATION_INVALID, part, State.OFF)
