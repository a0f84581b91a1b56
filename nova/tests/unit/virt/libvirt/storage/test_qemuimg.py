# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import os
import signal
import stat
import subprocess
import sys
import time

import fixtures
from oslo_concurrency import processutils

from nova.tests.fixtures import programs
from nova.tests.unit import base
from nova.virt.libvirt.storage import qemuimg

GIB = 1 << 30


class TestCommands(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.programs = self.useFixture(programs.FakePrograms())
        self.path = os.path.join(self.state_path, 'disk')
        self.base = os.path.join(self.state_path, 'base')
        with open(self.base, 'wb') as file:
            file.truncate(GIB)

    def test_overlay(self) -> None:
        qemuimg.create_overlay(self.path, self.base, 'raw', 2 * GIB,
                               qemuimg.Limits())
        self.assertEqual(
            [('qemu-img', 'create', '-q', '-f', 'qcow2', '-o',
              f'backing_file={self.base},backing_fmt=raw', self.path,
              str(2 * GIB))], self.programs.commands)

    def test_overlay_of_the_same_size(self) -> None:
        qemuimg.create_overlay(self.path, self.base, 'qcow2', None, qemuimg.Limits())
        self.assertEqual(self.path, self.programs.commands[0][-1])

    def test_comma_in_the_path(self) -> None:
        base_path = os.path.join(self.state_path, 'a,b')
        os.rename(self.base, base_path)
        qemuimg.create_overlay(self.path, base_path, 'raw', None, qemuimg.Limits())
        self.assertIn(f'backing_file={self.state_path}/a,,b,backing_fmt=raw',
                      self.programs.commands[0])

    def test_convert_tells_the_format(self) -> None:
        qemuimg.convert_to_raw(self.base, 'vhd', self.path, GIB, qemuimg.Limits())
        self.assertEqual(
            [('qemu-img', 'convert', '-q', '-f', 'vpc', '-O', 'raw', self.base,
              self.path)], self.programs.commands)

    def test_blank(self) -> None:
        qemuimg.create_blank(self.path, 'raw', GIB, qemuimg.Limits())
        self.assertEqual(
            [('qemu-img', 'create', '-q', '-f', 'raw', self.path, str(GIB))],
            self.programs.commands)


class TestLimits(base.TestCase):
    """A script in the place of qemu-img tells what it may do."""

    def setUp(self) -> None:
        super().setUp()
        folder = self.useFixture(fixtures.TempDir()).path
        self.useFixture(fixtures.EnvironmentVariable(
            'PATH', f'{folder}:{os.environ["PATH"]}'))
        self.program = os.path.join(folder, 'qemu-img')
        self.report = os.path.join(self.state_path, 'report')

    def install(self, script: str) -> None:
        with open(self.program, 'w') as file:
            file.write(f'#!/bin/sh\n{script}\n')
        os.chmod(self.program, stat.S_IRWXU)

    def read_report(self) -> list[str]:
        with open(self.report) as file:
            return file.read().split()

    def test_limits(self) -> None:
        self.install(f'(ulimit -t; ulimit -v) >{self.report}')
        qemuimg.create_blank('/disk', 'raw', GIB, qemuimg.Limits(7, 1))
        self.assertEqual(['7', str(GIB >> 10)], self.read_report())

    def test_time_grows_with_what_is_converted(self) -> None:
        self.install(f'ulimit -t >{self.report}')
        qemuimg.convert_to_raw('/a', 'qcow2', '/b', 3 * GIB, qemuimg.Limits(7, 1))
        self.assertEqual(['28'], self.read_report())

    def test_failure_is_told_in_english(self) -> None:
        self.install('echo "$LC_ALL: No space" >&2; exit 1')
        error = self.assertRaises(
            processutils.ProcessExecutionError, qemuimg.create_blank,
            '/disk', 'raw', GIB, qemuimg.Limits())
        self.assertEqual('C: No space', error.stderr.strip())

    def test_ends_with_its_parent(self) -> None:
        self.install(f'echo $$ >{self.report}.part; mv {self.report}.part '
                     f'{self.report}; exec sleep 300')
        code = ('from nova.virt.libvirt.storage import qemuimg;'
                'qemuimg.create_blank("/disk", "raw", 1, qemuimg.Limits())')
        parent = subprocess.Popen([sys.executable, '-c', code])
        self.addCleanup(parent.wait)
        self.addCleanup(parent.kill)
        self.wait_for(lambda: os.path.exists(self.report))
        pid = int(self.read_report()[0])
        os.kill(parent.pid, signal.SIGKILL)
        self.wait_for(lambda: not is_running(pid))

    def wait_for(self, condition) -> None:
        deadline = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        with open(f'/proc/{pid}/stat') as file:
            return file.read().rpartition(')')[2].split()[0] != 'Z'
    except FileNotFoundError:
        return False
