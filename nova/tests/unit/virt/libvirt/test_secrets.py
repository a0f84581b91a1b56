# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is left of a secret where making it fails, or nobody waits for it."""

from unittest import mock

import fixtures
import libvirt

from nova.tests.fixtures.libvirt import secret as fake_secret
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit.virt.libvirt import latecalls
from nova.virt.libvirt import errors
from nova.virt.libvirt import secrets

CALLS = ('secretLookupByUsage', 'secretDefineXML', 'setValue')


class SecretsTestCase(latecalls.LateCallsTestCase):
    def create(self, password='hidden', uuid=None, conn=None):  # nosec B107
        return secrets.create(conn or self.conn, 'ceph', 'a pool', password, uuid)

    def values(self):
        return [secret.value() for secret in self.raw.listAllSecrets()]

    def test_it_is_there_with_its_value(self):
        made = self.create()
        self.assertEqual(('a pool', b'hidden'), (made.usageID(), made.value()))

    def test_refusal_is_told_and_leaves_nothing(self):
        for method in CALLS:
            self.fake.faults.fail(method, libvirt.VIR_ERR_OPERATION_DENIED)
            error = self.assertRaises(libvirt.libvirtError, self.create)
            self.assertEqual(libvirt.VIR_ERR_OPERATION_DENIED, error.get_error_code())
            self.assertEqual([], self.raw.listAllSecrets(), method)
            self.fake.faults.clear()

    def test_first_of_two_refusals_is_told(self):
        self.fake.faults.fail('setValue', libvirt.VIR_ERR_OPERATION_DENIED)
        self.fake.faults.fail('undefine', libvirt.VIR_ERR_INTERNAL_ERROR)
        error = self.assertRaises(libvirt.libvirtError, self.create)
        self.assertEqual(libvirt.VIR_ERR_OPERATION_DENIED, error.get_error_code())

    def make_late(self, method, **said):
        """Let one call have its answer when nobody waits for it any more."""
        release = self.fake.faults.hang(method)
        self.assertRaises(errors.TooLate, self.create, **said)
        release.set()
        waiting.wait_for(lambda: not self.calls.late, 'the late call')
        self.fake.faults.clear()

    def test_what_takes_effect_late_is_undone(self):
        for method in CALLS:
            self.make_late(method)
            self.assertEqual([], self.raw.listAllSecrets(), method)

    def test_secret_that_was_there_stays(self):
        uuid = self.create().UUIDString()
        for method in CALLS:
            self.make_late(method, password='other', uuid=uuid)
            self.fake.faults.fail(method)
            self.assertRaises(libvirt.libvirtError, self.create, 'other', uuid)
            self.assertEqual(1, len(self.values()), method)

    def test_caller_who_is_stopped_leaves_nothing(self):
        # It makes the calls in its own thread here, and may be stopped in any.
        self.useFixture(fixtures.MonkeyPatch(
            f'{fake_secret.FakeSecret.__module__}.FakeSecret.setValue',
            mock.Mock(side_effect=KeyboardInterrupt)))
        self.assertRaises(KeyboardInterrupt, self.create, conn=self.raw)
        self.assertEqual([], self.raw.listAllSecrets())
