# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What every unit test starts from."""

import os
from typing import Any

import fixtures
from oslo_concurrency import lockutils
from oslo_config import fixture as config_fixture
import testtools

import nova.conf

CONF = nova.conf.CONF


#: After so long a test hangs; its process ends, so that the run does too.
_TIMEOUT_S = 180


class TestCase(testtools.TestCase):
    """A test with a state folder and a configuration of its own."""

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.Timeout(_TIMEOUT_S, gentle=False))
        self.useFixture(fixtures.NestedTempfile())
        self.logs = self.useFixture(fixtures.FakeLogger(level=None))
        self.state_path = self.useFixture(fixtures.TempDir()).path
        self.config = self.useFixture(config_fixture.Config(CONF))
        self.config.load_raw_values()
        self.flags(state_path=self.state_path)
        lock_path = os.path.join(self.state_path, 'locks')
        lockutils.set_defaults(lock_path)

    def flags(self, group: str | None = None, **options: Any) -> None:
        """Set options for the length of this test."""
        self.config.config(group=group, **options)
