# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The disks of the guest."""

from collections.abc import Iterator, Mapping
import itertools
from typing import Any

from nova.objects import fields
from nova.virt.libvirt import blockinfo
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import usertext
from nova.virt.libvirt.designer import images
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings
from nova.virt.libvirt.volume import drivers
from nova.virt.libvirt.volume import volume as volume_driver

Device = vconfig.LibvirtConfigGuestDevice
Disk = vconfig.LibvirtConfigGuestDisk

#: Cache modes that QEMU has; what else is configured is ignored.
_CACHE_MODES = ('default', 'none', 'writethrough', 'writeback', 'directsync',
                'unsafe')
#: Those under which QEMU may bypass the host's page cache.
_DIRECT_MODES = ('none', 'directsync')

_IOTUNE = ('disk_read_bytes_sec', 'disk_read_iops_sec', 'disk_write_bytes_sec',
           'disk_write_iops_sec', 'disk_total_bytes_sec', 'disk_total_iops_sec')

_RESCUE = 'disk.rescue'


def describe_storage(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                     host_facts: HostFacts, settings: Settings) -> None:
    """Add the disks, and the SCSI controller that they ask for.

    :raises nova.exception.VolumeDriverNotFound: for a volume of unknown kind.
    """
    for device in get_guest_storage_config(inputs, host_facts, settings):
        guest.add_device(device)


def get_guest_storage_config(inputs: GuestInputs, host_facts: HostFacts,
                             settings: Settings) -> list[Device]:
    """Return the devices that store what the guest keeps."""
    if settings.virt_type == 'lxc':
        return [_root_folder(inputs, settings)]
    attached = [get_volume_config(volume, info, inputs, settings)
                for volume, info in volumes(inputs)]
    if _is_container(inputs, settings):
        return [_root_file(inputs, settings), *attached]
    names = local_disks(inputs)
    local = [get_guest_disk_config(name, inputs, host_facts, settings)
             for name in names]
    _give_scsi_units(local, attached, inputs)
    # The disk of a rescue is plugged in behind all others.
    last = local.pop() if names and names[-1] == _RESCUE else None
    return [*local, *attached, *([last] if last else []),
            *_scsi_controller(inputs, settings)]


def _is_container(inputs: GuestInputs, settings: Settings) -> bool:
    return (settings.virt_type == 'parallels'
            and inputs.instance.vm_mode == fields.VMMode.EXE)


def _root_folder(inputs: GuestInputs,
                 settings: Settings) -> vconfig.LibvirtConfigGuestFilesys:
    root = vconfig.LibvirtConfigGuestFilesys()
    root.source_type = 'mount'
    root.source_dir = f'{machines.instance_dir(inputs, settings)}/rootfs'
    return root


def _root_file(inputs: GuestInputs,
               settings: Settings) -> vconfig.LibvirtConfigGuestFilesys:
    images.refuse_unencrypted(settings)
    image = Disk()
    images.describe_file(image, 'disk', inputs, settings)
    root = vconfig.LibvirtConfigGuestFilesys()
    root.source_type = 'file'
    root.source_file = image.source_path
    root.driver_type = 'ploop'
    root.driver_format = image.driver_format
    return root


def local_disks(inputs: GuestInputs) -> list[str]:
    """Return the names of local disks in the order of the devices."""
    mapping = inputs.disk_info['mapping']
    if _is_legacy_rescue(inputs):
        order = [_RESCUE, 'disk', 'disk.config.rescue']
    else:
        ephemerals = itertools.takewhile(
            mapping.__contains__, map(blockinfo.get_eph_disk, itertools.count()))
        order = ['disk', 'disk.local', *ephemerals, 'disk.swap', 'disk.config',
                 _RESCUE]
    return [name for name in order if name in mapping]


def _is_legacy_rescue(inputs: GuestInputs) -> bool:
    return inputs.rescue is not None and not blockinfo.is_stable_rescue(
        inputs.rescue.image_meta)


def volumes(inputs: GuestInputs) -> list[tuple[Any, dict[str, Any]]]:
    """Return each volume of the guest with its device."""
    if _is_legacy_rescue(inputs):
        return []
    return blockinfo.pair_volumes(inputs.block_device_info, inputs.disk_info)


def get_volume_config(volume: Mapping[str, Any], info: Mapping[str, Any],
                      inputs: GuestInputs, settings: Settings) -> Disk:
    """Return the disk of a volume that is connected.

    :raises nova.exception.VolumeDriverNotFound: for a volume of unknown kind.
    :raises nova.exception.InvalidVolumeAccessMode: for a mode other than ro or rw.
    """
    connection = volume['connection_info']
    driver = drivers.get_volume_driver(connection, settings.volume)
    disk = driver.get_config(connection, info)
    secret = inputs.found.volume_secrets.get(
        volume_driver.get_volume_id(connection) or '')
    if secret:
        disk.volume_encryption = _decryption(secret)
    _set_cache_mode(disk, settings)
    return disk


