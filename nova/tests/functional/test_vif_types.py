# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Guests reach their gateway through ports of each kind, and leave nothing of them."""

import pathlib
import random
import subprocess

from nova.network import model
from nova.tests.functional import base
from nova.tests.functional import openvswitch


class VIFTypesTest(base.NetworkTestCase):

    def assert_works_and_goes(self, vif: model.VIF) -> None:
        (server,) = self.boot(vif)
        self.assertEqual(3, server.ping(self.bridge.gateway))
        server.destroy()
        self.assertEqual([], self.hypervisor.filters())
        self.assertEqual([], _devices_of(vif))

    def test_tap(self) -> None:
        vif = self.bridge.vif(10)
        vif['type'] = model.VIF_TYPE_TAP
        # Whoever has the network sees the tap device come, and takes it.
        self.hypervisor.driver.plug_vifs(self.hypervisor.an_instance(), [vif])
        self.bridge.devices.add_port(self.bridge.name, vif['devname'])

        self.assert_works_and_goes(vif)

    def test_macvtap(self) -> None:
        vif = self.bridge.vif(10)
        near, far = self.cable()
        self.bridge.devices.add_port(self.bridge.name, far)
        vif['type'] = model.VIF_TYPE_MACVTAP
        vif['details'] = {'macvtap_source': near, 'macvtap_mode': 'bridge'}

        self.assert_works_and_goes(vif)

    def cable(self) -> tuple[str, str]:
        stem = f'nfc{random.getrandbits(24):06x}'
        ends = (f'{stem}a', f'{stem}b')
        subprocess.run(['ip', 'link', 'add', ends[0], 'type', 'veth', 'peer', 'name',
                        ends[1]], check=True)
        self.addCleanup(self.bridge.devices.delete, ends[0])
        for end in ends:
            self.bridge.devices.set_up(end)
        return ends


class OpenVSwitchTest(base.NetworkTestCase):

    def setUp(self) -> None:
        reason = openvswitch.why_not()
        if reason:
            self.skipTest(reason)
        super().setUp()
        self.gateway = f'{self.bridge.prefix}.2'
        self.switch = self.useFixture(openvswitch.OpenVSwitch(self.gateway))

    def vif(self, **details: object) -> model.VIF:
        vif = self.bridge.vif(10)
        vif.update(type=model.VIF_TYPE_OVS, delegate_create=True, details={
            'datapath_type': 'netdev', **details})
        vif['network']['bridge'] = self.switch.bridge
        return vif

    def test_plain_and_behind_a_bridge(self) -> None:
        self.remove_rival()
        for details, filters in (({}, 0), ({'ovs_hybrid_plug': True}, 1)):
            vif = self.vif(**details)
            (server,) = self.boot(vif)
            self.assertEqual(1, len(self.switch.ports()))
            self.assertEqual(filters, len(self.hypervisor.filters()))

            self.assertEqual(3, server.ping(self.gateway))

            server.destroy()
            self.assertEqual([], self.switch.ports())
            self.assertEqual([], self.hypervisor.filters())
            self.assertEqual([], _devices_of(vif))

    def remove_rival(self) -> None:
        """Leave the network to the switch; the bridge has an address in it too."""
        self.bridge.devices.delete(self.bridge.name)


def _devices_of(vif: model.VIF) -> list[str]:
    names = [path.name for path in pathlib.Path('/sys/class/net').iterdir()]
    return [name for name in names
            if name == vif['devname'] or name[3:] in vif['id'] and name[:3] in (
                'qbr', 'qvb', 'qvo')]
