# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Servers whose images name an old system have the devices that it knows."""

import importlib.util
import json
import re
from typing import Any

import libvirt
import libvirt_qemu

from nova.tests.functional import base
from nova.tests.functional import hypervisor
from nova.tests.functional import images

#: QEMU's names of the devices that a system has a say in.
_DEVICES = {'ide-hd', 'virtio-blk-pci', 'rtl8139', 'e1000', 'virtio-net-pci', 'VGA',
            'virtio-vga', 'virtio-rng-pci'}
_NETWORKS = """
networks:
  - name: lan
    bridge: {bridge}
    subnets: [{{cidr: 192.0.2.0/29}}]
"""


class GuestOsTest(base.FunctionalTestCase):

    def setUp(self) -> None:
        reason = hypervisor.why_not()
        if reason is None and importlib.util.find_spec('gi') is None:
            reason = 'the extra osinfo is not installed'
        if reason:
            self.skipTest(reason)
        super().setUp()
        bridge = self.useFixture(hypervisor.Bridge())
        self.node = self.make_node()
        self.node.declare_networks(_NETWORKS.format(bridge=bridge.name))
        self.node.images.add_tiny_disk('old', os_distro='debian3')
        self.node.images.add_idle(
            'asks', os_distro='debian3', hw_disk_bus='virtio', hw_vif_model='e1000',
            hw_rng_model='virtio')
        self.node.start()

    def test_devices_in_qemu(self) -> None:
        asks = self.boot('asks')
        self.assertEqual({'virtio-blk-pci', 'e1000', 'VGA', 'virtio-rng-pci'},
                         self.devices(asks))
        self.node.api.delete(asks)

        old = self.boot('old')

        of_old = {'ide-hd', 'rtl8139', 'VGA'}
        self.assertEqual(of_old, self.devices(old))
        shown = self.node.api.server(old)
        self.assertEqual('/dev/hda', shown['OS-EXT-SRV-ATTR:root_device_name'])
        # It started from its disk on IDE.
        self.node.api.wait_for_console(old, images.BANNER)
        log = self.node.log.read_text()
        self.assertEqual(2, log.count('Devices by guest OS: '))
        self.assertIn('disk bus ide: debian3 is not known to support virtio', log)
        self.assertIn('disk bus virtio: asked for; NIC model e1000: asked for', log)

        self.node.api.act(old, 'reboot', {'type': 'HARD'}).raise_for_status()
        self.node.api.wait_for_status(old, 'ACTIVE')
        self.assertEqual(of_old, self.devices(old))

    def boot(self, image: str) -> str:
        return self.node.boot(image, imageRef=self.node.image_id(image),
                              networks='auto')

    def devices(self, server_id: str) -> set[str]:
        """Return what QEMU itself calls those devices of a running guest."""
        with self.node.libvirt() as connection:
            domain = connection.lookupByUUIDString(server_id)
            tree = _monitor(domain, 'info qtree')
        return set(re.findall(r'dev: ([\w-]+)', tree)) & _DEVICES


def _monitor(domain: libvirt.virDomain, command: str) -> str:
    asked: dict[str, Any] = {'execute': 'human-monitor-command',
                             'arguments': {'command-line': command}}
    answer = libvirt_qemu.qemuMonitorCommand(domain, json.dumps(asked), 0)
    return str(json.loads(answer)['return'])
