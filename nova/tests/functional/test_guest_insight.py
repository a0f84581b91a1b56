# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is read out of a guest, noted beside it, and said on its behalf."""

import struct

from nova.tests.functional import tinyguest
from nova.tests.functional import waiting
from nova.virt.libvirt import config as vconfig

_MARK = 'a-mark-in-the-memory-of-the-guest'
_MAC = '52:54:00:6e:6f:77'
#: EtherType of RARP, in which QEMU announces a guest.
_RARP = 0x8035


class InsightTest(tinyguest.TinyGuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.tiny = self.hypervisor.boot(
            vconfig.LibvirtConfigGuestVideo(type='vga', vram=16384),
            vconfig.LibvirtConfigGuestInterface(
                net_type='user', mac_addr=_MAC, model='virtio'))
        self.guest = self.tiny.guest
        # It says so on its console, which must not be in the middle of something.
        self.tiny.wait_inside('ip address show eth0 | grep -q 10.0.2')

    def test_what_can_be_seen_and_said(self) -> None:
        self.interruption()
        self.memory_in_a_file()
        self.picture()
        self.notes()
        self.announcement()

    def interruption(self) -> None:
        self.guest.inject_nmi()
        self.tiny.wait_inside('dmesg | grep -q "NMI received for unknown reason"')

    def memory_in_a_file(self) -> None:
        path = self.hypervisor.folder / 'core'
        self.tiny.run(f'echo {_MARK[::-1]} | rev > /tmp/mark')
        self.guest.core_dump(str(path))

        dump = path.read_bytes()
        self.assertEqual(b'\x7fELF', dump[:4])
        self.assertIn(_MARK.encode(), dump)
        self.assertEqual('running', self.tiny.qemu_status())
        self.assertEqual(_MARK, self.tiny.run('cat /tmp/mark'))

    def picture(self) -> None:
        found = self.guest.screenshot()
        self.assertIn(found.mime_type, ('image/png', 'image/x-portable-pixmap'))
        width, height = _size(found.data)
        self.assertGreaterEqual((width, height), (320, 200))

    def notes(self) -> None:
        for name in ('one', '<two> & "three"'):
            self.guest.set_metadata(
                vconfig.LibvirtConfigGuestMetaNovaInstance(name=name),
                persistent=True, live=True)
        kind = vconfig.LibvirtConfigGuestMetaNovaInstance
        for is_persistent in (False, True):
            noted = self.guest.get_metadata(kind, is_persistent)
            assert noted is not None
            self.assertEqual('<two> & "three"', noted.name)
        conf = self.guest.get_config(persistent=True)
        self.assertEqual((self.guest.uuid, tinyguest.MEMORY_KB, 'ttyS0'),
                         (conf.uuid, conf.memory, conf.os_cmdline[8:13]))

    def announcement(self) -> None:
        path = self.hypervisor.folder / 'frames'
        path.touch()
        path.chmod(0o666)
        (card,) = self.guest.get_interfaces()
        self.tiny.qmp('object-add', **{
            'qom-type': 'filter-dump', 'id': 'heard', 'netdev': f'host{card.alias}',
            'file': str(path)})
        self.guest.announce_self()
        wanted = bytes.fromhex(_MAC.replace(':', '')) + struct.pack('>H', _RARP)
        waiting.until(lambda: wanted in path.read_bytes(), 10, 'an announcement')
        self.tiny.qmp('object-del', id='heard')


def _size(picture: bytes) -> tuple[int, int]:
    """Return width and height of a PNG or PPM."""
    if picture.startswith(b'\x89PNG'):
        found: tuple[int, int] = struct.unpack('>II', picture[16:24])
        return found
    kind, width, height, _rest = picture.split(maxsplit=3)
    assert kind == b'P6', picture[:20]
    return int(width), int(height)
