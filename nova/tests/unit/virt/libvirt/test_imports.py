# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import subprocess
import sys

from nova.tests.unit import base

#: What the driver takes long to load, and has no need of before it is used.
UNWANTED = ('sqlalchemy', 'alembic', 'openstack', 'keystoneauth1', 'paramiko')


#: What a part of Host, imported alone, may not bring along.
FOREIGN = ('nova.conf', 'nova.virt.libvirt.driver', 'nova.virt.libvirt.guest',
           'nova.virt.libvirt.designer', 'nova.objects', 'pyroute2', 'os_vif')
#: Parts of Host, and whether they know documents of libvirt.
PARTS = {'connection': False, 'eventqueue': False, 'capabilities': True,
         'nodedevs': True, 'host': True}


def loaded(module: str, names: tuple[str, ...]) -> list[str]:
    """Return which modules come along with one that is imported alone."""
    code = (f'import sys, {module};'
            f'print(*[name for name in {names} if name in sys.modules])')
    done = subprocess.run([sys.executable, '-W', 'ignore', '-c', code],
                          capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.split()


class ImportsTestCase(base.TestCase):
    def test_driver_is_light(self) -> None:
        self.assertEqual([], loaded('nova.virt.libvirt.driver', UNWANTED))

    def test_driver_loads_its_parts_with_the_first_driver(self) -> None:
        self.assertEqual([], loaded(
            'nova.virt.libvirt.driver',
            ('libvirt', 'lxml', 'nova.virt.libvirt.host', 'nova.virt.libvirt.config')))

    def test_parts_of_host_stand_alone(self) -> None:
        for part, has_documents in PARTS.items():
            foreign = FOREIGN if has_documents else (*FOREIGN, 'lxml')
            with self.subTest(part):
                self.assertEqual([], loaded(f'nova.virt.libvirt.{part}', foreign))
