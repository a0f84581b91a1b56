# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatsnapshot.html"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import BYTES
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.cpu import LibvirtConfigGuestCPU
from nova.virt.libvirt.schema.domain import LibvirtConfigGuest
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Flag
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import by
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskEncryption
from nova.virt.libvirt.schema.storagesource import StorageSource


class LibvirtConfigGuestSnapshotDisk(StorageSource):
    """A disk in a snapshot's description."""

    root_name = 'disk'

    name = Attr('@name')
    snapshot = Attr('@snapshot')
    source_type = Attr('@type')
    source_device = Attr('@device')

    driver_name = Attr('driver/@name')
    driver_format = Attr('driver/@type')
    driver_cache = Attr('driver/@cache')
    #: Bytes.
    metadata_cache_size = Text('driver/metadata_cache/max_size', BYTES)

    # A file is what is meant when nothing is said.
    source_path = Attr(by('source/@file', block='source/@dev'),
                       unless=('network',))
    source_encryption = Child(LibvirtConfigGuestDiskEncryption, path='source')

    auth_username = Attr('auth/@username')
    auth_secret_type = Attr('auth/secret/@type')
    auth_secret_uuid = Attr('auth/secret/@uuid')

    target_path = Attr('target/@dir')
    target_dev = Attr('target/@dev')
    target_bus = Attr('target/@bus')

    serial = Text('serial')


class LibvirtConfigGuestInactive(LibvirtConfigGuest):
    """The domain as it would start anew."""

    root_name = 'inactiveDomain'


class LibvirtConfigGuestSnapshot(LibvirtConfigObject):
    """A snapshot to take of a domain, or one that was taken."""

    root_name = 'domainsnapshot'

    name = Text('name')
    description = Text('description')
    state = Text('state')
    parent_name = Text('parent/name')
    #: Seconds since the epoch.
    creation_time = Text('creationTime', INT)

    memory_snapshot = Attr('memory/@snapshot')
    memory_file = Attr('memory/@file')

    disks = Children('disks', LibvirtConfigGuestSnapshotDisk)
    #: What reverting to the snapshot changed the disks to.
    revert_disks = Children('revertDisks', LibvirtConfigGuestSnapshotDisk)

    domain = Child(LibvirtConfigGuest)
    inactive_domain = Child(LibvirtConfigGuestInactive)

    # <cookie>, which is libvirt's own
    cookie_cpu = Child(LibvirtConfigGuestCPU, path='cookie')
    cookie_slirp_helper = Flag('cookie/slirpHelper')

    active = Text('active', INT)

    def add_disk(self, disk: LibvirtConfigGuestSnapshotDisk) -> None:
        """Add a disk to the snapshot."""
        self.disks.append(disk)
