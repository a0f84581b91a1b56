# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A guest writes on while snapshots are taken of its disk and of its memory."""

import json
import pathlib
import subprocess
from typing import Any

from nova import exception
from nova.tests.functional import tinyguest
from nova.virt.libvirt import config as vconfig

_FIRST = 'first'


class SnapshotsTest(tinyguest.TinyGuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.conf = self.hypervisor.disk('vda')
        self.tiny = self.hypervisor.boot(self.conf)
        self.guest = self.tiny.guest

    def test_snapshots_of_a_guest_that_runs(self) -> None:
        self.inside_the_disk()
        self.beside_the_disk()
        self.what_cannot_be()

    def inside_the_disk(self) -> None:
        """One with the memory too: what ran then runs again after a return to it."""
        self.write('before')
        self.tiny.run('echo before > /tmp/remembered')
        self.guest.snapshot(vconfig.LibvirtConfigGuestSnapshot(name=_FIRST))
        self.write('after')
        self.tiny.run('echo after > /tmp/remembered')
        self.guest.snapshot(vconfig.LibvirtConfigGuestSnapshot(name='second'))
        self.assertEqual([_FIRST, 'second'], self.kept())
        self.assertEqual(
            [_FIRST, 'second'],
            [conf.name for conf in self.guest.snapshots.list()])

        domain = self.tiny.domain
        domain.revertToSnapshot(domain.snapshotLookupByName(_FIRST))
        self.tiny.connect()
        self.assertEqual('before', self.tiny.run('cat /tmp/remembered'))
        self.assertEqual('before', self.read())

        for name in (_FIRST, 'second', 'second'):
            self.guest.snapshots.delete(vconfig.LibvirtConfigGuestSnapshot(name=name))
        self.assertEqual(([], []), (self.kept(), self.guest.snapshots.list()))
        self.assertEqual('before', self.read())

    def beside_the_disk(self) -> None:
        """The guest goes on in a new file; the old one stays what it was."""
        path = self.hypervisor.folder / 'overlay.qcow2'
        self.guest.snapshot(_beside(path), no_metadata=True, disk_only=True)
        self.write('later')

        inserted = self.tiny.block('vda')['inserted']
        self.assertEqual((str(path), self.conf.source_path),
                         (inserted['file'], inserted['backing_file']))
        tinyguest.assert_holds(self.conf, b'before\n')
        self.assertEqual('later', self.read())
        self.assertEqual([], self.guest.snapshots.list())

    def what_cannot_be(self) -> None:
        """Of two disks one cannot follow: neither has."""
        second = self.hypervisor.disk('vdb')
        self.guest.attach_device(second, live=True)
        before = self.files()
        conf = _beside(self.hypervisor.folder / 'one-more.qcow2')
        conf.add_disk(vconfig.LibvirtConfigGuestSnapshotDisk(
            name='vdb', snapshot='external', source_type='file',
            source_path='/not-there/overlay.qcow2', driver_format='qcow2'))

        self.assertRaises(exception.InternalError, self.guest.snapshot, conf,
                          no_metadata=True, disk_only=True)

        self.assertEqual(before, self.files())
        self.assertEqual('running', self.tiny.qemu_status())
        self.write('last')
        self.assertEqual('last', self.read())
        self.assertEqual([], self.guest.snapshots.list())

    # How it is seen

    def write(self, word: str) -> None:
        self.tiny.run(f'echo {word} | dd of=/dev/vda conv=sync,fsync')

    def read(self) -> str:
        """Return what the guest finds on its disk, rather than remembers of it."""
        self.tiny.run('echo 3 > /proc/sys/vm/drop_caches')
        return self.tiny.run('head -n 1 /dev/vda')

    def kept(self) -> list[str]:
        """Return the names of the snapshots in the file of the disk."""
        told: dict[str, Any] = json.loads(subprocess.run(
            ['qemu-img', 'info', '-U', '--output=json', self.conf.source_path],
            check=True, capture_output=True).stdout)
        return [each['name'] for each in told.get('snapshots', [])]

    def files(self) -> list[str]:
        return [self.tiny.block(target)['inserted']['file']
                for target in ('vda', 'vdb')]


def _beside(path: pathlib.Path) -> vconfig.LibvirtConfigGuestSnapshot:
    conf = vconfig.LibvirtConfigGuestSnapshot(name='beside')
    conf.add_disk(vconfig.LibvirtConfigGuestSnapshotDisk(
        name='vda', snapshot='external', source_type='file', source_path=str(path),
        driver_format='qcow2'))
    return conf
