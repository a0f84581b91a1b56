# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""All local files of an instance: its disks, its kernel, its folder."""

import collections.abc
import functools
import os
from typing import TYPE_CHECKING, Any

from oslo_log import log as logging
from oslo_utils import units

from nova import context as nova_context
from nova import exception
from nova.i18n import _
from nova.virt import images
from nova.virt.libvirt import configdisk
from nova.virt.libvirt import imagebackend
from nova.virt.libvirt.storage import baseimages
from nova.virt.libvirt.storage import errors
from nova.virt.libvirt.storage import files
from nova.virt.libvirt.storage import instancedir
from nova.virt.libvirt.storage import programs

if TYPE_CHECKING:
    from nova import objects

LOG = logging.getLogger(__name__)

DiskInfo = collections.abc.Mapping[str, Any]
BlockDeviceInfo = collections.abc.Mapping[str, Any]


class InstanceDisks:
    """Makes and removes the files of instances."""

    def __init__(self, dirs: instancedir.InstanceDirs, bases: baseimages.BaseImages,
                 backend: imagebackend.Backend) -> None:
        self._dirs = dirs
        self._config_disks = configdisk.ConfigDisks(dirs)
        self._bases = bases
        self._backend = backend

    def create(self, context: nova_context.RequestContext,
               instance: 'objects.Instance', disk_info: DiskInfo,
               block_device_info: BlockDeviceInfo | None = None,
               injected: configdisk.Injected = configdisk.NOTHING) -> None:
        """Make the folder of an instance and everything in it that is missing.

        What is there already is kept.  After a failure nothing is left of what
        this call has made.

        :raises exception.NovaException: if something cannot be made.
        """
        with errors.deploying(self._dirs.path(instance.uuid)):
            is_new = self._dirs.create(instance.uuid)
        try:
            self._create_boot_files(context, instance)
            self._create_disks(context, instance, disk_info, block_device_info)
            self._config_disks.create(instance, disk_info, injected)
        except BaseException:
            if is_new:
                self._try_remove(instance)
            raise

    def create_config_drive(self, instance: 'objects.Instance', disk_info: DiskInfo,
                            injected: configdisk.Injected) -> None:
        """Make the config drive of an instance if it has to have one and it is gone.

        :raises exception.InstanceDeployFailure: if it cannot be made.
        """
        self._config_disks.create(instance, disk_info, injected)

    def remove(self, instance: 'objects.Instance') -> bool:
        """Remove all files of an instance; True when none is left.

        After a failure, which is logged, it can be called again.
        """
        self._try_remove(instance)
        return self._dirs.is_gone(instance.uuid)

    def exist(self, instance: 'objects.Instance') -> bool:
        """Tell whether an instance has files here."""
        return self._dirs.exists(instance.uuid)

    def formats(self, instance: 'objects.Instance') -> dict[str, str]:
        """Return the formats that disks were made in, by their paths."""
        return self._dirs.disk_formats(instance.uuid)

    def _try_remove(self, instance: 'objects.Instance') -> None:
        try:
            self._dirs.remove(instance.uuid)
        except OSError as error:
            LOG.error('Could not remove %s: %s', self._dirs.path(instance.uuid),
                      error, instance=instance)

    def _create_boot_files(self, context: nova_context.RequestContext,
                           instance: 'objects.Instance') -> None:
        """Fetch the kernel and the RAM disk of a guest that boots from them."""
        if not instance.kernel_id:
            return
        self._fetch_file(context, instance, 'kernel', instance.kernel_id)
        if instance.ramdisk_id:
            self._fetch_file(context, instance, 'ramdisk', instance.ramdisk_id)

    def _fetch_file(self, context: nova_context.RequestContext,
                    instance: 'objects.Instance', name: str, image_id: str) -> None:
        path = self._dirs.path(instance.uuid, name)
        if os.path.exists(path):
            return
        with errors.deploying(f'{name} {image_id}'), \
                files.appearing(path, imagebackend.DISK_MODE) as part:
            images.fetch(context, image_id, part)

    def _create_disks(self, context: nova_context.RequestContext,
                      instance: 'objects.Instance', disk_info: DiskInfo,
                      block_device_info: BlockDeviceInfo | None) -> None:
        for name in disk_info['mapping']:
            if name == 'disk':
                self._create_root(context, instance)
            elif name == 'disk.swap':
                size = _swap_bytes(instance, block_device_info)
                self._create_made(instance, name, f'swap_{size // units.Mi}',
                                  size, _make_swap)
            elif name == 'disk.local' or name.startswith('disk.eph'):
                size = _ephemeral_bytes(instance, name, block_device_info)
                self._create_made(instance, name, f'ephemeral_{size // units.Gi}',
                                  size, _make_file_system)
            elif name.startswith('disk.') and not configdisk.is_config_drive(name):
                raise exception.InstanceDeployFailure(
                    reason=_('there is no way to make %s') % name)

    def _create_root(self, context: nova_context.RequestContext,
                     instance: 'objects.Instance') -> None:
        disk = self._disk(instance, 'disk')
        if disk.exists():
            return
        size = instance.flavor.root_gb * units.Gi or None
        with self._bases.held(context, instance.image_ref, size,
                              raw=disk.needs_raw_base) as base:
            self._record(instance, disk)
            disk.create_image(base, size)

    def _create_made(self, instance: 'objects.Instance', name: str, base_name: str,
                     size_bytes: int,
                     make: collections.abc.Callable[[int, str], None]) -> None:
        disk = self._disk(instance, name)
        if disk.exists():
            return
        with self._bases.made(
                base_name, functools.partial(make, size_bytes)) as base:
            self._record(instance, disk)
            disk.create_image(base, size_bytes)

    def _disk(self, instance: 'objects.Instance', name: str) -> imagebackend.Image:
        path = self._dirs.path(instance.uuid, name)
        return self._backend.by_path(path, self.formats(instance).get(path))

    def _record(self, instance: 'objects.Instance',
                disk: imagebackend.Image) -> None:
        with errors.deploying(instancedir.DISK_INFO):
            self._dirs.record_format(instance.uuid, disk.path, disk.driver_format)


def _swap_bytes(instance: 'objects.Instance',
                block_device_info: BlockDeviceInfo | None) -> int:
    swap = (block_device_info or {}).get('swap') or {}
    return int(swap.get('swap_size') or instance.flavor.swap) * units.Mi


def _ephemeral_bytes(instance: 'objects.Instance', name: str,
                     block_device_info: BlockDeviceInfo | None) -> int:
    if name == 'disk.local':
        return int(instance.flavor.ephemeral_gb) * units.Gi
    ephemerals = (block_device_info or {})['ephemerals']
    return int(ephemerals[int(name.removeprefix('disk.eph'))]['size']) * units.Gi


def _make_swap(size_bytes: int, path: str) -> None:
    _make_sparse(size_bytes, path)
    programs.run('mkswap', path)


def _make_file_system(size_bytes: int, path: str) -> None:
    _make_sparse(size_bytes, path)
    programs.run('mkfs.ext4', '-q', '-F', '-L', 'ephemeral0', path)


def _make_sparse(size_bytes: int, path: str) -> None:
    with open(path, 'wb') as file:
        file.truncate(size_bytes)
