# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""VIFs and instances in the words of os-vif, whose plugins plug them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from os_vif import objects as os_vif_objects

from nova import exception
from nova.i18n import _
from nova.network import model

if TYPE_CHECKING:
    from nova import objects

_OVS = 'ovs'
_NOOP = 'noop'

os_vif_objects.register_all()


def nova_to_osvif_instance(instance: 'objects.Instance') -> Any:
    """Return what os-vif wants to know of an instance."""
    return os_vif_objects.instance_info.InstanceInfo(
        uuid=instance.uuid, name=instance.name, project_id=instance.project_id)


def nova_to_osvif_vif(vif: model.VIF) -> Any:
    """Return a VIF as os-vif's object; None if os-vif has nothing to do with it.

    :raises exception.NovaException: for a type that is not known or bound to nothing.
    """
    if vif['type'] in _WITHOUT_OS_VIF:
        return None
    convert = _CONVERTERS.get(vif['type'])
    if convert is None:
        raise exception.NovaException(
            _('Unexpected vif_type=%s') % vif['type'])
    return convert(vif)


def nova_to_osvif_network(network: model.Network) -> Any:
    """Return a network as os-vif's object."""
    known = {'id': network['id'], 'label': network['label'],
             'bridge': network['bridge'], 'mtu': network.get_meta('mtu'),
             'bridge_interface': network.get_meta('bridge_interface'),
             'vlan': network.get_meta('vlan')}
    return os_vif_objects.network.Network(
        subnets=os_vif_objects.subnet.SubnetList(objects=[]),
        should_provide_bridge=bool(network.get_meta('should_create_bridge')),
        should_provide_vlan=bool(network.get_meta('should_create_vlan')),
        multi_host=bool(network.get_meta('multi_host')),
        **{name: value for name, value in known.items() if value is not None})


def _vif(cls: Any, vif: model.VIF, plugin: str, **members: Any) -> Any:
    return cls(
        id=vif['id'], address=vif['address'], plugin=plugin,
        network=nova_to_osvif_network(vif['network']), active=vif['active'],
        preserve_on_delete=vif['preserve_on_delete'],
        has_traffic_filtering=vif.is_neutron_filtering_enabled(), **members)


def _devname(vif: model.VIF) -> str:
    name: str = vif['devname'] or f'nic{vif["id"]}'
    return name[:model.NIC_NAME_LEN]


def _ovs_profile(vif: model.VIF) -> Any:
    details = vif['details']
    multiqueue = bool(details.get('multiqueue'))
    return os_vif_objects.vif.VIFPortProfileOpenVSwitch(
        interface_id=vif['ovs_interfaceid'] or vif['id'],
        datapath_type=details.get(model.VIF_DETAILS_OVS_DATAPATH_TYPE),
        create_port=bool(vif['delegate_create']),
        create_tap=bool(details.get(model.VIF_DETAILS_OVS_CREATE_TAP)),
        multiqueue=multiqueue)


def _ovs(vif: model.VIF) -> Any:
    profile = _ovs_profile(vif)
    if vif['vnic_type'] in model.VNIC_TYPES_DIRECT_PASSTHROUGH:
        return _passed_through(vif, _OVS, profile)
    if vif.is_hybrid_plug_enabled():
        return _vif(os_vif_objects.vif.VIFBridge, vif, _OVS, port_profile=profile,
                    vif_name=_devname(vif),
                    bridge_name=f'qbr{vif["id"]}'[:model.NIC_NAME_LEN])
    return _vif(os_vif_objects.vif.VIFOpenVSwitch, vif, _OVS, port_profile=profile,
                vif_name=_devname(vif), bridge_name=vif['network']['bridge'])


def _passed_through(vif: model.VIF, plugin: str, profile: Any) -> Any:
    return _vif(os_vif_objects.vif.VIFHostDevice, vif, plugin, port_profile=profile,
                dev_address=vif['profile']['pci_slot'],
                dev_type=os_vif_objects.fields.VIFHostDeviceDevType.ETHERNET)


