# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The agent in a guest does what it is asked, or is given up in time."""

from collections.abc import Callable
import hashlib
import time

from nova import exception
from nova.tests.functional import tinyguest
from nova.virt.libvirt import config as vconfig

_LATE_S = 3600
#: Not a child of the shell, which the end of one may take away from its prompt.
_WRITE = ("rm -f /tmp/written; (sh -c 'echo $$ > /tmp/writer; echo x > /tmp/new/file; "
          ": > /tmp/written' &)")
_HANGS = "grep -q 'State:.*D' /proc/$(cat /tmp/writer)/status"
_WRITTEN = '[ -e /tmp/written ]'


class AgentTest(tinyguest.TinyGuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.tiny = self.hypervisor.boot(self.hypervisor.disk('vda'))
        self.guest = self.tiny.guest

    def test_what_it_does(self) -> None:
        self.password()
        self.clock()
        self.file_systems()
        self.snapshot()
        self.silence()

    def password(self) -> None:
        for secret in ('first', 'pass: "word"\\ <&>'):
            self.guest.set_user_password('root', secret)
            digest = hashlib.sha256(secret.encode()).hexdigest()
            self.assertEqual(f'root:{digest}', self.tiny.run('cat /etc/shadow'))

    def clock(self) -> None:
        self.tiny.run(f'date -s @{int(time.time()) - _LATE_S}')
        self.assertTrue(self.guest.agent.sync_guest_time())
        self.assertLess(abs(time.time() - int(self.tiny.run('date +%s'))), 60)

    def file_systems(self) -> None:
        self.tiny.run('mke2fs /dev/vda; mkdir -p /tmp/new; '
                      'mount -t ext4 /dev/vda /tmp/new')
        self.assertEqual(1, self.guest.agent.freeze_filesystems())
        self.assertEqual('frozen', self.status())
        self.tiny.run(_WRITE)
        self.tiny.wait_inside(_HANGS)
        self.assertEqual(1, self.guest.agent.thaw_filesystems())
        self.assertEqual('thawed', self.status())
        self.tiny.wait_inside(_WRITTEN)
        self.assertEqual(0, self.guest.agent.thaw_filesystems())

    def snapshot(self) -> None:
        """What the guest has written is in the file that it has left."""
        before = self.guest.get_disk('vda')
        self.tiny.run('echo kept > /tmp/new/kept')
        conf = vconfig.LibvirtConfigGuestSnapshot(name='quiesced')
        conf.add_disk(vconfig.LibvirtConfigGuestSnapshotDisk(
            name='vda', snapshot='external', source_type='file',
            source_path=str(self.hypervisor.folder / 'overlay.qcow2'),
            driver_format='qcow2'))
        self.guest.snapshot(conf, no_metadata=True, disk_only=True, quiesce=True)
        self.assertEqual('thawed', self.status())
        self.assert_can_write()

        before.target_dev = 'vdb'
        before.readonly = True
        before.device_addr = before.alias = None
        self.guest.attach_device(before, live=True)
        self.tiny.wait_inside('[ -b /dev/vdb ]')
        self.tiny.run('mkdir -p /tmp/old; mount -o ro,noload -t ext4 /dev/vdb /tmp/old')
        self.assertEqual('kept', self.tiny.run('cat /tmp/old/kept'))

    def silence(self) -> None:
        self.tiny.run('killall -STOP qemu-ga')
        agent = self.guest.agent
        calls: tuple[Callable[..., object], ...] = (
            agent.freeze_filesystems,
            lambda timeout_s: agent.set_user_password('root', 'x', timeout_s))
        for call in calls:
            began = time.monotonic()
            self.assertRaises(exception.InternalError, call, timeout_s=1)
            self.assertLess(time.monotonic() - began, 10)
        self.assertFalse(agent.sync_guest_time(timeout_s=1))

        self.tiny.run('killall -CONT qemu-ga')
        self.assertTrue(agent.sync_guest_time())
        self.assertEqual('thawed', self.status())
        self.assert_can_write()

    def assert_can_write(self) -> None:
        self.tiny.run(_WRITE)
        self.tiny.wait_inside(_WRITTEN)

    def status(self) -> str:
        """Return what the agent says of the file systems, asked by another way."""
        status: str = self.tiny.ask_agent('guest-fsfreeze-status')
        return status
