# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the guest does by itself shows at once."""

import os
import time

from nova.tests.functional import base
from nova.tests.functional import guests
from nova.tests.functional import images
from nova.tests.functional import waiting

_NOTICED_WITHIN_S = 2.0


class GuestActsTest(base.FunctionalTestCase):

    def setUp(self) -> None:
        super().setUp()
        if not os.path.isdir('/var/lock'):
            self.skipTest('libvirt opens no console without /var/lock')
        self.node = self.start_node()
        self.server_id = self.node.boot()
        self.node.api.wait_for_console(self.server_id, guests.READY)
        self.guest = guests.Guest(self.node, self.server_id)

    def test_reboots_itself_and_powers_itself_off(self) -> None:
        before = self.guest.domain_id()

        self.guest.say('reboot -f')

        self.node.api.wait_for_console(self.server_id, images.BANNER, count=2)
        self.assertEqual('ACTIVE', self.node.api.server(self.server_id)['status'])
        self.assertEqual(before, self.guest.domain_id())
        self.node.api.wait_for_console(self.server_id, guests.READY, count=2)

        self.guest.say('poweroff -f')
        waiting.until(lambda: not self.guest.is_active(), 30, 'the domain is off')
        off_at = time.monotonic()

        self.node.api.wait_for_status(self.server_id, 'SHUTOFF', timeout_s=30)

        self.assertLess(time.monotonic() - off_at, _NOTICED_WITHIN_S)
        # and it stays off: nobody may start it again behind the user's back
        self.assertFalse(self.guest.is_active())
