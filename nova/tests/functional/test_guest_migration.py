# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A guest moves between two hosts and goes on where it was, or else stays."""

from typing import Any

import libvirt

from nova import exception
from nova.tests.fixtures import privatelibvirtd
from nova.tests.functional import background
from nova.tests.functional import tinyguest
from nova.tests.functional import waiting
from nova.virt import event as virtevent

_FLAGS = (libvirt.VIR_MIGRATE_LIVE | libvirt.VIR_MIGRATE_PEER2PEER
          | libvirt.VIR_MIGRATE_PERSIST_DEST | libvirt.VIR_MIGRATE_UNDEFINE_SOURCE)
#: Both hosts see the same files, which libvirt cannot know.
_SHARED = _FLAGS | libvirt.VIR_MIGRATE_UNSAFE
_TIMEOUT_S = 60
_COUNTER = '(while :; do echo . >> /tmp/count; usleep 50000; done) &'
#: Without this, QEMU may not let a guest run whose memory is elsewhere.
_QEMU_OPTIONS = ('user = "root"', 'clear_emulator_capabilities = 0')


class MigrationTest(tinyguest.TinyGuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.tiny = self.here.boot(self.here.disk('vda'))
        self.uuid = self.tiny.guest.uuid
        self.tiny.run(_COUNTER)
        self.tiny.run('dd if=/dev/urandom of=/dev/vda bs=64k count=16 conv=fsync')
        self.seen = self.look()
        self.here.events.clear()

    def make_hypervisors(self) -> None:
        reason = privatelibvirtd.why_not()
        if reason:
            self.skipTest(reason)
        self.here, self.there = (self.make_hypervisor(self.useFixture(
            privatelibvirtd.PrivateLibvirtd(qemu_options=_QEMU_OPTIONS)).uri)
            for _ in range(2))

    def test_there_and_back_again(self) -> None:
        self.nobody_there()
        self.with_a_copy_of_its_disk()
        self.given_up()
        self.before_its_memory()
        self.by_somebody_else()

    def nobody_there(self) -> None:
        """Where no libvirt answers, our own connection is not to blame."""
        self.assertRaises(
            exception.InternalError, self.tiny.guest.migrate,
            f'qemu+unix:///system?socket={self.here.folder}/nobody', flags=_FLAGS)
        self.assert_runs(self.here, self.there)

    def with_a_copy_of_its_disk(self) -> None:
        path = str(self.there.disk('vda').source_path)
        memory = self.tiny.guest.get_config().memory
        (disk,) = self.tiny.guest.get_all_disks()
        wanted = self.tiny.guest.get_xml_desc(dump_migratable=True).replace(
            disk.source_path, path)
        self.tiny.guest.migrate(
            self.there.uri, 'tcp://127.0.0.1', ['vda'], wanted,
            _FLAGS | libvirt.VIR_MIGRATE_NON_SHARED_DISK)

        self.assert_runs(self.there, self.here)
        self.assertEqual(path, self.tiny.block('vda')['inserted']['file'])
        self.assertEqual(memory, self.tiny.guest.get_config(persistent=True).memory)
        self.assertEqual(libvirt.VIR_DOMAIN_JOB_NONE,
                         self.tiny.guest.get_job_info().type)
        self.assert_told(self.here, virtevent.EVENT_LIFECYCLE_MIGRATION_COMPLETED)
        self.assert_told(self.there, virtevent.EVENT_LIFECYCLE_STARTED,
                         virtevent.EVENT_LIFECYCLE_RESUMED)

    def given_up(self) -> None:
        guest = self.tiny.guest
        moving = self.begin_slowly(_SHARED)
        info = guest.get_job_info()
        guest.abort_job()
        moving.wait()

        self.assertIsInstance(moving.error, exception.InternalError)
        self.assertEqual(libvirt.VIR_DOMAIN_JOB_UNBOUNDED, info.type)
        self.assertLess(info.memory_remaining, info.memory_total)
        self.assert_runs(self.there, self.here)

    def before_its_memory(self) -> None:
        guest = self.tiny.guest
        moving = self.begin_slowly(_SHARED | libvirt.VIR_MIGRATE_POSTCOPY)
        guest.migrate_configure_max_downtime(321)
        limits = self.tiny.qmp('query-migrate-parameters')
        is_early = not moving.is_over()
        guest.migrate_start_postcopy()
        moving.wait()

        self.assertEqual((None, True, 321),
                         (moving.error, is_early, limits['downtime-limit']))
        self.assert_runs(self.here, self.there)
        self.assert_told(self.there, virtevent.EVENT_LIFECYCLE_POSTCOPY_STARTED,
                         virtevent.EVENT_LIFECYCLE_MIGRATION_COMPLETED)

    def by_somebody_else(self) -> None:
        """It is suspended for as long as it takes, and has neither paused nor ended."""
        self.here.events.clear()
        domain = self.here.connection.lookupByUUIDString(self.uuid)
        domain.migrateToURI3(self.there.uri, {'migrate_uri': 'tcp://127.0.0.1'},
                             _SHARED & ~libvirt.VIR_MIGRATE_LIVE)

        self.assert_runs(self.there, self.here)
        self.assert_told(self.here, virtevent.EVENT_LIFECYCLE_MIGRATION_COMPLETED)

    def assert_told(self, hypervisor: tinyguest.Hypervisor, *expected: int) -> None:
        """Compare what was told of the guest's state since this was last asked."""
        def told() -> list[int]:
            return [event.transition for event in hypervisor.events
                    if isinstance(event, virtevent.LifecycleEvent)]
        waiting.until(lambda: expected[-1] in told(), 10, f'{expected}: {told()}')
        self.assertEqual([*expected], told())
        hypervisor.events.clear()

    def begin_slowly(self, flags: int) -> background.Background:
        """Begin to move the guest back, so that it would take a minute or more."""
        guest = self.tiny.guest
        moving = background.Background(lambda: guest.migrate(
            self.here.uri, 'tcp://127.0.0.1', [], flags=flags, bandwidth=1))
        waiting.until(lambda: guest.get_job_info().memory_processed or moving.is_over(),
                      _TIMEOUT_S, 'memory moves')
        return moving

    def assert_runs(self, at: tinyguest.Hypervisor,
                    not_at: tinyguest.Hypervisor) -> None:
        """Look into the guest: it goes on, on that host alone."""
        self.assertEqual((True, False), (at.has(self.uuid), not_at.has(self.uuid)))
        self.tiny.disconnect()
        self.tiny = at.adopt(self.uuid)
        self.assertEqual('running', self.tiny.qemu_status())
        counted, *rest = self.look()
        self.assertLessEqual(self.seen[0], counted)
        waiting.until(lambda: self.look()[0] > counted, 10, 'the guest counts')
        self.assertEqual(list(self.seen[1:]), rest)
        self.seen = self.look()

    def look(self) -> tuple[Any, ...]:
        """Return how far the guest has counted, and what never changes."""
        return (int(self.tiny.run('wc -l < /tmp/count')),
                self.tiny.run('cat /proc/sys/kernel/random/boot_id'),
                self.tiny.run('md5sum < /dev/vda'))
