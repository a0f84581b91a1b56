# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatnode.html ; what else node devices can be."""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import HEX1
from nova.virt.libvirt.schema.convert import HEX2
from nova.virt.libvirt.schema.convert import HEX4
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Flag
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.nodedevpci import (
    LibvirtConfigNodeDeviceMdevCapableSubFunctionCap,
)


class LibvirtConfigNodeDeviceSystemCap(LibvirtConfigObject):
    """``<capability type='system'>``: the host itself."""

    root_name = 'capability'
    recognised_by = {'type': 'system'}

    type = Attr('@type', default='system')
    product = Text('product')

    hardware_vendor = Text('hardware/vendor')
    hardware_version = Text('hardware/version')
    hardware_serial = Text('hardware/serial')
    hardware_uuid = Text('hardware/uuid')

    firmware_vendor = Text('firmware/vendor')
    firmware_version = Text('firmware/version')
    firmware_release_date = Text('firmware/release_date')


class LibvirtConfigNodeDeviceUSBDeviceCap(LibvirtConfigObject):
    """``<capability type='usb_device'><bus>3</bus><device>3</device>...``"""

    root_name = 'capability'
    recognised_by = {'type': 'usb_device'}

    type = Attr('@type', default='usb_device')
    bus = Text('bus', INT)
    device = Text('device', INT)
    product = Text('product')
    product_id = Attr('product/@id')
    vendor = Text('vendor')
    vendor_id = Attr('vendor/@id')


class LibvirtConfigNodeDeviceUSBInterfaceCap(LibvirtConfigObject):
    """``<capability type='usb'><number>0</number>...``"""

    root_name = 'capability'
    recognised_by = {'type': 'usb'}

    type = Attr('@type', default='usb')
    number = Text('number', INT)
    usb_class = Text('class', INT)
    subclass = Text('subclass', INT)
    protocol = Text('protocol', INT)
    description = Text('description')


class LibvirtConfigNodeDeviceSCSIHostCap(LibvirtConfigObject):
    """``<capability type='scsi_host'><host>5</host>...``"""

    root_name = 'capability'
    recognised_by = {'type': 'scsi_host'}

    type = Attr('@type', default='scsi_host')
    host = Text('host', INT)
    unique_id = Text('unique_id', INT)

    wwnn = Text('capability[type=fc_host]/wwnn')
    wwpn = Text('capability[type=fc_host]/wwpn')
    fabric_wwn = Text('capability[type=fc_host]/fabric_wwn')

    max_vports = Text('capability[type=vport_ops]/max_vports', INT)
    vports = Text('capability[type=vport_ops]/vports', INT)


class LibvirtConfigNodeDeviceSCSITargetCap(LibvirtConfigObject):
    """``<capability type='scsi_target'><target>target1:0:0</target>...``"""

    root_name = 'capability'
    recognised_by = {'type': 'scsi_target'}

    type = Attr('@type', default='scsi_target')
    target = Text('target')

    rport = Text('capability[type=fc_remote_port]/rport')
    wwpn = Text('capability[type=fc_remote_port]/wwpn')


class LibvirtConfigNodeDeviceSCSICap(LibvirtConfigObject):
    """``<capability type='scsi'><host>1</host><bus>0</bus>...``"""

    root_name = 'capability'
    recognised_by = {'type': 'scsi'}

    type = Attr('@type', default='scsi')
    host = Text('host', INT)
    bus = Text('bus', INT)
    target = Text('target', INT)
    lun = Text('lun', INT)
    scsi_type = Text('type')


class LibvirtConfigNodeDeviceSCSIGenericCap(LibvirtConfigObject):
    """``<capability type='scsi_generic'><char>/dev/sg0</char></capability>``"""

    root_name = 'capability'
    recognised_by = {'type': 'scsi_generic'}

    type = Attr('@type', default='scsi_generic')
    dev_path = Text('char')


