# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A guest boots, and its own userland is heard through the API."""

from nova.tests.functional import base
from nova.tests.functional import images


class ConsoleTest(base.FunctionalTestCase):

    def test_userland_speaks(self) -> None:
        node = self.start_node()
        server_id = node.boot()

        console = node.api.wait_for_console(server_id, 'uptime:')

        self.assertIn(images.BANNER, console)
        # the flavor: one CPU, and a root disk that grew to its size
        self.assertIn('cpus:    1 x', console)
        self.assertIn('disks:   vda=1024MiB', console)

    def test_last_lines(self) -> None:
        node = self.start_node()
        server_id = node.boot()
        whole = node.api.wait_for_console(server_id, 'uptime:')

        answer = node.api.act(server_id, 'os-getConsoleOutput', {'length': 2})

        self.assertEqual(200, answer.status_code)
        tail = answer.json()['output']
        self.assertLess(len(tail), len(whole))
        self.assertLessEqual(len(tail.splitlines()), 2)
