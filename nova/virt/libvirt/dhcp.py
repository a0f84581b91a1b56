# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Lets guests have the addresses that were allotted to them, by libvirt's DHCP.

A VIF whose network says ``libvirt_network`` in its ``meta`` has an entry there, for
each address of a subnet that says ``dhcp_server``.  The entry's name says whose it is;
others are never touched.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
import re
import socket
import struct
from typing import TYPE_CHECKING, Any, Protocol

from oslo_log import log as logging

from nova import exception
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import networks

if TYPE_CHECKING:
    from nova import objects

LOG = logging.getLogger(__name__)

_NAME = re.compile(r'nova-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-[0-9a-f]{12}')

# DHCPRELEASE, see RFC 2131
_SERVER_PORT = 67
_BOOTREQUEST, _ETHERNET, _MAC_BYTES = 1, 1, 6
_MAGIC = bytes((99, 130, 83, 99))
_MESSAGE_TYPE, _RELEASE = 53, 7
_SERVER_ID, _END = 54, 255
_SHORTEST = 300


class Host(Protocol):
    """What is asked of the hypervisor host."""

    def list_networks(self) -> list[networks.Network]:
        """Return all networks of libvirt."""

    def add_dhcp_host(self, network: str, host: networks.DHCPHost) -> None:
        """Let a network keep an address for a guest."""

    def remove_dhcp_host(self, network: str, host: networks.DHCPHost) -> None:
        """Let a network keep an address no more."""


class Release(Protocol):
    """Tells a DHCP server that an address is used no more."""

    def __call__(self, server: str, lease: networks.Lease) -> None: ...


class DHCPHosts:
    """Adds entries of guests and removes them.

    :param release: tells a DHCP server that an address is used no more.
    """

    def __init__(self, host: Host, release: Release | None = None) -> None:
        self._host = host
        self._release: Release = release or send_release

    def add(self, instance: 'objects.Instance', vif: Any) -> None:
        """Let a VIF have its addresses by DHCP; that it does already is no error.

        :raises nova.exception.NovaException: with what failed; an entry that was
            made stays for remove().
        """
        for network, _server, entry in _entries(instance, vif):
            self._host.add_dhcp_host(network, entry)

    def remove(self, instance: 'objects.Instance', vif: Any) -> None:
        """Remove the entries of a VIF that no guest uses any more.

        What fails is logged: sweep() finds it, at the next start at the latest.
        """
        for network, server, entry in _entries(instance, vif):
            try:
                self._remove(network, server, entry)
            except exception.NovaException as error:
                LOG.warning('DHCP entry %(name)s of network %(network)s stays: '
                            '%(error)s', {'name': entry.name, 'network': network,
                                          'error': error}, instance=instance)

    def sweep(self, list_owners: Callable[[], Collection[str]]) -> None:
        """Remove the entries of instances that there are not.

        What fails is logged: a libvirt without networks keeps nobody from starting.

        :param list_owners: returns the UUIDs of all domains.
        """
        try:
            found = self._host.list_networks()
            # A guest is defined before it has an entry, so the owner of each that
            # was found is known from then on.
            owners = list_owners()
            for network in found:
                self._sweep_one(network.conf, owners)
        except exception.NovaException as error:
            LOG.warning('DHCP entries of nobody may be left: %s', error)

    def _sweep_one(self, conf: vconfig.LibvirtConfigNetwork,
                   owners: Collection[str]) -> None:
        for server, entry in _hosts(conf):
            owner = owner_of(entry.name)
            if owner is not None and owner not in owners:
                LOG.info('Removing DHCP entry %s, which belongs to nobody', entry.name)
                self._remove(conf.name, server, entry)

    def _remove(self, network: str, server: str, entry: networks.DHCPHost) -> None:
        self._host.remove_dhcp_host(network, entry)
        # Nobody else is given the address before.  Whether there is a lease is not
        # asked: libvirt shows none while dnsmasq is writing another one down.
        self._release(server, networks.Lease(entry.mac, entry.ip))


def entry_name(instance_uuid: str, mac_addr: str) -> str:
    """Return the name of the entries of an instance's VIF."""
    return f'nova-{instance_uuid}-{mac_addr.replace(":", "").lower()}'


def owner_of(name: str | None) -> str | None:
    """Return the instance whose entry has a name; None for any other entry."""
    match = _NAME.fullmatch(name or '')
    return match[1] if match else None


def _entries(instance: 'objects.Instance', vif: Any,
             ) -> Iterator[tuple[str, str, networks.DHCPHost]]:
    """Return the network, the server and the entry of each address of a VIF."""
    network = vif['network']
    name = network.get_meta('libvirt_network') if network else None
    if name is None:
        return
    for subnet in network['subnets']:
        server = subnet.get_meta('dhcp_server')
        for ip in subnet['ips'] if server else ():
            yield name, server, vconfig.LibvirtConfigNetworkDHCPHost(
                mac=vif['address'].lower(), ip=ip['address'],
                name=entry_name(instance.uuid, vif['address']))


def _hosts(conf: vconfig.LibvirtConfigNetwork,
           ) -> Sequence[tuple[str, networks.DHCPHost]]:
    return [(subnet.address, entry) for subnet in conf.ips for entry in subnet.hosts]


def send_release(server: str, lease: networks.Lease) -> None:
    """Tell a DHCP server of this machine that an address is used no more.

    There is no answer to that.  What cannot be sent is logged: the lease ends by
    itself.
    """
    try:
        message = release_message(server, lease)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(message, (server, _SERVER_PORT))
    except OSError as error:
        LOG.warning('The lease of %(ip)s lasts until its time is over: %(error)s',
                    {'ip': lease.ip, 'error': error})


def release_message(server: str, lease: networks.Lease) -> bytes:
    """Return the DHCPRELEASE of a client that is gone."""
    head = struct.pack(
        '!4B 4s 4x 4s 12x 16s 192x', _BOOTREQUEST, _ETHERNET, _MAC_BYTES, 0,
        b'nova',
        socket.inet_aton(lease.ip), bytes.fromhex(lease.mac.replace(':', '')))
    options = bytes((_MESSAGE_TYPE, 1, _RELEASE, _SERVER_ID, 4))
    body = head + _MAGIC + options + socket.inet_aton(server) + bytes((_END,))
    return body.ljust(_SHORTEST, b'\0')
