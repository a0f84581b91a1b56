# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The same systems in the fake libosinfo and in the real one, and all of the latter."""

import dataclasses
import functools
import importlib.util
import pathlib
from typing import Any

import fixtures
from lxml import etree
import testtools

from nova import exception
from nova import objects
from nova.tests.fixtures import libosinfo
from nova.tests.golden import scenario
from nova.virt.libvirt import designer
from nova.virt.libvirt import guestsystems
from nova.virt.libvirt import osdatabase
from nova.virt.libvirt.designer import guestos
from nova.virt.libvirt.designer import osreport

GOLDEN = pathlib.Path(scenario.__file__).parent.parent / 'fixtures' / 'golden'
GRAMMAR = pathlib.Path('/usr/share/libvirt/schemas/domain.rng')
PC = guestos.Board('x86_64', 'pc')


@functools.cache
def all_systems() -> list[osdatabase.Entry]:
    return list(osdatabase.read_libosinfo())


class GuestOsContract:
    """What holds whatever the version of the database."""

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.FakeLogger(level=None))
        self.prepare()
        self.database = osdatabase.OSDatabase()

    def fact(self, *name: str) -> guestos.GuestOS:
        return self.database.find(*name).on('x86_64')

    def test_devices(self) -> None:
        found = {name: tuple(choose(self.fact(name), PC).value for choose in (
            guestos.disk_bus, guestos.vif_model, guestos.rng_model))
            for name in ('debian3', 'winxp', 'openbsd5.3', 'debian11')}
        self.assertEqual(
            {'debian3': ('ide', 'rtl8139', 'none'), 'winxp': ('ide', 'e1000', 'none'),
             'openbsd5.3': ('ide', 'pcnet', 'none'),
             'debian11': ('virtio', 'virtio', 'virtio')}, found)

    def test_windows(self) -> None:
        fact = self.fact('win11')
        self.assertEqual(
            ('winnt', True, 4096, True),
            (fact.family, fact.needs_uefi, fact.minimum_memory_mb,
             guestos.knows_hyperv(None, fact)))

    def test_names(self) -> None:
        self.assertEqual(
            ['debian11'] * 4,
            [self.database.find(*asked).name for asked in (
                ('debian11',), ('debianbullseye',), ('debian', '11'),
                ('http://debian.org/debian/11',))])
        for unknown in ('debian', 'rhel-unknown', 'plan9'):
            self.assertRaises(
                exception.OsInfoNotFound, self.database.find, unknown)


class TestFake(GuestOsContract, testtools.TestCase):

    def prepare(self) -> None:
        self.useFixture(libosinfo.FakeLibosinfo())


class TestReal(GuestOsContract, testtools.TestCase):

    def prepare(self) -> None:
        if importlib.util.find_spec('gi') is None:
            self.skipTest('the extra osinfo is not installed')


class TestAllSystems(testtools.TestCase):
    """Every system of the real database makes a guest that libvirt's grammar takes."""

    def setUp(self) -> None:
        super().setUp()
        if importlib.util.find_spec('gi') is None:
            self.skipTest('the extra osinfo is not installed')
        self.useFixture(fixtures.FakeLogger(level=None))
        objects.register_all()
        self.entries = all_systems()

    def test_facts_can_be_remembered(self) -> None:
        self.assertGreater(len(self.entries), 100)
        for entry in self.entries:
            for arch in ('x86_64', 'i686', 'aarch64'):
                fact = entry.on(arch)
                text = fact.to_text()
                self.assertEqual(fact, guestos.GuestOS.from_text(text))
                # What a value in Nova's database can hold.
                self.assertLess(len(text), 256, entry.name)

    def test_guests(self) -> None:
        if not GRAMMAR.exists():
            self.skipTest(f'{GRAMMAR} is not here')
        grammar = etree.RelaxNG(etree.parse(str(GRAMMAR)))
        # KVM, where the clock has timers.
        loaded = scenario.load(
            GOLDEN / 'scenarios' / 'base-kvm-defaults.json', '/instances')
        documents = {**self.documents(loaded, 'pc'), **self.documents(loaded, 'q35')}

        refused = {systems: grammar.error_log.last_error
                   for xml, systems in documents.items()
                   if not grammar.validate(etree.fromstring(xml))}

        self.assertEqual({}, refused)
        # Old systems, Windows, and those of each time between.
        self.assertGreater(len(documents), 10)

    def documents(self, loaded: scenario.Scenario, machine: str) -> dict[str, Any]:
        """Return each different guest, and one of the systems that it is for."""
        inputs = loaded.inputs()
        image_meta = inputs.image_meta.obj_clone()
        image_meta.properties.hw_machine_type = machine
        found = {}
        for entry in self.entries:
            fact = entry.on('x86_64')
            asked = dataclasses.replace(
                inputs, guest_os=fact, image_meta=image_meta,
                disk_info=self.disk_info(loaded, image_meta, fact))
            self.assertTrue(list(osreport.explain(
                asked, loaded.host_facts, loaded.settings)), entry.name)
            guest = designer.design_guest(asked, loaded.host_facts, loaded.settings)
            found[guest.to_xml()] = f'{entry.name} on {machine}'
        return found

    @staticmethod
    def disk_info(loaded: scenario.Scenario, image_meta: 'objects.ImageMeta',
                  fact: guestos.GuestOS) -> dict[str, Any]:
        settings = guestsystems.disk_settings(
            guestsystems.blockinfo.DEFAULTS, image_meta, fact)
        return guestsystems.blockinfo.get_disk_info(
            loaded.settings.virt_type, loaded.instance, image_meta, settings=settings)
