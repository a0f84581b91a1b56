# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""VIFs, networks, subnets and addresses: dicts that know what they are.

Everything here survives JSON: ``json()`` writes it and ``hydrate()`` reads it back,
with unknown members kept in ``meta``.
"""

from collections.abc import Callable
from typing import Any, Self

import netaddr
from oslo_serialization import jsonutils

from nova import exception
from nova import thread_pool_factory
from nova.network.vif_constants import *  # noqa: F401,F403
from nova.network.vif_constants import VIF_DETAILS_OVS_HYBRID_PLUG
from nova.network.vif_constants import VIF_DETAILS_PHYSICAL_NETWORK
from nova.network.vif_constants import VIF_DETAILS_PORT_FILTER
from nova.network.vif_constants import VNIC_TYPE_NORMAL


class Model(dict[str, Any]):
    """A dict with a place, ``meta``, for what its class does not name."""

    def __repr__(self) -> str:
        return f'{type(self).__name__}({super().__repr__()})'

    def _set_meta(self, kwargs: dict[str, Any]) -> None:
        meta = dict(kwargs.pop('meta', None) or {})
        meta.update(kwargs)
        self['meta'] = meta

    def get_meta(self, key: str, default: Any = None) -> Any:
        """Return a member of ``meta``."""
        return self['meta'].get(key, default)


class IP(Model):
    """An address; its version follows from it."""

    def __init__(self, address: str | None = None, type: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__()
        self['address'] = address
        self['type'] = type
        self['version'] = kwargs.pop('version', None)
        self._set_meta(kwargs)
        if address and not self['version']:
            self['version'] = _address_version(address)

    def __eq__(self, other: object) -> bool:
        keys = ('address', 'type', 'version')
        return isinstance(other, IP) and all(self[k] == other[k] for k in keys)

    __hash__ = None  # type: ignore[assignment]

    def is_in_subnet(self, subnet: 'Subnet') -> bool:
        """Say whether a subnet contains this address."""
        if not self['address'] or not subnet['cidr']:
            return False
        return netaddr.IPAddress(self['address']) in netaddr.IPNetwork(subnet['cidr'])

    @classmethod
    def hydrate(cls, ip: dict[str, Any] | None) -> Self | None:
        """Make an address from its dict."""
        return cls(**ip) if ip else None


def _address_version(address: str) -> int:
    try:
        return int(netaddr.IPAddress(address).version)
    except netaddr.AddrFormatError as error:
        raise exception.InvalidIpAddressError(address=address) from error


class FixedIP(IP):
    """An address of a port, with the floating addresses that lead to it."""

    def __init__(self, floating_ips: list[IP] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self['floating_ips'] = floating_ips or []
        self['type'] = self['type'] or 'fixed'

    def __eq__(self, other: object) -> bool:
        return (isinstance(other, FixedIP) and super().__eq__(other) and
                self['floating_ips'] == other['floating_ips'])

    __hash__ = None

    def add_floating_ip(self, floating_ip: IP) -> None:
        """Add a floating address unless it is there."""
        if floating_ip not in self['floating_ips']:
            self['floating_ips'].append(floating_ip)

    def floating_ip_addresses(self) -> list[str]:
        """Return the floating addresses."""
        return [ip['address'] for ip in self['floating_ips']]

    @classmethod
    def hydrate(cls, ip: dict[str, Any] | None) -> Self | None:
        """Make an address and its floating addresses from their dict."""
        if not ip:
            return None
        fixed = cls(**ip)
        fixed['floating_ips'] = [
            IP.hydrate(floating) for floating in ip.get('floating_ips') or []]
        return fixed


class Route(Model):
    """Where to send what is not for the subnet."""

    def __init__(self, cidr: str | None = None, gateway: IP | None = None,
                 interface: str | None = None, **kwargs: Any) -> None:
        super().__init__()
        self['cidr'] = cidr
        self['gateway'] = gateway
        self['interface'] = interface
        self._set_meta(kwargs)

    @classmethod
    def hydrate(cls, route: dict[str, Any]) -> Self:
        """Make a route from its dict."""
        self = cls(**route)
        self['gateway'] = IP.hydrate(route.get('gateway'))
        return self


class Subnet(Model):
    """A range of addresses of a network."""

    def __init__(self, cidr: str | None = None, dns: list[IP] | None = None,
                 gateway: IP | None = None, ips: list[IP] | None = None,
                 routes: list[Route] | None = None, **kwargs: Any) -> None:
        super().__init__()
        self['cidr'] = cidr
        self['dns'] = dns or []
        self['gateway'] = gateway
        self['ips'] = ips or []
        self['routes'] = routes or []
        self['version'] = kwargs.pop('version', None)
        self._set_meta(kwargs)
        if cidr and not self['version']:
            self['version'] = netaddr.IPNetwork(cidr).version

    def add_route(self, route: Route) -> None:
        """Add a route unless it is there."""
        if route not in self['routes']:
            self['routes'].append(route)

    def add_dns(self, dns: IP) -> None:
        """Add a name server unless it is there."""
        if dns not in self['dns']:
            self['dns'].append(dns)

    def add_ip(self, ip: IP) -> None:
        """Add an address unless it is there."""
        if ip not in self['ips']:
            self['ips'].append(ip)

    def as_netaddr(self) -> netaddr.IPNetwork:
        """Return the range as netaddr knows it."""
        return netaddr.IPNetwork(self['cidr'])

    @classmethod
    def hydrate(cls, subnet: dict[str, Any]) -> Self:
        """Make a subnet and what is in it from its dict."""
        self = cls(**subnet)
        self['dns'] = [IP.hydrate(dns) for dns in subnet.get('dns') or []]
        self['ips'] = [FixedIP.hydrate(ip) for ip in subnet.get('ips') or []]
        self['routes'] = [Route.hydrate(r) for r in subnet.get('routes') or []]
        self['gateway'] = IP.hydrate(subnet.get('gateway'))
        return self


class Network(Model):
    """What a VIF is plugged into."""

    def __init__(self, id: str | None = None, bridge: str | None = None,
                 label: str | None = None, subnets: list[Subnet] | None = None,
                 **kwargs: Any) -> None:
        super().__init__()
        self['id'] = id
        self['bridge'] = bridge
        self['label'] = label
        self['subnets'] = subnets or []
        self._set_meta(kwargs)

    def add_subnet(self, subnet: Subnet) -> None:
        """Add a subnet unless it is there."""
        if subnet not in self['subnets']:
            self['subnets'].append(subnet)

    @classmethod
    def hydrate(cls, network: dict[str, Any] | None) -> Self | None:
        """Make a network and its subnets from its dict."""
        if not network:
            return None
        self = cls(**network)
        self['subnets'] = [
            Subnet.hydrate(subnet) for subnet in network.get('subnets') or []]
        return self


class VIF8021QbgParams(Model):
    """Parameters of an 802.1Qbg port."""

    def __init__(self, managerid: str, typeid: str, typeidversion: str,
                 instanceid: str) -> None:
        super().__init__(managerid=managerid, typeid=typeid,
                         typeidversion=typeidversion, instanceid=instanceid)


class VIF8021QbhParams(Model):
    """Parameters of an 802.1Qbh port."""

    def __init__(self, profileid: str) -> None:
        super().__init__(profileid=profileid)


class VIF(Model):
    """One network interface of an instance."""

    def __init__(self, id: str | None = None, address: str | None = None,
                 network: Network | None = None, type: str | None = None,
                 details: dict[str, Any] | None = None, devname: str | None = None,
                 ovs_interfaceid: str | None = None,
                 qbh_params: dict[str, Any] | None = None,
                 qbg_params: dict[str, Any] | None = None, active: bool = False,
                 vnic_type: str = VNIC_TYPE_NORMAL,
                 profile: dict[str, Any] | None = None,
                 preserve_on_delete: bool = False, delegate_create: bool = False,
                 **kwargs: Any) -> None:
        super().__init__(
            id=id, address=address, network=network or None, type=type,
            details=details or {}, devname=devname,
            ovs_interfaceid=ovs_interfaceid, qbh_params=qbh_params,
            qbg_params=qbg_params, active=active, vnic_type=vnic_type,
            profile=profile, preserve_on_delete=preserve_on_delete,
            delegate_create=delegate_create)
        self._set_meta(kwargs)

    def __eq__(self, other: object) -> bool:
        keys = ('id', 'address', 'network', 'vnic_type', 'type', 'profile', 'details',
                'devname', 'ovs_interfaceid', 'qbh_params', 'qbg_params', 'active',
                'preserve_on_delete', 'delegate_create')
        return isinstance(other, VIF) and all(self[k] == other[k] for k in keys)

    __hash__ = None  # type: ignore[assignment]

    def fixed_ips(self) -> list[FixedIP]:
        """Return the addresses of the port."""
        if not self['network']:
            return []
        return [ip for subnet in self['network']['subnets'] for ip in subnet['ips']]

    def floating_ips(self) -> list[IP]:
        """Return the floating addresses that lead to the port."""
        return [floating for ip in self.fixed_ips()
                for floating in ip.get('floating_ips', [])]

    def labeled_ips(self) -> dict[str, Any] | None:
        """Return the addresses beside the name of the network; None without one."""
        if not self['network']:
            return None
        return {'network_label': self['network']['label'],
                'network_id': self['network']['id'],
                'ips': self.fixed_ips() + self.floating_ips()}

    def get_physical_network(self) -> str | None:
        """Return the physical network that the port is bound to."""
        network_meta = self['network']['meta'] if self['network'] else {}
        name: str | None = (network_meta.get('physical_network') or
                            self['details'].get(VIF_DETAILS_PHYSICAL_NETWORK))
        return name

    def is_hybrid_plug_enabled(self) -> bool:
        """Say whether a bridge stands between the guest and Open vSwitch."""
        return bool(self['details'].get(VIF_DETAILS_OVS_HYBRID_PLUG, False))

    def is_neutron_filtering_enabled(self) -> bool:
        """Say whether the network service filters the traffic itself."""
        return bool(self['details'].get(VIF_DETAILS_PORT_FILTER, False))

    def has_bind_time_event(self, migration: Any) -> bool:
        """Say whether plugging is announced when the port is bound."""
        return (self.is_hybrid_plug_enabled() and
                not migration.is_live_migration and
                not (migration.is_resize and migration.is_same_host()))

    @classmethod
    def hydrate(cls, vif: dict[str, Any]) -> Self:
        """Make a VIF and its network from its dict."""
        self = cls(**vif)
        self['network'] = Network.hydrate(vif.get('network'))
        return self


def get_netmask(ip: IP, subnet: Subnet) -> str:
    """Return the netmask of an IPv4 address, the prefix length of an IPv6 one."""
    if ip['version'] == 4:
        return str(subnet.as_netaddr().netmask)
    return str(subnet.as_netaddr().prefixlen)


class NetworkInfo(list[VIF]):
    """The VIFs of one instance, in the order of its interfaces."""

    def fixed_ips(self) -> list[FixedIP]:
        """Return the addresses of all ports."""
        return [ip for vif in self for ip in vif.fixed_ips()]

    def floating_ips(self) -> list[IP]:
        """Return the floating addresses that lead to any port."""
        return [ip for vif in self for ip in vif.floating_ips()]

    def has_port_with_allocation(self) -> bool:
        """Say whether a port consumes a resource of a provider."""
        return any((vif['profile'] or {}).get('allocation') for vif in self)

    def get_bind_time_events(self, migration: Any) -> list[tuple[str, str]]:
        """Return the events that come when ports are bound."""
        return [('network-vif-plugged', vif['id']) for vif in self
                if vif.has_bind_time_event(migration)]

    def get_plug_time_events(self, migration: Any) -> list[tuple[str, str]]:
        """Return the events that come when interfaces are plugged."""
        return [('network-vif-plugged', vif['id']) for vif in self
                if not vif.has_bind_time_event(migration)]

    def wait(self, do_raise: bool = True) -> None:
        """Return at once: everything is known."""

    def json(self) -> str:
        """Return the VIFs as JSON."""
        return str(jsonutils.dumps(self))

    @classmethod
    def hydrate(cls, network_info: str | list[dict[str, Any]]) -> Self:
        """Make the VIFs from JSON or from dicts."""
        vifs: list[dict[str, Any]] = (
            jsonutils.loads(network_info) if isinstance(network_info, str)
            else network_info)
        return cls([VIF.hydrate(vif) for vif in vifs])


class NetworkInfoAsyncWrapper(NetworkInfo):
    """The VIFs of an instance whose allocation may still be going on.

    Whoever looks at them waits for the allocation to end.
    """

    def __init__(self, async_method: Callable[..., NetworkInfo], *args: Any,
                 **kwargs: Any) -> None:
        super().__init__()
        self._future: Any = thread_pool_factory.spawn(async_method, *args, **kwargs)

    def wait(self, do_raise: bool = True) -> None:
        """Wait for the allocation; its error is raised, or the list stays empty."""
        if self._future is None:
            return
        try:
            self[:] = self._future.result()
        except Exception:  # noqa: BLE001 - whatever the allocation raised
            if do_raise:
                raise
            return
        self._future = None

    def _settled(self) -> list[VIF]:
        self.wait()
        return list(list.__iter__(self))

    def __iter__(self) -> Any:
        self.wait()
        return super().__iter__()

    def __len__(self) -> int:
        self.wait()
        return super().__len__()

    def __getitem__(self, index: Any) -> Any:
        self.wait()
        return super().__getitem__(index)

    def __eq__(self, other: object) -> bool:
        return self._settled() == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._settled())

    def json(self) -> str:
        """Return the VIFs as JSON, once they are known."""
        return str(jsonutils.dumps(self._settled()))
