# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a guest is described from: three frozen objects.

``GuestInputs`` is what the user and the scheduler asked for and what was allotted
for it, ``HostFacts`` what this host can do, ``Settings`` what the operator decided.
"""

import collections.abc
import dataclasses
import datetime
from typing import Any

from nova import objects
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer.facts import HostCPUs
from nova.virt.libvirt.designer.facts import HostFacts
from nova.virt.libvirt.designer.facts import HostVersions
from nova.virt.libvirt.designer.guestos import GuestOS
from nova.virt.libvirt.designer.settings import ProductSettings
from nova.virt.libvirt.designer.settings import Settings
from nova.virt.libvirt.designer.settings import from_options

__all__ = ['Allotted', 'AssignedDevices', 'Found', 'GuestInputs', 'GuestOS',
           'HostCPUs', 'HostFacts', 'HostVersions', 'ProductSettings', 'Rescue',
           'Settings', 'from_options']


@dataclasses.dataclass(frozen=True)
class Rescue:
    """The image that an instance is rescued with."""

    image_meta: 'objects.ImageMeta'
    kernel_id: str | None = None
    ramdisk_id: str | None = None


@dataclasses.dataclass(frozen=True)
class AssignedDevices:
    """Devices of the host that were chosen for this guest."""

    #: UUIDs of mediated devices.
    mdevs: tuple[str, ...] = ()
    #: Accelerator requests, as the accelerator service binds them.
    accelerators: tuple[collections.abc.Mapping[str, Any], ...] = ()
    shares: tuple[Any, ...] = ()


@dataclasses.dataclass(frozen=True)
class Allotted:
    """What was looked up or handed out for this guest beforehand."""

    creation_time: datetime.datetime
    #: TCP ports for serial consoles, in the order of the ports of the guest.
    serial_ports: tuple[int, ...] = ()
    #: The domain that is already defined under this UUID.
    existing_domain: vconfig.LibvirtConfigGuest | None = None
    #: Files that it names and that are still there.
    existing_files: frozenset[str] = frozenset()
    #: Path of a disk to the format recorded when it was made.
    disk_formats: collections.abc.Mapping[str, str] = (
        dataclasses.field(default_factory=dict))
    #: UUID of a VIF to the network filter that holds for it.
    filters: collections.abc.Mapping[str, str] = (
        dataclasses.field(default_factory=dict))


def _nothing() -> Any:
    return dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Found:
    """What was looked up on the host for what this guest names."""

    #: PCI address of a virtual function to its network device.
    netdevs: collections.abc.Mapping[str, str] = _nothing()
    #: PCI address to the character device of its vDPA.
    vdpa_paths: collections.abc.Mapping[str, str] = _nothing()
    #: UUID of a volume to that of the secret which decrypts it.
    volume_secrets: collections.abc.Mapping[str, str] = _nothing()
    #: Hosts and ports of Ceph's monitors.
    ceph_monitors: tuple[tuple[str, str], ...] = ()
    #: Names of those local disks that are in Ceph's pool.
    rbd_images: frozenset[str] = frozenset()
    #: Names of the files in the folder of the instance.
    local_files: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class GuestInputs:
    """One guest as it was asked for."""

    #: Of the domain; the instance's own depends on the configuration.
    name: str
    instance: 'objects.Instance'
    flavor: 'objects.Flavor'
    image_meta: 'objects.ImageMeta'
    #: What blockinfo.get_disk_info() returned.
    disk_info: collections.abc.Mapping[str, Any]
    allotted: Allotted
    #: VIFs in the order of the guest's interfaces.
    network_info: collections.abc.Sequence[Any] = ()
    block_device_info: collections.abc.Mapping[str, Any] | None = None
    rescue: Rescue | None = None
    assigned: AssignedDevices = dataclasses.field(default_factory=AssignedDevices)
    found: Found = dataclasses.field(default_factory=Found)
    #: What is known of the system that the image names; None for Nova's defaults.
    guest_os: GuestOS | None = None
