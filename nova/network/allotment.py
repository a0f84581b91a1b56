# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Who has which address: ports are allotted to instances, and given back.

A port is a row of the database that its instance's row takes along when it goes, so
a process that is killed leaves no address that nobody owns.
"""

from collections.abc import Iterator, Mapping, Sequence
import dataclasses
import secrets
from typing import TYPE_CHECKING, Any

import netaddr
from oslo_utils import uuidutils

from nova import exception
from nova import objects
from nova.db import port_api
from nova.i18n import _
from nova.network import declared
from nova.network import model

if TYPE_CHECKING:
    from nova import context as nova_context

#: A network that QEMU makes up: no bridge and no tap.
VIF_TYPE_USER = 'user'

#: How often a MAC or an address may be snatched away before we give up.
_ATTEMPTS = 20


#: By network and address, who has addresses that the database does not know of.
Taken = Mapping[str, Mapping[str, str]]


@dataclasses.dataclass(frozen=True)
class Asked:
    """One interface that a client asks for.

    :param fixed_ip: the address that it has to have.
    """

    network_id: str
    fixed_ip: str | None = None


@dataclasses.dataclass(frozen=True)
class Interface:
    """One interface that an instance has.

    :param addresses: each with the id of its subnet.
    """

    port_id: str
    network_id: str
    mac_address: str
    is_active: bool
    addresses: tuple[tuple[str | None, str], ...]


def automatic() -> tuple[Asked, ...]:
    """Return what a client gets who leaves the choice to us.

    :raises exception.InvalidInput: if there is more than one network.
    """
    networks = declared.get_all()
    if len(networks) > 1:
        raise exception.InvalidInput(
            reason=_('networks: there are several, name one of %s')
            % ', '.join(network.name for network in networks))
    return tuple(Asked(network.id) for network in networks)


def check(asked: Sequence[Asked], servers: int, taken: Taken | None = None) -> None:
    """Refuse what cannot be allotted, as things stand.

    :param servers: how many servers each ask for that.
    :param taken: addresses that others have.
    :raises exception.InvalidInput: with the network or address that is wrong.
    """
    for one in asked:
        network = network_of(one)
        if one.fixed_ip is not None and servers > 1:
            raise exception.InvalidInput(
                reason=_('networks: %(servers)d servers cannot all have %(address)s')
                % {'servers': servers, 'address': one.fixed_ip})
        _choose(network, one.fixed_ip, port_api.addresses_get_used(_ids(network)),
                (taken or {}).get(network.id, {}))


def allot(context: 'nova_context.RequestContext', instance: 'objects.Instance',
          asked: Sequence[Asked], taken: Taken | None = None) -> None:
    """Give an instance that is recorded its ports, and write its VIFs down.

    After a failure it has none of them.

    :param taken: addresses that others have.
    :raises exception.InvalidInput: if there is no such network or address, or
        none is left.
    """
    try:
        vifs = [_allot_one(instance, one, taken or {}) for one in asked]
        _write(context, instance, model.NetworkInfo(vifs))
    except BaseException:
        port_api.ports_delete(instance.uuid)
        raise


def renew(context: 'nova_context.RequestContext',
          instance: 'objects.Instance') -> None:
    """Let an instance's VIFs have the rules that their networks have now.

    A network that is declared no more has those that it had.
    """
    networks = {network.id: network for network in declared.get_all()}
    before = instance.get_network_info()
    vifs = model.NetworkInfo(_renewed(vif, networks) for vif in before)
    if vifs != before:
        _write(context, instance, vifs)


def _renewed(vif: model.VIF, networks: Mapping[str, declared.Network]) -> model.VIF:
    network = networks.get(vif['network']['id'] if vif['network'] else '')
    if network is None:
        return vif
    details = {**(vif['details'] or {}), **_details(network)}
    return model.VIF.hydrate({**vif, 'details': details})


def add(instance: 'objects.Instance', asked: Asked,
        taken: Taken | None = None) -> model.VIF:
    """Give an instance one more port; its VIF is the caller's to write down.

    :param taken: addresses that others have.
    :raises exception.InvalidInput: if there is no such network or address, or
        none is left.
    """
    return _allot_one(instance, asked, taken or {})


def remove(port_id: str) -> None:
    """Take a port back whose VIF is written down no more; it may be gone."""
    port_api.port_delete(port_id)


def remove_unknown(instance: 'objects.Instance') -> None:
    """Take back the ports that no VIF of an instance is written down for.

    A service that was killed in the middle of :func:`add` has left them.
    """
    known = [vif['id'] for vif in instance.get_network_info()]
    for port, _addresses in port_api.ports_get(instance.uuid):
        if port.uuid not in known:
            port_api.port_delete(port.uuid)


def interfaces_of(instance: 'objects.Instance') -> list[Interface]:
    """Return the interfaces of an instance, the oldest first."""
    subnet_ids = {one.address: one.subnet_id
                  for _port, addresses in port_api.ports_get(instance.uuid)
                  for one in addresses}
    return [Interface(
        port_id=vif['id'], network_id=vif['network']['id'],
        mac_address=vif['address'], is_active=vif['active'],
        addresses=tuple((subnet_ids.get(ip['address']), ip['address'])
                        for ip in vif.fixed_ips()))
        for vif in instance.get_network_info() if vif['network']]


def release(context: 'nova_context.RequestContext',
            instance: 'objects.Instance') -> None:
    """Take all ports from an instance whose guest is gone."""
    port_api.ports_delete(instance.uuid)
    if instance.get_network_info():
        _write(context, instance, model.NetworkInfo())


def _write(context: 'nova_context.RequestContext', instance: 'objects.Instance',
           network_info: model.NetworkInfo) -> None:
    if instance.info_cache is None:
        instance.info_cache = objects.InstanceInfoCache.new(context, instance.uuid)
    instance.info_cache.network_info = network_info
    instance.info_cache.save()


def _allot_one(instance: 'objects.Instance', asked: Asked, taken: Taken) -> model.VIF:
    network = network_of(asked)
    chosen: dict[str, str] = {}

    def choose(used: Mapping[str, set[str]]) -> Mapping[str, str]:
        chosen.clear()
        chosen.update(_choose(network, asked.fixed_ip, used,
                              taken.get(network.id, {})))
        # What QEMU gives to each of its guests is nobody's own.
        return {} if network.is_user else chosen

    for _attempt in range(_ATTEMPTS):
        port = port_api.port_create(
            {'uuid': uuidutils.generate_uuid(), 'instance_uuid': instance.uuid,
             'network_id': network.id, 'mac_address': _new_mac()},
            _ids(network), choose)
        if port is not None:
            return _vif(network, port.uuid, port.mac_address, chosen)
    raise exception.VirtualInterfaceMacAddressException()


def _new_mac() -> str:
    return 'fa:16:3e:' + ':'.join(f'{byte:02x}' for byte in secrets.token_bytes(3))


def network_of(asked: Asked) -> declared.Network:
    """Return the network that is asked for.

    :raises exception.InvalidInput: if there is none.
    """
    try:
        return declared.get(asked.network_id)
    except exception.NetworkNotFound as error:
        raise exception.InvalidInput(
            reason=_('networks: %s') % error) from error


def _ids(network: declared.Network) -> list[str]:
    return [subnet.id for subnet in network.subnets]


def _choose(network: declared.Network, fixed_ip: str | None,
            used: Mapping[str, set[str]], taken: Mapping[str, str]) -> dict[str, str]:
    """Return an address by subnet: the one asked for, or one of each version."""
    if fixed_ip is not None:
        return _asked_for(network, fixed_ip, used, taken)
    chosen: dict[str, str] = {}
    for version in (4, 6):
        subnets = [one for one in network.subnets if one.cidr.version == version]
        free = next(_free(subnets, used, taken), None)
        if free is not None:
            chosen[free[0]] = free[1]
        elif subnets:
            raise exception.InvalidInput(
                reason=_('networks: %(name)s has no free IPv%(version)d address')
                % {'name': network.name, 'version': version})
    return chosen


def _free(subnets: Sequence[declared.Subnet],
          used: Mapping[str, set[str]],
          taken: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for subnet in subnets:
        gone = used[subnet.id] | set(taken)
        for address in netaddr.iter_iprange(subnet.first, subnet.last):
            if str(address) not in gone and subnet.is_allottable(address):
                yield subnet.id, str(address)


def _asked_for(network: declared.Network, fixed_ip: str,
               used: Mapping[str, set[str]],
               taken: Mapping[str, str]) -> dict[str, str]:
    try:
        address = netaddr.IPAddress(fixed_ip, flags=netaddr.INET_PTON)
    except (netaddr.AddrFormatError, ValueError) as error:
        raise exception.InvalidInput(
            reason=_('fixed_ip: %r is no IP address') % fixed_ip) from error
    for subnet in network.subnets:
        if not _can_be_asked(network, subnet, address):
            continue
        if str(address) in taken:
            raise exception.InvalidInput(
                reason=_('fixed_ip: %(address)s is in use by %(user)s')
                % {'address': address, 'user': taken[str(address)]})
        if str(address) in used[subnet.id]:
            raise exception.InvalidInput(
                reason=_('fixed_ip: %s is in use') % address)
        return {subnet.id: str(address)}
    raise exception.InvalidInput(
        reason=_('fixed_ip: %(address)s is none that a server can have in %(name)s')
        % {'address': address, 'name': network.name})


def _can_be_asked(network: declared.Network, subnet: declared.Subnet,
                  address: netaddr.IPAddress) -> bool:
    if network.is_user:
        return bool(address == subnet.first)
    return subnet.is_allottable(address)


def _vif(network: declared.Network, port_id: str, mac: str,
         addresses: Mapping[str, str]) -> model.VIF:
    said = {'mtu': network.mtu, 'libvirt_network': network.libvirt_network}
    return model.VIF(
        id=port_id, address=mac,
        type=VIF_TYPE_USER if network.is_user else model.VIF_TYPE_BRIDGE,
        devname=f'tap{port_id}'[:14], active=True,
        details=_details(network),
        network=model.Network(
            id=network.id, bridge=network.bridge, label=network.name,
            subnets=[_subnet(one, addresses[one.id]) for one in network.subnets
                     if one.id in addresses],
            **{key: value for key, value in said.items() if value}),
        port_security_enabled=network.port_security)


def _details(network: declared.Network) -> dict[str, Any]:
    return {'port_filter': False, 'security_group_rules': [
        rule.to_dict() for rule in network.security_group.rules]}


def _subnet(subnet: declared.Subnet, address: str) -> model.Subnet:
    gateway = model.IP(address=str(subnet.gateway), type='gateway') if (
        subnet.gateway) else None
    dhcp = {'dhcp_server': str(subnet.dhcp_server)} if subnet.dhcp_server else {}
    return model.Subnet(
        cidr=str(subnet.cidr), gateway=gateway,
        dns=[model.IP(address=str(one), type='dns') for one in subnet.dns],
        ips=[model.FixedIP(address=address)], **dhcp)
