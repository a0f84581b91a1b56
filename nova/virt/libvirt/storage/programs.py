# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Programs that work on disks, never longer than the service that wants them.

They are started without a copy of this process, which takes longer the more memory
it has: what is to hold for a program is set by two small ones before it, which then
become it.
"""

from collections.abc import Iterator, Mapping
import dataclasses
import errno
import functools
import os
import resource
import shutil
import signal

from oslo_concurrency import processutils
from oslo_log import log as logging

from nova import utils
from nova.virt.libvirt import threads

LOG = logging.getLogger(__name__)

#: What an error shows of a program's output.
_MAX_SHOWN_BYTES = 1 << 16


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
    # mkfs lies where an ordinary user's service would not look for it.
    path = f'{os.environ.get("PATH", os.defpath)}:/usr/sbin:/sbin'
    words = [_found(command[0], path), *command[1:]]
    LOG.debug('Running %s', ' '.join(command))
    # Waiting for it would stop the hub.
    starter = utils.tpool_wrap(_Starter())
    code, stdout, stderr = starter.run(
        [*_limited(limits, path), *_ended_with_parent(path), *words],
        _environment(path))
    if code:
        raise processutils.ProcessExecutionError(
            stdout, stderr, exit_code=code, cmd=' '.join(command))


@functools.cache
def _environment(path: str) -> dict[str, str]:
    # Its messages are shown to users.
    return {**os.environ, 'LC_ALL': 'C', 'PATH': path}


@functools.cache
def _found(name: str, path: str) -> str:
    """Return where a program is.

    :raises FileNotFoundError: if it is nowhere.
    """
    found = shutil.which(name, path=path)
    if found is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
    return found


def _ended_with_parent(path: str) -> list[str]:
    return [_found('setpriv', path), '--pdeathsig', 'KILL', '--']


def _limited(limits: Limits, path: str) -> list[str]:
    arguments = [*_limit('cpu', resource.RLIMIT_CPU, limits.cpu_time_s),
                 *_limit('as', resource.RLIMIT_AS, limits.address_space_bytes)]
    return [_found('prlimit', path), *arguments, '--'] if arguments else []


def _limit(name: str, what: int, value: int | None) -> Iterator[str]:
    """Yield the argument for a limit; nobody can raise one that there is."""
    if value is None:
        return
    hard = resource.getrlimit(what)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    yield f'--{name}={value}:{value}'


class _Starter:
    """What runs in a native thread, with what eventlet has not patched."""

    def __init__(self) -> None:
        self._os = threads.native('os')

    def run(self, words: list[str],
            environment: Mapping[str, str]) -> tuple[int, str, str]:
        """Return how a program ends, and what it prints."""
        output, errors = (self._os.memfd_create(name) for name in ('out', 'err'))
        try:
            code = self._wait(self._start(words, environment, output, errors))
            return code, self._text(output), self._text(errors)
        finally:
            self._os.close(output)
            self._os.close(errors)

    def _start(self, words: list[str], environment: Mapping[str, str], output: int,
               errors: int) -> int:
        pid: int = self._os.posix_spawn(
            words[0], words, environment, setsigdef=[signal.SIGPIPE],
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, errors, 2)])
        return pid

    def _wait(self, pid: int) -> int:
        _pid, status = self._os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status)

    def _text(self, file: int) -> str:
        shown: bytes = self._os.pread(file, _MAX_SHOWN_BYTES, 0)
        return shown.decode(errors='replace')
