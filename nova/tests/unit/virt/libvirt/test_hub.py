# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirt calls and events under either way of running things concurrently."""

import json
import subprocess
import sys

from nova import monkey_patch
from nova.tests.unit import base
from nova.tests.unit.virt.libvirt import hub_probe

PROBE = """
import warnings
warnings.simplefilter('ignore')
from nova import monkey_patch
monkey_patch.patch({backend!r})
from nova.tests.unit.virt.libvirt import hub_probe
hub_probe.main()
"""


class HubTestCase(base.TestCase):
    def probe(self, backend):
        done = subprocess.run(
            [sys.executable, '-c', PROBE.format(backend=backend)],
            capture_output=True, text=True, timeout=120)
        self.assertEqual(0, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def assert_others_ran(self, found):
        for what in ('opening_s', 'calling_s', 'ending_s'):
            self.assertLess(found[what], hub_probe.SLOW_S / 2, f'{what}: {found}')

    def test_greenlets_run_during_slow_libvirt_calls(self):
        found = self.probe(monkey_patch.EVENTLET)
        # The probe can tell: the same sleep in a greenlet stops the others.
        self.assertGreater(found['blocked_s'], hub_probe.SLOW_S / 2)
        self.assert_others_ran(found)
        self.assertEqual(['Paused', 'Resumed', 'Stopped'], found['told'])

    def test_threads_run_during_slow_libvirt_calls(self):
        found = self.probe(monkey_patch.THREADING)
        self.assert_others_ran(found)
        self.assertEqual(['Paused', 'Resumed', 'Stopped'], found['told'])
