# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""All the interfaces of an instance, plugged and filtered together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from oslo_log import log as logging

from nova import exception
from nova.i18n import _
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import vif as vif_driver
from nova.virt.libvirt import vifconfig

if TYPE_CHECKING:
    from nova import objects

LOG = logging.getLogger(__name__)


class Firewall(Protocol):
    """What filters the traffic of instances."""

    def get_filter_names(self, instance: 'objects.Instance',
                         network_info: Sequence[Any]) -> dict[str, str]:
        """Return the filter of each VIF that has one, by the VIF's UUID."""

    def setup_basic_filtering(self, instance: 'objects.Instance',
                              network_info: Sequence[Any]) -> None:
        """Make the filters of an instance's VIFs be what they ought to be."""

    def unfilter_vif(self, instance: 'objects.Instance', vif: Any) -> None:
        """Remove the filter of a VIF."""

    def unfilter_others(self, instance: 'objects.Instance',
                        network_info: Sequence[Any]) -> None:
        """Remove the filters of an instance that are not those of these VIFs."""

    def unfilter_instance(self, instance: 'objects.Instance',
                          network_info: Sequence[Any]) -> None:
        """Remove the filters of an instance."""


class DHCP(Protocol):
    """What tells instances their addresses."""

    def add(self, instance: 'objects.Instance', vif: Any) -> None:
        """Let a VIF have its addresses by DHCP."""

    def remove(self, instance: 'objects.Instance', vif: Any) -> None:
        """Remove the entries of a VIF."""


class InstanceInterfaces:
    """Connects instances to their networks.

    :param firewall: None leaves all filtering to the network service.
    :param dhcp: None leaves it to the network service.
    """

    def __init__(self, driver: vif_driver.LibvirtGenericVIFDriver,
                 firewall: Firewall | None = None, dhcp: DHCP | None = None) -> None:
        self._driver = driver
        self._firewall = firewall
        self._dhcp = dhcp

    def check(self, network_info: Sequence[Any]) -> None:
        """Refuse what plug() would, as far as can be seen; nothing is changed.

        :raises exception.VirtualInterfacePlugException: with what is wrong.
        """
        for vif in network_info:
            self._driver.check(vif)

    def find(self, network_info: Sequence[Any]) -> vif_driver.VIFHost:
        """Look up what describing these ports needs to know of the host."""
        return self._driver.find(network_info)

    def filters(self, instance: 'objects.Instance',
                network_info: Sequence[Any]) -> dict[str, str]:
        """Return the filter of each VIF that has one, by the VIF's UUID."""
        if self._firewall is None:
            return {}
        return self._firewall.get_filter_names(instance, network_info)

    def describe(self, instance: 'objects.Instance', vif: Any,
                 guest: vifconfig.VIFGuest) -> vifconfig.Device:
        """Return the interface of a VIF, with its filter.

        :raises exception.NovaException: for a VIF that no guest can have.
        """
        describer = vifconfig.InterfaceDescriber(
            self._driver.settings, self.find([vif]))
        conf = describer.describe(vif, guest)
        if isinstance(conf, vconfig.LibvirtConfigGuestInterface):
            conf.filtername = self.filters(instance, [vif]).get(vif['id'])
        return conf

    def plug(self, instance: 'objects.Instance', network_info: Sequence[Any]) -> None:
        """Make what the guest needs on the host, and its filters.

        What is there is left as it is.  After a failure, what was made before stays
        for unplug() to remove: a guest may be using it.

        :raises exception.VirtualInterfacePlugException: with what failed.
        """
        for vif in network_info:
            self._driver.plug(instance, vif)
            self._tell_address(instance, vif)
        if self._firewall is not None:
            self._firewall.setup_basic_filtering(instance, network_info)

    def _tell_address(self, instance: 'objects.Instance', vif: Any) -> None:
        if self._dhcp is None:
            return
        try:
            self._dhcp.add(instance, vif)
        except exception.HypervisorUnavailable:
            raise
        except exception.NovaException as error:
            raise exception.VirtualInterfacePlugException(
                _('Port %(port)s cannot have its address by DHCP: %(error)s')
                % {'port': vif['id'], 'error': error}) from error

    def settle(self, instance: 'objects.Instance', network_info: Sequence[Any],
               ) -> None:
        """Plug what is not plugged, and remove the filters of what is there no more.

        :param network_info: all VIFs of the instance.
        :raises exception.VirtualInterfacePlugException: with what failed.
        """
        self.plug(instance, network_info)
        if self._firewall is not None:
            self._firewall.unfilter_others(instance, network_info)

    def unplug(self, instance: 'objects.Instance', network_info: Sequence[Any],
               ) -> None:
        """Remove what plug() has made for a guest that does not run.

        One that fails keeps no other from being removed.

        :raises exception.VirtualInterfaceUnplugException: with the last failure.
        """
        failed: exception.NovaException | None = None
        for vif in network_info:
            try:
                self._driver.unplug(instance, vif)
            except exception.VirtualInterfaceUnplugException as error:
                LOG.warning('%s', error, instance=instance)
                failed = error
            if self._dhcp is not None:
                self._dhcp.remove(instance, vif)
        if self._firewall is not None and network_info:
            self._firewall.unfilter_instance(instance, network_info)
        if failed is not None:
            raise failed

    def unplug_one(self, instance: 'objects.Instance', vif: Any) -> None:
        """Remove what plug() has made for a VIF that no guest uses any more.

        :raises exception.VirtualInterfaceUnplugException: with what failed.
        """
        if self._firewall is not None and vif['id'] in self.filters(instance, [vif]):
            self._firewall.unfilter_vif(instance, vif)
        if self._dhcp is not None:
            self._dhcp.remove(instance, vif)
        self._driver.unplug(instance, vif)