def _decryption(secret_uuid: str,
                kind: str = 'luks') -> vconfig.LibvirtConfigGuestDiskEncryption:
    secret = vconfig.LibvirtConfigGuestDiskEncryptionSecret()
    secret.type = 'passphrase'
    secret.uuid = secret_uuid
    encryption = vconfig.LibvirtConfigGuestDiskEncryption()
    encryption.format = kind
    encryption.secret = secret
    return encryption


def get_guest_disk_config(name: str, inputs: GuestInputs, host_facts: HostFacts,
                          settings: Settings) -> Disk:
    """Return the device of one local disk, such as disk.swap.

    :raises nova.exception.UnsupportedImageModel: for a kind of disk that is not
        known.
    """
    info = inputs.disk_info['mapping'][name]
    disk = Disk()
    disk.source_device = info['type']
    disk.target_dev = info['dev']
    disk.target_bus = info['bus']
    disk.driver_name = _driver_name(settings)
    is_preallocated = images.describe_image(disk, name, inputs, settings)
    disk.driver_cache = 'none' if host_facts.supports_direct_io else 'writeback'
    disk.driver_discard = settings.disk.discard
    disk.driver_io = 'native' if is_preallocated else None
    _set_cache_mode(disk, settings)
    if name == _RESCUE and not _is_legacy_rescue(inputs):
        disk.boot_order = '1'
    _limit_io(disk, inputs)
    return disk


def _driver_name(settings: Settings) -> str | None:
    return 'qemu' if settings.virt_type in machines.FULLY_VIRTUAL else None


def _set_cache_mode(disk: Disk, settings: Settings) -> None:
    """Cache as is configured for disks of this kind."""
    if disk.shareable:
        # Another guest would not see what is in this one's cache.
        disk.driver_cache = 'none'
        return
    configured = _cache_modes(settings)
    if disk.source_type in configured:
        disk.driver_cache = configured[disk.source_type]
    if disk.driver_io == 'native' and disk.driver_cache not in _DIRECT_MODES:
        # QEMU refuses native I/O through the host's page cache.
        disk.driver_io = 'threads'


def _cache_modes(settings: Settings) -> dict[str, str]:
    """Return the mode of each kind of disk; the last entry of a kind holds."""
    entries = (entry.partition('=') for entry in settings.disk.cachemodes)
    return {kind: mode for kind, _equals, mode in entries if mode in _CACHE_MODES}


def _limit_io(disk: Disk, inputs: GuestInputs) -> None:
    specs = inputs.flavor.extra_specs
    for name in _IOTUNE:
        key = f'quota:{name}'
        if key in specs:
            setattr(disk, name, usertext.whole_number(key, specs[key]))


def _give_scsi_units(local: list[Disk], attached: list[Disk],
                     inputs: GuestInputs) -> None:
    """Place SCSI disks on the one controller, in the order of the devices.

    Left to itself libvirt would add a controller for every seven disks.  The
    volume that the guest boots from is the first, wherever it comes.
    """
    if (inputs.image_meta.properties.get('hw_scsi_model')
            != fields.SCSIModel.VIRTIO_SCSI):
        return
    boots_from_volume = 'disk' not in inputs.disk_info['mapping']
    units = itertools.count(1 if boots_from_volume else 0)
    for disk in local[:-1] if _ends_with_rescue(inputs) else local:
        if disk.target_bus == 'scsi':
            _place(disk, next(units))
    for disk, (volume, _info) in zip(attached, volumes(inputs), strict=True):
        # Each volume takes a unit, so that none changes with the buses of others.
        _place(disk, 0 if volume.get('boot_index') == 0 else next(units))
    if _ends_with_rescue(inputs):
        _place(local[-1], next(units))


def _ends_with_rescue(inputs: GuestInputs) -> bool:
    return inputs.rescue is not None and not _is_legacy_rescue(inputs)


def _place(disk: Disk, unit: int) -> None:
    if disk.target_bus != 'scsi':
        return
    disk.device_addr = vconfig.LibvirtConfigGuestDeviceAddressDrive()
    disk.device_addr.controller = 0
    disk.device_addr.unit = unit


def _scsi_controller(inputs: GuestInputs, settings: Settings,
                     ) -> Iterator[vconfig.LibvirtConfigGuestController]:
    model = inputs.image_meta.properties.get('hw_scsi_model')
    if model is None or settings.virt_type not in machines.FULLY_VIRTUAL:
        return
    controller = vconfig.LibvirtConfigGuestController()
    controller.type = 'scsi'
    controller.index = 0
    controller.model = model
    yield controller
