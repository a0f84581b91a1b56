# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""One service at a time in a state folder."""

import os
import stat
import subprocess
import sys

from nova import statefolder
from nova.tests.unit import base

_HOLD = '''
import sys
from nova import statefolder
folder = statefolder.StateFolder(sys.argv[1])
folder.claim()
print('claimed', flush=True)
sys.stdin.read()
'''


class StateFolderTest(base.TestCase):
    """The lock and the folder."""

    def test_is_made_so_that_others_can_pass_through(self) -> None:
        path = os.path.join(self.state_path, 'a', 'b')
        folder = statefolder.StateFolder(path)
        folder.claim()
        self.addCleanup(folder.release)
        self.assertEqual(0o711, stat.S_IMODE(os.stat(path).st_mode))

    def test_mode_of_an_existing_one_is_kept(self) -> None:
        os.chmod(self.state_path, 0o700)
        folder = statefolder.StateFolder(self.state_path)
        folder.claim()
        self.addCleanup(folder.release)
        self.assertEqual(0o700, stat.S_IMODE(os.stat(self.state_path).st_mode))

    def test_second_is_refused_and_told_by_whom(self) -> None:
        with self.holder() as process:
            folder = statefolder.StateFolder(self.state_path)
            error = self.assertRaises(statefolder.StateFolderInUse, folder.claim)
            self.assertIn(f'process {process.pid}', error.message)
            self.assertIn(self.state_path, error.message)
            process.kill()
            process.wait()
            folder.claim()
            folder.release()

    def test_released_it_can_be_claimed_again(self) -> None:
        first, second = (statefolder.StateFolder(self.state_path) for _n in 'ab')
        first.claim()
        self.assertRaises(statefolder.StateFolderInUse, second.claim)
        first.release()
        second.claim()
        second.release()

    def test_unusable(self) -> None:
        blocked = os.path.join(self.state_path, 'file')
        with open(blocked, 'w', encoding='utf-8'):
            pass
        error = self.assertRaises(
            statefolder.StateFolderUnusable,
            statefolder.StateFolder(os.path.join(blocked, 'x')).claim)
        self.assertIn(f'{blocked}/x cannot be used: Not a directory', error.message)

    def holder(self) -> subprocess.Popen:
        """Return a process that has the folder."""
        process = subprocess.Popen(
            [sys.executable, '-c', _HOLD, self.state_path], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.kill)
        self.assertEqual('claimed\n', process.stdout.readline())
        return process
