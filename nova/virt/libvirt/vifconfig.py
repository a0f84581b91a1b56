# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What an interface of a guest looks like, by the kind of port that it belongs to.

Nothing here asks or changes the host; what it must know of the host is given to it.
"""

from collections.abc import Callable, Mapping, Sequence
import dataclasses
import re
from typing import Any

import netaddr

from nova import exception
from nova import objects
from nova.i18n import _
from nova.network import model as network_model
from nova.objects import fields
from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import usertext
from nova.virt.libvirt.options import option

Interface = vconfig.LibvirtConfigGuestInterface
Device = vconfig.LibvirtConfigGuestDevice

_VIRTIO = fields.VIFModel.VIRTIO

_KVM_MODELS = frozenset({
    _VIRTIO, fields.VIFModel.NE2K_PCI, fields.VIFModel.PCNET, fields.VIFModel.RTL8139,
    fields.VIFModel.E1000, fields.VIFModel.E1000E, fields.VIFModel.IGB,
    fields.VIFModel.VMXNET3, fields.VIFModel.SPAPR_VLAN})

#: A port that reaches out through QEMU alone; the network service has none such.
VIF_TYPE_USER = 'user'

#: What guests of a type can have; the interfaces of a container have no model.
_MODELS = {
    'kvm': _KVM_MODELS,
    'qemu': _KVM_MODELS | {fields.VIFModel.LAN9118},
    'parallels': frozenset({_VIRTIO, fields.VIFModel.RTL8139, fields.VIFModel.E1000}),
    'lxc': frozenset(),
}


@dataclasses.dataclass(frozen=True)
class VIFSettings:
    use_virtio_for_bridges: bool = option('libvirt.use_virtio_for_bridges', True)
    rx_queue_size: int | None = option('libvirt.rx_queue_size')
    tx_queue_size: int | None = option('libvirt.tx_queue_size')
    #: None stands for what the kernel can.
    max_queues: int | None = option('libvirt.max_queues')


@dataclasses.dataclass(frozen=True)
class VIFHost:
    """What an interface needs to know about the host."""

    #: ``uname -r``
    kernel_release: str = ''
    #: PCI address of a virtual function to the name of its network device.
    netdevs: Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: PCI address to the character device of its vDPA.
    vdpa_paths: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class VIFGuest:
    """The guest that an interface is for."""

    image_meta: 'objects.ImageMeta'
    flavor: 'objects.Flavor'
    virt_type: str
    #: The model of NIC, where the image does not ask for one.
    usual_model: str = _VIRTIO


def is_vif_model_valid_for_virt(virt_type: str, vif_model: str | None) -> bool:
    """Tell whether guests of a type can have a model.

    :raises exception.UnsupportedVirtType: for an unknown type of guest.
    """
    if vif_model is None:
        return True
    if virt_type not in _MODELS:
        raise exception.UnsupportedVirtType(virt=virt_type)
    return vif_model in _MODELS[virt_type]


def get_max_tap_queues(kernel_release: str) -> int:
    """Return how many queues the kernel gives a tap device."""
    match = re.match(r'\d+', kernel_release)
    major = int(match[0]) if match else 0
    if major <= 2:
        return 1
    return 8 if major == 3 else 256


def get_vif_devname(vif: Any) -> str:
    """Return the name of the port's network device on the host."""
    name: str = vif.get('devname') or f'nic{vif["id"]}'
    return name[:network_model.NIC_NAME_LEN]


def get_hybrid_bridge(vif: Any) -> str:
    """Return the bridge between the guest and Open vSwitch."""
    return f'qbr{vif["id"]}'[:network_model.NIC_NAME_LEN]


def get_vif_model(image_meta: 'objects.ImageMeta | None' = None,
                  vif_model: str | None = None) -> str | None:
    """Return the model that an image asks for, or else the one that is given."""
    asked = image_meta.properties.get('hw_vif_model') if image_meta else None
    return asked or vif_model


