# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Waiting for the jobs on a disk."""

import libvirt

from nova import exception
from nova.tests.unit.virt.libvirt import guestbase

JOB = libvirt.VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2
PULL = libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_PULL


class BlockJobTestCase(guestbase.GuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.device = self.guest.get_block_device('vda')

    def tell(self, status: int, disk: str = 'vda') -> None:
        self.hypervisor.tell(self.record, JOB, disk, PULL, status)

    def test_done(self) -> None:
        with self.device.watched() as job:
            self.device.pull()
            job.wait_until_over(10)

        self.assertTrue(self.device.is_job_complete())

    def test_not_done_in_time(self) -> None:
        self.record.disks.jobs_run = False
        with self.device.watched() as job:
            self.device.pull()
            error = self.assertRaises(
                exception.InternalError, job.wait_until_over, 0.05)

        self.assertIn('on disk vda goes on after 0.05 s', str(error))
        self.assertFalse(self.device.is_job_complete())
        self.assertEqual(PULL, self.device.get_job_info().job)

    def test_failed(self) -> None:
        for wait in ('wait_until_over', 'wait_until_ready'):
            with self.device.watched() as job:
                self.tell(libvirt.VIR_DOMAIN_BLOCK_JOB_FAILED)
                error = self.assertRaises(
                    exception.InternalError, getattr(job, wait), 10)
                self.assertIn('vda', str(error))

    def test_given_up_before_it_was_ready(self) -> None:
        with self.device.watched() as job:
            self.tell(libvirt.VIR_DOMAIN_BLOCK_JOB_CANCELED)
            self.assertRaises(exception.InternalError, job.wait_until_ready, 10)

    def test_other_disks_and_earlier_news_do_not_count(self) -> None:
        with self.device.watched() as job:
            self.tell(libvirt.VIR_DOMAIN_BLOCK_JOB_FAILED, 'vdb')
            self.tell(libvirt.VIR_DOMAIN_BLOCK_JOB_READY)
            self.tell(libvirt.VIR_DOMAIN_BLOCK_JOB_COMPLETED)
            job.wait_until_over(10)

    def test_copy_that_cannot_be_gone_over_to_yet(self) -> None:
        self.record.disks.jobs_run = False
        copy = self.vda()
        copy.source_type, copy.source_path = 'file', '/disks/copy'
        self.device.copy(copy.to_xml(), transient=True)

        self.assertFalse(self.device.is_job_complete())
        self.assertRaises(exception.InternalError, self.device.abort_job, pivot=True)
        self.assertEqual('/disks/vda', self.guest.get_disk('vda').source_path)
        self.device.abort_job()
        self.assertIsNone(self.device.get_job_info())

    def test_named_by_its_file(self) -> None:
        device = self.guest.get_block_device('/disks/vda')
        with device.watched() as job:
            device.rebase(None)
            job.wait_until_over(10)

        self.assertEqual(['blockRebase'], [
            call for call in self.faults.calls if call.startswith('block')])
