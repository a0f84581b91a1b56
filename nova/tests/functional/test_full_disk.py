# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""No space for a disk: a fault that says so, and nothing left to take space."""

import json
import os
import subprocess

from nova.tests.functional import base
from nova.tests.functional import node as node_lib

#: A disk of 0 GiB is as large as the image, so the claim lets it through.
_FLAVOR = {'id': 'whole', 'name': 'whole', 'vcpus': 1, 'ram': 192, 'disk': 0}


class FullDiskTest(base.FunctionalTestCase):

    def test_image_does_not_fit_until_there_is_space(self) -> None:
        node = self.start_on_small_disk(size_mb=4)

        server_id = node.create(flavorRef='whole')

        shown = node.api.wait_for_status(server_id, 'ERROR')
        self.assertIn('No space left', shown['fault']['message'])
        self.assertEqual({}, node.leftovers())
        base_folder = node.instances / '_base'
        self.assertEqual([], list(base_folder.glob('*')))

        _run('mount', '-o', 'remount,size=200m', str(node.instances))

        node.boot('second-try', flavorRef='whole')

    def start_on_small_disk(self, *, size_mb: int) -> node_lib.Node:
        if os.geteuid() != 0:
            self.skipTest('only root can mount a small file system')
        node = self.make_node()
        flavors = node.state / 'flavors.yaml'
        flavors.write_text(json.dumps({'flavors': [_FLAVOR]}))
        node.set_options({'standalone': {'flavors_file': flavors}})
        node.instances.mkdir()
        _run('mount', '-t', 'tmpfs', '-o', f'size={size_mb}m', 'small',
             str(node.instances))  # fmt: skip
        node.addCleanup(_run, 'umount', '--lazy', str(node.instances))
        node.start()
        return node


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
