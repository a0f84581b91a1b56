# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatcheckpoint.html"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.domain import LibvirtConfigGuest
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Text


class LibvirtConfigGuestCheckpointDisk(LibvirtConfigObject):
    """``<disk name='vda' checkpoint='bitmap'/>``"""

    root_name = 'disk'

    name = Attr('@name')
    checkpoint = Attr('@checkpoint')
    bitmap = Attr('@bitmap')
    #: Bytes changed since the checkpoint; libvirt fills it.
    size = Attr('@size', INT)


class LibvirtConfigGuestCheckpoint(LibvirtConfigObject):
    """A point in time that an incremental backup starts from."""

    root_name = 'domaincheckpoint'

    name = Text('name')
    description = Text('description')
    parent_name = Text('parent/name')
    #: Seconds since the epoch.
    creation_time = Text('creationTime', INT)

    disks = Children('disks', LibvirtConfigGuestCheckpointDisk)

    domain = Child(LibvirtConfigGuest)

    active = Text('active', INT)

    def add_disk(self, disk: LibvirtConfigGuestCheckpointDisk) -> None:
        """Add a disk to the checkpoint."""
        self.disks.append(disk)
