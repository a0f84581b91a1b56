# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A libvirt driver on a fake libvirt, with fake programs and a real file system."""

import os
from typing import Any

import fixtures

from nova import context
from nova import objects
from nova.tests.fixtures import imagefolder
from nova.tests.fixtures import instances
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.fixtures import programs
from nova.tests.unit import base
from nova.virt import virtapi
from nova.virt.libvirt import composition  # noqa: F401  not amid a test's patches
from nova.virt.libvirt import driver

MIB = 1 << 20


class DriverTestCase(base.TestCase):
    """A test with a driver that has been initialized."""

    def setUp(self) -> None:
        super().setUp()
        self.flags(group='libvirt', virt_type='qemu', wait_soft_reboot_seconds=0)
        self.context = context.get_admin_context()
        self.libvirt = self.useFixture(fakelibvirt.FakeLibvirt())
        # No compute service stands behind the driver.
        self.useFixture(fixtures.MonkeyPatch(
            'nova.db.api.service_get', lambda **criteria: None))
        self.programs = self.useFixture(programs.FakePrograms())
        self.folder = self.useFixture(imagefolder.ImageFolder())
        self.image_id = self.folder.add(programs.qcow2_head(512 * MIB))
        self.image_meta = objects.ImageMeta.from_dict(
            {'id': self.image_id, 'disk_format': 'qcow2', 'properties': {}})
        self.driver = self.make_driver()

    def make_driver(self) -> driver.LibvirtDriver:
        made = driver.LibvirtDriver(virtapi.VirtAPI())
        self.addCleanup(made.cleanup_host, 'here')
        made.init_host('here')
        return made

    def make_instance(self, **values: Any) -> 'objects.Instance':
        return instances.make(self.image_id, **values)

    def spawn(self, instance: 'objects.Instance | None' = None,
              **arguments: Any) -> 'objects.Instance':
        instance = instance or self.make_instance()
        self.driver.spawn(self.context, instance, self.image_meta, [], None, {},
                          **arguments)
        return instance

    def state(self, instance: 'objects.Instance') -> int:
        return self.driver.get_info(instance).state

    def path(self, *names: str) -> str:
        return os.path.join(self.state_path, 'instances', *names)

    def files_left(self) -> list[str]:
        """Return what is there besides locks and whole base images."""
        found = []
        for folder, folders, names in os.walk(self.path()):
            found += [os.path.join(folder, name) for name in [*folders, *names]]
        kept = (self.path('_base'), self.path('locks'))
        return [path for path in found
                if not path.startswith(kept) or path.endswith('.part')]

    def assert_nothing_left(self) -> None:
        self.assertEqual([], self.driver.list_instances())
        self.assertEqual([], self.files_left())
