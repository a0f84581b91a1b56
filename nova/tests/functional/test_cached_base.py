# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A server from a base image that is cached costs one program."""

from testtools import matchers

from nova.tests.functional import base
from nova.tests.functional import programs


class CachedBaseTest(base.FunctionalTestCase):

    def test_second_server(self) -> None:
        recorder = self.useFixture(programs.ProgramRecorder())
        node = self.start_node(environment=recorder.environment)
        node.images.add_qcow2('empty', '8M')
        first = node.boot('fills-the-cache', image='empty')
        before = len(recorder.started())

        second = node.boot('finds-it', image='empty')

        started = recorder.started()[before:]
        self.assertThat(started, matchers.HasLength(1))
        self.assertEqual(['qemu-img', 'create'], started[0][:2])
        (cached,) = (node.instances / '_base').iterdir()
        disks = [node.instances / server_id / 'disk' for server_id in (first, second)]
        self.assertEqual([True, True], [disk.exists() for disk in disks])
        for xml in node.domains().values():
            self.assertIn(str(node.instances), xml)
        self.assertGreater(cached.stat().st_size, 1_000_000)
