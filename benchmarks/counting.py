# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Counts the round trips to libvirtd, and the programs that are started."""

import collections
from collections.abc import Callable, Iterator
import contextlib
import sys
from typing import Any

import libvirt
import libvirtmod

#: Functions of libvirt's client library that ask nobody.
_LOCAL = ('virDomainGetID', 'virDomainGetName', 'virDomainGetUUID',
          'virDomainGetUUIDString', 'virConnectIsAlive', 'virNodeDeviceGetName',
          'virGetLastError', 'virResetLastError', 'virConnectSetKeepAlive')
_STARTS = ('subprocess.Popen', 'os.exec', 'os.posix_spawn', 'os.system', 'os.fork',
           'os.spawn')


class _Binding:
    """Stands for the C module behind libvirt-python."""

    def __init__(self, counts: collections.Counter[str]) -> None:
        self._counts = counts

    def __getattr__(self, name: str) -> Any:
        found = getattr(libvirtmod, name)
        is_local = (name in _LOCAL or name.startswith('virEvent')
                    or name.endswith(('Free', 'Ref', '_pywrap')))
        return found if is_local or not callable(found) else self._counted(name, found)

    def _counted(self, name: str, found: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self._counts[name] += 1
            return found(*args)
        return call


_programs: list[str] = []


def _note(event: str, args: Any) -> None:
    if event in _STARTS:
        _programs.append(f'{event} {args[0]}')


@contextlib.contextmanager
def counted() -> Iterator[tuple[collections.Counter[str], list[str]]]:
    """Give the round trips by function, and the programs, of what the block does."""
    counts: collections.Counter[str] = collections.Counter()
    if not _programs:
        sys.addaudithook(_note)
    _programs.clear()
    libvirt.libvirtmod = _Binding(counts)
    try:
        yield counts, _programs
    finally:
        libvirt.libvirtmod = libvirtmod
