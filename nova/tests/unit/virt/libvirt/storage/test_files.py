# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import errno
import os
import stat

from oslo_concurrency import processutils

from nova.tests.unit import base
from nova.virt.libvirt.storage import files

MIB = 1 << 20


class FilesTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.path = os.path.join(self.state_path, 'file')

    def read(self, path: str | None = None) -> bytes:
        with open(path or self.path, 'rb') as file:
            return file.read()

    def write(self, path: str, content: bytes) -> None:
        with open(path, 'wb') as file:
            file.write(content)


class TestAppearing(FilesTestCase):

    def test_appears_when_complete(self) -> None:
        with files.appearing(self.path, 0o600) as part:
            self.write(part, b'whole')
            self.assertFalse(os.path.exists(self.path))
        self.assertEqual(b'whole', self.read())
        self.assertEqual(0o600, stat.S_IMODE(os.stat(self.path).st_mode))
        self.assertEqual(['file'], os.listdir(self.state_path))

    def fail_with(self, error: BaseException) -> None:
        with files.appearing(self.path) as part:
            self.write(part, b'half')
            raise error

    def test_failure_leaves_nothing(self) -> None:
        for error in (OSError(errno.ENOSPC, 'full'), KeyboardInterrupt()):
            self.assertRaises(type(error), self.fail_with, error)
            self.assertEqual([], os.listdir(self.state_path))

    def test_failure_keeps_what_was_there(self) -> None:
        self.write(self.path, b'old')
        self.assertRaises(ValueError, self.fail_with, ValueError())
        self.assertEqual(b'old', self.read())

    def test_left_by_a_killed_process(self) -> None:
        self.write(self.path + files.PART_SUFFIX, b'left by somebody else')
        with files.appearing(self.path) as part:
            self.assertFalse(os.path.exists(part))
            self.write(part, b'whole')
        self.assertEqual(b'whole', self.read())

    def test_nothing_written(self) -> None:
        appearing = files.appearing(self.path)
        appearing.__enter__()
        self.assertRaises(FileNotFoundError, appearing.__exit__, None, None, None)
        self.assertEqual([], os.listdir(self.state_path))


class TestCopy(FilesTestCase):

    def test_holes_stay(self) -> None:
        source = os.path.join(self.state_path, 'source')
        self.write(source, b'begin')
        with open(source, 'r+b') as file:
            file.seek(3 * MIB)
            file.write(b'middle')
            file.truncate(8 * MIB)
        files.copy(source, self.path)
        self.assertEqual(self.read(source), self.read())
        self.assertLess(os.stat(self.path).st_blocks * 512, MIB)

    def test_failure(self) -> None:
        error = self.assertRaises(processutils.ProcessExecutionError, files.copy,
                                  os.path.join(self.state_path, 'no'), self.path)
        self.assertIn('No such file', error.stderr)
