# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The ordinary openstack client works with the clouds.yaml of the node."""

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

from nova.tests.functional import base
from nova.tests.functional import guests
from nova.tests.functional import images


class ClientTestCase(base.FunctionalTestCase):
    """Give a node, not started yet, and its client."""

    def setUp(self) -> None:
        super().setUp()
        self.program = pathlib.Path(sys.executable).with_name('openstack')
        if not self.program.exists():
            self.skipTest('python-openstackclient is not installed here')
        self.node = self.make_node()

    def ask(self, *arguments: str) -> Any:
        return json.loads(self.run_client(*arguments, '--format', 'json'))

    def run_client(self, *arguments: str) -> str:
        done = self.start_client(*arguments)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def start_client(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        clouds = str(self.node.state / 'clouds.yaml')
        return subprocess.run(
            [self.program, *arguments],
            check=False,
            env={**os.environ, 'OS_CLIENT_CONFIG_FILE': clouds, 'OS_CLOUD': 'local'},
            capture_output=True,
            text=True,
        )


class OpenstackClientTest(ClientTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.node.start()

    def test_a_session(self) -> None:
        self.assertEqual(['idle', 'tiny', 'tiny-initrd', 'tiny-vmlinuz'],
                         [i['Name'] for i in self.ask('image', 'list')])
        created = self.ask(
            'server', 'create', '--image', 'tiny', '--flavor', 'm1.nano',
            '--nic', 'none', '--wait', 'first',
        )  # fmt: skip
        self.assertEqual('ACTIVE', created['status'])
        (listed,) = self.ask('server', 'list', '--long')
        self.assertEqual(('first', 'ACTIVE'), (listed['Name'], listed['Status']))
        (hypervisor,) = self.ask('hypervisor', 'list')
        self.assertEqual('QEMU', hypervisor['Hypervisor Type'])
        self.node.api.wait_for_console(created['id'], guests.READY)
        self.assertIn(images.BANNER, self.run_client('console', 'log', 'show', 'first'))

        self.run_client('server', 'stop', 'first')
        self.node.api.wait_for_status(created['id'], 'SHUTOFF')
        self.run_client('server', 'delete', '--wait', 'first')

        self.assertEqual([], self.ask('server', 'list'))
        self.assertEqual({}, self.node.leftovers(created['id']))
        self.check_error_is_told()

    def check_error_is_told(self) -> None:
        done = self.start_client(
            'server', 'create', '--image', 'tiny', '--flavor', 'nonesuch',
            '--nic', 'none', 'first',
        )  # fmt: skip

        self.assertNotEqual(0, done.returncode)
        self.assertIn('nonesuch', done.stderr)
