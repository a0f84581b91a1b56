# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#smbios-system-information"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Text


class LibvirtConfigGuestSysinfo(LibvirtConfigObject):
    """What the guest reads as its firmware's tables."""

    root_name = 'sysinfo'

    type = Attr('@type', default='smbios')

    bios_vendor = Text('bios/entry[name=vendor]')
    bios_version = Text('bios/entry[name=version]')

    system_manufacturer = Text('system/entry[name=manufacturer]')
    system_product = Text('system/entry[name=product]')
    system_version = Text('system/entry[name=version]')
    system_serial = Text('system/entry[name=serial]')
    system_uuid = Text('system/entry[name=uuid]')
    system_family = Text('system/entry[name=family]')


class LibvirtConfigGuestSMBIOS(LibvirtConfigObject):
    """``<smbios mode='sysinfo'/>``"""

    root_name = 'smbios'

    mode = Attr('@mode', default='sysinfo')
