# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Whoever listens hears of all that a guest and QEMU do by themselves."""

from collections.abc import Callable
import pathlib
import struct
import subprocess
from typing import Any, BinaryIO

import libvirt

from nova import exception
from nova.tests.functional import tinyguest
from nova.virt import event as virtevent
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import event

_TIMEOUT_S = 20
_MIB = 1024
#: A kernel that gets more begins with some for its notes of that.
_MEMORY_KB = 192 * _MIB
_LIVE = libvirt.VIR_DOMAIN_AFFECT_LIVE
_WATCHDOG = '0x25ab'
#: Places in the watchdog's configuration: what it counts by, and what starts it.
_COUNTS_BY, _LOCK = 0x60, 0x68
#: The kernel keeps what it cannot move in memory that is plugged in, too.
_KEEPS_MEMORY = 'memhp_default_state=online_kernel'
_BLOCKS = '/sys/devices/system/memory/*/state'
_AGENT_IS_THERE = libvirt.VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED
#: Where a qcow2 says where its first table is, and what it says of a block.
_TABLE_AT = 40
_COMPRESSED = 1 << 62
_FLAGS = 1 << 63
_BLOCK = 2 ** 16


class EventsTest(tinyguest.TinyGuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        folder = self.hypervisor.folder
        self.iso = folder / 'disc.iso'
        self.iso.write_bytes(bytes(2 ** 20))
        self.vda = self.hypervisor.disk('vda')
        broken = self.hypervisor.disk('vdb')
        _break(pathlib.Path(broken.source_path))
        self.broken = broken.source_path
        self.tiny = self.hypervisor.make(self.hypervisor.describe(
            self.vda, broken, _disc(str(folder / 'lost.iso')),
            vconfig.LibvirtConfigGuestWatchdog(action='none'), cmdline=_KEEPS_MEMORY,
            memory=_MEMORY_KB, cpu=_cpu(), max_memory_size=512 * _MIB,
            max_memory_slots=1))
        self.guest = self.tiny.guest

    def test_every_kind_is_heard(self) -> None:
        self.agent()
        self.tray()
        self.block_job()
        self.io_error()
        self.watchdog()
        self.device_added_and_kept()
        self.device_removed()
        self.balloon()
        self.reboot()
        self.job()

    def hear(self, kind: type, act: Callable[[], Any],
             matches: Callable[[Any], bool] | None = None) -> Any:
        """Do something, and return the event that is told of then."""
        with self.hypervisor.host.listener(kind, self.guest, matches) as listener:
            act()
            return listener.wait(_TIMEOUT_S)

    def agent(self) -> None:
        """What goes before it is heard as well: a disc is lost, and the guest runs."""
        listener = self.hypervisor.host.listener
        with (listener(event.DiskChangeEvent, self.guest) as disks,
              listener(virtevent.LifecycleEvent, self.guest, _is_start) as starts):
            heard = self.hear(event.AgentLifecycleEvent, self.boot,
                              lambda each: each.state == _AGENT_IS_THERE)
            lost = disks.wait(_TIMEOUT_S)
            starts.wait(_TIMEOUT_S)

        self.assertEqual(
            libvirt.VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL,
            heard.reason)
        self.assertEqual(
            (str(self.hypervisor.folder / 'lost.iso'), None,
             libvirt.VIR_DOMAIN_EVENT_DISK_CHANGE_MISSING_ON_START),
            (lost.old_path, lost.new_path, lost.reason))

    def boot(self) -> None:
        self.guest.launch()
        self.tiny.connect().wait_until_up()

    def tray(self) -> None:
        self.move_tray(str(self.iso), libvirt.VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN)
        self.move_tray(None, libvirt.VIR_DOMAIN_EVENT_TRAY_CHANGE_CLOSE)

    def move_tray(self, path: str | None, reason: int) -> None:
        disc = _disc(path).to_xml()
        heard = self.hear(event.TrayChangeEvent,
                          lambda: self.tiny.domain.updateDeviceFlags(disc, _LIVE),
                          lambda each: each.reason == reason)
        self.assertEqual('ide0-0-0', heard.alias)

    def balloon(self) -> None:
        wanted_kb = self.guest.get_config().memory - 16 * _MIB
        self.hear(event.BalloonChangeEvent,
                  lambda: self.tiny.domain.setMemoryFlags(wanted_kb, _LIVE),
                  lambda each: each.actual_kb == wanted_kb)

    def block_job(self) -> None:
        heard = self.hear(event.BlockJobEvent,
                          lambda: self.tiny.domain.blockPull('vda', 0, 0))
        self.assertEqual(
            ('vda', libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_PULL,
             libvirt.VIR_DOMAIN_BLOCK_JOB_COMPLETED),
            (heard.disk, heard.type, heard.status))

    def io_error(self) -> None:
        heard = self.hear(
            event.IOErrorEvent,
            lambda: self.tiny.run(
                f'dd if=/dev/vdb of=/dev/null bs={_BLOCK} skip=1 count=1 || true'))
        self.assertEqual((self.broken, libvirt.VIR_DOMAIN_EVENT_IO_ERROR_REPORT, ''),
                         (heard.path, heard.action, heard.reason))

    def watchdog(self) -> None:
        """Its kernel module is not there: what that would write is written."""
        device = self.tiny.run(
            f'grep -l {_WATCHDOG} /sys/bus/pci/devices/*/device').removesuffix('device')
        self.write(device, _COUNTS_BY, r'\004\000')
        heard = self.hear(event.WatchdogEvent,
                          lambda: self.write(device, _LOCK, r'\002'))
        self.assertEqual(libvirt.VIR_DOMAIN_EVENT_WATCHDOG_NONE, heard.action)
        self.write(device, _LOCK, r'\000')

    def write(self, device: str, place: int, octets: str) -> None:
        self.tiny.run(f"printf '{octets}' | dd of={device}config bs=2"
                      f' seek={place // 2} conv=notrunc 2>/dev/null')

    def device_added_and_kept(self) -> None:
        """The guest has put into the memory what it cannot take out again."""
        before = self.tiny.run(f'grep -lx online {_BLOCKS} | wc -l')
        heard = self.hear(event.DeviceAddedEvent,
                          lambda: self.guest.attach_device(_memory(), live=True))
        (memory,) = [each for each in self.guest.get_config().devices
                     if isinstance(each, vconfig.LibvirtConfigGuestMemoryDevice)]
        self.tiny.wait_inside(f'[ $(grep -lx online {_BLOCKS} | wc -l) -gt {before} ]')
        # What the kernel notes of a new program goes there first.
        self.tiny.run('for number in 1 2 3 4 5 6 7 8; do sleep 600 & done')
        failed = self.hear(event.DeviceRemovalFailedEvent, lambda: self.assertRaises(
            exception.InternalError, self.guest.detach_device, memory, live=True))
        self.assertEqual(('memdimm0', 'dimm0'), (heard.dev, failed.dev))

    def device_removed(self) -> None:
        heard = self.hear(event.DeviceRemovedEvent,
                          lambda: self.guest.detach_device(self.vda, live=True))
        self.assertEqual('virtio-disk0', heard.dev)

    def reboot(self) -> None:
        self.hear(event.RebootEvent, self.tiny.domain.reset)

    def job(self) -> None:
        """To save a guest is to migrate it into a file."""
        listener = self.hypervisor.host.listener
        with (listener(event.MigrationIterationEvent, self.guest) as iterations,
              listener(event.JobCompletedEvent, self.guest) as jobs):
            self.hear(virtevent.LifecycleEvent, self.tiny.domain.managedSave,
                      lambda each: each.transition == virtevent.EVENT_LIFECYCLE_STOPPED)
            first, job = iterations.wait(_TIMEOUT_S), jobs.wait(_TIMEOUT_S)
        self.assertEqual(1, first.iteration)
        self.assertEqual(libvirt.VIR_DOMAIN_JOB_OPERATION_SAVE, job.stats['operation'])


def _is_start(each: virtevent.LifecycleEvent) -> bool:
    return each.transition == virtevent.EVENT_LIFECYCLE_STARTED


def _disc(path: str | None) -> vconfig.LibvirtConfigGuestDisk:
    return vconfig.LibvirtConfigGuestDisk(
        source_type='file', source_device='cdrom', driver_name='qemu',
        driver_format='raw', target_bus='ide', target_dev='hda', source_path=path,
        source_startup_policy='optional', readonly=True)


def _break(path: pathlib.Path) -> None:
    """Let a qcow2 say that its second block is compressed, which it is not."""
    subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2',
                    '-o', 'preallocation=metadata', path, '8M'], check=True)
    with path.open('r+b') as file:
        table = _follow(file, _follow(file, _TABLE_AT))
        file.seek(table + 8)
        file.write(struct.pack('>Q', _COMPRESSED))


def _follow(file: BinaryIO, place: int) -> int:
    """Return what a place in a qcow2 points to."""
    file.seek(place)
    (found,) = struct.unpack('>Q', file.read(8))
    return int(found) & ~_FLAGS


def _cpu() -> vconfig.LibvirtConfigGuestCPU:
    """Return what a guest needs that gets more memory: cells, one of them."""
    cell = vconfig.LibvirtConfigGuestCPUNUMACell(
        id=0, cpus={0}, memory=_MEMORY_KB)
    numa = vconfig.LibvirtConfigGuestCPUNUMA()
    numa.cells = [cell]
    return vconfig.LibvirtConfigGuestCPU(numa=numa)


def _memory() -> vconfig.LibvirtConfigGuestMemoryDevice:
    return vconfig.LibvirtConfigGuestMemoryDevice(target_size=128 * _MIB, target_node=0)
