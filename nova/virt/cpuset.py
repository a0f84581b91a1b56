# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Sets of CPUs as text: ``0-3,^2``."""

from collections.abc import Iterable, Iterator
import itertools
import re

from nova import exception
from nova.i18n import _


def parse_cpu_spec(spec: str) -> set[int]:
    """Return the CPUs of a list such as ``1-4,^3,8``.

    :raises exception.Invalid: for anything else.
    """
    included: set[int] = set()
    excluded: set[int] = set()
    for part in filter(None, (p.strip() for p in spec.split(','))):
        target = excluded if part.startswith('^') else included
        target |= _cpu_range(part.removeprefix('^').strip(), spec)
    return included - excluded


def _cpu_range(part: str, spec: str) -> set[int]:
    match = re.fullmatch(r'(\d+)(?:\s*-\s*(\d+))?', part)
    if not match:
        raise exception.Invalid(_('Invalid CPU set %(spec)r: %(part)r is no CPU or '
                                  'range') % {'spec': spec, 'part': part})
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise exception.Invalid(_('Invalid CPU set %(spec)r: %(part)r ends before it '
                                  'begins') % {'spec': spec, 'part': part})
    return set(range(first, last + 1))


def format_cpu_spec(cpuset: Iterable[int], allow_ranges: bool = True) -> str:
    """Write CPUs as parse_cpu_spec() reads them.

    :param allow_ranges: write neighbours as ``1-3``.
    """
    cpus = sorted(cpuset)
    if not allow_ranges:
        return ','.join(map(str, cpus))
    return ','.join(_format_range(run) for run in _runs(cpus))


def _runs(cpus: list[int]) -> Iterator[list[int]]:
    for _key, run in itertools.groupby(enumerate(cpus), lambda item: item[1] - item[0]):
        yield [cpu for _index, cpu in run]


def _format_range(run: list[int]) -> str:
    return str(run[0]) if len(run) == 1 else f'{run[0]}-{run[-1]}'
