# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A guest boots, and its own userland is heard through the API."""

from nova.tests.functional import base
from nova.tests.functional import images
from nova.tests.functional import rest


class ConsoleTest(base.FunctionalTestCase):

    def test_disk_starts_by_bios_and_boot_loader(self) -> None:
        """As the quickstart's does; elsewhere a kernel stands beside the disk."""
        node = self.make_node()
        node.images.add_tiny_disk('disk')
        node.start()
        server_id = node.boot(imageRef=node.image_id('disk'))

        console = node.api.wait_for_console(server_id, 'uptime:')

        self.assertIn(images.BANNER, console)
        self.assertIn('cmdline: BOOT_IMAGE=vmlinuz', console)
        # the flavor: one CPU, and a root disk that grew to its size
        self.assertIn('cpus:    1 x', console)
        self.assertIn('disks:   vda=1024MiB', console)
        self.check_last_lines(node.api, server_id, console)

    def check_last_lines(self, api: rest.RestApi, server_id: str, whole: str) -> None:
        answer = api.act(server_id, 'os-getConsoleOutput', {'length': 2})

        self.assertEqual(200, answer.status_code)
        tail = answer.json()['output']
        self.assertLess(len(tail), len(whole))
        self.assertLessEqual(len(tail.splitlines()), 2)
