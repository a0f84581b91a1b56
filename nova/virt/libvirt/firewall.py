# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Keeps guests from sending in the name of others, and lets in what they want.

Each port has a filter of its own in libvirt, which rules the port's traffic from the
start of its guest on.  Whoever makes the VIF says, in its ``meta`` or ``details``:

``port_filter``
    true: the network service filters, and there is no filter of ours.
``port_security_enabled``
    false: the guest may do as it likes, and there is no filter.
``allowed_address_pairs``
    more addresses to send from: dicts with ``ip_address``, an address or a CIDR, and
    perhaps ``mac_address``.
``security_group_rules``
    what may come in, see securityrules.py.  Without it, everything may; with an empty
    list, nothing but answers.

What filters cannot see is whose address a neighbour advertisement of IPv6 is about.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
import contextlib
import threading
from typing import TYPE_CHECKING, Any, Protocol

import netaddr
from oslo_log import log as logging
from oslo_utils import netutils

from nova import exception
from nova import utils
from nova.i18n import _
from nova.network import model as network_model
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import netdevices
from nova.virt.libvirt import nwfilters
from nova.virt.libvirt import securityrules
from nova.virt.libvirt import vifconfig

if TYPE_CHECKING:
    from nova import objects

LOG = logging.getLogger(__name__)


class Host(Protocol):
    """What the firewall asks the hypervisor host."""

    def define_nwfilter(self, conf: vconfig.LibvirtConfigNWFilter) -> Any:
        """Define a filter, or change it for the guests that use it."""

    def list_nwfilters(self) -> list[str]:
        """Return the names of all filters."""

    def undefine_nwfilter(self, name: str) -> None:
        """Remove a filter, if it is there."""


class NWFilterFirewall:
    """Makes the filters of ports and removes them.

    :param devices: the network devices of the host.
    """

    def __init__(self, host: Host,
                 devices: netdevices.NetDevices | None = None) -> None:
        self._host = host
        self._devices: netdevices.NetDevices = utils.tpool_wrap(
            devices or netdevices.NetDevices())
        self._lock = threading.Lock()
        self._has_base = False

    # What a filter is; nothing is asked or changed

    @staticmethod
    def is_filtered(vif: Any) -> bool:
        """Tell whether a VIF is to have a filter."""
        if vif.is_neutron_filtering_enabled():
            return False
        return bool(_said_of(vif, 'port_security_enabled', True)) and (
            _bridge_of(vif) is not None)

    def get_filter_name(self, instance: 'objects.Instance', vif: Any) -> str:
        """Return the name of the filter of a VIF."""
        return nwfilters.filter_name(instance.name, vif['address'])

    def get_filter_names(self, instance: 'objects.Instance',
                         network_info: Sequence[Any]) -> dict[str, str]:
        """Return the filter of each VIF that has one, by the VIF's UUID.

        :raises exception.InvalidInput: for rules or address pairs that are wrong.
        """
        filtered = [vif for vif in network_info if self.is_filtered(vif)]
        return {vif['id']: self.get_filter(instance, vif).name for vif in filtered}

    def get_filter(self, instance: 'objects.Instance',
                   vif: Any) -> vconfig.LibvirtConfigNWFilter:
        """Return what the filter of a VIF ought to be.

        :raises exception.InvalidInput: for rules or address pairs that are wrong.
        """
        asked = _said_of(vif, 'security_group_rules')
        rules = [] if asked is None else securityrules.to_filter_rules(
            securityrules.parse(rule) for rule in asked)
        subnets = vif['network']['subnets'] if vif['network'] else ()
        servers = [subnet.get_meta('dhcp_server') for subnet in subnets]
        return nwfilters.port_filter(
            self.get_filter_name(instance, vif), vif['address'], _sources(vif),
            [server for server in servers
             if server and netaddr.valid_ipv4(server)], rules)

    # Changing what libvirt has

    def setup_basic_filtering(self, instance: 'objects.Instance',
                              network_info: Sequence[Any]) -> None:
        """Make the filters of an instance's VIFs be what they ought to be.

        That holds for a running guest at once.  A failure leaves each filter as it
        was or as it ought to be.
        """
        filtered = [vif for vif in network_info if self.is_filtered(vif)]
        if not filtered:
            return
        self._define_base()
        for vif in filtered:
            # Rules for IP packets do not see what a bridge passes on by itself.
            bridge = _bridge_of(vif)
            if bridge and 'security_group_rules' in _all_said_of(vif):
                self._let_rules_see(bridge)
            self._host.define_nwfilter(self.get_filter(instance, vif))

    def _let_rules_see(self, bridge: str) -> None:
        try:
            self._devices.filter_bridged(bridge)
        except netdevices.Error as error:
            raise exception.VirtualInterfacePlugException(
                _('The packets of bridge %(bridge)s cannot be filtered; is the '
                  "kernel's br_netfilter there? %(error)s")
                % {'bridge': bridge, 'error': error}) from error

    def _define_base(self) -> None:
        """Define the base filters: all of them once, later what somebody removed."""
        with self._lock:
            there = set(self._host.list_nwfilters()) if self._has_base else set()
            for conf in nwfilters.base_filters():
                if conf.name not in there:
                    self._host.define_nwfilter(conf)
            self._has_base = True

    def instance_filter_exists(self, instance: 'objects.Instance',
                               network_info: Sequence[Any]) -> bool:
        """Tell whether all filters that an instance is to have are there."""
        wanted = set(self.get_filter_names(instance, network_info).values())
        return wanted <= set(self._host.list_nwfilters())

    def unfilter_vif(self, instance: 'objects.Instance', vif: Any) -> None:
        """Remove the filter of a VIF that no guest uses any more."""
        self._remove([self.get_filter_name(instance, vif)])

    def unfilter_others(self, instance: 'objects.Instance',
                        network_info: Sequence[Any]) -> None:
        """Remove the filters of an instance that are not those of these VIFs.

        A killed service leaves some behind in the middle of attaching or detaching.
        """
        wanted = self.get_filter_names(instance, network_info).values()
        self._remove(name for name in self._filters_of(instance)
                     if name not in wanted)

    def unfilter_instance(self, instance: 'objects.Instance',
                          network_info: Sequence[Any]) -> None:
        """Remove all filters of an instance whose guest does not run.

        Those too that no VIF of it is known for any more.
        """
        self._remove(self._filters_of(instance))

    def _filters_of(self, instance: 'objects.Instance') -> list[str]:
        return [name for name in self._host.list_nwfilters()
                if nwfilters.owner_of(name) == instance.name]

    def sweep(self, list_owners: Callable[[], Iterable[str]]) -> None:
        """Remove the filters of instances that there are not.

        :param list_owners: returns the names of all instances, and of all other
            domains.
        """
        # A guest is defined before its filters: whose filters are listed already is
        # known from then on.
        found = [(name, nwfilters.owner_of(name))
                 for name in self._host.list_nwfilters()]
        known = set(list_owners())
        for name, owner in found:
            if owner is not None and owner not in known:
                LOG.info('Removing %s, which belongs to nobody', name)
                self._remove([name])

    def _remove(self, names: Iterable[str]) -> None:
        for name in names:
            try:
                self._host.undefine_nwfilter(name)
            except exception.NovaException as error:
                # It goes when the service starts again, at the latest.
                LOG.warning('Network filter %(name)s stays: %(error)s',
                            {'name': name, 'error': error})


