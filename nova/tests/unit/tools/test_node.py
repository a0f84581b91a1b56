# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""quickstart touches only folders that it made."""

import json
import os
import pathlib
import tempfile

import testtools

from tools.newcomer import node as node_lib
from tools.newcomer import report


class NodeTest(testtools.TestCase):

    def setUp(self) -> None:
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.state = pathlib.Path(folder.name) / 'state'
        self.node = node_lib.Node(self.state)

    def test_foreign_folder_is_refused(self) -> None:
        self.state.mkdir()
        (self.state / 'mine').touch()

        error = self.assertRaises(report.StepFailed, self.node.prepare)

        self.assertIn(str(self.state), str(error))
        self.assertFalse(self.node.is_ours())
        self.assertEqual(['mine'], os.listdir(self.state))

    def test_second_time_changes_nothing(self) -> None:
        self.node.prepare()
        self.node.remember(packages=['one'])

        self.node.prepare()

        self.assertEqual({'packages': ['one']}, self.node.memory())

    def test_conf_is_read_back(self) -> None:
        self.node.prepare()
        self.node.write_conf(uri='qemu:///session', virt_type='qemu', port=1234)

        self.assertEqual('1234', self.node.option('standalone', 'listen_port'))
        self.assertEqual('qemu', self.node.option('libvirt', 'virt_type'))

    def test_broken_conf_is_named(self) -> None:
        self.node.prepare()
        self.node.conf.write_text('no section')

        error = self.assertRaises(
            report.StepFailed, self.node.option, 'standalone', 'listen_port'
        )
        self.assertIn(str(self.node.conf), str(error))

    def test_nobody_runs(self) -> None:
        self.assertIsNone(self.node.pid())

    def test_mark_is_readable(self) -> None:
        self.node.prepare()
        marks = [p for p in self.state.iterdir() if p.name.startswith('.made-by')]
        self.assertEqual([{}], [json.loads(p.read_text()) for p in marks])
