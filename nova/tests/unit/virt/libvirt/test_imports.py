# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import subprocess
import sys

from nova.tests.unit import base

#: What the driver takes long to load, and has no need of before it is used.
UNWANTED = ('sqlalchemy', 'alembic', 'openstack', 'keystoneauth1', 'paramiko')


class ImportsTestCase(base.TestCase):
    def test_driver_is_light(self) -> None:
        code = ('import sys, nova.virt.libvirt.driver;'
                f'print([name for name in {UNWANTED} if name in sys.modules])')
        done = subprocess.run([sys.executable, '-W', 'ignore', '-c', code],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(('[]\n', 0), (done.stdout, done.returncode))
