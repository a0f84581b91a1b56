# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import os

from oslo_utils import uuidutils

from nova import exception
from nova.tests.unit import base
from nova.virt import node


class TestLocalNode(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.path = os.path.join(self.state_path, node.COMPUTE_ID_FILE)

    def test_made_once(self) -> None:
        first = node.get_local_node_uuid()
        self.assertTrue(uuidutils.is_uuid_like(first))
        self.assertEqual(first, node.get_local_node_uuid())
        self.assertEqual([node.COMPUTE_ID_FILE], os.listdir(self.state_path))

    def test_stored_by_the_operator(self) -> None:
        stored = '6ce9ba9b-7c1b-4d67-9f0c-0a1b2c3d4e5f'
        with open(self.path, 'w') as file:
            file.write(f'{stored}\n')
        self.assertEqual(stored, node.get_local_node_uuid())

    def test_damaged(self) -> None:
        for content in (b'', b'nonsense', b'\xff'):
            with open(self.path, 'wb') as file:
                file.write(content)
            error = self.assertRaises(exception.InvalidNodeConfiguration,
                                      node.get_local_node_uuid)
            self.assertIn(self.path, str(error))

    def test_cannot_be_stored(self) -> None:
        self.flags(state_path=os.path.join(self.state_path, 'missing'))
        self.assertRaises(exception.InvalidNodeConfiguration,
                          node.get_local_node_uuid)
