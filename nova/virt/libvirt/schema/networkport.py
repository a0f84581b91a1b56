# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatnetworkport.html"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import PCI
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Spanned
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.port import LibvirtConfigNetworkBandwidth
from nova.virt.libvirt.schema.port import LibvirtConfigNetworkVirtualPort
from nova.virt.libvirt.schema.port import LibvirtConfigNetworkVlan


class LibvirtConfigNetworkPort(LibvirtConfigObject):
    """Where an interface of a domain is plugged into a network."""

    root_name = 'networkport'

    uuid = Text('uuid')
    owner_uuid = Text('owner/uuid')
    owner_name = Text('owner/name')

    mac_addr = Attr('mac/@address')
    group = Text('group')

    bandwidth = Child(LibvirtConfigNetworkBandwidth)
    vlan = Child(LibvirtConfigNetworkVlan)
    isolated = Attr('port/@isolated', YESNO)
    virtualport = Child(LibvirtConfigNetworkVirtualPort)
    trust_guest_rx_filters = Attr('rxfilters/@trustGuest', YESNO)

    plug_type = Attr('plug/@type')
    plug_bridge = Attr('plug/@bridge')
    plug_mac_table_manager = Attr('plug/@macTableManager')
    plug_dev = Attr('plug/@dev')
    plug_mode = Attr('plug/@mode')
    plug_managed = Attr('plug/@managed', YESNO)
    plug_driver = Attr('plug/driver/@name')
    plug_pci_addr = Spanned('plug/address', PCI)
