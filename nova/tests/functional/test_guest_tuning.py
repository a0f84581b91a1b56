# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""CPUs, memory, pins and limits of a guest change while it runs."""

import os
import pathlib
import re

from nova import exception
from nova.tests.functional import tinyguest
from nova.tests.functional import waiting
from nova.virt.libvirt import config as vconfig

_MIB = 1024
_TIMEOUT_S = 20
_CPU1 = '/sys/devices/system/cpu/cpu1'


class TuningTest(tinyguest.TinyGuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.tiny = self.hypervisor.boot(
            self.hypervisor.disk('vda', driver_iothread=1), vcpus=2, vcpu_current=1,
            iothreads=1)
        self.guest, self.tuning = self.tiny.guest, self.tiny.guest.tuning

    def test_changes_while_it_runs(self) -> None:
        self.cpus()
        self.pins()
        self.memory()
        self.disk_limits()
        self.weight()

    def cpus(self) -> None:
        self.tuning.set_vcpus(2, persistent=True, live=True)
        self.tiny.wait_inside(f'[ -e {_CPU1}/online ]')
        self.tiny.run(f'echo 1 > {_CPU1}/online')
        self.assertEqual('2', self.tiny.run('nproc'))
        self.assertEqual((2, 2, 2), self.counts())

        # Losing one again is not tried: QEMU's emulator never tells libvirt of it.
        for count in (0, 3):
            self.assertRaises(exception.InvalidInput, self.tuning.set_vcpus, count,
                              live=True)
        self.assertEqual((2, 2, 2), self.counts())

    def counts(self) -> tuple[int, int, int]:
        """Count CPUs: those of QEMU, those that run, those of the next start."""
        return (len(self.tiny.qmp('query-cpus-fast')),
                len(list(self.guest.get_vcpus_info())),
                self.tuning.get_vcpus(persistent=True))

    def pins(self) -> None:
        vcpu, _other = self.tiny.qmp('query-cpus-fast')
        process = self.tiny.pid
        for cpu in sorted(os.sched_getaffinity(0))[:2]:
            self.tuning.pin_vcpu(0, [cpu], live=True)
            self.tuning.pin_emulator([cpu], persistent=True, live=True)
            self.assertEqual(str(cpu), _allowed(process, vcpu['thread-id']))
            self.assertEqual(str(cpu), _allowed(process, process))
            self.tuning.pin_iothread(1, [cpu], persistent=True, live=True)
            self.assertEqual(str(cpu), _allowed(process, self.iothread()))
            info, _other = self.guest.get_vcpus_info()
            self.assertGreater(info.time, 0)

    def iothread(self) -> int:
        """Return the thread of QEMU that serves the disk."""
        (found,) = self.tiny.qmp('query-iothreads')
        return int(found['thread-id'])

    def memory(self) -> None:
        most_kb = self.tiny_memory()
        self.tuning.set_memory(tinyguest.MEMORY_KB - 24 * _MIB, live=True)
        waiting.until(lambda: most_kb - self.tiny_memory() == 24 * _MIB, _TIMEOUT_S,
                      'the guest has given memory back')
        self.assertEqual((tinyguest.MEMORY_KB - 24 * _MIB) * 1024,
                         self.tiny.qmp('query-balloon')['actual'])

        self.tuning.set_memory(tinyguest.MEMORY_KB, live=True)
        waiting.until(lambda: self.tiny_memory() == most_kb, _TIMEOUT_S,
                      'the guest has its memory again')
        self.assertRaises(exception.InvalidInput, self.tuning.set_memory,
                          tinyguest.MEMORY_KB + 1, live=True)

    def tiny_memory(self) -> int:
        """Return how much memory the guest sees, KiB."""
        return int(self.tiny.run("awk '/^MemTotal/ {print $2}' /proc/meminfo"))

    def disk_limits(self) -> None:
        disk = self.guest.get_block_device('vda')
        limits = vconfig.LibvirtConfigGuestDisk(
            disk_read_bytes_sec=123 * 1024, disk_write_iops_sec=45,
            disk_write_iops_sec_max=90, disk_write_iops_sec_max_length=7)
        disk.set_io_limits(limits, persistent=True, live=True)
        self.assertEqual(
            {'bps_rd': 123 * 1024, 'iops_wr': 45, 'iops_wr_max': 90,
             'iops_wr_max_length': 7}, self.throttled())
        defined = self.guest.get_disk('vda', from_persistent_config=True)
        self.assertEqual((123 * 1024, 45),
                         (defined.disk_read_bytes_sec, defined.disk_write_iops_sec))

        disk.set_io_limits(vconfig.LibvirtConfigGuestDisk(), live=True)
        self.assertEqual({}, self.throttled())

    def throttled(self) -> dict[str, int]:
        """Return the limits that QEMU keeps to."""
        found = self.tiny.block('vda')['inserted']
        return {name: value for name, value in found.items()
                if re.match('(bps|iops)', name) and value
                # Without a burst of its own, a length is always 1.
                and not (name.endswith('_length') and value == 1)}

    def weight(self) -> None:
        conf = vconfig.LibvirtConfigGuestBlockIOTune(weight=345)
        try:
            self.tuning.set_blkio(conf, persistent=True, live=True)
        except exception.InternalError as error:
            # A host whose control groups do not weigh, as without BFQ in version 2.
            self.assertRegex(str(error), 'blkio|cgroup|weight')
            self.tuning.set_blkio(conf, persistent=True)
        else:
            self.assertEqual(345, self.tiny.domain.blkioParameters(1)['weight'])
            self.assertIn('345', _weights(self.tiny.pid))
        wanted = self.guest.get_config(persistent=True).blkiotune
        self.assertEqual(345, wanted.weight)


def _weights(process: int) -> set[str]:
    """Return the weights of the control groups of a process, as the kernel has them."""
    lines = pathlib.Path(f'/proc/{process}/cgroup').read_text().splitlines()
    groups = [line.split(':', 2)[2].lstrip('/') for line in lines]
    root = pathlib.Path('/sys/fs/cgroup')
    files = [each for group in groups for top in (root, root / 'blkio')
             for folder in (top / group, (top / group).parent)
             for each in folder.glob('*weight') if each.is_file()]
    return {each.read_text().split()[-1] for each in files}


def _allowed(process: int, thread: int) -> str:
    """Return on which CPUs a thread may run, as the kernel says it."""
    status = pathlib.Path(f'/proc/{process}/task/{thread}/status').read_text()
    found = re.search(r'Cpus_allowed_list:\s*(\S+)', status)
    assert found, status
    return found[1]
