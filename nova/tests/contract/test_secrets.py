# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Secrets of a Host."""

import uuid
from xml.etree import ElementTree

from nova import exception
from nova.tests.contract import base
from nova.virt.libvirt import host as libvirt_host


class SecretContract(base.BackendTestCase):
    """What Host does with secrets."""

    requires = ('secretLookupByUsage',)

    def setUp(self):
        super().setUp()
        self.host = libvirt_host.Host(self.backend.uri, opener=self.opener)
        self.addCleanup(self.host.cleanup)
        self.usage_id = f'contract-{uuid.uuid4()}'

    def create(self, usage_type='volume', password='hidden', **more):  # nosec B107
        self.addCleanup(self.host.delete_secret, usage_type, self.usage_id)
        return self.host.create_secret(usage_type, self.usage_id, password, **more)

    def test_every_usage_is_found_and_deleted(self):
        for usage_type in ('volume', 'iscsi', 'ceph', 'tls', 'vtpm'):
            self.assertIsNone(self.host.find_secret(usage_type, self.usage_id))
            made = self.create(usage_type)
            found = self.host.find_secret(usage_type, self.usage_id)
            self.assertEqual((made.UUIDString(), self.usage_id),
                             (found.UUIDString(), found.usageID()), usage_type)
            self.host.delete_secret(usage_type, self.usage_id)
            self.assertIsNone(self.host.find_secret(usage_type, self.usage_id))

    def test_value_is_kept(self):
        self.assertEqual(b'hidden', self.create().value())
        self.host.delete_secret('volume', self.usage_id)
        self.assertEqual(b'\0\xff', self.create(password=b'\0\xff').value())

    def test_rbd_is_ceph(self):
        made = self.create('rbd')
        self.assertEqual(made.UUIDString(), self.host.find_secret(
            'ceph', self.usage_id).UUIDString())

    def test_uuid_is_the_callers(self):
        wanted = str(uuid.uuid4())
        self.assertEqual(wanted, self.create(uuid=wanted).UUIDString())

    def test_secret_of_a_tpm_is_told_nobody(self):
        made = self.create('vtpm')
        self.failure(made.value)
        self.assertEqual({'ephemeral': 'yes', 'private': 'yes'},
                         ElementTree.fromstring(made.XMLDesc(0)).attrib)

    def test_second_one_for_a_use_is_refused_and_the_first_stays(self):
        self.create()
        self.assertRaises(exception.InternalError, self.create, password='other')
        found = self.host.find_secret('volume', self.usage_id)
        self.assertEqual(b'hidden', found.value())

    def test_same_uuid_changes_the_value(self):
        made = self.create()
        self.create(password='other', uuid=made.UUIDString())
        self.assertEqual(b'other', made.value())

    def test_value_that_is_refused_leaves_nothing(self):
        self.assertRaises(exception.InternalError, self.create, password='')
        self.assertIsNone(self.host.find_secret('volume', self.usage_id))

    def test_unknown_usage_is_named(self):
        error = self.assertRaises(exception.InvalidInput, self.host.create_secret,
                                  'parking', 'x')
        self.assertIn('parking', str(error))
        self.assertRaises(exception.InvalidInput, self.host.find_secret, 'parking', 'x')


class TestSecretsOnFake(SecretContract, base.OnFake):
    pass


class TestSecretsOnTestDriver(SecretContract, base.OnTestDriver):
    pass


class TestSecretsOnQemu(SecretContract, base.OnQemu):
    pass


del SecretContract  # incomplete: not to be collected by itself
