# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import os

from nova.tests.fixtures import programs
from nova.tests.unit import base
from nova.virt.libvirt.storage import qcow2


class TestHead(base.TestCase):

    def read(self, content: bytes) -> qcow2.Head | None:
        path = os.path.join(self.state_path, 'disk')
        with open(path, 'wb') as file:
            file.write(content)
        return qcow2.read_head(path)

    def test_overlay(self) -> None:
        head = self.read(programs.qcow2_head(1 << 30, '/base/image'))
        self.assertEqual(qcow2.Head('/base/image', 1 << 30), head)

    def test_without_backing_file(self) -> None:
        head = self.read(programs.qcow2_head(1 << 20))
        self.assertEqual(qcow2.Head(None, 1 << 20), head)

    def test_other_content(self) -> None:
        self.assertIsNone(self.read(b''))
        self.assertIsNone(self.read(bytes(4096)))
        self.assertIsNone(self.read(qcow2.MAGIC))
