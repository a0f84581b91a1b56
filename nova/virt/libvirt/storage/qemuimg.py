# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""qemu-img, always told the formats and never run without limits."""

import ctypes
import dataclasses
import functools
import os
import resource
import signal

from oslo_concurrency import processutils
from oslo_utils import units

#: What QEMU calls the formats that image services call otherwise.
QEMU_NAMES = {'vhd': 'vpc', 'iso': 'raw'}

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one run of qemu-img may use."""

    #: Seconds of processor time, for each GiB of a disk that is converted.
    cpu_time_s: int = 30
    address_space_gib: int = 2


def create_overlay(path: str, base: str, base_format: str,
                   size_bytes: int | None, limits: Limits) -> None:
    """Make a qcow2 disk that reads from a base what it has not itself.

    :param size_bytes: None takes the size of the base.
    """
    options = f'backing_file={_escaped(base)},backing_fmt={base_format}'
    size = [] if size_bytes is None else [str(size_bytes)]
    _run(limits, 1, 'create', '-q', '-f', 'qcow2', '-o', options, path, *size)


def create_blank(path: str, disk_format: str, size_bytes: int,
                 limits: Limits) -> None:
    """Make an empty disk."""
    _run(limits, 1, 'create', '-q', '-f', disk_format, path, str(size_bytes))


def convert_to_raw(source: str, source_format: str, target: str,
                   size_bytes: int, limits: Limits) -> None:
    """Write what an image contains to a raw file.

    :param size_bytes: the size of the disk, which scales the limit of time.
    """
    gibs = 1 + size_bytes // units.Gi
    known_as = QEMU_NAMES.get(source_format, source_format)
    _run(limits, gibs, 'convert', '-q', '-f', known_as, '-O', 'raw', source, target)


def _escaped(path: str) -> str:
    return path.replace(',', ',,')


def _run(limits: Limits, gibs: int, *args: str) -> None:
    """Run qemu-img.

    :raises processutils.ProcessExecutionError: if it fails.
    """
    confine = functools.partial(
        _confine, limits.cpu_time_s * gibs, limits.address_space_gib * units.Gi)
    # Its messages are shown to users, among others in English.
    environment = {**os.environ, 'LC_ALL': 'C'}
    processutils.execute('qemu-img', *args, preexec_fn=confine,
                         env_variables=environment)


def _confine(cpu_time_s: int, address_space_bytes: int) -> None:
    """Limit the process that is about to become qemu-img.

    It ends with its parent: a killed service leaves nobody writing to a file that
    its successor removes.
    """
    _limit(resource.RLIMIT_CPU, cpu_time_s)
    _limit(resource.RLIMIT_AS, address_space_bytes)
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(what, (value, value))
