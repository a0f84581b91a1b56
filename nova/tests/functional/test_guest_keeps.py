# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A guest that does not hear of a removal, or refuses it, keeps what it has."""

from nova import exception
from nova.tests.functional import background
from nova.tests.functional import tinyguest
from nova.tests.functional import waiting
from nova.virt.libvirt import config as vconfig

_MIB = 1024
#: Where memory can be added, the kernel takes more of what there is.
_MEMORY_KB = 2 * tinyguest.MEMORY_KB
#: Memory can be added; whether PCI devices come and go the guest is not to know.
_DEAF = 'acpiphp.disable=1'


class KeepsTest(tinyguest.TinyGuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        cell = vconfig.LibvirtConfigGuestCPUNUMACell(
            id=0, cpus={0}, memory=_MEMORY_KB)
        cpu = vconfig.LibvirtConfigGuestCPU(
            mode='custom', model='qemu64', numa=vconfig.LibvirtConfigGuestCPUNUMA())
        cpu.numa.cells.append(cell)
        self.tiny = self.hypervisor.boot(
            cmdline=_DEAF, cpu=cpu, memory=_MEMORY_KB,
            max_memory_size=4 * _MEMORY_KB, max_memory_slots=2)
        self.guest = self.tiny.guest

    def test_devices_stay(self) -> None:
        self.refused()
        self.not_heard()
        self.end_of_the_guest()

    def refused(self) -> None:
        """The guest answers that it will not."""
        conf = vconfig.LibvirtConfigGuestMemoryDevice(
            model='dimm', target_size=128 * _MIB, target_node=0)
        before = self.memory_blocks()
        self.guest.attach_device(conf, live=True)
        waiting.until(lambda: self.memory_blocks() > before, 20, 'more memory')
        self.tiny.run('echo 0 > /sys/firmware/acpi/hotplug/memory/enabled')

        error = self.assertRaises(
            exception.DeviceDetachFailed, self.guest.detach_device_and_wait, conf,
            10, persistent=False)

        self.assertIn('memory', str(error))
        self.assertGreater(self.memory_blocks(), before)
        self.assertEqual(1, len(self.tiny.qmp('query-memory-devices')))

    def memory_blocks(self) -> int:
        return int(self.tiny.run('ls -d /sys/devices/system/memory/memory* | wc -l'))

    def not_heard(self) -> None:
        """The guest does not answer at all."""
        self.disk = self.hypervisor.disk('vda')
        self.guest.attach_device(self.disk, persistent=True, live=True)
        self.tiny.run('echo 1 > /sys/bus/pci/rescan')
        self.tiny.wait_inside('[ -b /dev/vda ]')

        error = self.assertRaises(
            exception.DeviceDetachFailed, self.guest.detach_device_and_wait, self.disk,
            0.3)
        self.assertIn('has not let go', str(error))
        self.assertEqual(2, self.having_vda())
        self.tiny.run('echo kept | dd of=/dev/vda conv=sync,fsync')

    def having_vda(self) -> int:
        """Count who has the disk: what runs, and the definition."""
        return sum(self.guest.get_disk('vda', is_persistent) is not None
                   for is_persistent in (False, True))

    def end_of_the_guest(self) -> None:
        """Where the guest ends meanwhile, nobody has the device any more."""
        detaching = background.Background(
            lambda: self.guest.detach_device_and_wait(self.disk, 60))
        waiting.until(self.is_waited_for, 10, 'the guest is asked')
        self.guest.poweroff()
        detaching.wait()

        self.assertIsNone(detaching.error)
        self.assertEqual(0, self.having_vda())
        tinyguest.assert_holds(self.disk, b'kept\n')

    def is_waited_for(self) -> bool:
        return len(self.hypervisor.host._events._listeners) > 0
