# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Base images that nobody uses any more, and when they go."""

import contextlib
import dataclasses
import os
import time
from typing import Any

from oslo_concurrency import lockutils
from oslo_log import log as logging
from oslo_utils import fileutils

from nova.virt import imagecache
from nova.virt.libvirt.storage import baseimages
from nova.virt.libvirt.storage import files
from nova.virt.libvirt.storage import instancedir

LOG = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class ImageCacheSettings:
    remove_unused: bool = True
    #: Seconds since the last use after which an unused base is removed.
    minimum_age_s: int = 86400


def get_cache_fname(image_id: str) -> str:
    """Return the name of an image's base."""
    return baseimages.cache_key(image_id)


class ImageCacheManager(imagecache.ImageCacheManager):
    """Removes the base images that no instance uses."""

    def __init__(self, bases: baseimages.BaseImages, dirs: instancedir.InstanceDirs,
                 settings: ImageCacheSettings) -> None:
        super().__init__()
        self._bases = bases
        self._dirs = dirs
        self._settings = settings

    @property
    def cache_dir(self) -> str:
        """The folder that the base images are in."""
        return self._bases.directory

    def get_disk_usage(self) -> int:
        """Return the bytes of disk that the base images take."""
        with contextlib.suppress(FileNotFoundError), \
                os.scandir(self.cache_dir) as entries:
            return sum(entry.stat().st_blocks * 512 for entry in entries)
        return 0

    def update(self, context: Any, all_instances: Any) -> None:
        """Remove the bases that no instance has used for a while.

        A base that a disk in the folder of the instances reads from is in use,
        whoever the disk belongs to.

        :param all_instances: instances whose images are about to be used as well.
        """
        if not self._settings.remove_unused:
            return
        wanted = {baseimages.cache_key(instance.image_ref)
                  for instance in all_instances if instance.image_ref}
        for name in self._names():
            self._remove_if_unused(name, wanted)

    def _names(self) -> list[str]:
        with contextlib.suppress(FileNotFoundError):
            return [name for name in os.listdir(self.cache_dir)
                    if not name.endswith(files.PART_SUFFIX)]
        return []

    def _remove_if_unused(self, name: str, wanted: set[str]) -> None:
        key = name.partition('.')[0]
        path = os.path.join(self.cache_dir, name)
        with contextlib.suppress(lockutils.AcquireLockFailedException), \
                self._bases.locked(key, blocking=False):
            # Within the lock: an overlay may have been made a moment ago.
            if key in wanted or path in self._dirs.backing_files():
                _touch(path)
            elif self._is_old(path):
                LOG.info('Removing base image %s, unused for %d s', path,
                         self._settings.minimum_age_s)
                fileutils.delete_if_exists(path)

    def _is_old(self, path: str) -> bool:
        try:
            used_at = os.stat(path).st_mtime
        except FileNotFoundError:
            return False
        return time.time() - used_at >= self._settings.minimum_age_s


def _touch(path: str) -> None:
    """Let the age of a base start now: it is in use."""
    with contextlib.suppress(FileNotFoundError):
        os.utime(path)
