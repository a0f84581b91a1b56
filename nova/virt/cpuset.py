# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Sets of CPUs as text: ``0-3,^2``."""

from collections.abc import Iterable, Iterator
import contextlib
import itertools
import re

from nova import exception
from nova import usertext
from nova.i18n import _

#: Far beyond any host's; an enormous range must not eat the memory.
_HIGHEST = 1 << 20


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


@contextlib.contextmanager
def named(name: str) -> Iterator[None]:
    """Say in what is raised about a list of CPUs where it was written."""
    try:
        yield
    except exception.Invalid as error:
        raise exception.Invalid(f'{name}: {error}') from error


def _cpu_range(part: str, spec: str) -> set[int]:
    match = re.fullmatch(r'(\d+)(?:\s*-\s*(\d+))?', part)
    if not match:
        raise exception.Invalid(_('Invalid CPU set %(spec)s: %(part)s is no CPU or '
                                  'range') % _shown(spec, part))
    first, last = _number(match[1], spec), _number(match[2] or match[1], spec)
    if last < first:
        raise exception.Invalid(_('Invalid CPU set %(spec)s: %(part)s ends before it '
                                  'begins') % _shown(spec, part))
    return set(range(first, last + 1))


def _number(digits: str, spec: str) -> int:
    if len(digits) > len(str(_HIGHEST)) or int(digits) > _HIGHEST:
        raise exception.Invalid(_('Invalid CPU set %(spec)s: %(part)s is beyond any '
                                  'CPU') % _shown(spec, digits))
    return int(digits)


def _shown(spec: str, part: str) -> dict[str, str]:
    return {'spec': usertext.quoted(spec), 'part': usertext.quoted(part)}


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
