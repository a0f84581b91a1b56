# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Twenty servers at once, and not a trace of them afterwards."""

from concurrent import futures
import functools

from nova.tests.functional import base
from nova.tests.functional import images

_NUMBER = 20
_TIMEOUT_S = 240


class ManyServersTest(base.FunctionalTestCase):

    def test_created_and_deleted_at_once(self) -> None:
        node = self.start_node()
        with futures.ThreadPoolExecutor(_NUMBER) as pool:
            names = [f'guest-{number}' for number in range(_NUMBER)]
            create = functools.partial(node.create, image=images.IDLE)
            ids = list(pool.map(create, names))

            for server_id in ids:
                node.api.wait_for_status(server_id, 'ACTIVE', timeout_s=_TIMEOUT_S)
            self.assertEqual(_NUMBER, len(node.domains()))
            self.assertEqual(_NUMBER, len(node.processes()))

            answers = list(pool.map(lambda uuid: node.api.delete(uuid), ids))

        self.assertEqual({204}, {answer.status_code for answer in answers})
        for server_id in ids:
            node.api.wait_gone(server_id, timeout_s=_TIMEOUT_S)
        self.assertEqual([], node.api.servers())
        self.assertEqual({}, node.leftovers(*ids))