def _all_said_of(vif: Any) -> dict[str, Any]:
    return {**(vif['details'] or {}), **(vif['meta'] or {})}


def _said_of(vif: Any, key: str, default: Any = None) -> Any:
    return _all_said_of(vif).get(key, default)


def _bridge_of(vif: Any) -> str | None:
    """Return the Linux bridge of a port: only what passes one can be filtered."""
    if vif['type'] == network_model.VIF_TYPE_BRIDGE:
        bridge: str = vif['network']['bridge']
        return bridge
    is_ovs = vif['type'] == network_model.VIF_TYPE_OVS
    if is_ovs and vif.is_hybrid_plug_enabled():
        return vifconfig.get_hybrid_bridge(vif)
    return None


def _sources(vif: Any) -> Iterator[nwfilters.Source]:
    for ip in vif.fixed_ips():
        yield nwfilters.Source(vif['address'], netaddr.IPNetwork(ip['address']))
    for pair in _said_of(vif, 'allowed_address_pairs') or ():
        yield _source(pair, vif['address'])


def _source(pair: Any, own_mac_addr: str) -> nwfilters.Source:
    mac_addr = pair.get('mac_address') or own_mac_addr
    if not netutils.is_valid_mac(str(mac_addr)):
        raise _wrong_pair('mac_address', mac_addr)
    with contextlib.suppress(netaddr.AddrFormatError, ValueError, TypeError):
        return nwfilters.Source(
            mac_addr, netaddr.IPNetwork(pair.get('ip_address')).cidr)
    raise _wrong_pair('ip_address', pair.get('ip_address'))


def _wrong_pair(field: str, value: Any) -> exception.InvalidInput:
    return exception.InvalidInput(
        reason=_('%(field)s of an allowed address pair is %(value)r')
        % {'field': field, 'value': value})
