# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""An image that is not what it says, or reaches for host files, is not used."""

import os

from nova.tests.functional import base
from nova.tests.functional import images


class BadImagesTest(base.FunctionalTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.node = self.start_node()

    def test_each(self) -> None:
        self.check_each(
            self.raw_that_says_qcow2,
            self.qcow2_that_says_raw,
            self.backing_file,
            self.data_file,
            self.raw_with_a_backing_file_inside,
            self.larger_than_the_flavor)

    def raw_that_says_qcow2(self) -> None:
        self.node.images.add_bytes('liar', 'qcow2', os.urandom(1 << 20))
        self.assert_build_fails('liar', 'qcow2')

    def qcow2_that_says_raw(self) -> None:
        self.node.images.add_file('other-liar', 'raw', images.tiny())
        self.assert_build_fails('other-liar', 'raw')

    def backing_file(self) -> None:
        self.node.images.add_qcow2('leech', '1M', '-b', '/etc/hostname', '-F', 'raw')
        self.assert_build_fails('leech', 'backing')

    def data_file(self) -> None:
        outside = self.node.state / 'outside.raw'
        self.node.images.add_qcow2('split', '1M', '-o', f'data_file={outside}')
        self.assert_build_fails('split', 'data')

    def raw_with_a_backing_file_inside(self) -> None:
        """Nobody may probe a raw image: its content is the guest's to choose."""
        self.node.images.add_qcow2('inner', '1M', '-b', '/etc/hostname', '-F', 'raw')
        inner = self.node.images.path / 'inner.qcow2'
        self.node.images.add_file('nested', 'raw', inner)
        self.assert_build_fails('nested', '')

    def larger_than_the_flavor(self) -> None:
        self.node.images.add_qcow2('wide', '100G')
        answer = self.node.api.create(
            name='guest',
            imageRef=self.node.image_id('wide'),
            flavorRef=self.node.flavor_id('m1.nano'),
        )
        if answer.status_code == 202:
            self.assert_fails(answer.json()['server']['id'], '')
        else:
            self.assertEqual(400, answer.status_code)
        self.assertEqual({}, self.node.leftovers())

    def assert_build_fails(self, image: str, said: str) -> None:
        server_id = self.node.create(imageRef=self.node.image_id(image))
        self.assert_fails(server_id, said)

    def assert_fails(self, server_id: str, said: str) -> None:
        """Expect ERROR with a fault, nothing on the host, and a delete that works."""
        shown = self.node.api.wait_for_status(server_id, 'ERROR')

        self.assertIn(said, shown['fault']['message'])
        self.assertEqual({}, self.node.leftovers())
        self.assertEqual([], self.cached())
        self.node.api.delete(server_id)
        self.node.api.wait_gone(server_id)
        self.assertEqual({}, self.node.leftovers(server_id))

    def cached(self) -> list[str]:
        base_folder = self.node.instances / '_base'
        return os.listdir(base_folder) if base_folder.is_dir() else []
