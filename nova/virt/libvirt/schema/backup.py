# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatbackup.html"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDeviceSeclabel
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import by
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskEncryption


class LibvirtConfigGuestBackupDisk(LibvirtConfigObject):
    """``<disk name='vda' backup='yes' type='file'><target file='...'/>``"""

    root_name = 'disk'
    keyed_by = 'type'

    name = Attr('@name')
    backup = Attr('@backup', YESNO)
    #: The state of the job on this disk; libvirt fills it.
    state = Attr('@state')
    backupmode = Attr('@backupmode')
    incremental = Attr('@incremental')
    exportname = Attr('@exportname')
    exportbitmap = Attr('@exportbitmap')
    #: A file when nothing is said.
    type = Attr('@type')
    index = Attr('@index', INT)

    driver_format = Attr('driver/@type')

    # What a push backup writes.
    target_path = Attr(by('target/@file', block='target/@dev'))
    target_seclabels = Children('target', LibvirtConfigGuestDeviceSeclabel)
    target_encryption = Child(LibvirtConfigGuestDiskEncryption, path='target')

    # Where a pull backup keeps what the guest overwrites meanwhile.
    scratch_path = Attr(by('scratch/@file', block='scratch/@dev'))
    scratch_seclabels = Children('scratch', LibvirtConfigGuestDeviceSeclabel)
    scratch_encryption = Child(LibvirtConfigGuestDiskEncryption, path='scratch')


class LibvirtConfigGuestBackup(LibvirtConfigObject):
    """A backup to take: pushed by the hypervisor, or pulled from its NBD server."""

    root_name = 'domainbackup'

    mode = Attr('@mode')
    #: Identifies the running job; libvirt fills it.
    id = Attr('@id', INT)

    incremental = Text('incremental')

    server_transport = Attr('server/@transport')
    server_tls = Attr('server/@tls', YESNO)
    server_name = Attr('server/@name')
    server_port = Attr('server/@port', INT)
    server_socket = Attr('server/@socket')

    disks = Children('disks', LibvirtConfigGuestBackupDisk)

    def add_disk(self, disk: LibvirtConfigGuestBackupDisk) -> None:
        """Add a disk to the backup."""
        self.disks.append(disk)
