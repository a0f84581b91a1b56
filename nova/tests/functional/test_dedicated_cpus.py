# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Guests with CPUs of their own."""

import os

import libvirt

from nova.tests.functional import base

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

    def test_nobody_shares_them(self) -> None:
        one = self.node.boot('one', flavorRef='one')
        two = self.node.boot('two', flavorRef='one')
        three = self.node.create('three', flavorRef='one')
        shown = self.node.api.wait_for_status(three, 'ERROR')

        self.assertEqual([{0}, {1}], sorted([self.pins(one), self.pins(two)], key=min))
        self.assertIn('NUMA cells', shown['fault']['message'])

        self.node.api.delete(one)
        self.node.api.wait_gone(one)
        self.node.boot('four', flavorRef='one')

    def test_contradiction_is_refused_at_once(self) -> None:
        answer = self.node.api.create(
            name='odd', imageRef=self.node.image_id('tiny'), flavorRef='odd')

        self.assertEqual(400, answer.status_code, answer.text)
