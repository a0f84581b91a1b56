# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirtd has no place for one more connection."""

import subprocess
import sys

from nova import exception
from nova.tests.functional import underload
from nova.tests.functional import waiting
from nova.virt.libvirt import connection

MAX_CLIENTS = 4
#: Holds a connection open until its input ends.
OTHER = """
import libvirt, sys
conn = libvirt.open(sys.argv[1])
print('in', flush=True)
sys.stdin.read()
"""


def opener(uri, auth, flags):
    import libvirt
    return libvirt.openAuth(uri, auth, flags)


class LibvirtFullTest(underload.UnderLoadTestCase):

    options = (f'max_clients = {MAX_CLIENTS}',
               f'max_anonymous_clients = {MAX_CLIENTS}')

    def test_opening_is_given_up_and_works_once_there_is_a_place(self) -> None:
        others = [self._other() for _ in range(MAX_CLIENTS - 1)]
        late = connection.Connection(self.libvirtd.uri, opener=opener,
                                     open_timeout_s=2)
        self.addCleanup(late.close)
        error = self.assertRaises(exception.HypervisorUnavailable, late.get)
        self.assertIn('2 s', str(error))
        self.wait_answers()
        self.assertEqual(0, self.load.outcomes['HypervisorUnavailable'])
        for other in others:
            other.kill()
        late.reconnect()
        waiting.until(lambda: late._test_connection(late._link), underload.TRUTH_S,
                      'a place was found')
        self.assert_held_up_nobody()

    def _other(self) -> 'subprocess.Popen[bytes]':
        """Connect from another process."""
        other = subprocess.Popen([sys.executable, '-c', OTHER, self.libvirtd.uri],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(other.communicate)
        self.addCleanup(other.kill)
        assert other.stdout is not None
        self.assertEqual(b'in\n', other.stdout.readline())
        return other
