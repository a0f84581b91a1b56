# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How the local disks of instances are made and removed."""

import abc
import dataclasses
import os
from typing import ClassVar

from oslo_utils import fileutils

from nova import exception
from nova.i18n import _
from nova.virt.libvirt.storage import baseimages
from nova.virt.libvirt.storage import errors
from nova.virt.libvirt.storage import files
from nova.virt.libvirt.storage import programs
from nova.virt.libvirt.storage import qemuimg

#: Nobody but the user that QEMU runs as, which libvirt makes the owner.
DISK_MODE = 0o600


@dataclasses.dataclass(frozen=True)
class ImageBackendSettings:
    #: ``default``, ``raw``, ``flat`` or ``qcow2``.
    images_type: str = 'default'
    #: What ``default`` means: qcow2 overlays, else raw copies.
    use_cow_images: bool = True
    #: Reserve the room of disks when they are made.
    preallocate: bool = False
    limits: qemuimg.Limits = qemuimg.Limits()


class Image(abc.ABC):
    """One local disk.

    :param path: its file.
    """

    driver_format: ClassVar[str]
    #: Whether only a raw base will do.
    needs_raw_base: ClassVar[bool] = False

    def __init__(self, path: str, settings: ImageBackendSettings) -> None:
        self.path = path
        self._settings = settings

    def exists(self) -> bool:
        """Tell whether the disk has been made."""
        return os.path.exists(self.path)

    def create_image(self, base: baseimages.BaseImage,
                     size_bytes: int | None) -> None:
        """Make the disk from a base; after a failure there is no disk.

        :param size_bytes: None takes the size of the base.
        :raises exception.FlavorDiskSmallerThanImage: if the base does not fit.
        :raises exception.InstanceDeployFailure: if it cannot be made.
        """
        self._verify_base_size(base, size_bytes)
        with errors.deploying(os.path.basename(self.path)), \
                files.appearing(self.path, DISK_MODE) as part:
            self._create_from(base, size_bytes, part)
            self._preallocate(part, size_bytes or base.size_bytes)

    def create_blank(self, size_bytes: int) -> None:
        """Make an empty disk; after a failure there is no disk.

        :raises exception.InstanceDeployFailure: if it cannot be made.
        """
        with errors.deploying(os.path.basename(self.path)), \
                files.appearing(self.path, DISK_MODE) as part:
            qemuimg.create_blank(part, self.driver_format, size_bytes,
                                 self._settings.limits)
            self._preallocate(part, size_bytes)

    def remove(self) -> None:
        """Remove the disk if it is there."""
        fileutils.delete_if_exists(self.path)

    @abc.abstractmethod
    def _create_from(self, base: baseimages.BaseImage, size_bytes: int | None,
                     path: str) -> None:
        """Make a disk at a path."""

    def _verify_base_size(self, base: baseimages.BaseImage,
                          size_bytes: int | None) -> None:
        if size_bytes is not None and base.size_bytes > size_bytes:
            raise exception.FlavorDiskSmallerThanImage(
                flavor_size=size_bytes, image_size=base.size_bytes)

    def _preallocate(self, path: str, size_bytes: int) -> None:
        if not self._settings.preallocate:
            return
        # The size that the file shows stays: a qcow2 file is not as long as its
        # disk.
        programs.run('fallocate', '-n', '-l', str(size_bytes), path)


class Qcow2(Image):
    """An overlay that holds what the instance has written."""

    driver_format = 'qcow2'

    def _create_from(self, base: baseimages.BaseImage, size_bytes: int | None,
                     path: str) -> None:
        qemuimg.create_overlay(path, base.path, base.format, size_bytes,
                               self._settings.limits)


class Flat(Image):
    """A raw copy of its base."""

    driver_format = 'raw'
    needs_raw_base = True

    def _create_from(self, base: baseimages.BaseImage, size_bytes: int | None,
                     path: str) -> None:
        files.copy(base.path, path)
        os.truncate(path, size_bytes or base.size_bytes)


class Backend:
    """The kinds of disks, and which one this host makes."""

    BACKENDS: ClassVar[dict[str, type[Image]]] = {
        'raw': Flat, 'flat': Flat, 'qcow2': Qcow2}

    def __init__(self, settings: ImageBackendSettings) -> None:
        self._settings = settings

    def backend(self, image_type: str | None = None) -> type[Image]:
        """Return the class of disks of a type.

        :raises exception.UnsupportedImageModel: for a type that there is not.
        """
        image_type = image_type or self._settings.images_type
        if image_type == 'default':
            image_type = 'qcow2' if self._settings.use_cow_images else 'flat'
        try:
            return self.BACKENDS[image_type]
        except KeyError:
            raise exception.UnsupportedImageModel(
                image=_('[libvirt] images_type %s') % image_type) from None

    def by_path(self, path: str, image_type: str | None = None) -> Image:
        """Return the disk at a path, which need not have been made.

        :param image_type: the type that it was made in; None is the configured.
        """
        return self.backend(image_type)(path, self._settings)
