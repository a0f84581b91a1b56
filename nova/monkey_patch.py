# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Eventlet or native threads, decided before anything else is imported.

Patching after a module has taken hold of ``threading`` or ``socket`` leaves two
kinds of locks in one process.  Hence this module imports nothing of the project
and nothing that could start a thread, and the entry points call :func:`patch`
first of all.
"""

import argparse
from collections.abc import Sequence
import configparser
import os
import sys
from types import ModuleType

EVENTLET = 'eventlet'
THREADING = 'threading'
AUTO = 'auto'
#: A thread that computes lets another one in after this; Python's own 5 ms are long
#: beside what libvirt's thread and those of its calls have to do.
SWITCH_INTERVAL_S = 0.0002

_backend: str | None = None


def is_decided() -> bool:
    """Tell whether :func:`patch` was called in this process."""
    return _backend is not None


def is_patched() -> bool:
    """Tell whether :func:`patch` made the standard library cooperative."""
    return _backend == EVENTLET


def patch(backend: str = EVENTLET) -> None:
    """Choose how this process runs things concurrently; the first call counts.

    :param backend: ``eventlet`` or ``threading``.
    :raises ValueError: for any other backend.
    :raises RuntimeError: if the process already runs with the other one.
    """
    global _backend
    if backend not in (EVENTLET, THREADING):
        raise ValueError(f'concurrency_backend: {backend!r} is neither '
                         f'{EVENTLET!r} nor {THREADING!r}')
    if _backend == backend:
        return
    if _backend is not None:
        raise RuntimeError(f'this process already runs with {_backend}')
    if backend == EVENTLET:
        _patch_eventlet()
    else:
        _use_threads()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    _backend = backend


def _patch_eventlet() -> None:
    # The resolver of eventlet ignores parts of /etc/hosts and nsswitch.conf.
    os.environ.setdefault('EVENTLET_NO_GREENDNS', 'yes')
    import eventlet
    eventlet.monkey_patch()
    import oslo_service.backend as service_backend
    service_backend.init_backend(service_backend.BackendType.EVENTLET)


def _use_threads() -> None:
    poison_eventlet()
    import oslo_service.backend as service_backend
    service_backend.init_backend(service_backend.BackendType.THREADING)


class _Poison:
    """Refuses the import of eventlet, loudly, where threads were chosen."""

    def find_spec(self, name: str, path: object = None,
                  target: ModuleType | None = None) -> None:
        if name.partition('.')[0] == 'eventlet':
            raise ImportError(f'{name}: this process runs with native threads')


def poison_eventlet() -> None:
    """Make every later import of eventlet fail, so that none slips in.

    Modules of eventlet that are loaded already stay loaded.
    """
    if not any(isinstance(finder, _Poison) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Poison())


def chosen_backend(argv: Sequence[str]) -> str:
    """Read ``[DEFAULT] concurrency_backend`` before oslo.config may be loaded.

    :param argv: the command line without the program's name; the files named by
        ``--config-file`` are read in their order, the last one that sets the
        option wins.
    :returns: ``eventlet`` or ``threading``; unset and ``auto`` mean eventlet.
    :raises ValueError: if the option has any other value.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument('--config-file', action='append', default=[])
    known, _rest = parser.parse_known_args(list(argv))
    value = AUTO
    for path in known.config_file:
        value = _option_in(path) or value
    if value not in (AUTO, EVENTLET, THREADING):
        raise ValueError(f'concurrency_backend: {value!r} is none of '
                         f'{AUTO}, {EVENTLET}, {THREADING}')
    return EVENTLET if value == AUTO else value


def _option_in(path: str) -> str | None:
    parser = configparser.RawConfigParser(
        strict=False, allow_no_value=True, default_section='DEFAULT')
    try:
        parser.read(os.path.expanduser(path))
    except configparser.Error:
        return None  # oslo.config reads the file again and names what is wrong
    value = parser.defaults().get('concurrency_backend')
    return value.strip() if value else None
