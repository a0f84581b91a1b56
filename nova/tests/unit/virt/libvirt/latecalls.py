# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A connection to a fake libvirt whose calls are given up after a short time."""

from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.unit import base
from nova.virt.libvirt import calls


class LateCallsTestCase(base.TestCase):
    """A test with a connection as libvirt makes it, and as the driver has it."""

    def setUp(self) -> None:
        super().setUp()
        self.fake = self.useFixture(fakelibvirt.FakeLibvirt())
        self.raw = self.fake.open('qemu:///system')
        self.calls = calls.Calls(0.05)
        self.addCleanup(self.calls.close)
        self.conn = self.calls.wrap(self.raw)
