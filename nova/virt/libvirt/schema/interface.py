# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#network-interfaces"""

from typing import Any

from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import PCI
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.device import ADDRESSES
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Params
from nova.virt.libvirt.schema.mapping import Switch
from nova.virt.libvirt.schema.mapping import by

_PORT_PARAMETERS = ('managerid', 'typeid', 'typeidversion', 'instanceid',
                    'interfaceid', 'profileid')


class LibvirtConfigGuestInterface(LibvirtConfigGuestDevice):
    """A network interface of a guest, whatever it is connected to."""

    root_name = 'interface'
    keyed_by = 'net_type'

    net_type = Attr('@type')
    #: The host's driver is taken from the device and given back.
    hostdev_managed = Attr('@managed', YESNO, default=True, when=('hostdev',))

    mac_addr = Attr('mac/@address')

    model = Attr('model/@type')

    # The process behind the socket is the driver.
    driver_name = Attr('driver/@name', unless=('vhostuser',))
    vhost_queues = Attr('driver/@queues', INT)
    vhost_rx_queue_size = Attr('driver/@rx_queue_size', INT)
    vhost_tx_queue_size = Attr('driver/@tx_queue_size', INT)
    driver_packed_state = Attr('driver/@packed', ONOFF)

    alias = Attr('alias/@name')

    vhostuser_type = Attr('source/@type', when=('vhostuser',))
    vhostuser_mode = Attr('source/@mode', when=('vhostuser',))
    vhostuser_path = Attr('source/@path', when=('vhostuser',))
    source_dev = Attr(by(bridge='source/@bridge', direct='source/@dev',
                         vdpa='source/@dev', network='source/@network',
                         hostdev=('source/address[type=pci]', PCI)))
    source_mode = Attr('source/@mode', default='private', when=('direct',))

    vlan = Attr(by(direct='vlan/tag/@id', hostdev='vlan/tag/@id'), INT)

    mtu = Attr('mtu/@size', INT)

    target_dev = Attr('target/@dev')
    managed = Attr('target/@managed')

    script = Attr('script/@path')

    vporttype = Attr('virtualport/@type')
    vportparams = Params('virtualport/parameters', names=_PORT_PARAMETERS)

    filtername = Attr('filterref/@filter')
    filterparams = Params('filterref/parameter')

    # <bandwidth>
    vif_inbound_average = Attr('bandwidth/inbound/@average', INT)
    vif_inbound_peak = Attr('bandwidth/inbound/@peak', INT)
    vif_inbound_burst = Attr('bandwidth/inbound/@burst', INT)
    vif_outbound_average = Attr('bandwidth/outbound/@average', INT)
    vif_outbound_peak = Attr('bandwidth/outbound/@peak', INT)
    vif_outbound_burst = Attr('bandwidth/outbound/@burst', INT)

    device_addr = Child(*ADDRESSES)

    driver_packed = Switch('driver_packed_state')

    def add_filter_param(self, key: str, value: Any) -> None:
        """Add a parameter of the network filter."""
        self.filterparams.append({'key': key, 'value': value})

    def add_vport_param(self, key: str, value: Any) -> None:
        """Add a parameter of the virtual port."""
        self.vportparams.append({'key': key, 'value': value})
