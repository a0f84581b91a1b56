# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import os

from nova import exception
from nova.tests.fixtures import instances
from nova.tests.unit import base
from nova.virt.libvirt import console
from nova.virt.libvirt.storage import instancedir


class TestConsoleLogs(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.dirs = instancedir.InstanceDirs(self.state_path)
        self.logs = console.ConsoleLogs(self.dirs)
        self.instance = instances.make()
        self.dirs.create(self.instance.uuid)

    def write(self, content: bytes, suffix: str = '') -> None:
        path = self.dirs.path(self.instance.uuid, f'console.log{suffix}')
        with open(path, 'wb') as file:
            file.write(content)

    def test_short(self) -> None:
        self.write(b'login: \xff')
        self.assertEqual(b'login: \xff', self.logs.tail(self.instance))

    def test_long(self) -> None:
        self.write(b'a' * 5 + b'b' * console.MAX_CONSOLE_BYTES)
        self.assertEqual(b'b' * console.MAX_CONSOLE_BYTES,
                         self.logs.tail(self.instance))

    def test_empty(self) -> None:
        self.write(b'')
        self.assertEqual(b'', self.logs.tail(self.instance))

    def test_just_rotated(self) -> None:
        self.write(b'before, ', '.0')
        self.write(b'after')
        self.assertEqual(b'before, after', self.logs.tail(self.instance))
        self.assertEqual(b'e, after', self.logs.tail(self.instance, 8))
        self.assertEqual(b'ter', self.logs.tail(self.instance, 3))

    def test_no_console(self) -> None:
        self.assertRaises(exception.ConsoleNotAvailable,
                          self.logs.tail, self.instance)

    def test_unreadable(self) -> None:
        os.mkdir(self.dirs.path(self.instance.uuid, 'console.log'))
        error = self.assertRaises(exception.ConsoleLogOutputException,
                                  self.logs.tail, self.instance)
        self.assertIn(self.instance.uuid, str(error))
        self.assertIn('directory', str(error))
