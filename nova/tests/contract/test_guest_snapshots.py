# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Snapshots that libvirt remembers."""

from nova import exception
from nova.tests.contract import backends
from nova.tests.contract import base
from nova.tests.contract import guests
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import errors


class SnapshotsContract(guests.GuestContract):

    def names(self) -> list[str]:
        return [conf.name for conf in self.guest.snapshots.list()]

    def test_snapshots_are_taken_and_forgotten(self):
        first, second = (vconfig.LibvirtConfigGuestSnapshot(name=name)
                         for name in ('first', 'second'))
        for conf in (first, second):
            self.guest.snapshots.create(conf)
        taken = self.names()

        self.guest.snapshots.delete(first)

        self.assertEqual(['first', 'second'], taken)
        self.assertEqual(['second'], self.names())
        self.guest.snapshots.delete(first)
        self.guest.snapshots.delete(second)
        self.assertEqual([], self.names())

    def test_name_that_is_taken_is_refused(self):
        conf = vconfig.LibvirtConfigGuestSnapshot(name='first')
        self.guest.snapshot(conf)

        self.assertRaises(exception.InternalError, self.guest.snapshot, conf)

        self.assertEqual(['first'], self.names())
        self.guest.snapshots.delete(conf)

    def test_domain_goes_with_what_is_known_of_its_snapshots(self):
        self.guest.snapshot(vconfig.LibvirtConfigGuestSnapshot(name='first'))
        domain = self.conn.lookupByUUIDString(self.uuid)
        self.assertTrue(errors.is_operation_invalid(self.failure(domain.undefine)))

        self.guest.delete_configuration()

        self.assertTrue(errors.is_no_domain(self.failure(domain.isActive)))

    def test_quiescing_needs_an_agent(self):
        self.need(backends.TAKES_FLAGS_OF_QEMU)
        self.guest.launch()
        conf = vconfig.LibvirtConfigGuestSnapshot(name='first')
        conf.add_disk(vconfig.LibvirtConfigGuestSnapshotDisk(
            name='vda', snapshot='external', source_type='file',
            source_path=str(self.folder / 'overlay.qcow2'), driver_format='qcow2'))

        self.assertRaises(
            exception.QemuGuestAgentNotEnabled, self.guest.snapshot, conf,
            no_metadata=True, disk_only=True, quiesce=True)

        self.assertEqual(str(self.folder / 'vda.qcow2'),
                         self.guest.get_disk('vda').source_path)
        self.assertFalse((self.folder / 'overlay.qcow2').exists())


class TestSnapshotsOnFake(SnapshotsContract, base.OnFake):
    pass


class TestSnapshotsOnTestDriver(SnapshotsContract, base.OnTestDriver):
    pass


class TestSnapshotsOnQemu(SnapshotsContract, base.OnQemu):
    pass


del SnapshotsContract  # incomplete: not to be collected by itself
