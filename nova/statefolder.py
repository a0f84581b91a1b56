# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The state folder: one service at a time may use it."""

import contextlib
import errno
import fcntl
import os

from nova import exception
from nova.i18n import _

_LOCK_FILE = 'nova-compute.lock'


class StateFolderUnusable(exception.InvalidConfiguration):
    """Raised when the state folder cannot be made or written to."""

    msg_fmt = _('[DEFAULT] state_path %(path)s cannot be used: %(reason)s')


class StateFolderInUse(exception.NovaException):
    """Raised when another process has the state folder."""

    msg_fmt = _('Another nova-compute (process %(pid)s) already uses the state '
                'folder %(path)s')


class StateFolder:
    """A state folder; claimed, it belongs to this process until it ends.

    :param path: the folder; it is made if it is missing.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock: int | None = None

    def claim(self) -> None:
        """Make the folder, and keep every other service out of it.

        The operating system lets others in when this process ends, however that
        happens.

        :raises StateFolderUnusable: if it cannot be made or written to.
        :raises StateFolderInUse: if another process has it; nothing has changed.
        """
        try:
            self._make()
            self._lock = self._take_lock()
        except OSError as error:
            raise StateFolderUnusable(
                path=self.path, reason=error.strerror or error) from error

    def release(self) -> None:
        """Let others in."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _make(self) -> None:
        if os.path.isdir(self.path):
            return
        os.makedirs(self.path)
        # QEMU, which may run as another user, must be able to pass through.
        os.chmod(self.path, 0o711)  # nosec B103

    def _take_lock(self) -> int:
        path = os.path.join(self.path, _LOCK_FILE)
        # Programs that are started must not keep the lock when this one ends.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f'{os.getpid()}\n'.encode(), 0)
        except OSError as error:
            holder = _holder(descriptor)
            os.close(descriptor)
            if error.errno in (errno.EAGAIN, errno.EACCES):
                raise StateFolderInUse(path=self.path, pid=holder) from error
            raise
        return descriptor


def _holder(descriptor: int) -> str:
    with contextlib.suppress(OSError):
        text = os.pread(descriptor, 32, 0).decode('ascii', 'replace').strip()
        if text.isdigit():
            return text
    return '?'
