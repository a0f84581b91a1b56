# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatsnapshot.html"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.disk import LibvirtConfigGuestSnapshotDisk
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Text


class LibvirtConfigGuestSnapshot(LibvirtConfigObject):
    """A snapshot to take of a domain."""

    root_name = 'domainsnapshot'

    name = Text('name')
    disks = Children('disks', LibvirtConfigGuestSnapshotDisk)

    def add_disk(self, disk: LibvirtConfigGuestSnapshotDisk) -> None:
        """Add a disk to the snapshot."""
        self.disks.append(disk)
