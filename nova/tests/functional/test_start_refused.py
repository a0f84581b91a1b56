# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What keeps nova-compute from starting is said in a line, with the value."""

from nova.tests.functional import base
from nova.tests.functional import images


class StartRefusedTest(base.FunctionalTestCase):

    def test_second_on_the_same_state_or_port(self) -> None:
        first = self.start_node()
        server_id = first.boot(image=images.IDLE)
        second = self.make_node(options={'DEFAULT': {'state_path': first.state}})

        third = self.make_node(options={'standalone': {'listen_port': first.port}})

        self.assert_does_not_start(second, str(first.state))
        self.assert_does_not_start(third, str(first.port))

        (shown,) = first.api.servers()
        self.assertEqual((server_id, 'ACTIVE'), (shown['id'], shown['status']))

    def test_no_libvirt(self) -> None:
        uri = 'qemu+unix:///system?socket=/nonexistent/libvirt-sock'
        node = self.make_node(options={'libvirt': {'connection_uri': uri}})

        self.assert_does_not_start(node, '/nonexistent/libvirt-sock')

    def test_bad_flavors_file(self) -> None:
        node = self.make_node(options={'standalone': {'flavors_file': '/nonexistent'}})

        self.assert_does_not_start(node, '/nonexistent')

    def test_unknown_driver(self) -> None:
        node = self.make_node(options={'DEFAULT': {'compute_driver': 'nonesuch.Nope'}})

        self.assert_does_not_start(node, 'nonesuch')
