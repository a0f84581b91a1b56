# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The folder that holds everything of one instance."""

import contextlib
import functools
import json
import os
import shutil

from oslo_utils import uuidutils

from nova import exception
from nova.i18n import _
from nova.virt.libvirt.storage import files
from nova.virt.libvirt.storage import qcow2
from nova.virt.libvirt.storage import remembered

#: Users other than the owner may reach what they know the name of: QEMU does not
#: run as us.
DIRECTORY_MODE = 0o711

CONSOLE_LOG = 'console.log'
DISK_INFO = 'disk.info'
REMOVED_SUFFIX = '_del'


class InstanceDirs:
    """The folders of all instances of this host.

    :param instances_path: the folder that they are in.
    """

    def __init__(self, instances_path: str) -> None:
        self.instances_path = instances_path
        self._formats = remembered.Remembered(_read_formats)
        self._sizes = remembered.Remembered(_disk_size_bytes)

    def ensure_root(self) -> None:
        """Make the folder of folders.

        :raises exception.InvalidLocalStorage: if it cannot be made or written to.
        """
        try:
            os.makedirs(self.instances_path, exist_ok=True)
        except OSError as error:
            raise exception.InvalidLocalStorage(
                path=self.instances_path, reason=error.strerror) from error
        if not os.access(self.instances_path, os.W_OK | os.X_OK):
            raise exception.InvalidLocalStorage(
                path=self.instances_path, reason=_('it cannot be written to'))

    def path(self, uuid: str, name: str = '') -> str:
        """Return the path of an instance's folder, or of a file in it.

        :raises exception.InvalidUUID: if the UUID is none.
        """
        if not _is_uuid(uuid):
            raise exception.InvalidUUID(uuid=uuid)
        return os.path.join(self.instances_path, uuid, name).rstrip('/')

    def exists(self, uuid: str) -> bool:
        """Tell whether an instance has a folder."""
        return os.path.isdir(self.path(uuid))

    def create(self, uuid: str) -> bool:
        """Make an instance's folder; False if it was there already."""
        try:
            os.mkdir(self.path(uuid))
        except FileExistsError:
            return False
        # Whatever the umask.
        os.chmod(self.path(uuid), DIRECTORY_MODE)
        return True

    def remove(self, uuid: str) -> None:
        """Remove an instance's folder and everything in it, if it is there.

        It is renamed first, so that no half-removed folder is taken for a whole
        one.  After a failure it can be called again.

        :raises OSError: if something cannot be removed.
        """
        path = self.path(uuid)
        doomed = path + REMOVED_SUFFIX
        _remove_tree(doomed)
        try:
            os.rename(path, doomed)
        except FileNotFoundError:
            return
        _remove_tree(doomed)

    def is_gone(self, uuid: str) -> bool:
        """Tell whether nothing of an instance's folder is left."""
        path = self.path(uuid)
        return not os.path.lexists(path) and not os.path.lexists(
            path + REMOVED_SUFFIX)

    def disk_formats(self, uuid: str) -> dict[str, str]:
        """Return the formats that disks were made in, by their paths.

        :raises exception.InvalidDiskInfo: if the record is damaged.
        """
        try:
            return _read_formats(self.path(uuid, DISK_INFO))
        except FileNotFoundError:
            return {}

    def record_format(self, uuid: str, disk_path: str, disk_format: str) -> None:
        """Remember the format of a disk.

        What a guest writes can make a raw disk look like any format, so formats
        are never found out by looking.
        """
        formats = self.disk_formats(uuid)
        formats[disk_path] = disk_format
        with files.appearing(self.path(uuid, DISK_INFO)) as part, \
                open(part, 'w', encoding='utf-8') as record:
            record.write(json.dumps(formats))

    def backing_files(self) -> set[str]:
        """Return the files that overlays in any instance's folder read from.

        :raises exception.InvalidDiskInfo: if a record of formats is damaged.
        """
        heads = [_head(path) for path, disk_format in self._all_disks()
                 if disk_format == 'qcow2']
        return {head.backing_file for head in heads if head and head.backing_file}

    def promised_bytes(self) -> int:
        """Return what all disks may still grow by.

        Each file is looked at, and read only where it was changed since.
        """
        with self._sizes.round():
            return sum(self._growth(*disk) for disk in self._all_disks())

    def _growth(self, path: str, disk_format: str) -> int:
        """Return the bytes that a disk may still take, 0 if it is gone."""
        with contextlib.suppress(FileNotFoundError):
            stat = os.stat(path)
            size_bytes = stat.st_size
            if disk_format == 'qcow2':
                size_bytes = self._sizes.get(path, stat)
            return max(0, size_bytes - stat.st_blocks * 512)
        return 0

    def _all_disks(self) -> list[tuple[str, str]]:
        """Return path and format of every disk of every instance."""
        found: list[tuple[str, str]] = []
        with self._formats.round():
            for name in os.listdir(self.instances_path):
                path = f'{self.instances_path}/{name}/{DISK_INFO}'
                if not (path in self._formats or _is_uuid(name)):
                    continue
                # An instance may go at any time.
                with contextlib.suppress(FileNotFoundError):
                    found += self._formats.get(path, os.stat(path)).items()
        return found


@functools.lru_cache
def _is_uuid(text: str) -> bool:
    return bool(uuidutils.is_uuid_like(text))


def _read_formats(path: str) -> dict[str, str]:
    try:
        with open(path, encoding='utf-8') as record:
            formats = json.load(record)
    except ValueError as error:
        raise exception.InvalidDiskInfo(reason=str(error)) from error
    if not isinstance(formats, dict):
        raise exception.InvalidDiskInfo(reason=_('it holds no mapping'))
    return formats


def _head(path: str) -> qcow2.Head | None:
    # A disk may go at any time with its instance.
    with contextlib.suppress(FileNotFoundError):
        return qcow2.read_head(path)
    return None


def _disk_size_bytes(path: str) -> int:
    head = qcow2.read_head(path)
    return head.size_bytes if head else 0


def _remove_tree(path: str) -> None:
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        if os.path.lexists(path):
            raise