def _vhostuser(vif: model.VIF) -> Any:
    details = vif['details']
    if details.get(model.VIF_DETAILS_VHOSTUSER_FP_PLUG):
        return _sockets(vif, 'vhostuser_fp', _devname(vif), _fast_path(vif))
    if details.get(model.VIF_DETAILS_VHOSTUSER_OVS_PLUG):
        name = f'vhu{vif["id"]}'[:model.NIC_NAME_LEN]
        return _sockets(vif, _OVS, name, _ovs_profile(vif))
    if details.get(model.VIF_DETAILS_VHOSTUSER_VROUTER_PLUG):
        return _sockets(vif, 'contrail_vrouter', _devname(vif))
    return _sockets(vif, _NOOP, _devname(vif))


def _fast_path(vif: model.VIF) -> Any:
    if vif['details'].get(model.VIF_DETAILS_VHOSTUSER_OVS_PLUG):
        hybrid = vif.is_hybrid_plug_enabled()
        bridge = f'qbr{vif["id"]}'[:model.NIC_NAME_LEN]
        return os_vif_objects.vif.VIFPortProfileFPOpenVSwitch(
            interface_id=vif['ovs_interfaceid'] or vif['id'], hybrid_plug=hybrid,
            datapath_type=vif['details'].get(model.VIF_DETAILS_OVS_DATAPATH_TYPE),
            bridge_name=bridge if hybrid else vif['network']['bridge'])
    return os_vif_objects.vif.VIFPortProfileFPBridge(
        bridge_name=vif['network']['bridge'])


def _sockets(vif: model.VIF, plugin: str, name: str, profile: Any = None) -> Any:
    details = vif['details']
    path = details.get(model.VIF_DETAILS_VHOSTUSER_SOCKET)
    if not path:
        raise exception.VifDetailsMissingVhostuserSockPath(vif_id=vif['id'])
    profiles = {'port_profile': profile} if profile is not None else {}
    return _vif(os_vif_objects.vif.VIFVHostUser, vif, plugin, vif_name=name, path=path,
                mode=details.get(model.VIF_DETAILS_VHOSTUSER_MODE, 'server'),
                **profiles)


def _of_other_plugin(plugin: str) -> Callable[[model.VIF], Any]:
    def convert(vif: model.VIF) -> Any:
        if vif['vnic_type'] == model.VNIC_TYPE_VIRTIO_FORWARDER:
            return _sockets(vif, plugin, _devname(vif), _ovs_profile(vif))
        if vif['vnic_type'] in model.VNIC_TYPES_DIRECT_PASSTHROUGH:
            return _passed_through(vif, plugin, _ovs_profile(vif))
        return _vif(os_vif_objects.vif.VIFGeneric, vif, plugin, vif_name=_devname(vif),
                    port_profile=_ovs_profile(vif))
    return convert


_CONVERTERS: dict[str, Callable[[model.VIF], Any]] = {
    model.VIF_TYPE_OVS: _ovs,
    model.VIF_TYPE_VHOSTUSER: _vhostuser,
    model.VIF_TYPE_AGILIO_OVS: _of_other_plugin('agilio_ovs'),
    model.VIF_TYPE_VROUTER: _of_other_plugin('vrouter'),
    model.VIF_TYPE_IVS: _of_other_plugin('ivs'),
}

#: What is plugged by the driver itself, or by libvirt.
_WITHOUT_OS_VIF = frozenset({
    model.VIF_TYPE_BRIDGE, model.VIF_TYPE_TAP, model.VIF_TYPE_MACVTAP,
    model.VIF_TYPE_HW_VEB, model.VIF_TYPE_HOSTDEV, model.VIF_TYPE_IB_HOSTDEV,
    model.VIF_TYPE_IOVISOR, model.VIF_TYPE_MIDONET, model.VIF_TYPE_802_QBG,
    model.VIF_TYPE_802_QBH,
})
