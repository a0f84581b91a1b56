# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Guests with CPUs of their own."""

import os

import libvirt

from nova.tests.functional import base
from nova.tests.functional import images

FLAVORS = """
flavors:
- {id: one, name: one, vcpus: 1, ram: 64, disk: 0,
   extra_specs: {'hw:cpu_policy': dedicated}}
- {id: odd, name: odd, vcpus: 3, ram: 64, disk: 0,
   extra_specs: {'hw:numa_nodes': '2'}}
"""


class DedicatedCPUsTest(base.FunctionalTestCase):
    def setUp(self) -> None:
        super().setUp()
        if len(os.sched_getaffinity(0)) < 2 or os.geteuid() != 0:
            self.skipTest('two CPUs and root are needed')
        self.node = self.make_node({'compute': {'cpu_dedicated_set': '0,1'}})
        flavors = self.node.state / 'flavors.yaml'
        flavors.write_text(FLAVORS)
        self.node.set_options({'standalone': {'flavors_file': flavors}})
        self.node.start()

    def pins(self, server_id: str) -> set[int]:
        conn = libvirt.open(self.node.uri)
        self.addCleanup(conn.close)
        first, = conn.lookupByUUIDString(server_id).vcpuPinInfo()
        return {cpu for cpu, pinned in enumerate(first) if pinned}

    def test_each(self) -> None:
        self.check_each(self.contradiction_is_refused_at_once, self.nobody_shares_them)

    def nobody_shares_them(self) -> None:
        one, two = self.boot('one'), self.boot('two')
        three = self.node.create('three', image=images.IDLE, flavorRef='one')
        shown = self.node.api.wait_for_status(three, 'ERROR')

        self.assertEqual([{0}, {1}], sorted([self.pins(one), self.pins(two)], key=min))
        self.assertIn('NUMA cells', shown['fault']['message'])

        self.node.api.delete(one)
        self.node.api.wait_gone(one)
        self.boot('four')

    def boot(self, name: str) -> str:
        return self.node.boot(name, image=images.IDLE, flavorRef='one')

    def contradiction_is_refused_at_once(self) -> None:
        answer = self.node.api.create(
            name='odd', imageRef=self.node.image_id('tiny'), flavorRef='odd')

        self.assertEqual(400, answer.status_code, answer.text)
