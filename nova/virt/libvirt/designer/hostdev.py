# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Devices of the host that the guest gets."""

from collections.abc import Mapping
from typing import Any

from oslo_utils import strutils

from nova import exception
from nova import objects
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import vifconfig
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

_WITH_PCI = (*machines.FULLY_VIRTUAL, 'parallels')

#: What accelerators are attached by, where they are attached at all.
_PCI, _MDEV = 'PCI', 'MDEV'


def describe_pci_devices(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                         host_facts: HostFacts, settings: Settings) -> None:
    """Pass through the devices that the flavor asks for; ports bring their own.

    :raises nova.exception.PciDeviceUnsupportedHypervisor: if guests cannot have any.
    """
    devices = _flavor_devices(inputs.instance)
    if devices and settings.virt_type not in _WITH_PCI:
        raise exception.PciDeviceUnsupportedHypervisor(type=settings.virt_type)
    for device in devices:
        guest.add_device(get_guest_pci_device(device))


def _flavor_devices(instance: 'objects.Instance') -> list['objects.PciDevice']:
    if not instance.obj_attr_is_set('pci_devices') or not instance.pci_devices:
        return []
    of_ports = {request.request_id for request in instance.pci_requests.requests
                if not _is_alias(request)} if instance.pci_requests else set()
    return [device for device in instance.pci_devices
            if device.request_id not in of_ports]


def _is_alias(request: 'objects.InstancePCIRequest') -> bool:
    return bool(request.obj_attr_is_set('alias_name') and request.alias_name)


def get_guest_pci_device(
    device: 'objects.PciDevice') -> vconfig.LibvirtConfigGuestHostdevPCI:
    """Return a device of the host by its address."""
    conf = vifconfig.pci_device('address', device.address)
    extra = device.extra_info if device.obj_attr_is_set('extra_info') else {}
    managed = strutils.bool_from_string(extra.get('managed', 'true'))
    conf.managed = 'yes' if managed else 'no'
    return conf


def describe_mediated_devices(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                              host_facts: HostFacts, settings: Settings) -> None:
    """Give the guest the mediated devices that were made for it."""
    for uuid in inputs.assigned.mdevs:
        guest.add_device(vconfig.LibvirtConfigGuestHostdevMDEV(uuid=uuid))


def describe_accelerators(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                          host_facts: HostFacts, settings: Settings) -> None:
    """Attach accelerators, unless one of them is of a kind that is not known."""
    requests = inputs.assigned.accelerators
    if {request['attach_handle_type'] for request in requests} - {_PCI, _MDEV}:
        return
    for kind in (_PCI, _MDEV):
        for request in requests:
            if request['attach_handle_type'] == kind:
                guest.add_device(_accelerator(request))


def _accelerator(request: Mapping[str, Any]) -> vconfig.LibvirtConfigGuestHostdev:
    if request['attach_handle_type'] == _MDEV:
        return vconfig.LibvirtConfigGuestHostdevMDEV(uuid=request['attach_handle_uuid'])
    address = request['attach_handle_info']
    return vconfig.LibvirtConfigGuestHostdevPCI(
        domain=address['domain'], bus=address['bus'], slot=address['device'],
        function=address['function'])
