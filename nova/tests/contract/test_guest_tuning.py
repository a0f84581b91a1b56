# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""CPUs, memory and limits of a guest, changed while it is there."""

from nova import exception
from nova.tests.contract import backends
from nova.tests.contract import base
from nova.tests.contract import guests
from nova.virt.libvirt import config as vconfig

MIB = 1 << 20


class TuningContract(guests.GuestContract):

    def domain(self):
        return self.conn.lookupByUUIDString(self.uuid)

    def test_cpus_come_while_it_runs(self):
        self.guest.launch()
        tuning = self.guest.tuning
        before = [cpu.id for cpu in self.guest.get_vcpus_info()]

        tuning.set_vcpus(2, live=True)

        self.assertEqual([0], before)
        self.assertEqual([0, 1], [cpu.id for cpu in tuning.get_vcpus_info()])
        self.assertEqual((2, 1), (tuning.get_vcpus(live=True),
                                  tuning.get_vcpus(persistent=True)))

    def test_cpus_come_for_good(self):
        self.guest.launch()
        self.guest.tuning.set_vcpus(2, persistent=True, live=True)

        self.assertEqual((2, 2), (self.guest.tuning.get_vcpus(live=True),
                                  self.guest.tuning.get_vcpus(persistent=True)))
        self.assertRaises(exception.InvalidInput, self.guest.tuning.set_vcpus, 3,
                          persistent=True, live=True)
        self.assertRaises(exception.InternalError, self.guest.tuning.get_vcpus,
                          persistent=True, live=True)

    def test_cpus_beyond_the_maximum_are_refused(self):
        for count in (0, 3):
            error = self.assertRaises(exception.InvalidInput,
                                      self.guest.tuning.set_vcpus, count)
            self.assertIn(f'vcpus must be from 1 to 2, not {count}', str(error))
        self.assertEqual(1, self.guest.tuning.get_vcpus())

    def test_cpus_change_at_the_next_start(self):
        self.guest.tuning.set_vcpus(2, persistent=True)

        self.assertIn(self.guest.get_config(persistent=True).vcpu_current, (2, None))

    def test_cpus_are_pinned(self):
        self.need(backends.TAKES_FLAGS_OF_QEMU)
        self.guest.launch()
        self.guest.tuning.pin_vcpu(0, {0}, live=True)
        self.guest.tuning.pin_emulator({0}, live=True)

        pin = self.domain().vcpuPinInfo(1)[0]
        emulator = self.domain().emulatorPinInfo(1)
        self.assertEqual(([0], [0]), tuple(
            [cpu for cpu, allowed in enumerate(each) if allowed]
            for each in (pin, emulator)))
        self.assertRaises(exception.InvalidInput,
                          self.guest.tuning.pin_vcpu, 0, set(), live=True)
        self.assertRaises(exception.InternalError,
                          self.guest.tuning.pin_vcpu, 7, {0}, live=True)

    def test_memory_changes_up_to_the_maximum(self):
        self.guest.tuning.set_memory(48 * 1024, persistent=True)

        self.assertEqual([64 * 1024, 48 * 1024], self.domain().info()[1:3])
        error = self.assertRaises(exception.InvalidInput,
                                  self.guest.tuning.set_memory, 65 * 1024)
        self.assertIn('memory_kb must be from 1 to 65536, not 66560', str(error))
        self.assertEqual(48 * 1024, self.domain().info()[2])

    def test_weight_of_all_disks(self):
        self.guest.tuning.set_blkio(
            vconfig.LibvirtConfigGuestBlockIOTune(weight=500), persistent=True)

        self.assertEqual(500, self.domain().blkioParameters(2)['weight'])

    def test_limits_of_a_disk(self):
        self.need(backends.LIMITS_ALONE)
        self.guest.launch()
        limits = vconfig.LibvirtConfigGuestDisk(
            disk_total_bytes_sec=MIB, disk_read_iops_sec=100,
            disk_read_iops_sec_max=200, disk_read_iops_sec_max_length=5)
        disk = self.guest.get_block_device('vda')

        disk.set_io_limits(limits, live=True)

        found = self.domain().blockIoTune('vda', 1)
        self.assertEqual((MIB, 100, 0), (
            found['total_bytes_sec'], found['read_iops_sec'], found['write_iops_sec']))

        disk.set_io_limits(vconfig.LibvirtConfigGuestDisk(), live=True)

        found = self.domain().blockIoTune('vda', 1)
        self.assertEqual((0, 0, 0), (found['total_bytes_sec'], found['read_iops_sec'],
                                     found['read_iops_sec_max_length']))


class TestTuningOnFake(TuningContract, base.OnFake):
    pass


class TestTuningOnTestDriver(TuningContract, base.OnTestDriver):
    pass


class TestTuningOnQemu(TuningContract, base.OnQemu):
    pass


del TuningContract  # incomplete: not to be collected by itself
