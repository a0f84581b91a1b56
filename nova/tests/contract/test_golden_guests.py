# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Every recorded guest is defined by QEMU's driver, or is known not to be."""

import pathlib

import libvirt

from nova import objects
from nova.tests.contract import base
from nova.tests.golden import outcome
from nova.tests.golden import refused
from nova.tests.golden import scenario

FOLDER = pathlib.Path(scenario.__file__).parent.parent / 'fixtures' / 'golden'
#: The versions that the table was taken with; others take more or fewer.
VERSIONS = {'libvirt': 9000, 'qemu': 7002}


class GoldenGuestsOnQemu(base.OnQemu):
    def setUp(self) -> None:
        super().setUp()
        found = {'libvirt': self.conn.getLibVersion() // 1000,
                 'qemu': self.conn.getVersion() // 1000}
        if found != VERSIONS:
            self.skipTest(f'the table is of {VERSIONS}; here are {found}')
        objects.register_all()

    def is_defined(self, xml: str) -> bool:
        try:
            domain = self.conn.defineXML(xml)
        except libvirt.libvirtError:
            return False
        domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_NVRAM)
        return True

    def test_all(self) -> None:
        loaded = [scenario.load(path, '/var/lib/nova/instances')
                  for path in scenario.paths(FOLDER)]
        made = {each.data['name']: outcome.of(each).xml for each in loaded}
        guests = {name: xml for name, xml in made.items() if xml is not None}

        taken = {name for name, xml in guests.items() if self.is_defined(xml)}

        self.assertEqual(refused.BY_QEMU.keys(), guests.keys() - taken)
