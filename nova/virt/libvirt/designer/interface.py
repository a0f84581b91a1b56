# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The network interfaces of the guest."""

from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import vifconfig
from nova.virt.libvirt.designer import guestos
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings


def describe_interfaces(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                        host_facts: HostFacts, settings: Settings) -> None:
    """Add an interface for each VIF, in their order.

    :raises nova.exception.InternalError: for a VIF of a kind that is not known.
    """
    describer = vifconfig.InterfaceDescriber(
        settings.interface,
        vifconfig.VIFHost(
            kernel_release=host_facts.versions.kernel_release,
            netdevs=inputs.found.netdevs, vdpa_paths=inputs.found.vdpa_paths))
    vif_guest = vifconfig.VIFGuest(
        inputs.image_meta, inputs.flavor, settings.virt_type,
        **guestos.chosen(usual_model=guestos.vif_model(
            inputs.guest_os, machines.board(inputs, host_facts, settings))))
    for vif in inputs.network_info:
        conf = describer.describe(vif, vif_guest)
        if isinstance(conf, vconfig.LibvirtConfigGuestInterface):
            conf.filtername = inputs.allotted.filters.get(vif['id'])
        guest.add_device(conf)
