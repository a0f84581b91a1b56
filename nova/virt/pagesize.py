# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Pages of the host's memory that a cell of a guest gets.

A size is in KiB, or one of the wishes below.
"""

from typing import Any

from oslo_utils import strutils
from oslo_utils import units

from nova import exception
from nova import usertext

SMALL = -1
LARGE = -2
ANY = -3

_WISHES = {'small': SMALL, 'large': LARGE, 'any': ANY}


def parse(text: str) -> int:
    """Return the size that a flavor or an image asks for.

    :param text: ``small``, ``large``, ``any``, KiB, or a number with its unit.
    :raises nova.exception.MemoryPageSizeInvalid: for anything else.
    """
    if text.lower() in _WISHES:
        return _WISHES[text.lower()]
    try:
        size_kb = int(text)
    except ValueError:
        try:
            size_kb = strutils.string_to_bytes(text, return_int=True) // units.Ki
        except ValueError:
            size_kb = 0
    if size_kb <= 0:
        raise exception.MemoryPageSizeInvalid(pagesize=usertext.shown(text))
    return size_kb


def choose(host_cell: Any, cell: Any,
           ram_ratio: float | None = None) -> int | None | bool:
    """Return the size of the pages of a cell on a cell of the host.

    :param ram_ratio: how much more memory than there is may be given out, in pages
        of the usual size that nobody asked for; None does not count what is used.
    :returns: None where it has no wish, and False where there is no room.
    :raises nova.exception.MemoryPageSizeNotSupported: if there are no such pages.
    """
    if cell.memory > host_cell.memory:
        return False
    wish = cell.pagesize
    if wish is None and ram_ratio is None:
        return None
    if wish is None:
        room = host_cell.memory * (ram_ratio or 0) - host_cell.memory_usage
        return None if cell.memory <= room else False
    for size_kb in _candidates(host_cell, wish):
        if host_cell.can_fit_pagesize(size_kb, cell.memory * units.Ki):
            return size_kb
    return False


def _candidates(host_cell: Any, wish: int) -> list[int]:
    sizes = sorted((pages.size_kb for pages in host_cell.mempages), reverse=True)
    if wish == SMALL:
        return sizes[-1:]
    if wish == LARGE:
        return sizes[:-1]
    if wish == ANY:
        return sizes
    return [wish]


def use(host_cell: Any, cell: Any, sign: int) -> None:
    """Take the pages of a placed cell, or give them back.

    :param sign: 1 or -1.
    """
    if not cell.pagesize or cell.pagesize < 0:
        return
    for pages in host_cell.mempages:
        if pages.size_kb == cell.pagesize:
            taken = sign * (cell.memory * units.Ki // pages.size_kb)
            pages.used = max(0, pages.used + taken)
