# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The network interfaces of the guest."""

from typing import Any

from nova import exception
from nova.i18n import _
from nova.objects import fields
from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

#: Length of a network device's name in the kernel, without the end.
NIC_NAME_LEN = 14

_VIRTIO = fields.VIFModel.VIRTIO

_KVM_MODELS = frozenset({
    _VIRTIO, fields.VIFModel.NE2K_PCI, fields.VIFModel.PCNET, fields.VIFModel.RTL8139,
    fields.VIFModel.E1000, fields.VIFModel.E1000E, fields.VIFModel.IGB,
    fields.VIFModel.VMXNET3, fields.VIFModel.SPAPR_VLAN})

#: What guests of a type can have.
_MODELS = {
    'kvm': _KVM_MODELS,
    'qemu': _KVM_MODELS | {fields.VIFModel.LAN9118},
    'parallels': frozenset({_VIRTIO, fields.VIFModel.RTL8139, fields.VIFModel.E1000}),
}


def describe_interfaces(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                        host_facts: HostFacts, settings: Settings) -> None:
    """Add an interface for each VIF, in their order.

    :raises nova.exception.InternalError: for a VIF of a kind that is not known.
    """
    for vif in inputs.network_info:
        guest.add_device(get_config(vif, inputs, settings))


def get_config(vif: Any, inputs: GuestInputs,
               settings: Settings) -> vconfig.LibvirtConfigGuestInterface:
    """Return the interface of a VIF that Open vSwitch plugs into its bridge.

    :raises nova.exception.InternalError: for any other VIF.
    """
    if (vif['type'] != 'ovs' or vif['vnic_type'] != 'normal'
            or not vif.get('delegate_create', True)):
        raise exception.InternalError(
            err=_('Unexpected vif_type=%(type)s with vnic_type=%(vnic_type)s')
            % {'type': vif['type'], 'vnic_type': vif['vnic_type']})
    conf = vconfig.LibvirtConfigGuestInterface()
    _describe_plug(conf, vif)
    conf.mac_addr = vif['address']
    conf.target_dev = vif.get('devname') or f'nic{vif["id"]}'[:NIC_NAME_LEN]
    conf.mtu = vif['network']['meta'].get('mtu')
    _describe_model(conf, inputs, settings)
    _limit_bandwidth(conf, inputs)
    return conf


def _describe_plug(conf: vconfig.LibvirtConfigGuestInterface, vif: Any) -> None:
    """Say how packets reach the bridge, straight or through one that filters."""
    if not vif['details'].get('ovs_hybrid_plug'):
        conf.net_type = 'ethernet'
        return
    conf.net_type = 'bridge'
    conf.source_dev = f'qbr{vif["id"]}'[:NIC_NAME_LEN]


def _describe_model(conf: vconfig.LibvirtConfigGuestInterface, inputs: GuestInputs,
                    settings: Settings) -> None:
    conf.model = _model(inputs, settings)
    # Contradictions are refused even where one queue is all there is.
    hardware.get_vif_multiqueue_constraint(inputs.flavor, inputs.image_meta)
    if conf.model != _VIRTIO:
        return
    # Without KVM there is no vhost in the kernel to hand packets to.
    conf.driver_name = 'qemu' if settings.virt_type == 'qemu' else None
    conf.driver_packed = hardware.get_packed_virtqueue_constraint(
        inputs.flavor, inputs.image_meta)


def _model(inputs: GuestInputs, settings: Settings) -> str | None:
    wanted: str | None = inputs.image_meta.properties.get('hw_vif_model')
    if wanted is not None:
        _verify_model(wanted, settings.virt_type)
        return wanted
    is_virtual = settings.virt_type in (*machines.FULLY_VIRTUAL, 'parallels')
    return _VIRTIO if is_virtual and settings.interface.use_virtio_for_bridges else None


def _verify_model(model: str, virt_type: str) -> None:
    if virt_type in _MODELS and model not in _MODELS[virt_type]:
        raise exception.UnsupportedHardware(model=model, virt=virt_type)


def _limit_bandwidth(conf: vconfig.LibvirtConfigGuestInterface,
                     inputs: GuestInputs) -> None:
    """Set the flavor's limits; peak and burst mean nothing without an average."""
    specs = inputs.flavor.extra_specs
    for direction in ('inbound', 'outbound'):
        if f'quota:vif_{direction}_average' not in specs:
            continue
        for name in ('average', 'peak', 'burst'):
            value = specs.get(f'quota:vif_{direction}_{name}')
            if value is not None:
                setattr(conf, f'vif_{direction}_{name}', int(value))
