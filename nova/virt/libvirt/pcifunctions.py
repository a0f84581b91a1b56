# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""PCI functions of the host as Nova's dictionaries, made of what libvirt says."""

import collections
from collections.abc import Iterable, Mapping
from typing import Any

from nova.virt.libvirt import config as vconfig

# Kinds of PCI functions, as nova.objects.fields.PciDeviceType names them.
STANDARD = 'type-PCI'
SRIOV_PF = 'type-PF'
SRIOV_VF = 'type-VF'
VDPA = 'vdpa'

#: What is kept of a device, by libvirt's name of it.
Devices = Mapping[str, vconfig.LibvirtConfigNodeDevice]


def name_of(pci_address: str) -> str:
    """Return libvirt's name of a PCI function: pci_0000_0a_01_5 for 0000:0a:01.5."""
    return 'pci_' + pci_address.lower().replace(':', '_').replace('.', '_')


def pci_devices(devices: Devices) -> list[dict[str, Any]]:
    """Return the PCI functions of the host as the PCI tracker takes them."""
    by_parent = _children(devices.values())
    return [_pci_device(conf, devices, by_parent) for _name, conf
            in sorted(devices.items()) if _is_pci(conf)]


def copy_of(described: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dictionary that shares nothing that can be changed with another."""
    copied = dict(described)
    if 'capabilities' in described:
        copied['capabilities'] = {
            name: value.copy() for name, value in described['capabilities'].items()}
    return copied


def _is_pci(conf: vconfig.LibvirtConfigNodeDevice) -> bool:
    capability = conf.pci_capability
    return capability is not None and capability.type == 'pci'


def _is_net(conf: vconfig.LibvirtConfigNodeDevice) -> bool:
    capability = conf.pci_capability
    return capability is not None and capability.type == 'net'


def _children(devices: Iterable[vconfig.LibvirtConfigNodeDevice],
              ) -> dict[str | None, list[vconfig.LibvirtConfigNodeDevice]]:
    found = collections.defaultdict(list)
    for conf in devices:
        found[conf.parent].append(conf)
    return found


def _pci_device(conf: vconfig.LibvirtConfigNodeDevice, devices: Devices,
                by_parent: Mapping[str | None, list[vconfig.LibvirtConfigNodeDevice]],
                ) -> dict[str, Any]:
    pci = conf.pci_capability
    product, vendor = pci.product_id[2:], pci.vendor_id[2:]
    described = {
        'dev_id': conf.name, 'address': pci.pci_address(),
        'product_id': product, 'vendor_id': vendor, 'numa_node': pci.numa_node,
        'label': f'label_{vendor}_{product}',
        **_place(conf, devices, by_parent)}
    capabilities = _capabilities(conf, devices, by_parent)
    if capabilities:
        described['capabilities'] = capabilities
    return described


def _place(conf: vconfig.LibvirtConfigNodeDevice, devices: Devices,
           by_parent: Mapping[str | None, list[vconfig.LibvirtConfigNodeDevice]],
           ) -> dict[str, Any]:
    """Return the type of a function, and the physical one behind a virtual one."""
    children = by_parent.get(conf.name, ())
    physical = physical_function(conf)
    if physical is not None:
        kind = (VDPA
                if any(child.vdpa_capability is not None for child in children)
                else SRIOV_VF)
        place = {'dev_type': kind, 'parent_addr': physical}
        return {**place, **_named(by_parent.get(name_of(physical), ()))}
    functions = conf.pci_capability.fun_capability
    if any(each.type == 'virt_functions' for each in functions):
        return {'dev_type': SRIOV_PF, **_named(children)}
    return {'dev_type': STANDARD}


def _named(children: Iterable[vconfig.LibvirtConfigNodeDevice]) -> dict[str, str]:
    own = _own_interface(children)
    return {'parent_ifname': own.interface} if own is not None else {}


def _own_interface(children: Iterable[vconfig.LibvirtConfigNodeDevice]) -> Any:
    """Return the network capability of a function's own interface; None without.

    A card in switch mode has the ports of its virtual functions as children as well,
    and libvirt's documents mark neither.  Ports have addresses that the kernel made
    up where the card's own was given by its maker, and are named after the interface
    with something behind it (enp3s0f0np0 beside enp3s0f0npf0vf0, or eth0_1 of eth0).
    """
    return min((child.pci_capability for child in children if _is_net(child)),
               key=lambda net: (_is_made_up(net.address), len(net.interface or ''),
                                net.interface or ''), default=None)


def _is_made_up(mac: str | None) -> bool:
    """Tell whether a MAC address is locally administered, or none at all."""
    return not mac or bool(int(mac.partition(':')[0], 16) & 2)


def physical_function(conf: vconfig.LibvirtConfigNodeDevice) -> str | None:
    """Return the address of the function that a virtual one belongs to."""
    for each in conf.pci_capability.fun_capability if conf.pci_capability else ():
        if each.type == 'phys_function' and each.device_addrs:
            domain, bus, slot, function = each.device_addrs[0]
            return f'{domain:04x}:{bus:02x}:{slot:02x}.{function:x}'
    return None


def _capabilities(
    conf: vconfig.LibvirtConfigNodeDevice, devices: Devices,
    by_parent: Mapping[str | None, list[vconfig.LibvirtConfigNodeDevice]],
) -> dict[str, Any]:
    """Return what a network function and its card say about themselves."""
    found: dict[str, Any] = {}
    network = _own_interface(by_parent.get(conf.name, ()))
    if network is not None:
        found['network'] = list(network.features)
    physical = physical_function(conf)
    parent = devices.get(name_of(physical)) if physical else None
    if parent is not None:
        found.update(_sriov(conf, parent, by_parent))
    card = conf.pci_capability.vpd_capability or (
        parent.pci_capability.vpd_capability if parent else None)
    if card is not None and card.card_serial_number:
        found['vpd'] = {'card_serial_number': card.card_serial_number}
    return found


def _sriov(conf: vconfig.LibvirtConfigNodeDevice,
           parent: vconfig.LibvirtConfigNodeDevice,
           by_parent: Mapping[str | None, list[vconfig.LibvirtConfigNodeDevice]],
           ) -> dict[str, Any]:
    """Return the MAC address behind a virtual function, and which one it is."""
    network = _own_interface(by_parent.get(parent.name, ()))
    pci = conf.pci_capability
    own = (pci.domain, pci.bus, pci.slot, pci.function)
    functions = [tuple(address) for each in parent.pci_capability.fun_capability
                 if each.type == 'virt_functions' for address in each.device_addrs]
    if network is None or own not in functions:
        return {}
    return {'sriov': {'pf_mac_address': network.address,
                      'vf_num': functions.index(own)}}