class LibvirtConfigNodeDeviceStorageCap(LibvirtConfigObject):
    """``<capability type='storage'><block>/dev/sda</block>...``"""

    root_name = 'capability'
    recognised_by = {'type': 'storage'}

    type = Attr('@type', default='storage')
    block = Text('block')
    bus = Text('bus')
    drive_type = Text('drive_type')
    model = Text('model')
    vendor = Text('vendor')
    serial = Text('serial')

    # Bytes, where the media is fixed.
    size = Text('size', INT)
    logical_block_size = Text('logical_block_size', INT)
    num_blocks = Text('num_blocks', INT)

    # <capability type='removable'>
    media_available = Text('capability[type=removable]/media_available', INT)
    media_size = Text('capability[type=removable]/media_size', INT)
    media_label = Text('capability[type=removable]/media_label')
    media_block_size = Text('capability[type=removable]/logical_block_size', INT)
    media_num_blocks = Text('capability[type=removable]/num_blocks', INT)

    hotpluggable = Flag('capability[type=hotpluggable]')


class LibvirtConfigNodeDeviceDRMCap(LibvirtConfigObject):
    """``<capability type='drm'><type>render</type></capability>``"""

    root_name = 'capability'
    recognised_by = {'type': 'drm'}

    type = Attr('@type', default='drm')
    drm_type = Text('type')


class LibvirtConfigNodeDeviceCCWCap(LibvirtConfigObject):
    """``<capability type='ccw'><cssid>0x0</cssid>...``: a device of s390."""

    root_name = 'capability'
    recognised_by = {'type': 'ccw'}

    type = Attr('@type', default='ccw')
    cssid = Text('cssid', HEX2)
    ssid = Text('ssid', HEX1)
    devno = Text('devno', HEX4)


class LibvirtConfigNodeDeviceCSSCap(LibvirtConfigNodeDeviceCCWCap):
    """``<capability type='css'>``: a subchannel of s390."""

    recognised_by = {'type': 'css'}

    type = Attr('@type', default='css')

    channel_cssid = Text('channel_dev_addr/cssid', HEX2)
    channel_ssid = Text('channel_dev_addr/ssid', HEX1)
    channel_devno = Text('channel_dev_addr/devno', HEX4)

    mdev_capability = Children('', LibvirtConfigNodeDeviceMdevCapableSubFunctionCap)


class LibvirtConfigNodeDeviceAPCardCap(LibvirtConfigObject):
    """``<capability type='ap_card'><ap-adapter>0x00</ap-adapter></capability>``"""

    root_name = 'capability'
    recognised_by = {'type': 'ap_card'}

    type = Attr('@type', default='ap_card')
    adapter = Text('ap-adapter', HEX2)


class LibvirtConfigNodeDeviceAPQueueCap(LibvirtConfigNodeDeviceAPCardCap):
    """``<capability type='ap_queue'><ap-adapter>...<ap-domain>...``"""

    recognised_by = {'type': 'ap_queue'}

    type = Attr('@type', default='ap_queue')
    domain = Text('ap-domain', HEX4)


class LibvirtConfigNodeDeviceAPMatrixCap(LibvirtConfigObject):
    """``<capability type='ap_matrix'><capability type='mdev_types'>...``"""

    root_name = 'capability'
    recognised_by = {'type': 'ap_matrix'}

    type = Attr('@type', default='ap_matrix')

    mdev_capability = Children('', LibvirtConfigNodeDeviceMdevCapableSubFunctionCap)


#: The kinds that Nova has no attribute for, to choose from.
OTHERS = (
    LibvirtConfigNodeDeviceSystemCap,
    LibvirtConfigNodeDeviceUSBDeviceCap,
    LibvirtConfigNodeDeviceUSBInterfaceCap,
    LibvirtConfigNodeDeviceSCSIHostCap,
    LibvirtConfigNodeDeviceSCSITargetCap,
    LibvirtConfigNodeDeviceSCSICap,
    LibvirtConfigNodeDeviceSCSIGenericCap,
    LibvirtConfigNodeDeviceStorageCap,
    LibvirtConfigNodeDeviceDRMCap,
    LibvirtConfigNodeDeviceCCWCap,
    LibvirtConfigNodeDeviceCSSCap,
    LibvirtConfigNodeDeviceAPCardCap,
    LibvirtConfigNodeDeviceAPQueueCap,
    LibvirtConfigNodeDeviceAPMatrixCap,
)
