# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#smbios-system-information"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import Values


class LibvirtConfigGuestSysinfoBaseBoard(LibvirtConfigObject):
    """``<baseBoard><entry name='manufacturer'>LENOVO</entry></baseBoard>``"""

    root_name = 'baseBoard'

    manufacturer = Text('entry[name=manufacturer]')
    product = Text('entry[name=product]')
    version = Text('entry[name=version]')
    serial = Text('entry[name=serial]')
    asset = Text('entry[name=asset]')
    location = Text('entry[name=location]')


class LibvirtConfigGuestSysinfo(LibvirtConfigObject):
    """What the guest reads as its firmware's tables."""

    root_name = 'sysinfo'

    type = Attr('@type', default='smbios')

    bios_vendor = Text('bios/entry[name=vendor]')
    bios_version = Text('bios/entry[name=version]')
    bios_date = Text('bios/entry[name=date]')
    bios_release = Text('bios/entry[name=release]')

    system_manufacturer = Text('system/entry[name=manufacturer]')
    system_product = Text('system/entry[name=product]')
    system_version = Text('system/entry[name=version]')
    system_serial = Text('system/entry[name=serial]')
    system_uuid = Text('system/entry[name=uuid]')
    system_sku = Text('system/entry[name=sku]')
    system_family = Text('system/entry[name=family]')

    base_boards = Children('', LibvirtConfigGuestSysinfoBaseBoard)

    chassis_manufacturer = Text('chassis/entry[name=manufacturer]')
    chassis_version = Text('chassis/entry[name=version]')
    chassis_serial = Text('chassis/entry[name=serial]')
    chassis_asset = Text('chassis/entry[name=asset]')
    chassis_sku = Text('chassis/entry[name=sku]')

    oem_strings = Values('oemStrings/entry')


class LibvirtConfigGuestFwCfgEntry(LibvirtConfigObject):
    """``<entry name='opt/com.example/name'>value</entry>``, or ``file='...'``"""

    root_name = 'entry'

    name = Attr('@name')
    file = Attr('@file')
    value = Text('.')


class LibvirtConfigGuestFwCfg(LibvirtConfigObject):
    """``<sysinfo type='fwcfg'>``: blobs that the guest's firmware can read"""

    root_name = 'sysinfo'
    recognised_by = {'type': 'fwcfg'}

    type = Attr('@type', default='fwcfg')
    entries = Children('', LibvirtConfigGuestFwCfgEntry)


class LibvirtConfigGuestSMBIOS(LibvirtConfigObject):
    """``<smbios mode='sysinfo'/>``"""

    root_name = 'smbios'

    mode = Attr('@mode', default='sysinfo')
