# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""qemu-img, always told the formats and never run without limits.

What fails raises processutils.ProcessExecutionError, and may leave half a file.
"""

import dataclasses

from oslo_utils import units

from nova.virt.libvirt.storage import programs

#: What QEMU calls the formats that image services call otherwise.
QEMU_NAMES = {'vhd': 'vpc', 'iso': 'raw'}


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
    programs.run('qemu-img', *args, limits=programs.Limits(
        limits.cpu_time_s * gibs, limits.address_space_gib * units.Gi))
