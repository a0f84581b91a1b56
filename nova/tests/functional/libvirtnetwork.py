# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A network of libvirt, as virsh shows it."""

import contextlib
import os
import random
import re

import fixtures
import libvirt

from nova.tests.functional import hypervisor
from nova.virt.libvirt import netdevices

#: The address of somebody else's guest.
OTHER = 9

_XML = """
<network>
  <name>{name}</name>
  <forward mode='nat'/>
  <bridge name='{bridge}' stp='off' delay='0'/>
  <ip address='{prefix}.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='{prefix}.2' end='{prefix}.99'/>
      <host mac='52:54:00:00:00:09' name='other' ip='{prefix}.{other}'/>
    </dhcp>
  </ip>
</network>
"""


class LibvirtNetwork(fixtures.Fixture):
    """A network with NAT and DHCP of a test's own, which runs."""

    def _setUp(self) -> None:
        number = f'{random.getrandbits(32):08x}'
        self.name, self.bridge = f'nova-functional-{number}', f'nfl{number}'
        # Another test process must not have the same.
        self.prefix = f'198.19.{os.getpid() % 256}'
        self._connection = libvirt.open(hypervisor.URI)
        self.addCleanup(self._connection.close)
        self._network = self._connection.networkDefineXML(_XML.format(
            name=self.name, bridge=self.bridge, prefix=self.prefix, other=OTHER))
        self.addCleanup(self._forget)
        self.start()

    def start(self) -> None:
        self._network.create()

    def stop(self) -> None:
        self._network.destroy()

    def _forget(self) -> None:
        with contextlib.suppress(libvirt.libvirtError):
            self.stop()
        self._network.undefine()

    @property
    def declaration(self) -> str:
        """The file of networks that has this one alone."""
        return f'networks: [{{name: nat, libvirt_network: {self.name}}}]'

    def address(self, number: int) -> str:
        return f'{self.prefix}.{number}'

    def hosts(self) -> dict[str, str]:
        """Give the MAC that each address is kept for, running and defined alike."""
        running, defined = self._running_and_defined()
        assert running == defined, (running, defined)
        return running

    def _running_and_defined(self) -> list[dict[str, str]]:
        found = [re.findall(r"<host mac='([^']+)'.* ip='([^']+)'",
                            self._network.XMLDesc(flags))
                 for flags in (0, libvirt.VIR_NETWORK_XML_INACTIVE)]
        return [{ip: mac for mac, ip in each} for each in found]

    def left(self) -> dict[str, object]:
        """Give what is there of servers that used the network, at any time.

        An entry that is only in what runs, or only in the definition, is one too.
        """
        running, defined = self._running_and_defined()
        hosts = {ip: mac for ip, mac in {**running, **defined}.items()
                 if ip != self.address(OTHER)}
        found = {'hosts': hosts,
                 'ports': netdevices.NetDevices().ports(self.bridge)}
        return {what: things for what, things in found.items() if things}

    def leases(self) -> dict[str, str]:
        """Give the MAC that each address is leased to."""
        return {one['ipaddr']: one['mac'] for one in self._network.DHCPLeases()}
