# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Files that only their owner may read, replaced as a whole or not at all."""

import os
import tempfile


def replace(path: str, text: str) -> None:
    """Write a file of mode 0600 in place of what is there.

    A symbolic link is followed, so that the file it points at is replaced.
    After a failure the old file is as it was, and nothing else is left.

    :raises OSError: if the folder cannot be made or written to.
    """
    path = os.path.realpath(path)
    temporary = _write_beside(path, text)
    try:
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise
    _sync_folder(os.path.dirname(path))


def create(path: str, text: str) -> bool:
    """Write a file of mode 0600 unless there is one; never a half-written one.

    :returns: False if there was one, which is left alone.
    :raises OSError: if the folder cannot be made or written to.
    """
    temporary = _write_beside(path, text)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        os.unlink(temporary)
    _sync_folder(os.path.dirname(path))
    return True


def _write_beside(path: str, text: str) -> str:
    folder = os.path.dirname(path) or os.curdir
    os.makedirs(folder, exist_ok=True)
    # mkstemp makes the file with mode 0600 before there is anything in it.
    descriptor, temporary = tempfile.mkstemp(
        dir=folder, prefix=f'.{os.path.basename(path)}.')
    try:
        with os.fdopen(descriptor, 'w', encoding='utf-8') as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder or os.curdir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
