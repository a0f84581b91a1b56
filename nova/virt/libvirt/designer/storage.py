# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The disks of the guest."""

from collections.abc import Iterator
import itertools
from typing import Any

from nova import exception
from nova.objects import fields
from nova.virt.libvirt import blockinfo
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer import images
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

Device = vconfig.LibvirtConfigGuestDevice

#: Cache modes under which QEMU may bypass the host's page cache.
_DIRECT_MODES = ('none', 'directsync')

_IOTUNE = ('disk_read_bytes_sec', 'disk_read_iops_sec', 'disk_write_bytes_sec',
           'disk_write_iops_sec', 'disk_total_bytes_sec', 'disk_total_iops_sec')


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
    if _is_container(inputs, settings):
        return [_root_file(inputs, settings)]
    disks = [get_guest_disk_config(name, inputs, host_facts, settings)
             for name in _local_disks(inputs)]
    for volume, _info in _volumes(inputs):
        raise exception.VolumeDriverNotFound(
            driver_type=volume['connection_info']['driver_volume_type'])
    _give_scsi_units(disks, inputs)
    return [*disks, *_scsi_controller(inputs, settings)]


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
    source = images.describe_image('disk', inputs, settings)
    root = vconfig.LibvirtConfigGuestFilesys()
    root.source_type = 'file'
    root.source_file = source.path
    root.driver_type = 'ploop'
    root.driver_format = source.format
    return root


def _local_disks(inputs: GuestInputs) -> Iterator[str]:
    """Yield the names of local disks in the order of the devices."""
    mapping = inputs.disk_info['mapping']
    if _is_legacy_rescue(inputs):
        order = ['disk.rescue', 'disk', 'disk.config.rescue']
    else:
        ephemerals = itertools.takewhile(
            mapping.__contains__, map(blockinfo.get_eph_disk, itertools.count()))
        order = ['disk', 'disk.local', *ephemerals, 'disk.swap', 'disk.config',
                 'disk.rescue']
    return (name for name in order if name in mapping)


def _is_legacy_rescue(inputs: GuestInputs) -> bool:
    return inputs.rescue is not None and not blockinfo.is_stable_rescue(
        inputs.rescue.image_meta)


def _volumes(inputs: GuestInputs) -> list[tuple[Any, dict[str, Any]]]:
    if _is_legacy_rescue(inputs):
        return []
    return blockinfo.pair_volumes(inputs.block_device_info, inputs.disk_info)


def get_guest_disk_config(name: str, inputs: GuestInputs, host_facts: HostFacts,
                          settings: Settings) -> vconfig.LibvirtConfigGuestDisk:
    """Return the device of one local disk, such as disk.swap.

    :raises nova.exception.UnsupportedImageModel: for a kind of disk that is not
        known.
    """
    info = inputs.disk_info['mapping'][name]
    source = images.describe_image(name, inputs, settings)
    disk = vconfig.LibvirtConfigGuestDisk()
    disk.source_type = 'file'
    disk.source_device = info['type']
    disk.source_path = source.path
    disk.target_dev = info['dev']
    disk.target_bus = info['bus']
    disk.driver_name = _driver_name(settings)
    disk.driver_format = source.format
    disk.driver_cache = _cache_mode('file', host_facts, settings)
    disk.driver_discard = settings.disk.discard
    disk.driver_io = _io_mode(disk.driver_cache, source.is_preallocated)
    if name == 'disk.rescue' and not _is_legacy_rescue(inputs):
        disk.boot_order = '1'
    _limit_io(disk, inputs)
    return disk


def _driver_name(settings: Settings) -> str | None:
    return 'qemu' if settings.virt_type in machines.FULLY_VIRTUAL else None


def _cache_mode(source_type: str, host_facts: HostFacts, settings: Settings) -> str:
    """Return the configured mode, or the fastest that loses nothing."""
    for entry in settings.disk.cachemodes:
        kind, separator, mode = entry.partition('=')
        if separator and kind == source_type:
            return mode
    return 'none' if host_facts.supports_direct_io else 'writeback'


def _io_mode(cache_mode: str, is_preallocated: bool) -> str | None:
    """Return how QEMU waits for the disk; only what is allotted never blocks."""
    if not is_preallocated:
        return None
    return 'native' if cache_mode in _DIRECT_MODES else 'threads'


def _limit_io(disk: vconfig.LibvirtConfigGuestDisk, inputs: GuestInputs) -> None:
    specs = inputs.flavor.extra_specs
    for name in _IOTUNE:
        if f'quota:{name}' in specs:
            setattr(disk, name, int(specs[f'quota:{name}']))


def _give_scsi_units(disks: list[vconfig.LibvirtConfigGuestDisk],
                     inputs: GuestInputs) -> None:
    """Place SCSI disks on the one controller, in the order of the devices.

    Left to itself libvirt would add a controller for every seven disks.
    """
    model = inputs.image_meta.properties.get('hw_scsi_model')
    if model != fields.SCSIModel.VIRTIO_SCSI:
        return
    on_scsi = (disk for disk in disks if disk.target_bus == 'scsi')
    for unit, disk in enumerate(on_scsi):
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
