# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Disks, their sources and what they back onto."""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.device import ADDRESSES
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Columns
from nova.virt.libvirt.schema.mapping import Flag
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import by


class LibvirtConfigGuestDiskEncryptionSecret(LibvirtConfigObject):
    """``<secret type='passphrase' uuid='...'/>``"""

    root_name = 'secret'

    type = Attr('@type')
    uuid = Attr('@uuid')


class LibvirtConfigGuestDiskEncryption(LibvirtConfigObject):
    """https://libvirt.org/formatstorageencryption.html"""

    root_name = 'encryption'

    format = Attr('@format')
    secret = Child(LibvirtConfigGuestDiskEncryptionSecret)


class LibvirtConfigGuestDiskMirror(LibvirtConfigObject):
    """The copy that a running block job writes; libvirt fills it."""

    root_name = 'mirror'

    ready = Attr('@ready')


class LibvirtConfigGuestDiskBackingStore(LibvirtConfigObject):
    """``<backingStore type='file'><format type='raw'/><source file='...'/>...``"""

    root_name = 'backingStore'
    keyed_by = 'source_type'

    source_type = Attr('@type')
    index = Attr('@index', INT)

    driver_format = Attr('format/@type')

    source_protocol = Attr('source/@protocol', when=('network',))
    source_name = Attr('source/@name', when=('network',))
    source_file = Attr(by(file='source/@file', block='source/@dev', dir='source/@dir'))
    source_hosts: list[Any]
    source_ports: list[Any]
    source_transports: list[Any]
    source_sockets: list[Any]
    _hosts = Columns('source/host', when=('network',),
                     source_hosts='@name', source_ports='@port',
                     source_transports='@transport', source_sockets='@socket',
                     optional=('source_transports', 'source_sockets'))

    driver_name = Attr('driver/@name')

    backing_store = Child('self')


class LibvirtConfigGuestDisk(LibvirtConfigGuestDevice):
    """https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms"""

    root_name = 'disk'
    keyed_by = ('source_type', 'source_device')

    source_type = Attr('@type', default='file')
    source_device = Attr('@device', default='disk')
    snapshot = Attr('@snapshot')

    driver_name = Attr('driver/@name')
    driver_format = Attr('driver/@type')
    driver_cache = Attr('driver/@cache')
    driver_discard = Attr('driver/@discard')
    driver_io = Attr('driver/@io')

    alias = Attr('alias/@name')

    source_protocol = Attr('source/@protocol', when=('network',))
    source_name = Attr('source/@name', when=('network',))
    source_path = Attr(by(file='source/@file', block='source/@dev',
                          mount='source/@dir', dir='source/@dir'))
    source_hosts: list[Any]
    source_ports: list[Any]
    source_transports: list[Any]
    source_sockets: list[Any]
    _hosts = Columns('source/host', when=('network',),
                     source_hosts='@name', source_ports='@port',
                     source_transports='@transport', source_sockets='@socket',
                     optional=('source_transports', 'source_sockets'))
    ephemeral_encryption = Child(LibvirtConfigGuestDiskEncryption, path='source')

    auth_username = Attr('auth/@username')
    auth_secret_type = Attr('auth/secret/@type')
    auth_secret_uuid = Attr('auth/secret/@uuid')

    backing_store = Child(LibvirtConfigGuestDiskBackingStore)
    mirror = Child(LibvirtConfigGuestDiskMirror)

    target_path = Attr(by(mount='target/@dir'))
    target_dev = Attr('target/@dev', unless=('mount',), always=True)
    target_bus = Attr('target/@bus', unless=('mount',))

    # QEMU gives a passed-through LUN the serial number that the LUN has.
    serial = Text('serial', unless=('lun',))

    # <iotune>
    disk_read_bytes_sec = Text('iotune/read_bytes_sec', INT)
    disk_read_iops_sec = Text('iotune/read_iops_sec', INT)
    disk_write_bytes_sec = Text('iotune/write_bytes_sec', INT)
    disk_write_iops_sec = Text('iotune/write_iops_sec', INT)
    disk_total_bytes_sec = Text('iotune/total_bytes_sec', INT)
    disk_total_iops_sec = Text('iotune/total_iops_sec', INT)
    disk_read_bytes_sec_max = Text('iotune/read_bytes_sec_max', INT)
    disk_write_bytes_sec_max = Text('iotune/write_bytes_sec_max', INT)
    disk_total_bytes_sec_max = Text('iotune/total_bytes_sec_max', INT)
    disk_read_iops_sec_max = Text('iotune/read_iops_sec_max', INT)
    disk_write_iops_sec_max = Text('iotune/write_iops_sec_max', INT)
    disk_total_iops_sec_max = Text('iotune/total_iops_sec_max', INT)
    disk_size_iops_sec = Text('iotune/size_iops_sec', INT)

    logical_block_size = Attr('blockio/@logical_block_size', INT)
    physical_block_size = Attr('blockio/@physical_block_size', INT)

    readonly = Flag('readonly')
    shareable = Flag('shareable')

    boot_order = Attr('boot/@order')

    volume_encryption = Child(LibvirtConfigGuestDiskEncryption)

    device_addr = Child(*ADDRESSES)


class LibvirtConfigGuestSnapshotDisk(LibvirtConfigObject):
    """https://libvirt.org/formatsnapshot.html ; a disk in a snapshot's description."""

    root_name = 'disk'
    keyed_by = 'source_type'

    name = Attr('@name')
    snapshot = Attr('@snapshot')
    source_type = Attr('@type')
    source_device = Attr('@device')

    driver_name = Attr('driver/@name')
    driver_format = Attr('driver/@type')
    driver_cache = Attr('driver/@cache')

    source_protocol = Attr('source/@protocol', when=('network',))
    source_name = Attr('source/@name', when=('network',))
    source_path = Attr(by(file='source/@file', block='source/@dev'))
    source_hosts: list[Any]
    source_ports: list[Any]
    _hosts = Columns('source/host', when=('network',),
                     source_hosts='@name', source_ports='@port')

    auth_username = Attr('auth/@username')
    auth_secret_type = Attr('auth/secret/@type')
    auth_secret_uuid = Attr('auth/secret/@uuid')

    target_path = Attr('target/@dir')
    target_dev = Attr('target/@dev')
    target_bus = Attr('target/@bus')

    serial = Text('serial')
