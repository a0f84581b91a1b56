# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import subprocess
import sys
import threading

from nova import exception
from nova import monkey_patch
from nova.tests.fixtures import libosinfo
from nova.tests.unit import base
from nova.virt.libvirt import osdatabase
from nova.virt.libvirt.designer import guestos

LOG = 'nova.virt.libvirt.osdatabase'


class OSDatabaseTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.libosinfo = self.useFixture(libosinfo.FakeLibosinfo())
        self.database = osdatabase.OSDatabase()

    def name_of(self, *asked: str | None) -> str:
        return self.database.find(*asked).name

    def assert_unknown(self, *asked: str | None) -> None:
        error = self.assertRaises(
            exception.OsInfoNotFound, self.database.find, *asked)
        self.assertIn(str(asked[0]), str(error))


class TestNames(OSDatabaseTestCase):

    def test_every_name_of_a_system(self) -> None:
        for name in ('debian11', 'Debian11', 'debianbullseye',
                     'http://debian.org/debian/11'):
            self.assertEqual('debian11', self.name_of(name), name)

    def test_distribution_and_version(self) -> None:
        self.assertEqual('debian11', self.name_of('debian', '11'))
        self.assertEqual('rhel6.0', self.name_of('RHEL', '6.0'))
        self.assertEqual('win11', self.name_of('win', '11.0'))

    def test_version_beside_a_short_id(self) -> None:
        self.assertEqual('debian11', self.name_of('debian11', '11'))
        self.assertEqual('debian11', self.name_of('debian11', 'eleven'))

    def test_distribution_that_is_one_system(self) -> None:
        self.assertEqual('msdos6.22', self.name_of('msdos'))

    def test_what_may_be_several_systems(self) -> None:
        self.assert_unknown('debian')
        self.assert_unknown('win', '10.0')

    def test_what_is_not_there(self) -> None:
        self.assert_unknown('plan9')
        self.assert_unknown('debian', '99')
        self.assert_unknown('msdos', '99')

    def test_system_that_nothing_is_known_of(self) -> None:
        self.assert_unknown('rhel-unknown')


class TestFacts(OSDatabaseTestCase):

    def fact(self, name: str, arch: str = 'x86_64') -> guestos.GuestOS:
        return self.database.find(name).on(arch)

    def test_system_of_today(self) -> None:
        self.assertEqual(
            guestos.GuestOS(
                'debian11', 'linux', '11', frozenset({
                    'virtio-block', 'virtio-net', 'virtio-rng', 'virtio1.0-block',
                    'virtio1.0-net', 'virtio1.0-rng', 'virtio1.0-gpu', 'qxl',
                    'e1000e'}),
                needs_uefi=False, minimum_memory_mb=1024),
            self.fact('debian11'))

    def test_old_system(self) -> None:
        self.assertEqual(guestos.GuestOS('debian3', 'linux', '3.0'),
                         self.fact('debian3'))

    def test_what_depends_on_the_architecture(self) -> None:
        found = {arch: (fact.needs_uefi, fact.minimum_memory_mb) for arch in (
            'x86_64', 'i686', 'aarch64') for fact in [self.fact('win11', arch)]}
        self.assertEqual({'x86_64': (True, 4096), 'i686': (False, None),
                          'aarch64': (False, None)}, found)
        self.assertEqual(512, self.fact('rhel6.0', 'ppc64').minimum_memory_mb)

    def test_remembered_as_text(self) -> None:
        for name in ('debian11', 'debian3', 'win11'):
            fact = self.fact(name)
            text = fact.to_text()
            # As long as a value in Nova's database can be.
            self.assertLess(len(text), 256)
            self.assertEqual(fact, guestos.GuestOS.from_text(text))


class TestReading(OSDatabaseTestCase):

    def test_read_once(self) -> None:
        for name in ('debian11', 'win11'):
            self.name_of(name)
        self.assertEqual(1, self.libosinfo.loads)

    def test_not_read_before_it_is_asked(self) -> None:
        self.assertEqual(0, self.libosinfo.loads)

    def test_read_once_by_many(self) -> None:
        all_are_there = threading.Barrier(8, timeout=60)
        found: list[str] = []

        def find() -> None:
            all_are_there.wait()
            found.append(self.name_of('debian11'))

        threads = [threading.Thread(target=find) for _index in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual((['debian11'] * 8, 1), (found, self.libosinfo.loads))

    def test_importing_reads_nothing(self) -> None:
        code = ('import sys, nova.virt.libvirt.composition, nova.virt.osinfo;'
                'print("gi" in sys.modules)')
        done = subprocess.run([sys.executable, '-W', 'ignore', '-c', code],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(('False\n', 0), (done.stdout, done.returncode))

    def assert_does_without(self, reason: str) -> None:
        database = osdatabase.OSDatabase()
        with self.assertLogs(LOG, 'INFO') as logs:
            for _attempt in range(2):
                self.assertRaises(
                    exception.OsInfoNotFound, database.find, 'debian11')
        self.assertEqual(1, len(logs.output))
        self.assertIn(reason, logs.output[0])

    def test_without_bindings(self) -> None:
        self.useFixture(libosinfo.FakeLibosinfo(systems=None))
        self.assert_does_without('gi')

    def test_without_description_of_libosinfo(self) -> None:
        self.useFixture(libosinfo.FakeLibosinfo(namespace='Osinfo'))
        self.assert_does_without('Namespace Libosinfo not available')

    def test_without_database(self) -> None:
        # What GLib raises is a RuntimeError.
        self.libosinfo.error = RuntimeError('no such file')
        self.assert_does_without('no such file')


PROBE = """
import warnings
warnings.simplefilter('ignore')
from nova import monkey_patch
monkey_patch.patch({backend!r})
import threading
import time
from nova.virt.libvirt import threads
from nova.virt.libvirt import osdatabase

def read():
    # Blocks its thread, whatever was patched.
    threads.native('time').sleep(1)
    return [osdatabase.Entry('any', frozenset({{'any'}}), is_dated=True)]

database = osdatabase.OSDatabase(read)
finders = [threading.Thread(target=database.find, args=('any',)) for _ in range(2)]
for finder in finders:
    finder.start()
ticks = 0
while any(finder.is_alive() for finder in finders):
    time.sleep(0.02)
    ticks += 1
print(ticks > 5, database.find('any').name)
"""


class TestOthersGoOn(base.TestCase):
    """Reading takes long; nobody else waits for it."""

    def test_under_either_way_of_concurrency(self) -> None:
        for backend in (monkey_patch.EVENTLET, monkey_patch.THREADING):
            done = subprocess.run(
                [sys.executable, '-c', PROBE.format(backend=backend)],
                capture_output=True, text=True, timeout=120)
            self.assertEqual(('True any\n', 0), (done.stdout, done.returncode),
                             f'{backend}: {done.stderr}')
