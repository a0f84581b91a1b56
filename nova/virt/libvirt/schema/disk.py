# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Disks."""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import BYTES
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.device import BootDevice
from nova.virt.libvirt.schema.device import VirtioDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Columns
from nova.virt.libvirt.schema.mapping import Flag
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import Values
from nova.virt.libvirt.schema.mapping import by
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskBackingStore
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskDataStore
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskEncryption
from nova.virt.libvirt.schema.storagesource import LibvirtConfigGuestDiskMirror
from nova.virt.libvirt.schema.storagesource import StorageSource


class LibvirtConfigGuestDiskIOThread(LibvirtConfigObject):
    """``<iothread id='1'><queue id='0'/></iothread>``"""

    root_name = 'iothread'

    id = Attr('@id', INT)
    queues = Values('queue', '@id', INT)


class LibvirtConfigGuestDiskTransient(LibvirtConfigObject):
    """``<transient shareBacking='yes'/>``: what the guest writes is forgotten"""

    root_name = 'transient'

    share_backing = Attr('@shareBacking', YESNO)


class LibvirtConfigGuestDisk(StorageSource, BootDevice, VirtioDevice):
    """https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms"""

    root_name = 'disk'
    keyed_by = ('source_type', 'source_device')

    source_type = Attr('@type', default='file')
    source_device = Attr('@device', default='disk')
    model = Attr('@model')
    rawio = Attr('@rawio', YESNO)
    sgio = Attr('@sgio')
    snapshot = Attr('@snapshot')

    driver_name = Attr('driver/@name')
    driver_format = Attr('driver/@type')
    driver_cache = Attr('driver/@cache')
    driver_error_policy = Attr('driver/@error_policy')
    driver_rerror_policy = Attr('driver/@rerror_policy')
    driver_io = Attr('driver/@io')
    driver_ioeventfd = Attr('driver/@ioeventfd', ONOFF)
    driver_event_idx = Attr('driver/@event_idx', ONOFF)
    driver_copy_on_read = Attr('driver/@copy_on_read', ONOFF)
    driver_discard = Attr('driver/@discard')
    driver_discard_no_unref = Attr('driver/@discard_no_unref', ONOFF)
    driver_detect_zeroes = Attr('driver/@detect_zeroes')
    driver_iothread = Attr('driver/@iothread', INT)
    driver_iothreads = Children('driver/iothreads', LibvirtConfigGuestDiskIOThread)
    driver_queues = Attr('driver/@queues', INT)
    driver_queue_size = Attr('driver/@queue_size', INT)
    #: Bytes
    driver_metadata_cache_size = Text('driver/metadata_cache/max_size', BYTES)

    source_path = Attr(by(file='source/@file', block='source/@dev',
                          mount='source/@dir', dir='source/@dir',
                          vhostuser='source/@path', vhostvdpa='source/@dev'))
    ephemeral_encryption = Child(LibvirtConfigGuestDiskEncryption, path='source')
    data_store = Child(LibvirtConfigGuestDiskDataStore, path='source')

    auth_username = Attr('auth/@username')
    auth_secret_type = Attr('auth/secret/@type')
    auth_secret_uuid = Attr('auth/secret/@uuid')
    auth_secret_usage = Attr('auth/secret/@usage')

    backing_store = Child(LibvirtConfigGuestDiskBackingStore)
    backend_domain = Attr('backenddomain/@name')
    mirror = Child(LibvirtConfigGuestDiskMirror)

    target_path = Attr(by(mount='target/@dir'))
    target_dev = Attr('target/@dev', unless=('mount',), always=True)
    target_bus = Attr('target/@bus', unless=('mount',))
    target_tray = Attr('target/@tray')
    target_removable = Attr('target/@removable', ONOFF)
    #: Turns a minute; 1 is a disk that has none to turn.
    target_rotation_rate = Attr('target/@rotation_rate', INT)
    target_dpofua = Attr('target/@dpofua', ONOFF)

    # QEMU gives a passed-through LUN the serial number that the LUN has.
    serial = Text('serial', unless=('lun',))
    wwn = Text('wwn')
    vendor = Text('vendor')
    product = Text('product')

    # <iotune>, in the order of libvirt's schema
    disk_total_bytes_sec = Text('iotune/total_bytes_sec', INT)
    disk_read_bytes_sec = Text('iotune/read_bytes_sec', INT)
    disk_write_bytes_sec = Text('iotune/write_bytes_sec', INT)
    disk_total_iops_sec = Text('iotune/total_iops_sec', INT)
    disk_read_iops_sec = Text('iotune/read_iops_sec', INT)
    disk_write_iops_sec = Text('iotune/write_iops_sec', INT)
    disk_total_bytes_sec_max = Text('iotune/total_bytes_sec_max', INT)
    disk_read_bytes_sec_max = Text('iotune/read_bytes_sec_max', INT)
    disk_write_bytes_sec_max = Text('iotune/write_bytes_sec_max', INT)
    disk_total_iops_sec_max = Text('iotune/total_iops_sec_max', INT)
    disk_read_iops_sec_max = Text('iotune/read_iops_sec_max', INT)
    disk_write_iops_sec_max = Text('iotune/write_iops_sec_max', INT)
    disk_size_iops_sec = Text('iotune/size_iops_sec', INT)
    #: Disks of one group share its limits.
    disk_group_name = Text('iotune/group_name')
    # Seconds that a maximum may last
    disk_total_bytes_sec_max_length = Text('iotune/total_bytes_sec_max_length', INT)
    disk_read_bytes_sec_max_length = Text('iotune/read_bytes_sec_max_length', INT)
    disk_write_bytes_sec_max_length = Text('iotune/write_bytes_sec_max_length', INT)
    disk_total_iops_sec_max_length = Text('iotune/total_iops_sec_max_length', INT)
    disk_read_iops_sec_max_length = Text('iotune/read_iops_sec_max_length', INT)
    disk_write_iops_sec_max_length = Text('iotune/write_iops_sec_max_length', INT)

    throttle_filters = Values('throttlefilters/throttlefilter', '@group')

    geometry_cyls = Attr('geometry/@cyls', INT)
    geometry_heads = Attr('geometry/@heads', INT)
    geometry_secs = Attr('geometry/@secs', INT)
    geometry_trans = Attr('geometry/@trans')

    logical_block_size = Attr('blockio/@logical_block_size', INT)
    physical_block_size = Attr('blockio/@physical_block_size', INT)
    discard_granularity = Attr('blockio/@discard_granularity', INT)

    readonly = Flag('readonly')
    shareable = Flag('shareable')
    transient = Child(LibvirtConfigGuestDiskTransient)

    volume_encryption = Child(LibvirtConfigGuestDiskEncryption)


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
