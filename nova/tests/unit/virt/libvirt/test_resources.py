# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import os
import types

import fixtures

from nova.tests.unit import base
from nova.tests.unit.virt.libvirt import base as driver_base
from nova.virt.libvirt import resources

GIB = 1 << 30


class TestHostResources(driver_base.DriverTestCase):

    def available(self, promised_bytes: int) -> dict:
        stat = types.SimpleNamespace(
            f_frsize=4096, f_blocks=100 * GIB // 4096, f_bavail=30 * GIB // 4096)
        self.useFixture(fixtures.MonkeyPatch('os.statvfs', lambda path: stat))
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.storage.instancedir.InstanceDirs.promised_bytes',
            lambda _dirs: promised_bytes))
        return self.driver.get_available_resource('here')

    def test_disk(self) -> None:
        found = self.available(promised_bytes=10 * GIB)
        self.assertEqual((100, 70, 20), (
            found['local_gb'], found['local_gb_used'],
            found['disk_available_least']))

    def test_more_is_promised_than_there_is(self) -> None:
        found = self.available(promised_bytes=40 * GIB)
        self.assertEqual(-10, found['disk_available_least'])

    def test_processors_and_memory(self) -> None:
        self.spawn(self.make_instance(flavor_vcpus=2))
        found = self.driver.get_available_resource('here')
        self.assertEqual(2, found['vcpus_used'])
        self.assertEqual(self.driver._host.get_vcpu_total(), found['vcpus'])
        self.assertLessEqual(found['memory_mb_used'], found['memory_mb'])


class TestUptime(base.TestCase):

    def uptime(self, seconds: str) -> str:
        for name, content in (('uptime', f'{seconds} 1.00\n'),
                              ('loadavg', '0.10 0.20 0.30 1/234 5678\n')):
            with open(os.path.join(self.state_path, name), 'w') as file:
                file.write(content)
        return resources.get_uptime(self.state_path)

    def test_days(self) -> None:
        self.assertEqual('up 2 days, 3:04,  load average: 0.10, 0.20, 0.30',
                         self.uptime(f'{(2 * 24 + 3) * 3600 + 4 * 60 + 59}.99'))

    def test_just_started(self) -> None:
        self.assertEqual('up 0 days, 0:00,  load average: 0.10, 0.20, 0.30',
                         self.uptime('3.10'))
