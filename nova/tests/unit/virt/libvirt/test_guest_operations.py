# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Each operation of a guest: what it asks of libvirt, and what holds if that fails."""

import os
import pathlib
from typing import Any
from xml.etree import ElementTree

import fixtures
import libvirt

from nova import exception
from nova.tests.fixtures.libvirt import stream
from nova.tests.unit.virt.libvirt import guestbase
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import threads


class OperationsTestCase(guestbase.GuestTestCase):

    def assert_refused(self, call: str, operation: Any, *args: Any,
                       **kwargs: Any) -> None:
        """Check that an error of libvirt leaves an operation as one of ours."""
        self.faults.fail(call, message='injected')
        error = self.assertRaises(exception.InternalError, operation, *args, **kwargs)
        self.assertIn('injected', str(error))

    # Life cycle

    def test_reset_and_interruption(self) -> None:
        self.assert_refused('reset', self.guest.reset)
        self.assert_refused('injectNMI', self.guest.inject_nmi)
        before = (self.record.resets, self.record.nmis)
        self.guest.reset()
        self.guest.inject_nmi()

        self.assertEqual(((0, 0), (1, 1)),
                         (before, (self.record.resets, self.record.nmis)))

    def test_reboot(self) -> None:
        self.assert_refused('reboot', self.guest.reboot)
        number = self.guest.id
        self.guest.reboot()

        self.assertEqual((True, number), (self.guest.is_active(), self.guest.id))

    def test_file_systems_and_clock(self) -> None:
        self.guest.freeze_filesystems()
        self.assert_refused('fsThaw', self.guest.thaw_filesystems)
        frozen = self.record.agent.frozen
        self.guest.thaw_filesystems()
        self.faults.fail('setTime')

        self.assertEqual((True, False), (frozen, self.record.agent.frozen))
        self.assertFalse(self.guest.agent.sync_guest_time())
        self.assertTrue(self.guest.agent.sync_guest_time())

    def test_saved_memory(self) -> None:
        self.assert_refused('managedSave', self.guest.save_memory_state)
        self.assertTrue(self.guest.is_active())

        self.guest.save_memory_state()
        self.assertEqual((False, True),
                         (self.guest.is_active(), self.guest.has_saved_memory()))

        self.assert_refused('managedSaveRemove', self.guest.discard_saved_memory)
        self.assertTrue(self.guest.has_saved_memory())
        for _number in range(2):
            self.guest.discard_saved_memory()
            self.assertFalse(self.guest.has_saved_memory())

    # Notes and devices

    def test_metadata(self) -> None:
        kind = vconfig.LibvirtConfigGuestMetaNovaInstance
        self.assertIsNone(self.guest.get_metadata(kind))
        self.guest.set_metadata(kind(name='<one>'), persistent=True, live=True)
        self.assert_refused('setMetadata', self.guest.set_metadata, kind(name='two'))

        for is_persistent in (False, True):
            self.assertEqual('<one>', self.guest.get_metadata(kind, is_persistent).name)

    def test_device_is_changed_in_place(self) -> None:
        card = vconfig.LibvirtConfigGuestInterface(
            net_type='user', mac_addr='52:54:00:11:22:33', model='virtio')
        self.guest.attach_device(card, persistent=True, live=True)
        card.link_state = 'down'
        self.assert_refused('updateDeviceFlags', self.guest.update_device, card,
                            persistent=True, live=True)
        states = [self.guest.get_interface_by_cfg(card, each).link_state
                  for each in (False, True)]
        self.guest.update_device(card, live=True)

        self.assertEqual([None, None], states)
        self.assertEqual(['down', None], [
            self.guest.get_interface_by_cfg(card, each).link_state
            for each in (False, True)])

    def test_device_is_found_and_detached(self) -> None:
        card = vconfig.LibvirtConfigGuestInterface(
            net_type='user', mac_addr='52:54:00:11:22:33', model='virtio')
        self.guest.attach_device(card, persistent=True, live=True)
        (found,) = self.guest.get_interfaces()
        self.assertEqual(card.mac_addr,
                         self.guest.get_device_by_alias(found.alias).mac_addr)
        self.assertIsNone(self.guest.get_device_by_alias('nothing'))

        self.assert_refused('detachDeviceFlags', self.guest.detach_device, card,
                            persistent=True)
        self.assertIsNotNone(self.guest.get_interface_by_cfg(card, True))
        self.guest.detach_device(card, persistent=True)

        self.assertIsNone(self.guest.get_interface_by_cfg(card, True))
        self.assertRaises(exception.DeviceNotFound, self.guest.detach_device, card,
                          persistent=True)

    # Disks

    def test_commit(self) -> None:
        device = self.guest.get_block_device('vda')
        self.assert_refused('blockCommit', device.commit, None, None, active=True)
        self.assertIsNone(device.get_job_info())
        self.record.disks.jobs_run = False
        conf = vconfig.LibvirtConfigGuestSnapshot(name='overlay')
        conf.add_disk(vconfig.LibvirtConfigGuestSnapshotDisk(
            name='vda', snapshot='external', source_type='file',
            source_path='/disks/overlay', driver_format='qcow2'))
        self.guest.snapshot(conf, no_metadata=True, disk_only=True)
        device.commit(None, None, active=True)

        self.assertEqual(libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT,
                         device.get_job_info().job)

    def test_size_and_limits(self) -> None:
        device = self.guest.get_block_device('vda')
        limits = vconfig.LibvirtConfigGuestDisk(disk_total_iops_sec=7)
        self.assert_refused('blockResize', device.resize, 1 << 30)
        self.assert_refused('setBlockIoTune', device.set_io_limits, limits, live=True)
        tuning = self.record.running.tuning
        self.assertEqual(({}, {}), (self.record.disks.sizes, tuning.limits))
        device.resize(1 << 30)
        device.set_io_limits(limits, live=True)

        self.assertEqual({'vda': 1 << 30}, self.record.disks.sizes)
        tuning = self.record.running.tuning
        found = {name: value for name, value in tuning.limits['vda'].items()
                 if value}
        self.assertEqual({'total_iops_sec': 7}, found)
        self.assertEqual(5, len(device.blockStats()))

    def test_snapshots(self) -> None:
        one = vconfig.LibvirtConfigGuestSnapshot(name='one')
        self.assert_refused('snapshotCreateXML', self.guest.snapshots.create, one)
        self.assertEqual([], self.guest.snapshots.list())
        self.guest.snapshots.create(one)
        self.assert_refused('delete', self.guest.snapshots.delete, one)
        self.assertEqual(['one'], [each.name for each in self.guest.snapshots.list()])
        for _number in range(2):
            self.guest.snapshots.delete(one)
            self.assertEqual([], self.guest.snapshots.list())

    # The share of the host

    def test_cpus(self) -> None:
        tuning = self.guest.tuning
        self.assert_refused('setVcpusFlags', tuning.set_vcpus, 2, live=True)
        self.assertEqual([0], [cpu.id for cpu in self.guest.get_vcpus_info()])
        tuning.set_vcpus(2, persistent=True, live=True)

        self.assertEqual([0, 1], [cpu.id for cpu in tuning.get_vcpus_info()])
        self.assertEqual(2, tuning.get_vcpus(persistent=True))
        self.assertRaises(exception.InvalidInput, tuning.set_vcpus, 3)

    def test_memory(self) -> None:
        tuning = self.guest.tuning
        self.assert_refused('setMemoryFlags', tuning.set_memory, 32768, live=True)
        self.assertEqual(65536, self.record.running.current_memory_kb)
        tuning.set_memory(32768, live=True)

        self.assertEqual((32768, 65536), (self.record.running.current_memory_kb,
                                          self.record.defined.current_memory_kb))

    def test_pins(self) -> None:
        tuning, cpus = self.guest.tuning, self.hypervisor.machine.cpus
        ElementTree.SubElement(self.record.running.root, 'iothreads').text = '1'
        for call, operation, args in (
                ('pinVcpuFlags', tuning.pin_vcpu, (1,)),
                ('pinEmulator', tuning.pin_emulator, ()),
                ('pinIOThread', tuning.pin_iothread, (1,))):
            self.assert_refused(call, operation, *args, {0}, live=True)
            self.assertRaises(exception.InvalidInput, operation, *args, {-1})
            self.assertRaises(exception.InvalidInput, operation, *args, ())
            operation(*args, {0}, live=True)
        pinned = (True, *(False,) * (cpus - 1))

        state = self.record.running.tuning
        self.assertEqual(({1: pinned}, pinned, {1: pinned}), (
            state.vcpu_pins, state.emulator_pin, state.iothread_pins))
        self.assertRaises(exception.InternalError, tuning.pin_iothread, 2, {0})

    def test_weights(self) -> None:
        conf = vconfig.LibvirtConfigGuestBlockIOTune(weight=500)
        tuning = self.guest.tuning
        self.assert_refused('setBlkioParameters', tuning.set_blkio, conf,
                            persistent=True, live=True)
        self.assertEqual(0, self.record.running.tuning.blkio['weight'])
        tuning.set_blkio(conf, persistent=True, live=True)
        tuning.set_blkio(vconfig.LibvirtConfigGuestBlockIOTune())

        self.assertEqual(500, self.record.running.tuning.blkio['weight'])
        # The refused one, and one for what runs and for the definition each.
        self.assertEqual(3, self.faults.count('setBlkioParameters'))

    # Looking into it

    def test_core_dump(self) -> None:
        path = pathlib.Path(self.useFixture(fixtures.TempDir()).path) / 'core'
        self.assert_refused('coreDumpWithFormat', self.guest.core_dump, str(path))
        self.assertFalse(path.exists())
        self.guest.core_dump(str(path))

        self.assertTrue(path.read_bytes().startswith(b'\x7fELF'))
        self.assertTrue(self.guest.is_active())
        self.assertRaises(exception.InternalError, self.guest.core_dump,
                          os.path.join(path.parent, 'missing', 'core'))

    def test_screenshot(self) -> None:
        self.assertRaises(exception.InternalError, self.guest.screenshot)
        ElementTree.SubElement(self.record.running.root.find('devices'), 'video')
        found = self.guest.screenshot()

        self.assertEqual(('image/x-portable-pixmap', b'P6'),
                         (found.mime_type, found.data[:2]))

    def test_screenshot_is_taken_where_calls_are_made(self) -> None:
        ElementTree.SubElement(self.record.running.root.find('devices'), 'video')
        current = threads.native('threading').get_ident
        used = []
        for step in ('recvAll', 'finish'):
            made = getattr(stream.FakeStream, step)
            self.useFixture(fixtures.MockPatchObject(
                stream.FakeStream, step, lambda *args, made=made: (
                    used.append(current()), made(*args))[1]))
        self.guest.screenshot()

        self.assertEqual(2, len(used))
        self.assertNotIn(current(), used)

    def test_announcement(self) -> None:
        self.guest.announce_self()
        self.guest.poweroff()

        self.assertEqual(['announce_self'], self.record.monitored)
        self.assertRaises(exception.InternalError, self.guest.announce_self)

    def test_downtime(self) -> None:
        self.assert_refused('migrateSetMaxDowntime',
                            self.guest.migrate_configure_max_downtime, 7)
        self.assertEqual(300, self.record.max_downtime_ms)
        self.guest.migrate_configure_max_downtime(7)

        self.assertEqual(7, self.record.max_downtime_ms)
