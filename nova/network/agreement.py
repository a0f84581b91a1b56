# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the file declares and what the host has, brought together.

What the file leaves open is taken from the host.  What both say has to be the same: a
server that is told one thing by DHCP and another by its config drive works nowhere.
"""

import dataclasses
from typing import Any
import uuid

import netaddr

from nova.network import declared

#: QEMU's own network: the numbers of gateway, name server and guest in it, for any
#: prefix in which the guest's is not the last.
_USER_GATEWAY, _USER_DNS, _USER_GUEST = 0x0202, 0x0203, 0x020F
_USER_LONGEST_PREFIX = 27
#: What a user network has where the file says no subnet of IPv4.
_USER_CIDR = netaddr.IPNetwork('10.0.2.0/24')


def agree(network: declared.Network, found: Any) -> declared.Network:
    """Return a network with what libvirt says of it.

    :param found: what the driver's get_host_network() returns.
    :raises ValueError: naming the field in which they differ, and both values.
    """
    _check_usable(network, found)
    subnets = tuple(
        _agreed(one, found, f'{network.name} subnets.{index}')
        for index, one in enumerate(network.subnets)) or tuple(
        _taken_over(one, network.id) for one in found.subnets)
    if not subnets:
        raise ValueError(f'{network.name} subnets: needed, since libvirt_network '
                         f'{network.libvirt_network!r} has no addresses')
    return dataclasses.replace(
        network, bridge=found.bridge, subnets=subnets,
        mtu=_same(network.mtu, found.mtu, f'{network.name} mtu', found.name))


def _check_usable(network: declared.Network, found: Any) -> None:
    where = f'{network.name} libvirt_network: {network.libvirt_network!r}'
    if found is None:
        raise ValueError(f'{where} is not there')
    if not found.is_active:
        raise ValueError(f'{where} is not active')
    if not found.bridge:
        raise ValueError(f'{where} has no bridge')


def _same(said: Any, there: Any, where: str, name: str) -> Any:
    """Return what both say, or the one that says anything."""
    if said is not None and there is not None and said != there:
        raise ValueError(f'{where}: {str(said)!r} is declared, and {str(there)!r} in '
                         f'libvirt network {name!r}')
    return there if said is None else said


def _agreed(subnet: declared.Subnet, found: Any, where: str) -> declared.Subnet:
    there = {netaddr.IPNetwork(one.cidr): one for one in found.subnets}
    if not there:
        return subnet  # then the addresses are nobody's but ours
    if subnet.cidr not in there:
        raise ValueError(f"{where}.cidr: '{subnet.cidr}' is declared, and "
                         f"{', '.join(map(repr, map(str, there)))} in libvirt network "
                         f'{found.name!r}')
    return _filled(subnet, there[subnet.cidr], where, found.name)


def _filled(subnet: declared.Subnet, there: Any, where: str,
            name: str) -> declared.Subnet:
    own = _own(there, subnet.id)
    if own.dhcp_server is not None and own.gateway is None and subnet.gateway:
        raise ValueError(f"{where}.gateway: '{subnet.gateway}' is declared, and "
                         f'libvirt network {name!r} has none, since it is isolated')
    first, last = (subnet.first, subnet.last) if subnet.has_range else (
        own.first, own.last)
    dns = _same(subnet.dns or None, own.dns or None, f'{where}.dns', name)
    return dataclasses.replace(
        own, first=first, last=last, dns=dns or (),
        gateway=_same(subnet.gateway, own.gateway, f'{where}.gateway', name))


def _taken_over(there: Any, network_id: str) -> declared.Subnet:
    return _own(there, str(uuid.uuid5(uuid.UUID(network_id), there.cidr)))


def _own(there: Any, subnet_id: str) -> declared.Subnet:
    """Return a subnet as libvirt has it."""
    cidr = netaddr.IPNetwork(there.cidr)
    first, last = there.dhcp_range or (cidr[0], cidr[-1])
    return declared.Subnet(
        id=subnet_id, cidr=cidr, gateway=_address(there.gateway),
        dns=tuple(netaddr.IPAddress(one) for one in there.dns),
        first=netaddr.IPAddress(first), last=netaddr.IPAddress(last),
        dhcp_server=_address(there.dhcp_server),
        host_addresses=(netaddr.IPAddress(there.address),))


def _address(text: str | None) -> netaddr.IPAddress | None:
    return None if text is None else netaddr.IPAddress(text)


def make_user(network: declared.Network) -> declared.Network:
    """Return a network as QEMU makes it up for each server alone.

    Gateway, name server and the one address are QEMU's choice.

    :raises ValueError: if the subnet has no room for them.
    """
    cidrs = [one.cidr for one in network.subnets if one.cidr.version == 4]
    cidr = cidrs[0] if cidrs else _USER_CIDR
    if cidr.prefixlen > _USER_LONGEST_PREFIX:
        raise ValueError(
            f"{network.name} subnets.cidr: '{cidr}' is too small for a network that "
            f'QEMU makes up: /{_USER_LONGEST_PREFIX} at the most')
    gateway, dns, guest = (
        netaddr.IPAddress(int(cidr.network) | number & int(cidr.hostmask))
        for number in (_USER_GATEWAY, _USER_DNS, _USER_GUEST))
    subnet = declared.Subnet(
        id=str(uuid.uuid5(uuid.UUID(network.id), str(cidr))), cidr=cidr,
        gateway=gateway, dns=(dns,), first=guest, last=guest, dhcp_server=gateway)
    return dataclasses.replace(
        network, bridge=None, mtu=None, subnets=(subnet,), port_security=False,
        is_user=True)
