# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The socket of libvirtd is removed under load."""

from nova import exception
from nova.tests.functional import underload
from nova.virt.libvirt import host as libvirt_host


class LibvirtSocketTest(underload.UnderLoadTestCase):

    def test_open_connection_goes_on_and_a_new_daemon_is_found(self) -> None:
        self.libvirtd.remove_socket()
        self.wait_answers()
        self.assertEqual(0, self.load.outcomes['HypervisorUnavailable'])
        other = libvirt_host.Host(self.libvirtd.uri)
        self.addCleanup(other.cleanup)
        error = self.assertRaises(exception.HypervisorUnavailable, other.initialize)
        self.assertIn('socket', str(error))
        self.libvirtd.kill()
        self.wait_lost()
        self.libvirtd.start(wait=False)
        self.wait_back()
        self.assertEqual(underload.GUESTS, len(self.host.list_instance_domains()))
        self.assert_held_up_nobody()
