# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The declared networks, as they are on this host."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from oslo_log import log as logging

from nova import exception
from nova.i18n import _
from nova.network import agreement
from nova.network import allotment
from nova.network import declared

if TYPE_CHECKING:
    from nova.virt import driver as virt_driver

LOG = logging.getLogger(__name__)


class NetworkNotReady(exception.NovaException):
    """A network cannot be used for now."""

    msg_fmt = _('Network %(name)s cannot be used: %(reason)s')
    code = 409


class NodeNetworks:
    """Brings the file of networks together with what the hypervisor has."""

    def __init__(self, driver: 'virt_driver.ComputeDriver') -> None:
        self._driver = driver

    def load(self) -> None:
        """Read the file; after a failure the networks are what they were.

        :raises exception.InvalidConfiguration: naming network, field and value, if
            the file is wrong or the hypervisor has it otherwise.
        """
        declared.reload(self._complete)

    def _complete(self, networks: tuple[declared.Network, ...],
                  ) -> tuple[declared.Network, ...]:
        if not self._driver.has_bridges and networks:
            LOG.warning(
                'libvirt is an ordinary user\'s, and has no bridges: QEMU makes up '
                'network %s for each server alone. Servers reach the outside by '
                'their host, nobody reaches them, and all have the same address',
                ', '.join(network.name for network in networks))
            return tuple(map(agreement.make_user, networks))
        return tuple(map(self._complete_one, networks))

    def _complete_one(self, network: declared.Network) -> declared.Network:
        if network.libvirt_network is None:
            return network
        return agreement.agree(
            network, self._driver.get_host_network(network.libvirt_network))

    def check(self, asked: Sequence[allotment.Asked]) -> allotment.Taken:
        """Refuse networks that cannot be used; return addresses that others have.

        :raises exception.InvalidInput: if there is no such network.
        :raises NetworkNotReady: if the host has not what it needs.
        """
        return {network.id: self._look(network)
                for network in map(allotment.network_of, asked)}

    def _look(self, network: declared.Network) -> Mapping[str, str]:
        if network.is_user:
            return {}
        if not self._driver.has_bridge(str(network.bridge)):
            raise NetworkNotReady(
                name=network.name,
                reason=_('there is no bridge %r') % network.bridge)
        if network.libvirt_network is None:
            return {}
        return self._driver.get_taken_addresses(network.libvirt_network)
