# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Devices by guest OS: what is chosen, for whole guests too."""

import dataclasses
import pathlib
from typing import Any

from nova.tests.golden import facts
from nova.tests.golden import scenario
from nova.tests.unit import base
from nova.tests.unit.virt import builders
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import designer
from nova.virt.libvirt.designer import guestos
from nova.virt.libvirt.designer import osreport

FOLDER = pathlib.Path(facts.__file__).parent.parent / 'fixtures' / 'golden'

PC = guestos.Board('x86_64', 'pc')
Q35 = guestos.Board('x86_64', 'q35')
ARM = guestos.Board('aarch64', 'virt')

OLD = guestos.GuestOS('debian3', 'linux', '3.0')
LEGACY = guestos.GuestOS('rhel6.0', 'linux', '6.0', frozenset({
    'virtio-block', 'virtio-net', 'virtio-rng', 'e1000e'}))
MODERN = guestos.GuestOS('debian11', 'linux', '11', frozenset({
    'virtio-block', 'virtio-net', 'virtio1.0-block', 'virtio1.0-net', 'virtio1.0-rng',
    'virtio1.0-gpu', 'qxl'}), minimum_memory_mb=1024)
WINDOWS = guestos.GuestOS(
    'win11', 'winnt', '11.0', frozenset({'e1000', 'e1000e', 'qxl'}), needs_uefi=True,
    minimum_memory_mb=4096)
XP = guestos.GuestOS('winxp', 'winnt', '5.1', frozenset({'e1000', 'qxl'}))
OPENBSD = guestos.GuestOS('openbsd5.3', 'openbsd', '5.3', frozenset({'pcnet'}))


def values(board: guestos.Board, *systems: guestos.GuestOS) -> list[Any]:
    """Return the disk bus, NIC, video and RNG of each system on a machine."""
    return [tuple(choice.value if choice else None for choice in (
        guestos.disk_bus(system, board), guestos.vif_model(system, board),
        guestos.video_model(system, board, is_spice=False, offered={'qxl'}),
        guestos.rng_model(system, board))) for system in systems]


class TestChoices(base.TestCase):

    def test_pc(self) -> None:
        self.assertEqual(
            [('ide', 'rtl8139', 'vga', 'none'), ('virtio', 'virtio', 'vga', 'virtio'),
             ('virtio', 'virtio', 'virtio', 'virtio'), ('ide', 'e1000', 'vga', 'none'),
             ('ide', 'pcnet', 'vga', 'none')],
            values(PC, OLD, LEGACY, MODERN, WINDOWS, OPENBSD))

    def test_pcie_has_virtio_1_and_no_ide(self) -> None:
        self.assertEqual(
            [('sata', 'rtl8139', 'vga', 'none'), ('sata', 'e1000e', 'vga', 'none'),
             ('virtio', 'virtio', 'virtio', 'virtio'),
             ('sata', 'e1000e', 'vga', 'none')],
            values(Q35, OLD, LEGACY, MODERN, WINDOWS))

    def test_other_machines_have_no_devices_of_a_pc(self) -> None:
        nothing = (None, None, None, None)
        for board in (ARM, guestos.Board('x86_64', 'microvm'),
                      guestos.Board('s390x', 's390-ccw-virtio')):
            self.assertEqual([nothing] * 2, values(board, OLD, MODERN))

    def test_nothing_known(self) -> None:
        self.assertEqual([(None, None, None, None)], values(PC, None))
        self.assertIsNone(guestos.firmware(None, True))
        self.assertIsNone(guestos.clock_offset(None))
        self.assertEqual(0, guestos.lacking_memory_mb(None, 1))

    def test_qxl_is_for_spice_where_the_host_has_it(self) -> None:
        found = {(is_spice, offered): guestos.video_model(
            XP, PC, is_spice, {offered}).value
            for is_spice in (True, False) for offered in ('qxl', 'vga')}
        self.assertEqual({(True, 'qxl'): 'qxl', (True, 'vga'): 'vga',
                          (False, 'qxl'): 'vga', (False, 'vga'): 'vga'}, found)

    def test_firmware(self) -> None:
        self.assertIsNone(guestos.firmware(MODERN, has_uefi=True))
        self.assertEqual(guestos.Choice('uefi', 'win11 needs it'),
                         guestos.firmware(WINDOWS, has_uefi=True))
        self.assertEqual(
            guestos.Choice('bios', 'win11 needs UEFI, which this host lacks'),
            guestos.firmware(WINDOWS, has_uefi=False))

    def test_windows_by_its_name_or_its_kind(self) -> None:
        dos = guestos.GuestOS('msdos6.22', 'msdos', '6.22')
        self.assertEqual(
            [(False, False), (False, False), (True, True), (True, False),
             (True, False), (True, True), (False, False)],
            [(guestos.keeps_local_time(*system), guestos.knows_hyperv(*system))
             for system in ((None, None), (None, MODERN), (None, WINDOWS), (None, XP),
                            (None, dos), ('windows', MODERN), ('linux', WINDOWS))])

    def test_memory(self) -> None:
        self.assertEqual(3584, guestos.lacking_memory_mb(WINDOWS, 512))
        self.assertEqual(0, guestos.lacking_memory_mb(WINDOWS, 4096))
        self.assertEqual(0, guestos.lacking_memory_mb(OLD, 1))


class GuestTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.base = scenario.load(
            FOLDER / 'scenarios' / 'base-kvm-defaults.json', '/instances')

    def described(self, system: guestos.GuestOS | None, **changes: Any) -> Any:
        asked = dataclasses.replace(self.base.inputs(), guest_os=system, **changes)
        return asked, self.base.host_facts, self.base.settings

    def guest(self, *args: Any, **changes: Any) -> vconfig.LibvirtConfigGuest:
        return designer.design_guest(*self.described(*args, **changes))

    def report(self, *args: Any, **changes: Any) -> list[str]:
        return list(osreport.explain(*self.described(*args, **changes)))

    @staticmethod
    def devices(guest: vconfig.LibvirtConfigGuest) -> dict[str, Any]:
        """Return the devices that a system has a say in."""
        by_kind: dict[str, Any] = {
            'nics': [], 'video': [], 'rng': 0, 'sound': 0,
            'firmware': guest.os_firmware, 'clock': guest.clock.offset,
            'timers': [timer.name for timer in guest.clock.timers],
            'hyperv': any(feature.root_name == 'hyperv'
                          for feature in guest.features)}
        for device in guest.devices:
            if isinstance(device, vconfig.LibvirtConfigGuestInterface):
                by_kind['nics'].append(device.model)
            elif isinstance(device, vconfig.LibvirtConfigGuestVideo):
                by_kind['video'].append(device.type)
            elif device.root_name in ('rng', 'sound'):
                by_kind[device.root_name] += 1
        return by_kind


class TestGuests(GuestTestCase):

    def test_old_system(self) -> None:
        self.assertEqual(
            {'nics': ['rtl8139'], 'video': ['vga'], 'rng': 0, 'sound': 0,
             'firmware': None, 'clock': 'utc', 'timers': ['pit', 'rtc', 'hpet'],
             'hyperv': False},
            self.devices(self.guest(OLD)))

    def test_windows(self) -> None:
        self.assertEqual(
            {'nics': ['e1000'], 'video': ['vga'], 'rng': 0, 'sound': 0,
             'firmware': 'efi', 'clock': 'localtime',
             'timers': ['pit', 'rtc', 'hpet', 'hypervclock'], 'hyperv': True},
            self.devices(self.guest(WINDOWS)))

    def test_system_of_today_has_what_nova_gives(self) -> None:
        self.assertEqual(self.guest(None).to_xml(), self.guest(MODERN).to_xml())

    def test_the_image_has_the_last_word(self) -> None:
        image = builders.image(
            hw_vif_model='virtio', hw_video_model='cirrus', hw_rng_model='virtio',
            hw_firmware_type='bios', hw_sound_model='ich6')
        instance = builders.instance(os_type='linux')
        self.assertEqual(
            {'nics': ['virtio'], 'video': ['cirrus'], 'rng': 1, 'sound': 1,
             'firmware': None, 'clock': 'utc', 'timers': ['pit', 'rtc', 'hpet'],
             'hyperv': False},
            self.devices(self.guest(WINDOWS, image_meta=image, instance=instance)))

    def test_flavor_that_allows_the_generator(self) -> None:
        for allowed, count in (('true', 1), ('false', 0)):
            flavor = builders.flavor({'hw_rng:allowed': allowed})
            devices = self.devices(self.guest(OLD, flavor=flavor))
            self.assertEqual(count, devices['rng'], allowed)


class TestReport(GuestTestCase):

    def test_nothing_known(self) -> None:
        self.assertEqual([], self.report(None))

    def test_old_system(self) -> None:
        why = 'debian3 is not known to support virtio here (libosinfo)'
        self.assertEqual(
            [f'disk bus ide: {why}', f'NIC model rtl8139: {why}', f'video vga: {why}',
             f'RNG none: {why}', 'clock utc: debian3 expects UTC (libosinfo)'],
            self.report(OLD))

    def test_system_of_today(self) -> None:
        why = 'supported by debian11 (libosinfo)'
        self.assertEqual(
            [f'disk bus virtio: {why}', f'NIC model virtio: {why}',
             f'video virtio: {why}', f'RNG virtio: {why}',
             'clock utc: debian11 expects UTC (libosinfo)'],
            self.report(MODERN))

    def test_what_is_asked_for(self) -> None:
        image = builders.image(hw_disk_bus='scsi', hw_vif_model='virtio',
                               hw_firmware_type='bios')
        instance = builders.instance(os_type='linux')
        self.assertEqual(
            ['disk bus scsi: asked for', 'NIC model virtio: asked for',
             'video vga: win11 is not known to support virtio here (libosinfo)',
             'RNG as the flavor says: asked for', 'firmware bios: asked for',
             'clock for linux: asked for'],
            self.report(WINDOWS, image_meta=image, instance=instance,
                        flavor=builders.flavor({'hw_rng:allowed': 'true'})))

    def test_memory(self) -> None:
        warned = {}
        for memory_mb, min_ram in ((512, 0), (512, 256), (4096, 0)):
            image = builders.image()
            image.min_ram = min_ram
            asked, *_others = self.described(
                WINDOWS, image_meta=image, flavor=builders.flavor(memory_mb=memory_mb))
            warned[memory_mb, min_ram] = osreport.too_little_memory(asked)
        self.assertEqual(
            {(512, 0): 'The flavor has 512 MB of memory, and win11 needs at least '
                       '4096 MB (libosinfo); it may not start',
             (512, 256): None, (4096, 0): None}, warned)
