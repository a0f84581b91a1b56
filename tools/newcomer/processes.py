# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Look at the processes of this machine."""

from collections.abc import Iterator
import contextlib
import pathlib


def command_lines() -> Iterator[tuple[int, list[bytes]]]:
    """Yield each process with the words of its command line."""
    for path in pathlib.Path('/proc').glob('[0-9]*/cmdline'):
        with contextlib.suppress(OSError):  # it ended meanwhile
            yield int(path.parent.name), path.read_bytes().split(b'\0')
