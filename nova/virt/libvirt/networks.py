# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirt's networks, and the addresses that their DHCP servers keep for guests.

A network that is defined and runs has two lists of such hosts, one of which is for
its next start.  Both are changed, each where it has to be.
"""

from collections.abc import Iterator
import contextlib
import dataclasses
from typing import Any

import libvirt

from nova import exception
from nova.i18n import _
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import errors

DHCPHost = vconfig.LibvirtConfigNetworkDHCPHost

_ADD = libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST
_DELETE = libvirt.VIR_NETWORK_UPDATE_COMMAND_DELETE
_HOSTS = libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST
#: Only one subnet of a network has DHCP of IPv4, and libvirt finds it.
_ANY_SUBNET = -1


@dataclasses.dataclass(frozen=True)
class Network:
    """A network: what runs of it, or else what is defined."""

    conf: vconfig.LibvirtConfigNetwork
    is_active: bool


@dataclasses.dataclass(frozen=True)
class Lease:
    """An address that a DHCP server has given away until some time."""

    mac: str
    ip: str


@dataclasses.dataclass(frozen=True)
class _Part:
    """What runs of a network, or what is defined."""

    network: libvirt.virNetwork
    name: str
    update_flag: int
    xml_flag: int

    def hosts(self) -> list[DHCPHost]:
        conf = _parse(self.network.XMLDesc(self.xml_flag))
        return [host for subnet in conf.ips for host in subnet.hosts]

    def update(self, command: int, host: DHCPHost) -> None:
        self.network.update(command, _HOSTS, _ANY_SUBNET, host.to_xml(),
                            self.update_flag)


def get(conn: libvirt.virConnect, name: str) -> Network | None:
    """Return a network; None if there is none of that name."""
    network = _find(conn, name)
    return None if network is None else _look(network)


def get_all(conn: libvirt.virConnect) -> list[Network]:
    """Return all networks; there are none where libvirt does not know any."""
    try:
        listed = conn.listAllNetworks(0)
    except libvirt.libvirtError as ex:
        if errors.is_unsupported(ex):
            return []
        raise
    return [found for found in map(_look, listed) if found is not None]


def get_leases(conn: libvirt.virConnect, name: str) -> list[Lease]:
    """Return what the DHCP server of a network has given away."""
    network = _find(conn, name)
    if network is None:
        return []
    try:
        found: list[dict[str, Any]] = network.DHCPLeases()
    except libvirt.libvirtError as ex:
        if errors.is_no_network(ex) or errors.is_unsupported(ex):
            return []
        raise
    return [Lease(each['mac'], each['ipaddr']) for each in found if each.get('mac')]


def add_dhcp_host(conn: libvirt.virConnect, name: str, host: DHCPHost) -> None:
    """Let the DHCP server of a network keep an address for a MAC.

    After a failure it keeps none that it did not keep before.

    :raises nova.exception.NetworkNotFound: if there is no such network.
    :raises nova.exception.InvalidInput: if it keeps the address for another MAC, or
        another address for this one.
    """
    network = _find(conn, name)
    if network is None:
        raise exception.NetworkNotFound(network_id=name)
    with contextlib.ExitStack() as undo:
        for part in _parts(network):
            if _add(part, host):
                undo.callback(_remove, part, host)
        undo.pop_all()


def remove_dhcp_host(conn: libvirt.virConnect, name: str, host: DHCPHost) -> None:
    """Let a network keep an address no more.

    What differs in MAC, address or name is somebody else's and stays.  That it is not
    there, or that the network is gone, is no error.
    """
    network = _find(conn, name)
    if network is None:
        return
    for part in _parts(network):
        _remove(part, host)


def _find(conn: libvirt.virConnect, name: str) -> libvirt.virNetwork | None:
    try:
        return conn.networkLookupByName(name)
    except libvirt.libvirtError as ex:
        if errors.is_no_network(ex):
            return None
        raise


def _look(network: libvirt.virNetwork) -> Network | None:
    try:
        return Network(_parse(network.XMLDesc(0)), bool(network.isActive()))
    except libvirt.libvirtError as ex:
        if errors.is_no_network(ex):
            return None
        raise


def _parse(xml: str) -> vconfig.LibvirtConfigNetwork:
    conf = vconfig.LibvirtConfigNetwork()
    conf.parse_str(xml)
    return conf


def _parts(network: libvirt.virNetwork) -> Iterator[_Part]:
    name = network.name()
    if network.isPersistent():
        yield _Part(network, name, libvirt.VIR_NETWORK_UPDATE_AFFECT_CONFIG,
                    libvirt.VIR_NETWORK_XML_INACTIVE)
    if network.isActive():
        yield _Part(network, name, libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE, 0)


def _add(part: _Part, host: DHCPHost) -> bool:
    """Add a host; False if it was there."""
    if _is_kept(part, host):
        return False
    try:
        part.update(_ADD, host)
    except libvirt.libvirtError as ex:
        # Another may have been faster.
        if errors.is_operation_invalid(ex) and _is_kept(part, host):
            return False
        raise
    return True


def _is_kept(part: _Part, host: DHCPHost) -> bool:
    """Tell whether a host is there, whatever its name.

    :raises nova.exception.InvalidInput: if its MAC or its address is another's.
    """
    for other in part.hosts():
        same = (_mac(other) == _mac(host), other.ip == host.ip)
        if all(same):
            return True
        if any(same):
            raise exception.InvalidInput(
                reason=_('libvirt network %(network)s keeps %(ip)s for %(mac)s, so '
                         '%(wanted_mac)s cannot have %(wanted_ip)s') % {
                    'network': part.name, 'ip': other.ip, 'mac': other.mac,
                    'wanted_mac': host.mac, 'wanted_ip': host.ip})
    return False


def _remove(part: _Part, host: DHCPHost) -> None:
    if not _has(part, host):
        return
    try:
        part.update(_DELETE, host)
    except libvirt.libvirtError as ex:
        # Another may have been faster.
        if not errors.is_operation_invalid(ex) or _has(part, host):
            raise


def _has(part: _Part, host: DHCPHost) -> bool:
    return any((_mac(other), other.ip, other.name) == (_mac(host), host.ip, host.name)
               for other in part.hosts())


def _mac(host: DHCPHost) -> str:
    return str(host.mac).lower()
