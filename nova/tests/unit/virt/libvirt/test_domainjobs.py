# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Migration and other long jobs."""

import threading

import libvirt

from nova import exception
from nova.compute import power_state
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit import base
from nova.tests.unit.virt.libvirt import guestbase
from nova.virt.libvirt import domainjobs

LIVE = libvirt.VIR_MIGRATE_LIVE | libvirt.VIR_MIGRATE_PEER2PEER
INCREMENTAL = libvirt.VIR_MIGRATE_NON_SHARED_INC


class MigrationTestCase(guestbase.GuestTestCase):

    def migrate_in_background(self) -> list[BaseException]:
        """Begin to migrate; return once the job is under way."""
        self.hypervisor.migrations_hang = True
        failed: list[BaseException] = []

        def run() -> None:
            try:
                self.guest.migrate('qemu+tcp://other/system', flags=LIVE)
            except exception.NovaException as error:
                failed.append(error)
        self.thread = threading.Thread(target=run)
        self.thread.start()
        self.addCleanup(self.thread.join)
        waiting.wait_for(lambda: self.record.job, 'the job')
        return failed

    def test_parameters_have_libvirts_names(self) -> None:
        self.guest.migrate(
            'qemu+tcp://other/system', migrate_uri='tcp://other',
            migrate_disks=['vda'], destination_xml='<domain/>',
            flags=LIVE | INCREMENTAL, bandwidth=10, parallel=4)

        self.assertEqual([{
            'destination': 'qemu+tcp://other/system', 'flags': LIVE | INCREMENTAL,
            'migrate_uri': 'tcp://other', 'migrate_disks': ['vda'],
            'destination_xml': '<domain/>', 'persistent_xml': '<domain/>',
            'bandwidth': 10, 'parallel.connections': 4}], self.record.migrations)

    def test_no_disk_is_copied_where_none_is_named(self) -> None:
        self.guest.migrate('qemu+tcp://other/system', migrate_disks=[],
                           flags=LIVE | INCREMENTAL)

        self.assertEqual([{'destination': 'qemu+tcp://other/system', 'flags': LIVE}],
                         self.record.migrations)

    def test_guest_has_left(self) -> None:
        self.guest.migrate('qemu+tcp://other/system', flags=LIVE)

        self.assertEqual(power_state.SHUTDOWN, self.guest.get_power_state(self.host))
        self.assertEqual(libvirt.VIR_DOMAIN_JOB_COMPLETED,
                         self.guest.get_job_info().type)

    def test_job_is_told_of_and_given_up(self) -> None:
        failed = self.migrate_in_background()
        info = self.guest.get_job_info()
        self.guest.migrate_configure_max_downtime(500)
        self.guest.abort_job()
        self.thread.join()

        self.assertEqual((libvirt.VIR_DOMAIN_JOB_UNBOUNDED, 64 << 20, 1 << 20, 0), (
            info.type, info.memory_total, info.memory_remaining, info.disk_total))
        self.assertIn('canceled by client', str(failed[0]))
        self.assertTrue(self.guest.is_active())

    def test_goes_over_to_postcopy(self) -> None:
        failed = self.migrate_in_background()
        self.guest.migrate_start_postcopy()
        self.thread.join()

        self.assertEqual(([], False), (failed, self.guest.is_active()))

    def test_failure(self) -> None:
        self.faults.fail('migrateToURI3', message='unable to connect: injected')

        error = self.assertRaises(exception.InternalError, self.guest.migrate,
                                  'qemu+tcp://other/system')
        self.assertIn('injected', str(error))
        self.assertTrue(self.guest.is_active())

    def test_job_info_over_a_lost_connection(self) -> None:
        self.libvirt.lose_connections()

        self.assertRaises(exception.HypervisorUnavailable, self.guest.get_job_info)


class JobInfoTestCase(base.TestCase):

    def test_what_is_not_told_is_zero(self) -> None:
        info = domainjobs.JobInfo(type=2, memory_total=5, unknown=7)

        self.assertEqual((2, 5, 0, False), (info.type, info.memory_total,
                                            info.data_total, hasattr(info, 'unknown')))
        self.assertEqual(info, domainjobs.JobInfo(type=2, memory_total=5))
        self.assertNotEqual(info, domainjobs.JobInfo(type=2))
        self.assertEqual("<JobInfo {'type': 2, 'memory_total': 5}>", repr(info))
