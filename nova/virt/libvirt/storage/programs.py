# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Programs that work on disks, never longer than the service that wants them."""

import ctypes
import dataclasses
import functools
import os
import resource
import signal

from oslo_concurrency import processutils

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one run of a program may use; None sets no limit."""

    cpu_time_s: int | None = None
    address_space_bytes: int | None = None


UNLIMITED = Limits()


def run(*command: str, limits: Limits = UNLIMITED) -> None:
    """Run a program to its end.

    It ends with its parent: a killed service leaves nobody writing to a file that
    its successor removes.

    :raises processutils.ProcessExecutionError: if it fails.
    :raises OSError: if it cannot be started.
    """
    # Its messages are shown to users; and mkfs lies where an ordinary user's
    # service would not look for it.
    path = os.environ.get('PATH', os.defpath)
    environment = {**os.environ, 'LC_ALL': 'C', 'PATH': f'{path}:/usr/sbin:/sbin'}
    processutils.execute(*command, env_variables=environment,
                         preexec_fn=functools.partial(_confine, limits))


def _confine(limits: Limits) -> None:
    """Limit the process that is about to become the program."""
    _limit(resource.RLIMIT_CPU, limits.cpu_time_s)
    _limit(resource.RLIMIT_AS, limits.address_space_bytes)
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _limit(what: int, value: int | None) -> None:
    if value is None:
        return
    hard = resource.getrlimit(what)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(what, (value, value))
