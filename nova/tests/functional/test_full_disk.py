# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""No space for a disk: a fault that says so, and nothing left to take space."""

import os
import subprocess

from nova.tests.functional import base
from nova.tests.functional import node as node_lib


class FullDiskTest(base.FunctionalTestCase):

    def test_image_does_not_fit(self) -> None:
        node = self.make_node()
        self.mount_small_disk(node, size_mb=4)
        node.start()

        server_id = node.create()

        shown = node.api.wait_for_status(server_id, 'ERROR')
        self.assertIn('No space left', shown['fault']['message'])
        self.assertEqual({}, node.leftovers())
        base_folder = node.instances / '_base'
        self.assertEqual([], list(base_folder.glob('*')))

    def test_works_once_there_is_space(self) -> None:
        node = self.make_node()
        self.mount_small_disk(node, size_mb=4)
        node.start()
        node.api.wait_for_status(node.create(), 'ERROR')

        _run('mount', '-o', 'remount,size=200m', str(node.instances))

        node.boot('second-try')

    def mount_small_disk(self, node: node_lib.Node, *, size_mb: int) -> None:
        if os.geteuid() != 0:
            self.skipTest('only root can mount a small file system')
        node.instances.mkdir()
        _run('mount', '-t', 'tmpfs', '-o', f'size={size_mb}m', 'small',
             str(node.instances))  # fmt: skip
        node.addCleanup(_run, 'umount', '--lazy', str(node.instances))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
