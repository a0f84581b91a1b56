# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Both concurrency back ends are run, and the failure of either counts."""

import os
import subprocess
import sys

import testtools

from nova import tests
from nova import utils
from tools import backends


class BackendsTest(testtools.TestCase):

    def run_tool(self, code: str, *options: str,
                 **environment: str) -> 'subprocess.CompletedProcess[str]':
        kept = {name: value for name, value in os.environ.items()
                if name != backends.VARIABLE}
        return subprocess.run(
            [sys.executable, '-m', 'tools.backends', sys.executable, '-c', code,
             *options],
            env={**kept, **environment}, capture_output=True, text=True, timeout=60)

    def says(self, done: 'subprocess.CompletedProcess[str]') -> list[str]:
        return [line for line in done.stdout.splitlines() if line[:3] != '---']

    def test_command_runs_on_each(self) -> None:
        done = self.run_tool(f'import os; print(os.environ[{backends.VARIABLE!r}])')
        self.assertEqual((0, list(backends.BACKENDS)),
                         (done.returncode, self.says(done)))

    def test_one_that_is_chosen_runs_alone(self) -> None:
        done = self.run_tool('print("run")', **{backends.VARIABLE: 'threading'})
        self.assertEqual(['run'], self.says(done))

    def test_what_is_alike_is_left_out_once(self) -> None:
        code = 'import sys; print(*sys.argv[1:])'
        left_out = '--exclude-regex objects'
        for chosen, said in (({}, ['', left_out]),
                             ({backends.VARIABLE: 'threading'}, [''])):
            done = self.run_tool(code, '--alike', 'objects', **chosen)
            self.assertEqual(said, self.says(done))

    def test_failure_on_either_is_a_failure(self) -> None:
        for failing in backends.BACKENDS:
            done = self.run_tool(
                'import os, sys; print("run");'
                f'sys.exit(os.environ[{backends.VARIABLE!r}] == {failing!r})')
            self.assertEqual((1, ['run', 'run']), (done.returncode, self.says(done)))

    def test_these_tests_run_on_what_is_chosen(self) -> None:
        chosen = os.environ.get(backends.VARIABLE, 'threading')
        self.assertEqual(
            (chosen, chosen == 'threading'),
            (tests.CONCURRENCY, utils.concurrency_mode_threading()))
