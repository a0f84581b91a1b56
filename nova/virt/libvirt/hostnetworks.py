# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What this host has of networks: bridges, and libvirt's networks with their addresses.

It is told in plain values, for whoever decides which addresses guests get.
"""

from collections.abc import Callable
import dataclasses
from typing import Protocol
from urllib import parse

import netaddr

from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import networks

#: The lengths of prefixes by the first bits of an address, as before there were any.
_CLASSES = ((128, 8), (192, 16), (256, 24))


@dataclasses.dataclass(frozen=True)
class HostSubnet:
    """Addresses of a libvirt network."""

    cidr: str
    #: The host's own address.
    address: str
    #: The address that guests are told to route by; None if there is none.
    gateway: str | None
    #: The address of the server that gives guests theirs; None if there is none.
    dhcp_server: str | None
    dns: tuple[str, ...]
    #: The first range that the server gives away.
    dhcp_range: tuple[str, str] | None


@dataclasses.dataclass(frozen=True)
class HostNetwork:
    """A network of libvirt."""

    name: str
    is_active: bool
    #: None for a network of another kind.
    bridge: str | None
    mtu: int | None
    subnets: tuple[HostSubnet, ...]


class Host(Protocol):
    """What is asked of the hypervisor host."""

    def get_network(self, name: str) -> networks.Network | None:
        """Return a network of libvirt; None if there is none of that name."""

    def get_dhcp_leases(self, network: str) -> list[networks.Lease]:
        """Return the addresses that a network has given away."""


class HostNetworks:
    """Networks that guests can be plugged into.

    :param is_bridge: tells whether there is a bridge of a name.
    :param uri: where libvirt is.
    """

    def __init__(self, host: Host, is_bridge: Callable[[str], bool], uri: str) -> None:
        self._host = host
        self._is_bridge = is_bridge
        self.has_bridges = not _is_session(uri)

    def has_bridge(self, name: str) -> bool:
        """Tell whether there is a bridge of a name."""
        return self._is_bridge(name)

    def get(self, name: str) -> HostNetwork | None:
        """Return a network of libvirt; None if there is none of that name."""
        found = self._host.get_network(name)
        if found is None:
            return None
        conf = found.conf
        return HostNetwork(
            name=name, is_active=found.is_active, bridge=conf.bridge_name,
            mtu=conf.mtu, subnets=tuple(
                _subnet(conf, subnet) for subnet in conf.ips))

    def get_taken(self, name: str) -> dict[str, str]:
        """Return the addresses that a network of libvirt keeps or has given away.

        By address the MAC, or another name, of whoever has it.
        """
        found = self._host.get_network(name)
        if found is None:
            return {}
        taken = {lease.ip: lease.mac for lease in self._host.get_dhcp_leases(name)}
        kept = {host.ip: host.mac or host.name or host.id
                for subnet in found.conf.ips for host in subnet.hosts if host.ip}
        return {**taken, **kept}


def _is_session(uri: str) -> bool:
    """Tell whether libvirt is an ordinary user's, who has no bridges."""
    return parse.urlsplit(uri).path == '/session'


def _subnet(conf: vconfig.LibvirtConfigNetwork,
            subnet: vconfig.LibvirtConfigNetworkIP) -> HostSubnet:
    cidr = _cidr(subnet)
    has_dhcp = cidr.version == 4 and bool(subnet.ranges or subnet.hosts)
    has_dns = conf.dns is None or conf.dns.enable is not False
    ranges = [(each.start, each.end) for each in subnet.ranges]
    return HostSubnet(
        cidr=str(cidr), address=subnet.address,
        # Guests of an isolated network are told that there is no way out.
        gateway=subnet.address if conf.forward is not None else None,
        dhcp_server=subnet.address if has_dhcp else None,
        dns=(subnet.address,) if has_dns else (),
        dhcp_range=ranges[0] if ranges else None)


def _cidr(subnet: vconfig.LibvirtConfigNetworkIP) -> netaddr.IPNetwork:
    address = netaddr.IPAddress(subnet.address)
    prefix = subnet.prefix or subnet.netmask
    if prefix is None:
        prefix = _default_prefix(address)
    return netaddr.IPNetwork(f'{address}/{prefix}').cidr


def _default_prefix(address: netaddr.IPAddress) -> int:
    if address.version == 6:
        return 64
    first = int(address) >> 24
    return next(length for limit, length in _CLASSES if first < limit)
