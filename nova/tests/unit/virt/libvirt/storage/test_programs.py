# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from collections.abc import Callable
import os
import signal
import subprocess
import sys
import time

from oslo_concurrency import processutils

from nova.tests.unit import base
from nova.virt.libvirt.storage import programs

GIB = 1 << 30


class TestRun(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.report = os.path.join(self.state_path, 'report')

    def run_script(self, script: str, limits: programs.Limits) -> None:
        programs.run('/bin/sh', '-c', script, limits=limits)

    def read_report(self) -> list[str]:
        with open(self.report) as file:
            return file.read().split()

    def test_limits(self) -> None:
        self.run_script(f'(ulimit -t; ulimit -v) >{self.report}',
                        programs.Limits(7, GIB))
        self.assertEqual(['7', str(GIB >> 10)], self.read_report())

    def test_no_limits(self) -> None:
        before = subprocess.run(['/bin/sh', '-c', 'ulimit -t; ulimit -v'],
                                capture_output=True, text=True, check=True)
        self.run_script(f'(ulimit -t; ulimit -v) >{self.report}',
                        programs.UNLIMITED)
        self.assertEqual(before.stdout.split(), self.read_report())

    def test_limit_is_enforced(self) -> None:
        error = self.assertRaises(
            processutils.ProcessExecutionError, self.run_script,
            'while :; do :; done', programs.Limits(cpu_time_s=1))
        self.assertLess(error.exit_code, 0)

    def test_limit_above_what_is_allowed(self) -> None:
        code = ('import resource; resource.setrlimit(resource.RLIMIT_CPU, (9, 9));'
                'from nova.virt.libvirt.storage import programs;'
                'programs.run("/bin/sh", "-c", "ulimit -t >$0", '
                f'"{self.report}", limits=programs.Limits(60))')
        subprocess.run([sys.executable, '-c', code], check=True)
        self.assertEqual(['9'], self.read_report())

    def test_failure_is_told_in_english(self) -> None:
        error = self.assertRaises(
            processutils.ProcessExecutionError, self.run_script,
            'echo "$LC_ALL: No space" >&2; exit 3', programs.UNLIMITED)
        self.assertEqual(('C: No space\n', 3), (error.stderr, error.exit_code))

    def test_no_such_program(self) -> None:
        self.assertRaises(FileNotFoundError, programs.run,
                          os.path.join(self.state_path, 'missing'))

    def test_ends_with_its_parent(self) -> None:
        code = ('from nova.virt.libvirt.storage import programs;'
                'programs.run("/bin/sh", "-c", "echo $$ >$0.part; mv $0.part $0; '
                f'exec sleep 300", "{self.report}")')
        parent = subprocess.Popen([sys.executable, '-c', code])
        self.addCleanup(parent.wait)
        self.addCleanup(parent.kill)
        wait_for(lambda: os.path.exists(self.report))
        pid = int(self.read_report()[0])
        os.kill(parent.pid, signal.SIGKILL)
        wait_for(lambda: not is_running(pid))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError('it did not come true in 60 s')
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        with open(f'/proc/{pid}/stat') as file:
            return file.read().rpartition(')')[2].split()[0] != 'Z'
    except FileNotFoundError:
        return False
