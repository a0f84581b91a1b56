# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Copies of large files that keep their holes and are whole or not there."""

from collections.abc import Iterator
import errno
import os

_CHUNK = 8 * 1024 * 1024

# Where the kernel cannot copy between these files by itself.
_CANNOT = frozenset((errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP,
                     errno.EPERM, errno.EBADF, errno.ETXTBSY))


class SourceChanged(Exception):
    """The file was written to while it was being copied."""


class FileCopy:
    """One copy; an object, so that it can be handed to a native thread.

    :param source: an open descriptor to read from.
    :param path: the file to write.
    """

    def __init__(self, source: int, path: str) -> None:
        self._source = source
        self._path = path

    def run(self) -> None:
        """Copy, and flush to disk.

        After a failure there is no file at the path.

        :raises OSError: if reading or writing fails.
        :raises SourceChanged: if the source changed meanwhile.
        """
        target = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC
                         | os.O_CLOEXEC, 0o666)
        try:
            self._copy(target)
        except BaseException:
            os.close(target)
            os.unlink(self._path)
            raise
        os.close(target)

    def _copy(self, target: int) -> None:
        before = os.fstat(self._source)
        for start, end in _extents(self._source, before.st_size):
            _copy_range(self._source, target, start, end)
        os.ftruncate(target, before.st_size)
        os.fsync(target)
        after = os.fstat(self._source)
        if (before.st_size, before.st_mtime_ns) != (
                after.st_size, after.st_mtime_ns):
            raise SourceChanged


def chunks(source: int) -> Iterator[bytes]:
    """Yield the content of an open descriptor from its beginning."""
    offset = 0
    while data := os.pread(source, 64 * 1024, offset):
        offset += len(data)
        yield data


def _extents(source: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each part that holds data."""
    offset = 0
    while offset < size:
        try:
            start = os.lseek(source, offset, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole is left
                return
            raise
        offset = min(os.lseek(source, start, os.SEEK_HOLE), size)
        yield start, offset


def _copy_range(source: int, target: int, start: int, end: int) -> None:
    offset = start
    while offset < end:
        copied = _copy_some(source, target, offset, min(end - offset, _CHUNK))
        if copied == 0:
            raise SourceChanged  # it was cut off
        offset += copied


def _copy_some(source: int, target: int, offset: int, count: int) -> int:
    try:
        return os.copy_file_range(source, target, count, offset, offset)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
    data = os.pread(source, count, offset)
    view = memoryview(data)
    while view:
        view = view[os.pwrite(target, view, offset + len(data) - len(view)):]
    return len(data)
