# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The network of a guest, in the words of the documents that guests read."""

from collections.abc import Iterator
from typing import Any

import netaddr

from nova.network import model

_ANYWHERE = {4: ('0.0.0.0', '0.0.0.0'), 6: ('::', '::')}  # nosec B104


def get_net_and_mask(cidr: str) -> tuple[str, str]:
    """Return the address and the netmask of a CIDR."""
    network = netaddr.IPNetwork(cidr)
    return str(network.ip), str(network.netmask)


def get_net_and_prefixlen(cidr: str) -> tuple[str, str]:
    """Return the address of a CIDR and the length of its prefix."""
    network = netaddr.IPNetwork(cidr)
    return str(network.ip), str(network.prefixlen)


def get_ip_version(cidr: str) -> int:
    """Return 4 or 6."""
    return int(netaddr.IPNetwork(cidr).version)


def get_network_metadata(network_info: Any) -> dict[str, list[dict[str, Any]]]:
    """Return what network_data.json holds: links, networks and services.

    Its form is OpenStack's schema of that file.
    """
    links: list[dict[str, Any]] = []
    networks: list[dict[str, Any]] = []
    services: list[dict[str, Any]] = []
    for number, vif in enumerate(network_info or ()):
        if not vif.get('network'):
            continue
        link = _link(vif, number)
        links.append(link)
        for subnet in vif['network']['subnets']:
            shown = _network(vif, subnet, f'network{len(networks)}', link['id'])
            if shown is None:
                continue
            networks.append(shown)
            services += [one for one in _services(subnet) if one not in services]
    return {'links': links, 'networks': networks, 'services': services}


def _link(vif: Any, number: int) -> dict[str, Any]:
    # Types that older guests were told stay; for others the card is what counts.
    is_exposed = vif.get('type') in model.LEGACY_EXPOSED_VIF_TYPES
    return {'id': vif.get('devname') or f'interface{number}', 'vif_id': vif['id'],
            'type': vif['type'] if is_exposed else 'phy',
            'mtu': vif['network'].get_meta('mtu'),
            'ethernet_mac_address': vif['address']}


def _network(vif: Any, subnet: Any, name: str, link: str) -> dict[str, Any] | None:
    """Return one network, or None for a subnet that the port has no address in."""
    kind, is_given = _kind(subnet)
    shown = {'id': name, 'type': kind, 'link': link,
             'network_id': vif['network']['id']}
    if is_given:
        return shown
    if not subnet['ips']:
        return None
    return {**shown, 'ip_address': subnet['ips'][0]['address'],
            'netmask': str(subnet.as_netaddr().netmask),
            'routes': list(_routes(subnet)), 'services': list(_services(subnet))}


def _kind(subnet: Any) -> tuple[str, bool]:
    """Return the type of a network, and whether the guest is told its address."""
    version = subnet['version']
    if version == 6 and subnet.get_meta('ipv6_address_mode') is not None:
        return f'ipv6_{subnet.get_meta("ipv6_address_mode")}', False
    if subnet.get_meta('dhcp_server') is not None:
        return f'ipv{version}_dhcp', True
    return f'ipv{version}', False


def _routes(subnet: Any) -> Iterator[dict[str, Any]]:
    gateway = subnet['gateway']
    if gateway and gateway['address']:
        network, netmask = _ANYWHERE[subnet['version']]
        yield {'network': network, 'netmask': netmask, 'gateway': gateway['address']}
    for route in subnet['routes']:
        network, netmask = get_net_and_mask(route['cidr'])
        yield {'network': network, 'netmask': netmask,
               'gateway': route['gateway']['address'] if route['gateway'] else None}


def _services(subnet: Any) -> Iterator[dict[str, Any]]:
    for server in subnet['dns']:
        yield {'type': 'dns', 'address': server['address']}


def get_ec2_ip_info(network_info: Any) -> dict[str, list[str]]:
    """Return the addresses of an instance by kind, as EC2's metadata has them."""
    found: dict[str, list[str]] = {
        'fixed_ips': [], 'fixed_ip6s': [], 'floating_ips': []}
    for vif in network_info or ():
        for ip in vif.fixed_ips():
            kind = 'fixed_ips' if ip['version'] == 4 else 'fixed_ip6s'
            found[kind].append(ip['address'])
        found['floating_ips'] += [ip['address'] for ip in vif.floating_ips()]
    return found
