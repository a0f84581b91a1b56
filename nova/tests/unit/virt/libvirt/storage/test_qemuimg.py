# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import os

import fixtures

from nova.tests.fixtures import programs
from nova.tests.unit import base
from nova.virt.libvirt.storage import programs as storage_programs
from nova.virt.libvirt.storage import qemuimg

GIB = 1 << 30


class TestCommands(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.programs = self.useFixture(programs.FakePrograms())
        self.path = os.path.join(self.state_path, 'disk')
        self.base = os.path.join(self.state_path, 'base')
        with open(self.base, 'wb') as file:
            file.truncate(GIB)

    def test_overlay(self) -> None:
        qemuimg.create_overlay(self.path, self.base, 'raw', 2 * GIB,
                               qemuimg.Limits())
        self.assertEqual(
            [('qemu-img', 'create', '-q', '-f', 'qcow2', '-o',
              f'backing_file={self.base},backing_fmt=raw', self.path,
              str(2 * GIB))], self.programs.commands)

    def test_overlay_of_the_same_size(self) -> None:
        qemuimg.create_overlay(self.path, self.base, 'qcow2', None, qemuimg.Limits())
        self.assertEqual(self.path, self.programs.commands[0][-1])

    def test_comma_in_the_path(self) -> None:
        base_path = os.path.join(self.state_path, 'a,b')
        os.rename(self.base, base_path)
        qemuimg.create_overlay(self.path, base_path, 'raw', None, qemuimg.Limits())
        self.assertIn(f'backing_file={self.state_path}/a,,b,backing_fmt=raw',
                      self.programs.commands[0])

    def test_convert_tells_the_format(self) -> None:
        qemuimg.convert_to_raw(self.base, 'vhd', self.path, GIB, qemuimg.Limits())
        self.assertEqual(
            [('qemu-img', 'convert', '-q', '-f', 'vpc', '-O', 'raw', self.base,
              self.path)], self.programs.commands)

    def test_blank(self) -> None:
        qemuimg.create_blank(self.path, 'raw', GIB, qemuimg.Limits())
        self.assertEqual(
            [('qemu-img', 'create', '-q', '-f', 'raw', self.path, str(GIB))],
            self.programs.commands)

    def test_limits(self) -> None:
        seen = []
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.storage.programs.run',
            lambda *command, limits: seen.append(limits)))
        qemuimg.create_blank(self.path, 'raw', GIB, qemuimg.Limits(7, 1))
        # There is more to do for a larger disk.
        qemuimg.convert_to_raw(self.base, 'qcow2', self.path, 3 * GIB,
                               qemuimg.Limits(7, 2))
        self.assertEqual([storage_programs.Limits(7, GIB),
                          storage_programs.Limits(28, 2 * GIB)], seen)
