# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import os

import fixtures

from nova.tests.unit import base
from nova.virt.libvirt import hostfacts

V1 = 'cgroup /sys/fs/cgroup/cpu cgroup rw,nosuid,cpu,cpuacct 0 0'


class CPUControllerTestCase(base.TestCase):

    def test_unified_hierarchy(self) -> None:
        self.assertTrue(hostfacts.has_cpu_controller('cpuset cpu io', None))
        self.assertFalse(hostfacts.has_cpu_controller('cpuset io', V1))

    def test_first_version(self) -> None:
        self.assertTrue(hostfacts.has_cpu_controller(None, f'proc /proc proc rw\n{V1}'))
        self.assertFalse(hostfacts.has_cpu_controller(
            None, 'cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0'))

    def test_no_cgroups(self) -> None:
        self.assertFalse(hostfacts.has_cpu_controller(None, None))


class DirectIOTestCase(base.TestCase):

    def test_leaves_nothing_behind(self) -> None:
        folder = self.useFixture(fixtures.TempDir()).path

        hostfacts.supports_direct_io(folder)

        self.assertEqual([], os.listdir(folder))

    def test_missing_folder(self) -> None:
        folder = self.useFixture(fixtures.TempDir()).path

        self.assertFalse(hostfacts.supports_direct_io(f'{folder}/missing'))

    def test_follows_what_open_says(self) -> None:
        folder = self.useFixture(fixtures.TempDir()).path
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.hostfacts._writes_directly', lambda path: False))

        self.assertFalse(hostfacts.supports_direct_io(folder))
