# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What networks, port groups and the ports of a network have alike."""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Columns


class LibvirtConfigNetworkVirtualPort(LibvirtConfigObject):
    """``<virtualport type='802.1Qbh'><parameters profileid='finance'/>``"""

    root_name = 'virtualport'

    type = Attr('@type')
    managerid = Attr('parameters/@managerid', INT)
    typeid = Attr('parameters/@typeid', INT)
    typeidversion = Attr('parameters/@typeidversion', INT)
    instanceid = Attr('parameters/@instanceid')
    profileid = Attr('parameters/@profileid')
    interfaceid = Attr('parameters/@interfaceid')


class LibvirtConfigNetworkBandwidth(LibvirtConfigObject):
    """https://libvirt.org/formatnetwork.html#quality-of-service

    Rates are in KiB per second, bursts in KiB.
    """

    root_name = 'bandwidth'

    class_id = Attr('@classID', INT)

    inbound_average = Attr('inbound/@average', INT)
    inbound_peak = Attr('inbound/@peak', INT)
    inbound_floor = Attr('inbound/@floor', INT)
    inbound_burst = Attr('inbound/@burst', INT)

    outbound_average = Attr('outbound/@average', INT)
    outbound_peak = Attr('outbound/@peak', INT)
    outbound_burst = Attr('outbound/@burst', INT)


class LibvirtConfigNetworkVlan(LibvirtConfigObject):
    """``<vlan trunk='yes'><tag id='42' nativeMode='untagged'/>...``"""

    root_name = 'vlan'

    trunk = Attr('@trunk', YESNO)
    tags: list[Any]
    native_modes: list[Any]
    _tags = Columns('tag', tags=('@id', INT), native_modes='@nativeMode',
                    optional=('native_modes',))
