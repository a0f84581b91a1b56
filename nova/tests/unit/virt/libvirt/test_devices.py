# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which descriptions are of the same device."""

from nova.tests.unit import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import devices


class SameDeviceTestCase(base.TestCase):

    def assert_same(self, expected: bool, one, other) -> None:
        self.assertEqual((expected, expected), (devices.is_same(one, other),
                                                devices.is_same(other, one)))

    def test_disks_by_target(self) -> None:
        disk = vconfig.LibvirtConfigGuestDisk
        self.assert_same(True, disk(target_dev='vda', source_path='/a'),
                         disk(target_dev='vda', source_path='/b', alias='disk0'))
        self.assert_same(False, disk(target_dev='vda'), disk(target_dev='vdb'))

    def test_interfaces_by_address_in_any_case(self) -> None:
        interface = vconfig.LibvirtConfigGuestInterface
        self.assert_same(True, interface(mac_addr='52:54:00:AA:00:01'),
                         interface(mac_addr='52:54:00:aa:00:01', target_dev='tap0'))
        self.assert_same(False, interface(mac_addr='52:54:00:aa:00:01'),
                         interface(mac_addr='52:54:00:aa:00:02'))

    def test_aliases_decide_where_both_have_one(self) -> None:
        interface = vconfig.LibvirtConfigGuestInterface
        self.assert_same(False, interface(mac_addr='52:54:00:aa:00:01', alias='net0'),
                         interface(mac_addr='52:54:00:aa:00:01', alias='net1'))

    def test_host_devices_by_address(self) -> None:
        hostdev = vconfig.LibvirtConfigGuestHostdevPCI
        address = {'domain': '0000', 'bus': '06', 'slot': '12', 'function': '3'}
        self.assert_same(True, hostdev(**address), hostdev(**address, alias='hostdev0'))
        self.assert_same(False, hostdev(**address), hostdev(**{**address, 'bus': '07'}))

    def test_others_by_what_one_says(self) -> None:
        rng = vconfig.LibvirtConfigGuestRng
        self.assert_same(True, rng(backend='/dev/urandom'),
                         rng(backend='/dev/urandom', alias='rng0', rate_bytes=1))
        self.assert_same(False, rng(backend='/dev/urandom'), rng(backend='/dev/hwrng'))

    def test_other_kinds_differ(self) -> None:
        self.assert_same(False, vconfig.LibvirtConfigGuestDisk(),
                         vconfig.LibvirtConfigGuestInterface())

    def test_name(self) -> None:
        self.assertEqual('disk vdb', devices.name_of(
            vconfig.LibvirtConfigGuestDisk(target_dev='vdb')))
        self.assertEqual('rng rng0', devices.name_of(
            vconfig.LibvirtConfigGuestRng(alias='rng0')))
