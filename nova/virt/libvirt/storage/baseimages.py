# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Images in the form that disks are made from, fetched once for each host."""

import collections.abc
import contextlib
import dataclasses
import functools
import hashlib
import os
from typing import Any

from oslo_concurrency import lockutils
from oslo_log import log as logging
from oslo_utils import fileutils
from oslo_utils.imageutils import format_inspector

from nova import context as nova_context
from nova import exception
from nova.virt import images
from nova.virt.libvirt.storage import errors
from nova.virt.libvirt.storage import files
from nova.virt.libvirt.storage import qemuimg

LOG = logging.getLogger(__name__)

LOCK_PREFIX = 'nova-'
DOWNLOAD_SUFFIX = '.download' + files.PART_SUFFIX
QCOW2_SUFFIX = '.qcow2'


@dataclasses.dataclass(frozen=True)
class BaseImageSettings:
    #: Folder of the base images.
    directory: str
    #: Folder of the locks, shared by all services that share the images.
    lock_path: str
    #: Keep raw bases only; else qcow2 images stay as they are.
    force_raw: bool = True
    limits: qemuimg.Limits = qemuimg.Limits()


@dataclasses.dataclass(frozen=True)
class BaseImage:
    path: str
    #: ``raw`` or ``qcow2``, known from the name and never from the content.
    format: str
    #: Size of the disk that it holds, in bytes.
    size_bytes: int


@functools.lru_cache
def cache_key(image_id: str) -> str:
    """Return the name of an image's base."""
    return hashlib.sha1(image_id.encode(), usedforsecurity=False).hexdigest()


class BaseImages:
    """The base images of this host."""

    def __init__(self, settings: BaseImageSettings) -> None:
        self._settings = settings

    @property
    def directory(self) -> str:
        """The folder that the base images are in."""
        return self._settings.directory

    @contextlib.contextmanager
    def held(self, context: nova_context.RequestContext, image_id: str,
             size_limit_bytes: int | None = None, raw: bool = False,
             ) -> collections.abc.Iterator[BaseImage]:
        """Give the base of an image, fetched if need be, and keep it for a while.

        Nobody removes it within the block, even on other hosts that share the
        folder.  After a failure there is no base, or the whole of it.

        :param size_limit_bytes: the disk that will be made of it.
        :param raw: ask for a raw base.
        :raises exception.FlavorDiskSmallerThanImage: if it does not fit the limit.
        :raises exception.ImageUnacceptable: if the image cannot be trusted.
        :raises exception.ImageNotFound: if there is no such image.
        :raises exception.InstanceDeployFailure: if it cannot be stored.
        """
        raw = raw or self._settings.force_raw
        with self.locked(cache_key(image_id)):
            base = self._cached(image_id, raw)
            if base is None:
                self._fetch(context, image_id, size_limit_bytes, raw)
                base = self._cached(image_id, raw)
            if base is None:
                raise exception.DiskNotFound(location=self._path(image_id, raw))
            _check_size(base.size_bytes, size_limit_bytes)
            # Its age is the time since it was last used.
            os.utime(base.path)
            yield base

    @contextlib.contextmanager
    def made(self, name: str, make: collections.abc.Callable[[str], None],
             ) -> collections.abc.Iterator[BaseImage]:
        """Give a raw base that no image holds, made if need be, and keep it.

        :param make: writes it to a path.
        :raises exception.InstanceDeployFailure: if it cannot be made.
        """
        path = os.path.join(self._settings.directory, name)
        with self.locked(name):
            if not os.path.exists(path):
                with errors.deploying(name):
                    self._ensure_directory()
                    with files.appearing(path) as part:
                        make(part)
            os.utime(path)
            yield BaseImage(path, 'raw', os.path.getsize(path))

    @contextlib.contextmanager
    def locked(self, key: str, blocking: bool = True,
               ) -> collections.abc.Iterator[None]:
        """Keep others from fetching, using or removing a base.

        :raises lockutils.AcquireLockFailedException: if it may not block and
            somebody else has the lock.
        """
        with lockutils.lock(key, lock_file_prefix=LOCK_PREFIX, external=True,
                            lock_path=self._settings.lock_path,
                            blocking=blocking):
            yield

    def has(self, image_id: str) -> bool:
        """Tell whether an image is here already."""
        return self._cached(image_id, self._settings.force_raw) is not None

    def sweep(self) -> None:
        """Remove what killed services have left half-fetched."""
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(self._settings.directory):
                if name.endswith(files.PART_SUFFIX):
                    self._sweep_part(name)

    def _sweep_part(self, name: str) -> None:
        """Remove a partial file, unless somebody is writing it."""
        key = name.partition('.')[0]
        path = os.path.join(self._settings.directory, name)
        with contextlib.suppress(lockutils.AcquireLockFailedException), \
                self.locked(key, blocking=False):
            LOG.info('Removing %s, left by a service that was killed', path)
            fileutils.delete_if_exists(path)

    def _ensure_directory(self) -> None:
        os.makedirs(self._settings.directory, exist_ok=True)

    def _path(self, image_id: str, raw: bool) -> str:
        name = cache_key(image_id) + ('' if raw else QCOW2_SUFFIX)
        return os.path.join(self._settings.directory, name)

    def _cached(self, image_id: str, raw: bool) -> BaseImage | None:
        path = self._path(image_id, raw=True)
        if os.path.exists(path):
            return BaseImage(path, 'raw', os.path.getsize(path))
        path = self._path(image_id, raw=False)
        if raw or not os.path.exists(path):
            return None
        return BaseImage(path, 'qcow2', _disk_size('qcow2', path))

    def _fetch(self, context: nova_context.RequestContext, image_id: str,
               size_limit_bytes: int | None, raw: bool) -> None:
        image = images.get_info(context, image_id)
        download = self._path(image_id, raw=True) + DOWNLOAD_SUFFIX
        LOG.info('Fetching image %s', image_id)
        with errors.deploying(f'image {image_id}'), \
                files.temporary(download):
            self._ensure_directory()
            images.fetch(context, image_id, download)
            self._keep(image, image_id, download, size_limit_bytes, raw)

    def _keep(self, image: dict[str, Any], image_id: str, download: str,
              size_limit_bytes: int | None, raw: bool) -> None:
        """Make a base of a downloaded image, once it is known to be harmless."""
        image_format = images.do_image_deep_inspection(image, image_id, download)
        image_format = qemuimg.QEMU_NAMES.get(image_format, image_format)
        size_bytes = _disk_size(image_format, download)
        _check_size(size_bytes, size_limit_bytes)
        keep_qcow2 = image_format == 'qcow2' and not raw
        with files.appearing(self._path(image_id, not keep_qcow2)) as part:
            if image_format == 'raw' or keep_qcow2:
                os.rename(download, part)
                return
            qemuimg.convert_to_raw(download, image_format, part, size_bytes,
                                   self._settings.limits)


def _disk_size(qemu_format: str, path: str) -> int:
    if qemu_format == 'raw':
        return os.path.getsize(path)
    name = 'vhd' if qemu_format == 'vpc' else qemu_format
    inspector = format_inspector.get_inspector(name)
    if inspector is None:
        raise exception.InvalidDiskFormat(disk_format=name)
    return int(inspector.from_file(path).virtual_size)


def _check_size(size_bytes: int, limit_bytes: int | None) -> None:
    if limit_bytes is not None and size_bytes > limit_bytes:
        raise exception.FlavorDiskSmallerThanImage(
            flavor_size=limit_bytes, image_size=size_bytes)


