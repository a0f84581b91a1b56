# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#network-interfaces"""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import PCI
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.device import BootDevice
from nova.virt.libvirt.schema.device import VirtioDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Params
from nova.virt.libvirt.schema.mapping import Switch
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import by

_PORT_PARAMETERS = ('managerid', 'typeid', 'typeidversion', 'instanceid',
                    'interfaceid', 'profileid')


class LibvirtConfigGuestInterfaceVLANTag(LibvirtConfigObject):
    """``<tag id='42' nativeMode='tagged'/>``"""

    root_name = 'tag'

    id = Attr('@id', INT)
    native_mode = Attr('@nativeMode')


class LibvirtConfigGuestInterfaceIP(LibvirtConfigObject):
    """``<ip address='192.168.122.5' family='ipv4' prefix='24'/>``"""

    root_name = 'ip'

    address = Attr('@address')
    family = Attr('@family')
    prefix = Attr('@prefix', INT)
    peer = Attr('@peer')


class LibvirtConfigGuestInterfaceRoute(LibvirtConfigObject):
    """``<route family='ipv4' address='192.168.122.0' prefix='24' gateway='...'/>``"""

    root_name = 'route'

    family = Attr('@family')
    address = Attr('@address')
    netmask = Attr('@netmask')
    prefix = Attr('@prefix', INT)
    gateway = Attr('@gateway')
    metric = Attr('@metric', INT)


class LibvirtConfigGuestInterfacePortRange(LibvirtConfigObject):
    """``<range start='22' end='25' to='2022' exclude='no'/>``"""

    root_name = 'range'

    start = Attr('@start', INT)
    end = Attr('@end', INT)
    to = Attr('@to', INT)
    exclude = Attr('@exclude', YESNO)


