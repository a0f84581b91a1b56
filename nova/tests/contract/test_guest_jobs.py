# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Long jobs of a guest, and what is read out of it."""

import libvirt

from nova import exception
from nova.tests.contract import backends
from nova.tests.contract import base
from nova.tests.contract import guests
from nova.virt.libvirt import config as vconfig


class JobsContract(guests.GuestContract):

    def describe(self) -> vconfig.LibvirtConfigGuest:
        conf = super().describe()
        conf.add_device(vconfig.LibvirtConfigGuestVideo(type='vga'))
        return conf

    def metadata(self, name: str) -> vconfig.LibvirtConfigGuestMetaNovaInstance:
        return vconfig.LibvirtConfigGuestMetaNovaInstance(name=name)

    def test_saved_memory(self):
        self.guest.launch()
        self.guest.save_memory_state()
        saved = (self.guest.is_active(), self.guest.has_saved_memory())
        self.guest.launch()

        self.assertEqual((False, True), saved)
        self.assertEqual((True, False),
                         (self.guest.is_active(), self.guest.has_saved_memory()))

    def test_saved_memory_is_discarded(self):
        self.guest.launch()
        self.guest.save_memory_state()
        for _number in range(2):
            self.guest.discard_saved_memory()

        self.assertFalse(self.guest.has_saved_memory())

    def test_saving_what_does_not_run_is_refused(self):
        self.assertRaises(exception.InternalError, self.guest.save_memory_state)
        self.assertFalse(self.guest.has_saved_memory())

    def test_without_a_job(self):
        self.need_calls('jobStats')
        self.assertEqual(libvirt.VIR_DOMAIN_JOB_COMPLETED,
                         self.guest.get_job_info().type)
        self.guest.launch()

        self.assertEqual(libvirt.VIR_DOMAIN_JOB_NONE, self.guest.get_job_info().type)
        for call in (self.guest.abort_job, self.guest.migrate_start_postcopy):
            self.assertRaises(exception.InternalError, call)

    def test_interruptions(self):
        self.guest.launch()
        number = self.guest.id
        self.guest.inject_nmi()
        self.guest.reset()

        self.assertEqual((True, number), (self.guest.is_active(), self.guest.id))

    def test_picture_of_the_screen(self):
        self.need(backends.HAS_SCREENS)
        self.guest.launch()
        mime_type, data = self.guest.screenshot()

        self.assertIn(mime_type, ('image/png', 'image/x-portable-pixmap'))
        self.assertTrue(data.startswith((b'P6', b'\x89PNG')))
        self.assertRaises(exception.InternalError, self.guest.screenshot, 5)

    def test_memory_is_written_to_a_file(self):
        self.need(backends.TAKES_FLAGS_OF_QEMU)
        self.guest.launch()
        path = self.folder / 'core'
        self.guest.core_dump(str(path))

        self.assertTrue(self.guest.is_active())
        with path.open('rb') as dump:
            self.assertEqual(b'\x7fELF', dump.read(4))
        nowhere = self.folder / 'missing' / 'core'
        self.assertRaises(exception.InternalError, self.guest.core_dump, str(nowhere))

    def test_metadata(self):
        kind = vconfig.LibvirtConfigGuestMetaNovaInstance
        before = self.guest.get_metadata(kind)
        self.guest.set_metadata(self.metadata('one'), persistent=True)
        self.guest.set_metadata(self.metadata('<two>'), persistent=True)

        self.assertIsNone(before)
        self.assertEqual('<two>', self.guest.get_metadata(kind).name)
        found = self.guest.get_config(persistent=True).metadata
        self.assertEqual(['<two>'], [each.name for each in found])

    def test_domain_that_is_gone(self):
        self.need_calls('jobStats')
        self.guest.delete_configuration()

        self.assertEqual(libvirt.VIR_DOMAIN_JOB_COMPLETED,
                         self.guest.get_job_info().type)
        for call in (self.guest.get_config, self.guest.inject_nmi,
                     self.guest.save_memory_state, self.guest.get_all_disks,
                     self.guest.tuning.get_vcpus, self.guest.snapshots.list):
            self.assertRaises(exception.InstanceNotFound, call)


class TestJobsOnFake(JobsContract, base.OnFake):
    pass


class TestJobsOnTestDriver(JobsContract, base.OnTestDriver):
    pass


class TestJobsOnQemu(JobsContract, base.OnQemu):
    pass


del JobsContract  # incomplete: not to be collected by itself
