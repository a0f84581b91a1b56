# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The vCPUs of a guest that run in real time."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from oslo_utils import strutils

from nova import exception
from nova.virt.cpuset import format_cpu_spec
from nova.virt.cpuset import named
from nova.virt.cpuset import parse_cpu_spec

if TYPE_CHECKING:
    from nova import objects


def is_realtime_enabled(flavor: 'objects.Flavor') -> bool:
    """Tell whether a flavor has real-time CPUs."""
    return strutils.bool_from_string(flavor.extra_specs.get('hw:cpu_realtime'))


def get_realtime_cpu_constraint(flavor: 'objects.Flavor',
                                image_meta: 'objects.ImageMeta') -> set[int] | None:
    """Return the virtual CPUs that run in real time; None without any.

    :raises exception.RealtimeMaskNotFoundOrInvalid: if there are none among those
        that the mask leaves, or if every one is and emulator threads have no place
        of their own.
    """
    if not is_realtime_enabled(flavor):
        return None
    from_flavor = flavor.extra_specs.get('hw:cpu_realtime_mask')
    from_image = image_meta.properties.get('hw_cpu_realtime_mask')
    every = set(range(flavor.vcpus))
    mask = from_image or from_flavor
    with named('hw:cpu_realtime_mask'):
        realtime = parse_cpu_mask(mask, every) if mask else every
    placed = flavor.extra_specs.get('hw:emulator_threads_policy')
    if not realtime or not realtime <= every or (realtime == every and not placed):
        raise exception.RealtimeMaskNotFoundOrInvalid()
    return realtime


def parse_cpu_mask(mask: str, every: Iterable[int]) -> set[int]:
    """Return the CPUs of a list; one that begins with ``^`` leaves out of all.

    :raises exception.Invalid: for what is no list of CPUs.
    """
    if not mask.lstrip().startswith('^'):
        return parse_cpu_spec(mask)
    return parse_cpu_spec(f'{format_cpu_spec(every)},{mask}')
