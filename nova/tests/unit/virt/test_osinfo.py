# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import fixtures

from nova.tests.fixtures import libosinfo
from nova.tests.unit import base
from nova.tests.unit.virt import builders
from nova.virt import osinfo
from nova.virt.libvirt import osdatabase


class OsInfoTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(libosinfo.FakeLibosinfo())
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.osinfo._DATABASE', osdatabase.OSDatabase()))

    @staticmethod
    def models(known: osinfo.OsInfo | osinfo.HardwareProperties,
               ) -> tuple[str | None, str | None]:
        return known.disk_model, known.network_model

    def test_systems(self) -> None:
        self.assertEqual(
            {'debian11': ('virtio', 'virtio'), 'debian3': ('ide', 'rtl8139'),
             'winxp': ('ide', 'e1000'), 'openbsd5.3': ('ide', 'pcnet'),
             'plan9': (None, None), None: (None, None)},
            {name: self.models(osinfo.OsInfo(name)) for name in
             ('debian11', 'debian3', 'winxp', 'openbsd5.3', 'plan9', None)})

    def test_images(self) -> None:
        of_image = osinfo.HardwareProperties
        self.assertEqual((None, None), self.models(of_image(builders.image())))
        self.assertEqual(('ide', 'rtl8139'), self.models(
            of_image(builders.image(os_distro='debian3'))))
        self.assertEqual(('scsi', 'e1000'), self.models(of_image(builders.image(
            os_distro='debian3', hw_disk_bus='scsi', hw_vif_model='e1000'))))
