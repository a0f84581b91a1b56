# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What guests have written to their consoles."""

import os
from typing import TYPE_CHECKING

from oslo_utils import units

from nova import exception
from nova.virt.libvirt.storage import instancedir

if TYPE_CHECKING:
    from nova import objects

#: The end of the log that is shown.
MAX_CONSOLE_BYTES = 100 * units.Ki

#: What virtlogd renames a full log to before it starts another.
ROTATED_SUFFIX = '.0'


class ConsoleLogs:
    """The console logs of the instances of this host."""

    def __init__(self, dirs: instancedir.InstanceDirs) -> None:
        self._dirs = dirs

    def tail(self, instance: 'objects.Instance',
             length_bytes: int = MAX_CONSOLE_BYTES) -> bytes:
        """Return the end of an instance's console log.

        :raises exception.ConsoleNotAvailable: if it has never had a console.
        :raises exception.ConsoleLogOutputException: if the log cannot be read.
        """
        path = self._dirs.path(instance.uuid, instancedir.CONSOLE_LOG)
        try:
            return _tail_of_both(path, length_bytes)
        except FileNotFoundError as error:
            raise exception.ConsoleNotAvailable from error
        except OSError as error:
            raise exception.ConsoleLogOutputException(
                instance_id=instance.uuid, reason=error.strerror) from error


def _tail_of_both(path: str, length_bytes: int) -> bytes:
    """Return the end of a log and, if that is too short, of its predecessor."""
    data = _tail(path, length_bytes)
    if len(data) == length_bytes:
        return data
    try:
        return _tail(path + ROTATED_SUFFIX, length_bytes - len(data)) + data
    except FileNotFoundError:
        return data


def _tail(path: str, length_bytes: int) -> bytes:
    with open(path, 'rb') as log:
        size = log.seek(0, os.SEEK_END)
        log.seek(max(0, size - length_bytes))
        return log.read(length_bytes)
