# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Disks and interfaces come, are used by the guest, and go."""

from typing import Any

from nova import exception
from nova.tests.functional import tinyguest
from nova.virt.libvirt import config as vconfig

_TIMEOUT_S = 20
_MAC = '52:54:00:6e:6f:76'


class DevicesTest(tinyguest.TinyGuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.tiny = self.hypervisor.boot(vconfig.LibvirtConfigGuestController(
            type='scsi', index=0, model='virtio-scsi'))
        self.guest = self.tiny.guest
        self.nothing = self.seen()

    def test_devices_come_and_go(self) -> None:
        self.disk('vda')
        self.disk('sda', target_bus='scsi')
        self.interface()
        self.definition_alone()
        self.what_is_not_there()
        self.what_cannot_be()

    def disk(self, target: str, **more: str) -> None:
        conf = self.hypervisor.disk(target, **more)
        self.guest.attach_device(conf, live=True)
        self.tiny.wait_inside(f'[ -b /dev/{target} ]')
        self.assertEqual(([conf.target_dev], []), self.targets())
        self.tiny.run(f'yes {target} | head -c 4096 > /dev/{target}; sync')

        self.detach(conf)

        tinyguest.assert_holds(conf, f'{target}\n'.encode() * (4096 // 4))
        self.guest.attach_device(conf, persistent=True, live=True)
        self.tiny.wait_inside(f'[ -b /dev/{target} ]')
        self.assertEqual(([target], [target]), self.targets())
        self.assertEqual(target, self.tiny.run(f'head -n 1 /dev/{target}'))
        self.detach(conf)

    def interface(self) -> None:
        conf = vconfig.LibvirtConfigGuestInterface(
            net_type='user', mac_addr=_MAC, model='virtio')
        self.guest.attach_device(conf, persistent=True, live=True)
        self.tiny.wait_inside('[ -e /sys/class/net/eth0 ]')
        self.assertEqual(_MAC, self.tiny.run('cat /sys/class/net/eth0/address'))
        self.tiny.run('ip link set eth0 up; udhcpc -i eth0 -s /etc/lease -n -q -t 9')
        self.tiny.run('ping -c 1 -W 5 10.0.2.2')

        conf.link_state = 'down'
        self.guest.update_device(conf, persistent=True, live=True)
        self.tiny.wait_inside('[ "$(cat /sys/class/net/eth0/carrier)" = 0 ]')

        self.detach(conf)

    def definition_alone(self) -> None:
        conf = self.hypervisor.disk('vdb')
        self.guest.attach_device(conf, persistent=True)
        self.assertEqual(([], ['vdb']), self.targets())
        self.assertEqual(self.nothing, self.seen())

        self.guest.detach_device(conf, persistent=True)

        self.assertEqual(([], []), self.targets())

    def what_is_not_there(self) -> None:
        conf = self.hypervisor.disk('vdc')
        for flags in ({'live': True}, {'persistent': True}):
            self.assertRaises(exception.DeviceNotFound, self.guest.detach_device, conf,
                              **flags)
        self.guest.detach_device_and_wait(conf, _TIMEOUT_S)

    def what_cannot_be(self) -> None:
        conf = self.hypervisor.disk('vdd')
        conf.source_path = str(self.hypervisor.folder / 'not-there')
        self.assertRaises(exception.InternalError, self.guest.attach_device, conf,
                          persistent=True, live=True)
        self.assertEqual(([], []), self.targets())
        self.assertEqual(self.nothing, self.seen())

    def detach(self, conf: Any) -> None:
        self.guest.detach_device_and_wait(conf, _TIMEOUT_S)
        self.assertEqual(self.nothing, self.seen())
        self.assertEqual(([], []), self.targets())

    def targets(self) -> tuple[list[str], list[str]]:
        """What libvirt says of disks: of what runs, and of the definition."""
        found = [[disk.target_dev for disk in self.guest.get_all_devices(
            vconfig.LibvirtConfigGuestDisk, is_persistent)]
            for is_persistent in (False, True)]
        return found[0], found[1]

    def seen(self) -> tuple[str, list[str], list[str]]:
        """What the guest and QEMU say of disks and cards."""
        return (self.tiny.run('ls /sys/class/net /dev/[sv]d* 2>/dev/null; :'),
                [each['device'] for each in self.tiny.qmp('query-block')],
                [each['name'] for each in self.tiny.qmp('query-named-block-nodes')])