class InterfaceDescriber:
    """Describes interfaces of every kind."""

    def __init__(self, settings: VIFSettings | None = None,
                 host: VIFHost | None = None) -> None:
        self.settings = settings or VIFSettings()
        self.host = host or VIFHost()

    def describe(self, vif: Any, guest: VIFGuest) -> Device:
        """Return the interface of a port, or the device that is passed through.

        :raises exception.InternalError: for a port that is bound to nothing, or to
            what is not known.
        :raises exception.NovaException: if the port's details lack what its kind
            needs, or the guest cannot have the model.
        """
        kind = str(vif['type']).replace('.', '').replace('-', '_')
        describe: Callable[[Any, VIFGuest], Device] | None = getattr(
            self, f'describe_{kind}', None)
        if vif['type'] is None or describe is None:
            raise exception.InternalError(
                err=_('Unexpected vif_type=%(type)s with vnic_type=%(vnic_type)s')
                % {'type': usertext.shown(vif['type']), 'vnic_type': vif['vnic_type']})
        return describe(vif, guest)

    # What plugs into Open vSwitch and the like

    def describe_ovs(self, vif: Any, guest: VIFGuest) -> Device:
        """Return the interface of a port of Open vSwitch."""
        if vif['vnic_type'] in network_model.VNIC_TYPES_DIRECT_PASSTHROUGH:
            return self._passed_through(vif, guest)
        if vif.is_hybrid_plug_enabled():
            return self._bridged(vif, guest, get_hybrid_bridge(vif))
        if not vif.get('delegate_create', True):
            conf = self._bridged(vif, guest, vif['network']['bridge'])
            conf.vporttype = 'openvswitch'
            conf.add_vport_param('interfaceid', vif['ovs_interfaceid'] or vif['id'])
            return conf
        conf = self._plain(vif, guest)
        if vif['details'].get(network_model.VIF_DETAILS_OVS_CREATE_TAP):
            conf.managed = 'no'
        return conf

    def describe_agilio_ovs(self, vif: Any, guest: VIFGuest) -> Device:
        """Return the interface of a port of Open vSwitch on a smart NIC."""
        if vif['vnic_type'] == network_model.VNIC_TYPE_VIRTIO_FORWARDER:
            return self._vhostuser(vif, guest, get_vif_devname(vif))
        return self.describe_ovs(vif, guest)

    def describe_vrouter(self, vif: Any, guest: VIFGuest) -> Device:
        """Return the interface of a port of OpenContrail."""
        if vif['vnic_type'] == network_model.VNIC_TYPE_VIRTIO_FORWARDER:
            return self._vhostuser(vif, guest, get_vif_devname(vif))
        if vif['vnic_type'] in network_model.VNIC_TYPES_DIRECT_PASSTHROUGH:
            return self._passed_through(vif, guest)
        return self._plain(vif, guest)

    def describe_ivs(self, vif: Any, guest: VIFGuest) -> Device:
        """Return the interface of a port of Indigo Virtual Switch."""
        if vif.is_hybrid_plug_enabled():
            return self._bridged(vif, guest, get_hybrid_bridge(vif))
        return self._plain(vif, guest)

    def describe_bridge(self, vif: Any, guest: VIFGuest) -> Device:
        """Return the interface of a port of a Linux bridge."""
        return self._bridged(vif, guest, vif['network']['bridge'])

    def describe_vhostuser(self, vif: Any, guest: VIFGuest) -> Device:
        """Return the interface of a port behind a socket.

        :raises exception.VifDetailsMissingVhostuserSockPath: without the socket.
        """
        details = vif['details']
        name = get_vif_devname(vif)
        if (details.get(network_model.VIF_DETAILS_VHOSTUSER_OVS_PLUG)
                and not details.get(network_model.VIF_DETAILS_VHOSTUSER_FP_PLUG)):
            name = f'vhu{vif["id"]}'[:network_model.NIC_NAME_LEN]
        return self._vhostuser(vif, guest, name)

    def describe_tap(self, vif: Any, guest: VIFGuest) -> Device:
        """Return the interface of a tap device that somebody else makes."""
        conf = self.base(vif, guest)
        self._over_ethernet(conf, vif)
        conf.mtu = self._mtu(vif)
        conf.managed = 'no'
        return conf

    def describe_user(self, vif: Any, guest: VIFGuest) -> Device:
        """Return an interface whose network QEMU makes up, where nobody is root."""
        conf = self.base(vif, guest)
        conf.net_type = 'user'
        conf.ips = [_network_of(subnet['cidr']) for subnet in _subnets_of(vif)
                    if netaddr.IPNetwork(subnet['cidr']).version == 4]
        return conf

    def describe_iovisor(self, vif: Any, guest: VIFGuest) -> Device:
        """Return the interface of a port of IOVisor."""
        conf = self.base(vif, guest)
        self._over_ethernet(conf, vif)
        _limit_bandwidth(conf, guest.flavor)
        return conf

    describe_midonet = describe_iovisor

    # What is passed through

    def describe_hw_veb(self, vif: Any, guest: VIFGuest) -> Device:
        """Return a virtual function whose card switches."""
        conf = self._of_function(vif, guest)
        conf.vlan = vif['details'].get(network_model.VIF_DETAILS_VLAN)
        _limit_bandwidth(conf, guest.flavor)
        return conf

    def describe_8021qbh(self, vif: Any, guest: VIFGuest) -> Device:
        """Return a virtual function that an 802.1Qbh bridge switches."""
        conf = self._of_function(vif, guest)
        conf.vporttype = '802.1Qbh'
        conf.add_vport_param('profileid', _needed(
            vif, 'details', network_model.VIF_DETAILS_PROFILEID))
        _limit_bandwidth(conf, guest.flavor)
        return conf

    def describe_8021qbg(self, vif: Any, guest: VIFGuest) -> Device:
        """Return a macvtap that an 802.1Qbg bridge switches."""
        conf = self.base(vif, guest)
        conf.net_type = 'direct'
        conf.source_dev = vif['network'].get_meta('interface')
        conf.source_mode = 'vepa'
        conf.vporttype = '802.1Qbg'
        for name in ('managerid', 'typeid', 'typeidversion', 'instanceid'):
            conf.add_vport_param(name, _needed(vif, 'qbg_params', name))
        _limit_bandwidth(conf, guest.flavor)
        return conf

    def describe_macvtap(self, vif: Any, guest: VIFGuest) -> Device:
        """Return a macvtap on a network device of the host.

        :raises exception.VifDetailsMissingMacvtapParameters: if it is not said
            which, and how.
        """
        details = vif['details']
        needed = [network_model.VIF_DETAILS_MACVTAP_SOURCE,
                  network_model.VIF_DETAILS_MACVTAP_MODE]
        if details.get(network_model.VIF_DETAILS_VLAN):
            needed.append(network_model.VIF_DETAILS_PHYS_INTERFACE)
        missing = [name for name in needed if not details.get(name)]
        if missing:
            raise exception.VifDetailsMissingMacvtapParameters(
                vif_id=vif['id'], missing_params=', '.join(missing))
        conf = self.base(vif, guest)
        conf.net_type = 'direct'
        conf.source_dev = details[network_model.VIF_DETAILS_MACVTAP_SOURCE]
        conf.source_mode = details[network_model.VIF_DETAILS_MACVTAP_MODE]
        return conf

    def describe_hostdev_physical(self, vif: Any, guest: VIFGuest) -> Device:
        """Return a whole card."""
        return get_passed_device(vif)

    describe_ib_hostdev = describe_hostdev_physical

    # Parts

    def base(self, vif: Any, guest: VIFGuest) -> Interface:
        """Return what the guest sees: the address, the model and its queues."""
        conf = Interface()
        conf.mac_addr = vif['address']
        if vif['vnic_type'] in network_model.VNIC_TYPES_DIRECT_PASSTHROUGH:
            return conf
        conf.model = self._model(guest)
        if conf.model == _VIRTIO:
            self._tune_virtio(conf, guest)
        return conf

    def _model(self, guest: VIFGuest) -> str | None:
        model = get_vif_model(guest.image_meta)
        is_virtual = bool(_MODELS.get(guest.virt_type))
        may_be_usual = (self.settings.use_virtio_for_bridges
                        or guest.usual_model != _VIRTIO)
        if model is None and is_virtual and may_be_usual:
            return guest.usual_model
        if not is_vif_model_valid_for_virt(guest.virt_type, model):
            raise exception.UnsupportedHardware(model=model, virt=guest.virt_type)
        return model

    def _tune_virtio(self, conf: Interface, guest: VIFGuest) -> None:
        conf.driver_packed = hardware.get_packed_virtqueue_constraint(
            guest.flavor, guest.image_meta)
        if guest.virt_type == 'qemu':
            # Without KVM there is no vhost in the kernel to hand packets to.
            conf.driver_name = 'qemu'
        elif hardware.get_vif_multiqueue_constraint(guest.flavor, guest.image_meta):
            conf.driver_name = 'vhost'
            conf.vhost_queues = min(guest.flavor.vcpus, self._max_queues())
        if self.settings.rx_queue_size:
            conf.driver_name = conf.driver_name or 'vhost'
            conf.vhost_rx_queue_size = self.settings.rx_queue_size

    def _max_queues(self) -> int:
        return self.settings.max_queues or get_max_tap_queues(self.host.kernel_release)

    def _plain(self, vif: Any, guest: VIFGuest) -> Interface:
        conf = self.base(vif, guest)
        self._over_ethernet(conf, vif)
        conf.mtu = self._mtu(vif)
        _limit_bandwidth(conf, guest.flavor)
        return conf

    def _over_ethernet(self, conf: Interface, vif: Any) -> None:
        conf.net_type = 'ethernet'
        conf.target_dev = get_vif_devname(vif)

    def _bridged(self, vif: Any, guest: VIFGuest, bridge: str) -> Interface:
        conf = self.base(vif, guest)
        conf.net_type = 'bridge'
        conf.source_dev = bridge
        conf.target_dev = get_vif_devname(vif)
        conf.mtu = self._mtu(vif)
        _limit_bandwidth(conf, guest.flavor)
        return conf

    def _vhostuser(self, vif: Any, guest: VIFGuest, name: str) -> Interface:
        details = vif['details']
        path = details.get(network_model.VIF_DETAILS_VHOSTUSER_SOCKET)
        if not path:
            raise exception.VifDetailsMissingVhostuserSockPath(vif_id=vif['id'])
        conf = self.base(vif, guest)
        conf.net_type = 'vhostuser'
        conf.vhostuser_type = 'unix'
        conf.vhostuser_mode = details.get(
            network_model.VIF_DETAILS_VHOSTUSER_MODE, 'server')
        conf.vhostuser_path = path
        conf.target_dev = name
        conf.vhost_rx_queue_size = self.settings.rx_queue_size
        conf.vhost_tx_queue_size = self.settings.tx_queue_size
        return conf

    def _passed_through(self, vif: Any, guest: VIFGuest) -> Interface:
        conf = self.base(vif, guest)
        address = _needed(vif, 'profile', 'pci_slot')
        if vif['vnic_type'] == network_model.VNIC_TYPE_VDPA:
            conf.net_type = 'vdpa'
            conf.source_dev = _looked_up(self.host.vdpa_paths, address)
        else:
            conf.net_type = 'hostdev'
            conf.source_dev = address
        _limit_bandwidth(conf, guest.flavor)
        return conf

    def _of_function(self, vif: Any, guest: VIFGuest) -> Interface:
        """Return a virtual function, passed through itself or by a macvtap."""
        conf = self.base(vif, guest)
        address = _needed(vif, 'profile', 'pci_slot')
        if vif['vnic_type'] == network_model.VNIC_TYPE_MACVTAP:
            conf.net_type = 'direct'
            conf.source_mode = 'passthrough'
            conf.source_dev = _looked_up(self.host.netdevs, address)
            conf.driver_name = 'vhost'
        else:
            conf.net_type = 'hostdev'
            conf.source_dev = address
            conf.model = None
        return conf

    def _mtu(self, vif: Any) -> int | None:
        mtu: int | None = vif['network'].get_meta('mtu')
        return mtu


