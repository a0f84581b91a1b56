# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Jobs on the disks of a guest that runs."""

import tempfile

import libvirt

from nova import exception
from nova.tests.contract import base
from nova.tests.contract import guests
from nova.tests.fixtures.libvirt import waiting
from nova.virt.libvirt import config as vconfig

MIB = 1 << 20


class DisksContract(guests.GuestContract):
    requires = ('blockJobInfo',)

    def setUp(self) -> None:
        super().setUp()
        self.guest.launch()
        self.device = self.guest.get_block_device('vda')
        self.original = str(self.folder / 'vda.qcow2')

    def source(self) -> str:
        return self.guest.get_disk('vda').source_path

    def wait_until_complete(self) -> None:
        waiting.wait_for(self.device.is_job_complete, 'the job is complete')

    def overlay(self) -> str:
        """Let the guest write to a new file; return its path."""
        path = tempfile.mktemp('.qcow2', 'overlay-', self.folder)
        conf = vconfig.LibvirtConfigGuestSnapshot(name='overlay')
        conf.add_disk(vconfig.LibvirtConfigGuestSnapshotDisk(
            name='vda', snapshot='external', source_type='file', source_path=path,
            driver_format='qcow2'))
        self.guest.snapshot(conf, no_metadata=True, disk_only=True)
        self.assertEqual(path, self.source())
        return path

    def test_copy_is_gone_over_to(self):
        copy = self.disk('copy')
        with self.device.watched() as job:
            self.device.copy(copy.to_xml(), reuse_ext=True, transient=True)
            job.wait_until_ready(20)
            complete, kind = (self.device.is_job_complete(),
                              self.device.get_job_info().job)
            self.device.abort_job(pivot=True)
            job.wait_until_over(20)

        self.assertTrue(complete)
        self.assertIsNone(self.device.get_job_info())
        self.assertEqual(libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_COPY, kind)
        self.assertEqual(copy.source_path, self.source())

    def test_copy_is_given_up(self):
        with self.device.watched() as job:
            self.device.copy(self.disk('copy').to_xml(), reuse_ext=True, transient=True)
            job.wait_until_ready(20)
            self.device.abort_job(async_=True)
            job.wait_until_over(20)

        self.assertIsNone(self.device.get_job_info())
        self.assertEqual(self.original, self.source())

    def test_second_job_is_refused(self):
        self.device.copy(self.disk('copy').to_xml(), reuse_ext=True, transient=True)

        self.assertRaises(exception.InternalError, self.device.pull)

        self.device.abort_job()
        self.assertEqual(self.original, self.source())

    def test_overlay_is_committed(self):
        self.overlay()
        self.device.commit(None, None, active=True)
        self.wait_until_complete()

        self.device.abort_job(pivot=True)

        waiting.wait_for(lambda: self.device.get_job_info() is None, 'no job')
        self.assertEqual(self.original, self.source())

    def test_chain_is_pulled(self):
        for begin in (self.device.pull, lambda: self.device.rebase(None)):
            top = self.overlay()
            with self.device.watched() as job:
                begin()
                job.wait_until_over(20)
            self.assertIsNone(self.device.get_job_info())
            self.assertEqual(top, self.source())

    def test_disk_is_named_by_its_file(self):
        self.overlay()
        device = self.guest.get_block_device(self.source())
        with device.watched() as job:
            device.pull()
            job.wait_until_over(20)

        self.assertIsNone(self.device.get_job_info())

    def test_without_a_job(self):
        self.assertIsNone(self.device.get_job_info())
        self.assertTrue(self.device.is_job_complete())
        self.assertRaises(exception.InternalError, self.device.abort_job)
        self.assertRaises(exception.InternalError, self.device.commit, None, None)

    def test_disk_that_is_not_there(self):
        device = self.guest.get_block_device('vdz')
        for call in (device.get_job_info, device.pull, device.blockStats):
            self.assertRaises(exception.InternalError, call)

    def test_disk_grows(self):
        self.device.resize(2 * MIB)

        domain = self.conn.lookupByUUIDString(self.uuid)
        self.assertEqual(2 * MIB, domain.blockInfo('vda')[0])
        self.assertEqual(5, len(self.device.blockStats()))


class TestDisksOnFake(DisksContract, base.OnFake):
    pass


class TestDisksOnTestDriver(DisksContract, base.OnTestDriver):
    pass


class TestDisksOnQemu(DisksContract, base.OnQemu):
    pass


del DisksContract  # incomplete: not to be collected by itself
