# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Whole files, copied and put in place without anybody seeing half of one."""

import collections.abc
import contextlib
import errno
import os

from oslo_utils import fileutils

from nova import utils

PART_SUFFIX = '.part'

#: Copied at once; other greenlets run in between.
COPY_CHUNK_BYTES = 32 << 20

#: Errors that say that two file systems do not copy between each other.
_NO_OFFLOAD = (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)


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


def copy_sparse(source: str, target: str) -> None:
    """Copy a file and keep its holes; where it can, the blocks are shared."""
    with open(source, 'rb') as reader, open(target, 'wb') as writer:
        size = os.fstat(reader.fileno()).st_size
        for start, end in _extents(reader.fileno(), size):
            _copy_range(reader.fileno(), writer.fileno(), start, end)
        os.ftruncate(writer.fileno(), size)


def _extents(fd: int, size: int) -> collections.abc.Iterator[tuple[int, int]]:
    """Yield start and end of each piece of a file that holds data."""
    end = 0
    while end < size:
        try:
            start = os.lseek(fd, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return
            raise
        end = os.lseek(fd, start, os.SEEK_HOLE)
        yield start, end


def _copy_range(source: int, target: int, start: int, end: int) -> None:
    position = start
    while position < end:
        count = min(COPY_CHUNK_BYTES, end - position)
        copied = _copy_chunk(source, target, position, count)
        if copied == 0:
            raise OSError(errno.EIO, 'file became shorter while it was copied')
        position += copied
        utils.cooperative_yield()


def _copy_chunk(source: int, target: int, position: int, count: int) -> int:
    try:
        return os.copy_file_range(source, target, count, position, position)
    except OSError as error:
        if error.errno not in _NO_OFFLOAD:
            raise
    data = os.pread(source, count, position)
    written = 0
    while written < len(data):
        written += os.pwrite(target, data[written:], position + written)
    return written
