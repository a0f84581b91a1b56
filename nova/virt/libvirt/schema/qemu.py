# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/drvqemu.html ; what libvirt passes to QEMU as it is."""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.mapping import NAMESPACES
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Params
from nova.virt.libvirt.schema.mapping import Values


class QEMUObject(LibvirtConfigObject):
    """An element in QEMU's namespace."""

    ns_prefix = 'qemu'
    ns_uri = NAMESPACES['qemu']


class LibvirtConfigGuestQEMUCommandLine(QEMUObject):
    """``<qemu:commandline><qemu:arg value='-S'/><qemu:env name='A' value='b'/>``"""

    root_name = 'commandline'

    args = Values('arg', '@value')
    env = Params('env')


class LibvirtConfigGuestQEMUCapabilities(QEMUObject):
    """``<qemu:capabilities><qemu:add capability='blockdev'/>...``"""

    root_name = 'capabilities'

    added = Values('add', '@capability')
    removed = Values('del', '@capability')


class LibvirtConfigGuestQEMUProperty(QEMUObject):
    """``<qemu:property name='scsi' type='bool' value='on'/>``"""

    root_name = 'property'

    name = Attr('@name')
    type = Attr('@type')
    value = Attr('@value')


class LibvirtConfigGuestQEMUDevice(QEMUObject):
    """``<qemu:device alias='ua-disk'><qemu:frontend>...``"""

    root_name = 'device'

    alias = Attr('@alias')
    properties = Children('frontend', LibvirtConfigGuestQEMUProperty)


class LibvirtConfigGuestQEMUOverride(QEMUObject):
    """``<qemu:override>``: properties of QEMU's devices, by alias"""

    root_name = 'override'

    devices = Children('', LibvirtConfigGuestQEMUDevice)


class LibvirtConfigGuestQEMUDeprecation(QEMUObject):
    """``<qemu:deprecation behavior='crash'/>``"""

    root_name = 'deprecation'

    behavior = Attr('@behavior')