def _subnets_of(vif: Any) -> Sequence[Any]:
    return vif['network']['subnets'] if vif['network'] else ()


def _network_of(cidr: str) -> vconfig.LibvirtConfigGuestInterfaceIP:
    network = netaddr.IPNetwork(cidr)
    return vconfig.LibvirtConfigGuestInterfaceIP(
        address=str(network.network), family='ipv4', prefix=network.prefixlen)


def _needed(vif: Any, part: str, name: str) -> Any:
    """Return what a port of its kind cannot do without.

    :raises exception.InvalidInput: if it is not there.
    """
    found = (vif.get(part) or {}).get(name)
    if found is None:
        raise exception.InvalidInput(
            reason=_('Port %(id)s of type %(type)s has no %(name)s in its %(part)s')
            % {'id': vif['id'], 'type': vif['type'], 'name': name, 'part': part})
    return found


def _looked_up(found: Mapping[str, str], address: str) -> str:
    if address not in found:
        raise exception.PciDeviceNotFoundById(id=address)
    return found[address]


def get_passed_device(vif: Any) -> vconfig.LibvirtConfigGuestHostdevPCI:
    """Return the device of a port that is a whole PCI function."""
    return pci_device('pci_slot', _needed(vif, 'profile', 'pci_slot'))


def pci_device(name: str, address: str) -> vconfig.LibvirtConfigGuestHostdevPCI:
    """Return the device of the host at an address such as 0000:06:12.3.

    :param name: what the address is called where it was written.
    :raises nova.exception.InvalidInput: if it is none.
    """
    parts = re.fullmatch(r'([^:.]+):([^:.]+):([^:.]+)\.([^:.]+)', address)
    if parts is None:
        raise exception.InvalidInput(
            reason=_('%(name)s must be a PCI address, not %(value)s')
            % {'name': name, 'value': usertext.quoted(address)})
    domain, bus, slot, function = parts.groups()
    return vconfig.LibvirtConfigGuestHostdevPCI(
        domain=domain, bus=bus, slot=slot, function=function)


def _limit_bandwidth(conf: Interface, flavor: 'objects.Flavor') -> None:
    """Set the flavor's limits; peak and burst mean nothing without an average."""
    specs = flavor.extra_specs
    for direction in ('inbound', 'outbound'):
        if f'quota:vif_{direction}_average' not in specs:
            continue
        for name in ('average', 'peak', 'burst'):
            key = f'vif_{direction}_{name}'
            value = specs.get(f'quota:{key}')
            if value is not None:
                setattr(conf, key, usertext.whole_number(f'quota:{key}', value))
