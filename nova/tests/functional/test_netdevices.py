# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What plugging does to the network devices of a real kernel."""

from concurrent import futures
import pathlib
import random
import subprocess

import testtools

from nova import utils
from nova.tests.functional import hypervisor
from nova.virt.libvirt import netdevices

_CLASS = pathlib.Path('/sys/class/net')


class NetDevicesTest(testtools.TestCase):

    def setUp(self) -> None:
        super().setUp()
        reason = hypervisor.why_not()
        if reason:
            self.skipTest(reason)
        # As the driver has it: what it is made of cannot be shared by greenlets.
        self.devices = utils.tpool_wrap(netdevices.NetDevices())
        stem = f'nfd{random.getrandbits(24):06x}'
        self.bridge, self.tap = f'{stem}b', f'{stem}t'
        for name in (self.tap, self.bridge):
            self.addCleanup(self.devices.delete, name)

    def read(self, name: str, attribute: str) -> str:
        return (_CLASS / name / attribute).read_text().strip()

    def test_tap_on_a_bridge(self) -> None:
        self.assertTrue(self.devices.add_bridge(self.bridge, mtu=1400))
        self.assertTrue(self.devices.add_tap(self.tap, 'fe:16:3e:00:00:01', 1400))
        self.devices.add_port(self.bridge, self.tap)
        self.devices.filter_bridged(self.bridge)

        self.assertTrue(self.devices.is_bridge(self.bridge))
        self.assertFalse(self.devices.is_bridge(self.tap))
        self.assertEqual([self.tap], self.devices.ports(self.bridge))
        self.assertEqual(
            ['1400', '1', '1', '0', '0'],
            [self.read(self.bridge, name) for name in (
                'mtu', 'bridge/nf_call_iptables', 'bridge/nf_call_ip6tables',
                'bridge/forward_delay', 'bridge/stp_state')])
        self.assertEqual(
            ['1400', 'fe:16:3e:00:00:01', '0x5802'],
            [self.read(self.tap, name) for name in ('mtu', 'address', 'tun_flags')])

        for _again in range(2):
            self.devices.delete(self.tap)
            self.devices.delete(self.bridge)
        self.assertEqual([], self.devices.ports(self.bridge))
        self.assertFalse(self.devices.exists(self.tap))

    def test_what_is_there_stays_as_it_is(self) -> None:
        self.devices.add_bridge(self.bridge, mtu=1400)

        self.assertFalse(self.devices.add_bridge(self.bridge, mtu=1500))
        self.assertTrue(self.devices.add_tap(self.tap, multiqueue=True))
        self.assertFalse(self.devices.add_tap(self.tap))

        self.assertEqual('1400', self.read(self.bridge, 'mtu'))
        # IFF_MULTI_QUEUE: QEMU may open it once for each queue.
        self.assertTrue(int(self.read(self.tap, 'tun_flags'), 16) & 0x100)

    def test_failure_leaves_nothing(self) -> None:
        for name, add in ((self.bridge, self.devices.add_bridge),
                          (self.tap, self.devices.add_tap)):
            self.assertRaises(netdevices.Error, add, name, mtu=10)
            self.assertFalse(self.devices.exists(name))
        self.assertRaises(OSError, self.devices.add_vlan, self.tap, self.bridge, 7)
        self.assertFalse(self.devices.exists(self.tap))

    def test_many_at_once_make_one_bridge(self) -> None:
        with futures.ThreadPoolExecutor(8) as threads:
            made = list(threads.map(
                lambda _: self.devices.add_bridge(self.bridge), range(8)))

        self.assertEqual(1, made.count(True))

    def test_devices_that_somebody_else_removes(self) -> None:
        self.devices.add_tap(self.tap)
        subprocess.run(['ip', 'link', 'delete', self.tap], check=True)

        self.devices.delete(self.tap)

        self.assertRaises(OSError, self.devices.add_port, self.bridge, self.tap)
