# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Whole files, copied and put in place without anybody seeing half of one."""

import collections.abc
import contextlib
import os

from oslo_utils import fileutils

from nova import utils
from nova.virt.libvirt.storage import programs

PART_SUFFIX = '.part'


@contextlib.contextmanager
def appearing(path: str, mode: int = 0o644) -> collections.abc.Iterator[str]:
    """Give a path to write to, whose file appears as ``path`` when complete.

    What a process that was killed has left at the path is overwritten.  After a
    failure, and after a crash of the host, there is either the whole file or none.
    """
    part = path + PART_SUFFIX
    with temporary(part):
        yield part
        os.chmod(part, mode)
        _flush(part)
        os.rename(part, path)


@contextlib.contextmanager
def temporary(path: str) -> collections.abc.Iterator[None]:
    """See to it that a file exists neither before nor after the block."""
    fileutils.delete_if_exists(path)
    try:
        yield
    finally:
        fileutils.delete_if_exists(path)


def _flush(path: str) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        utils.tpool_wrap(os).fsync(fd)
    finally:
        os.close(fd)


def copy(source: str, target: str) -> None:
    """Copy a file and keep its holes; where the file system can, share the blocks.

    :raises processutils.ProcessExecutionError: if it fails.
    """
    # A program, since there may be hundreds of GiB to copy.
    programs.run('cp', '--reflink=auto', '--sparse=auto', '--', source, target)
