# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A disk is copied, pulled, committed and resized while the guest reads and writes."""

import json
import pathlib
import subprocess

import libvirt

from nova import exception
from nova.tests.functional import tinyguest
from nova.virt.libvirt import config as vconfig

_TIMEOUT_S = 30
_MIB = 1 << 20
_SIZE_MB = 4


class BlockJobsTest(tinyguest.TinyGuestTestCase):

    def setUp(self) -> None:
        super().setUp()
        conf = self.hypervisor.disk('vda', _SIZE_MB)
        self.base = str(conf.source_path)
        self.tiny = self.hypervisor.boot(conf)
        self.guest = self.tiny.guest
        self.disk = self.guest.get_block_device('vda')
        self.written = 0
        self.write(0, _SIZE_MB)

    def test_data_stay_right_whatever_is_done_to_the_chain(self) -> None:
        for work in (self.give_up_copy, self.give_up_pull, self.commit,
                     self.commit_below, self.rebase, self.pull, self.copy, self.resize,
                     self.copy_by_rebase):
            work()
            self.assertEqual(self.wanted, self.tiny.run('md5sum < /dev/vda'),
                             work.__name__)
            self.assertIsNone(self.disk.get_job_info(), work.__name__)

    # What is done

    def give_up_copy(self) -> None:
        copy = self.hypervisor.disk('abandoned', _SIZE_MB)
        with self.disk.watched() as job:
            self.disk.copy(copy.to_xml(), reuse_ext=True, transient=True)
            job.wait_until_ready(_TIMEOUT_S)
            self.disk.abort_job()
            job.wait_until_over(_TIMEOUT_S)
        self.assert_chain('copy', self.base)

    def give_up_pull(self) -> None:
        top = self.overlay()
        with self.disk.watched() as job:
            self.disk.pull(bandwidth_mb=1)
            found = self.disk.get_job_info()
            self.assertRaises(exception.InternalError, self.disk.pull)
            self.disk.abort_job(async_=True)
            job.wait_until_over(_TIMEOUT_S)
        assert found is not None
        self.assertEqual((libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_PULL, 1),
                         (found.job, found.bandwidth))
        self.assertLess(found.cur, found.end)
        self.assert_chain('pull', top, self.base)

    def commit(self) -> None:
        with self.disk.watched() as job:
            self.disk.commit(None, None, active=True)
            job.wait_until_ready(_TIMEOUT_S)
            self.write(0)
            self.disk.abort_job(pivot=True)
            job.wait_until_over(_TIMEOUT_S)
        self.assert_chain('commit', self.base)

    def commit_below(self) -> None:
        below, top = self.overlay(), self.overlay()
        with self.disk.watched() as job:
            self.disk.commit(self.base, below)
            job.wait_until_over(_TIMEOUT_S)
        self.assert_chain('commit below', top, self.base)

    def rebase(self) -> None:
        base, _below, top = self.chain()[0], self.overlay(), self.overlay()
        with self.disk.watched() as job:
            self.disk.rebase(base)
            job.wait_until_over(_TIMEOUT_S)
        self.assert_chain('rebase', top, base, self.base)

    def pull(self) -> None:
        top = self.chain()[0]
        with self.disk.watched() as job:
            self.disk.pull()
            job.wait_until_over(_TIMEOUT_S)
        self.assert_chain('pull', top)

    def copy(self) -> None:
        self.overlay()
        copy = self.hypervisor.disk('copy', _SIZE_MB)
        with self.disk.watched() as job:
            self.disk.copy(copy.to_xml(), reuse_ext=True, transient=True)
            job.wait_until_ready(_TIMEOUT_S)
            self.write(1)
            self.disk.abort_job(pivot=True)
            job.wait_until_over(_TIMEOUT_S)
        self.assert_chain('copy', str(copy.source_path))

    def resize(self) -> None:
        self.disk.resize((_SIZE_MB + 2) * _MIB)
        self.tiny.wait_inside(
            f'[ "$(cat /sys/block/vda/size)" = {(_SIZE_MB + 2) * _MIB // 512} ]')
        self.write(_SIZE_MB, 2)

    def copy_by_rebase(self) -> None:
        path = str(self.hypervisor.image('rebased.qcow2', _SIZE_MB + 2))
        refused = self.assertRaises(exception.InternalError, self.disk.rebase, path,
                                    copy=True, reuse_ext=True)
        self.assertIn('not transient', str(refused))
        self.guest.delete_configuration()
        with self.disk.watched() as job:
            self.disk.rebase(path, copy=True, reuse_ext=True)
            job.wait_until_ready(_TIMEOUT_S)
            self.disk.abort_job(pivot=True)
            job.wait_until_over(_TIMEOUT_S)
        self.assert_chain('copy by rebase', path)

    # How it is seen

    def write(self, at_mb: int, length_mb: int = 1) -> None:
        """Let the guest write something new, and remember what it reads then."""
        self.written += 1
        self.tiny.run(
            f'dd if=/dev/zero bs=1M count={length_mb} | '
            f"tr '\\000' '\\{self.written % 64 + 0o40:03o}' | "
            f'dd of=/dev/vda bs=64k seek={at_mb * 16} conv=fsync iflag=fullblock')
        self.wanted = self.tiny.run('md5sum < /dev/vda')

    def overlay(self) -> str:
        """Let the guest go on in a new file; write to it, and return its path."""
        path = str(self.hypervisor.folder / f'overlay-{self.written}.qcow2')
        conf = vconfig.LibvirtConfigGuestSnapshot(name='overlay')
        conf.add_disk(vconfig.LibvirtConfigGuestSnapshotDisk(
            name='vda', snapshot='external', source_type='file', source_path=path,
            driver_format='qcow2'))
        self.guest.snapshot(conf, no_metadata=True, disk_only=True)
        self.write(2)
        return path

    def chain(self) -> list[str]:
        """Return the files that the guest's disk is made of, by QEMU's own word."""
        files = []
        image = self.tiny.block('vda')['inserted']['image']
        while image:
            files.append(image['filename'])
            image = image.get('backing-image')
        return files

    def assert_chain(self, what: str, *wanted: str) -> None:
        """Compare what QEMU, the files and libvirt say."""
        self.assertEqual(list(wanted), self.chain(), what)
        told = subprocess.run(
            ['qemu-img', 'info', '-U', '--backing-chain', '--output=json', wanted[0]],
            check=True, capture_output=True)
        self.assertEqual(list(wanted),
                         [each['filename'] for each in json.loads(told.stdout)], what)
        disk = self.guest.get_disk('vda')
        assert disk is not None
        self.assertEqual(pathlib.Path(wanted[0]), pathlib.Path(disk.source_path), what)