class LibvirtConfigGuestInterfacePortForward(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#userspace-connection-using-passt"""

    root_name = 'portForward'

    proto = Attr('@proto')
    address = Attr('@address')
    dev = Attr('@dev')
    ranges = Children('', LibvirtConfigGuestInterfacePortRange)


class LibvirtConfigGuestInterface(BootDevice, VirtioDevice):
    """A network interface of a guest, whatever it is connected to."""

    root_name = 'interface'
    keyed_by = 'net_type'

    net_type = Attr('@type')
    trust_guest_rx_filters = Attr('@trustGuestRxFilters', YESNO)
    #: The host's driver is taken from the device and given back.
    hostdev_managed = Attr('@managed', YESNO, default=True, when=('hostdev',))

    mac_addr = Attr('mac/@address')
    mac_type = Attr('mac/@type')
    mac_check = Attr('mac/@check', YESNO)
    mac_current_addr = Attr('mac/@currentAddress')

    model = Attr('model/@type')

    # The process behind the socket is the driver.
    driver_name = Attr('driver/@name', unless=('vhostuser',))
    driver_txmode = Attr('driver/@txmode')
    driver_ioeventfd = Attr('driver/@ioeventfd', ONOFF)
    driver_event_idx = Attr('driver/@event_idx', ONOFF)
    vhost_queues = Attr('driver/@queues', INT)
    vhost_rx_queue_size = Attr('driver/@rx_queue_size', INT)
    vhost_tx_queue_size = Attr('driver/@tx_queue_size', INT)
    driver_rss = Attr('driver/@rss', ONOFF)
    driver_rss_hash_report = Attr('driver/@rss_hash_report', ONOFF)

    # <driver><host>, <driver><guest>: what the card does in place of the CPU
    host_csum = Attr('driver/host/@csum', ONOFF)
    host_gso = Attr('driver/host/@gso', ONOFF)
    host_tso4 = Attr('driver/host/@tso4', ONOFF)
    host_tso6 = Attr('driver/host/@tso6', ONOFF)
    host_ecn = Attr('driver/host/@ecn', ONOFF)
    host_ufo = Attr('driver/host/@ufo', ONOFF)
    host_mrg_rxbuf = Attr('driver/host/@mrg_rxbuf', ONOFF)
    guest_csum = Attr('driver/guest/@csum', ONOFF)
    guest_tso4 = Attr('driver/guest/@tso4', ONOFF)
    guest_tso6 = Attr('driver/guest/@tso6', ONOFF)
    guest_ecn = Attr('driver/guest/@ecn', ONOFF)
    guest_ufo = Attr('driver/guest/@ufo', ONOFF)

    backend_type = Attr('backend/@type')
    backend_tap = Attr('backend/@tap')
    backend_vhost = Attr('backend/@vhost')
    backend_log_file = Attr('backend/@logFile')
    backend_hostname = Attr('backend/@hostname')
    backend_fqdn = Attr('backend/@fqdn')

    vhostuser_type = Attr('source/@type', when=('vhostuser',))
    vhostuser_mode = Attr('source/@mode', when=('vhostuser',))
    vhostuser_path = Attr('source/@path', when=('vhostuser',))
    source_dev = Attr(by(bridge='source/@bridge', direct='source/@dev',
                         vdpa='source/@dev', network='source/@network',
                         user='source/@dev', internal='source/@name',
                         hostdev=('source/address[type=pci]', PCI)))
    source_mode = Attr('source/@mode', default='private', when=('direct',))
    source_mac_table_manager = Attr('source/@macTableManager')
    #: The bridge that a running interface of a network has.
    source_bridge = Attr('source/@bridge', unless=('bridge',))
    source_portgroup = Attr('source/@portgroup')
    source_portid = Attr('source/@portid')
    source_reconnect = Attr('source/reconnect/@enabled', YESNO)
    #: Seconds
    source_reconnect_timeout = Attr('source/reconnect/@timeout', INT)

    # type='mcast', 'server', 'client', 'udp'
    source_address = Attr('source/@address')
    source_port = Attr('source/@port', INT)
    source_local_address = Attr('source/local/@address')
    source_local_port = Attr('source/local/@port', INT)

    # type='vds'
    source_switchid = Attr('source/@switchid')
    source_portgroupid = Attr('source/@portgroupid')
    source_connectionid = Attr('source/@connectionid')

    #: A device by its place on the host's USB, which only some hypervisors take.
    source_usb_bus = Attr(by(hostdev='source/address[type=usb]/@bus'), INT)
    source_usb_device = Attr(by(hostdev='source/address[type=usb]/@device'), INT)

    #: Addresses and routes of the host's side.
    source_ips = Children('source', LibvirtConfigGuestInterfaceIP)
    source_routes = Children('source', LibvirtConfigGuestInterfaceRoute)
    #: Those of the guest's side.
    ips = Children('', LibvirtConfigGuestInterfaceIP)
    routes = Children('', LibvirtConfigGuestInterfaceRoute)
    port_forwards = Children('', LibvirtConfigGuestInterfacePortForward)

    vlan_trunk = Attr('vlan/@trunk', YESNO)
    vlan = Attr(by(direct='vlan/tag/@id', hostdev='vlan/tag/@id'), INT)
    vlan_native_mode = Attr(by(direct='vlan/tag/@nativeMode',
                               hostdev='vlan/tag/@nativeMode'))
    #: The tags beside ``vlan``: for types that have no such, all.
    vlan_tags = Children('vlan', LibvirtConfigGuestInterfaceVLANTag)

    mtu = Attr('mtu/@size', INT)
    coalesce_rx_frames_max = Attr('coalesce/rx/frames/@max', INT)

    target_dev = Attr('target/@dev')
    managed = Attr('target/@managed')
    #: The name in the guest, where the hypervisor gives it one.
    guest_dev = Attr('guest/@dev')
    guest_actual = Attr('guest/@actual')

    link_state = Attr('link/@state')
    isolated = Attr('port/@isolated', YESNO)

    teaming_type = Attr('teaming/@type')
    #: The alias of the interface that stays through a migration.
    teaming_persistent = Attr('teaming/@persistent')

    script = Attr('script/@path')
    downscript = Attr('downscript/@path')
    backend_domain = Attr('backenddomain/@name')

    vporttype = Attr('virtualport/@type')
    vportparams = Params('virtualport/parameters', names=_PORT_PARAMETERS)

    filtername = Attr('filterref/@filter')
    filterparams = Params('filterref/parameter')

    # <bandwidth>
    bandwidth_class = Attr('bandwidth/@classID', INT)
    vif_inbound_average = Attr('bandwidth/inbound/@average', INT)
    vif_inbound_peak = Attr('bandwidth/inbound/@peak', INT)
    vif_inbound_burst = Attr('bandwidth/inbound/@burst', INT)
    vif_inbound_floor = Attr('bandwidth/inbound/@floor', INT)
    vif_outbound_average = Attr('bandwidth/outbound/@average', INT)
    vif_outbound_peak = Attr('bandwidth/outbound/@peak', INT)
    vif_outbound_burst = Attr('bandwidth/outbound/@burst', INT)

    #: Bytes
    sndbuf = Text('tune/sndbuf', INT)

    rom_enabled = Attr('rom/@enabled', YESNO)
    rom_bar = Attr('rom/@bar', ONOFF)
    rom_file = Attr('rom/@file')

    driver_packed = Switch('driver_packed_state')

    def add_filter_param(self, key: str, value: Any) -> None:
        """Add a parameter of the network filter."""
        self.filterparams.append({'key': key, 'value': value})

    def add_vport_param(self, key: str, value: Any) -> None:
        """Add a parameter of the virtual port."""
        self.vportparams.append({'key': key, 'value': value})
