# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Where local disks lie, and in which format."""

from collections.abc import Callable
import dataclasses

from nova import exception
from nova.i18n import _
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import Settings

Disk = vconfig.LibvirtConfigGuestDisk
Describe = Callable[[Disk, str, GuestInputs, Settings], None]


@dataclasses.dataclass(frozen=True)
class _Kind:
    """How images of a type are described."""

    describe: Describe
    #: Whether all of their room is always reserved.
    is_preallocated: bool = False


def describe_image(disk: Disk, name: str, inputs: GuestInputs,
                   settings: Settings) -> bool:
    """Say where one local disk lies; return whether all its room is reserved.

    :raises nova.exception.UnsupportedImageModel: for an images_type that is not
        known.
    :raises nova.exception.InternalError: if it were to be encrypted and cannot be.
    :raises RuntimeError: if it is not configured where its images are.
    """
    refuse_unencrypted(settings)
    images_type = _images_type(name, inputs, settings)
    if images_type not in _KINDS:
        raise exception.UnsupportedImageModel(image=images_type)
    kind = _KINDS[images_type]
    kind.describe(disk, name, inputs, settings)
    return kind.is_preallocated or (
        disk.source_type == 'file' and settings.disk.preallocate_images == 'space')


def refuse_unencrypted(settings: Settings) -> None:
    """Refuse local disks that would not be encrypted as is configured.

    :raises nova.exception.InternalError: if they would not.
    """
    if settings.disk.encrypts_local and settings.disk.images_type != 'lvm':
        raise exception.InternalError(err=_(
            'Only disks in LVM can be encrypted by [ephemeral_storage_encryption], '
            'and images_type is %s') % settings.disk.images_type)


def _images_type(name: str, inputs: GuestInputs, settings: Settings) -> str:
    configured = settings.disk.images_type
    if name.startswith('disk.config'):
        # It is made as a file, and kept where the other disks are only in Ceph.
        in_ceph = configured == 'rbd' and (
            name in inputs.found.rbd_images or name not in inputs.found.local_files)
        return 'rbd' if in_ceph else 'raw'
    if configured == 'default':
        return 'qcow2' if settings.disk.use_cow_images else 'flat'
    return configured


def describe_file(disk: Disk, name: str, inputs: GuestInputs,
                  settings: Settings) -> None:
    """Point to a file in the folder of the instance."""
    disk.source_type = 'file'
    disk.source_path = f'{machines.instance_dir(inputs, settings)}/{name}'
    images_type = _images_type(name, inputs, settings)
    usual = images_type if images_type in ('qcow2', 'ploop') else 'raw'
    # A disk stays in the format it was made in when images_type changes: in a raw
    # one the guest could have written the head of another format.
    disk.driver_format = inputs.allotted.disk_formats.get(disk.source_path, usual)


def _describe_lvm(disk: Disk, name: str, inputs: GuestInputs,
                  settings: Settings) -> None:
    """Point to a logical volume."""
    if not settings.disk.volume_group:
        raise RuntimeError(_('images_type lvm needs images_volume_group'))
    disk.source_type = 'block'
    disk.source_path = (
        f'/dev/{settings.disk.volume_group}/{inputs.instance.uuid}_{name}')
    disk.driver_format = 'raw'


def _describe_rbd(disk: Disk, name: str, inputs: GuestInputs,
                  settings: Settings) -> None:
    """Point to an image in Ceph."""
    options = settings.disk
    if not options.rbd_pool:
        raise RuntimeError(_('images_type rbd needs images_rbd_pool'))
    if options.rbd_user and not options.rbd_secret_uuid:
        raise RuntimeError(_('rbd_user needs rbd_secret_uuid'))
    disk.source_type = 'network'
    # QEMU is the only one that reaches it.
    disk.driver_name = None
    disk.driver_format = 'raw'
    disk.source_protocol = 'rbd'
    disk.source_name = f'{options.rbd_pool}/{inputs.instance.uuid}_{name}'
    disk.source_hosts = [host for host, _port in inputs.found.ceph_monitors]
    disk.source_ports = [port for _host, port in inputs.found.ceph_monitors]
    if options.rbd_user:
        disk.auth_username = options.rbd_user
        disk.auth_secret_type = 'ceph'  # nosec B105
        disk.auth_secret_uuid = options.rbd_secret_uuid


_KINDS = {
    'flat': _Kind(describe_file),
    'raw': _Kind(describe_file),
    'qcow2': _Kind(describe_file),
    'ploop': _Kind(describe_file),
    'lvm': _Kind(_describe_lvm, is_preallocated=True),
    'rbd': _Kind(_describe_rbd),
}
