# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Secrets: defined, found, given a value, forgotten."""

import uuid

import libvirt

from nova.tests.contract import base
from nova.virt.libvirt import errors

SECRET = """
<secret ephemeral='{ephemeral}' private='{private}'>
  <uuid>{uuid}</uuid>
  <usage type='volume'><volume>{volume}</volume></usage>
</secret>
"""
VOLUME = libvirt.VIR_SECRET_USAGE_TYPE_VOLUME


class SecretCallsContract(base.BackendTestCase):
    """What libvirt's calls on secrets do, whatever is behind them."""

    requires = ('secretDefineXML',)

    def setUp(self):
        super().setUp()
        self.secret_uuid = str(uuid.uuid4())
        self.volume = f'contract-{self.secret_uuid}'
        self.addCleanup(self.forget)

    def forget(self):
        for secret in self.conn.listAllSecrets(0):
            if secret.usageID().startswith(self.volume):
                secret.undefine()

    def document(self, **changes):
        values = {'ephemeral': 'no', 'private': 'no', 'uuid': self.secret_uuid,
                  'volume': self.volume, **changes}
        return SECRET.format(**values)

    def define_secret(self, **changes):
        return self.conn.secretDefineXML(self.document(**changes), 0)

    def code(self, call, *args):
        return self.failure(call, *args).get_error_code()

    def test_secret_is_found_by_uuid_and_use(self):
        self.define_secret()
        for found in (self.conn.secretLookupByUUIDString(self.secret_uuid),
                      self.conn.secretLookupByUsage(VOLUME, self.volume)):
            self.assertEqual((self.secret_uuid, VOLUME, self.volume),
                             (found.UUIDString(), found.usageType(), found.usageID()))

    def test_missing_secret_is_not_found(self):
        for call, args in (
                (self.conn.secretLookupByUUIDString, (self.secret_uuid,)),
                (self.conn.secretLookupByUsage, (VOLUME, self.volume)),
                (self.conn.secretLookupByUsage, (77, self.volume))):
            self.assertTrue(errors.is_no_secret(self.failure(call, *args)))

    def test_malformed_uuid_is_an_invalid_argument(self):
        self.assertTrue(errors.is_invalid_argument(
            self.failure(self.conn.secretLookupByUUIDString, 'xyz')))

    def test_handle_outlives_its_secret(self):
        secret = self.define_secret()
        secret.undefine()
        for call, args in ((secret.undefine, ()), (secret.value, (0,)),
                           (secret.setValue, (b'x', 0)), (secret.XMLDesc, (0,))):
            self.assertTrue(errors.is_no_secret(self.failure(call, *args)))
        self.assertEqual(self.volume, secret.usageID())

    def test_values(self):
        secret = self.define_secret()
        self.assertTrue(errors.is_no_secret(self.failure(secret.value, 0)))
        for given, kept in ((b'a\0b', b'a\0b'), ('text', b'text')):
            secret.setValue(given, 0)
            self.assertEqual(kept, secret.value(0))
        self.assertTrue(errors.is_invalid_argument(
            self.failure(secret.setValue, b'', 0)))
        self.assertEqual(b'text', secret.value(0))
        self.assertNotIn('text', secret.XMLDesc(0))

    def test_longest_value(self):
        secret = self.define_secret()
        secret.setValue(bytes(65536), 0)
        error = self.failure(secret.setValue, b'x' * 65537, 0)
        self.assertEqual((libvirt.VIR_ERR_RPC, libvirt.VIR_FROM_REMOTE),
                         (error.get_error_code(), error.get_error_domain()))
        self.assertEqual(bytes(65536), secret.value(0))

    def test_redefining_keeps_the_value(self):
        self.define_secret().setValue(b'x', 0)
        self.assertEqual(b'x', self.define_secret(ephemeral='yes').value(0))

    def test_private_secret_keeps_its_value_and_stays_private(self):
        secret = self.define_secret(private='yes')
        secret.setValue(b'x', 0)
        self.assertEqual(libvirt.VIR_ERR_INVALID_SECRET, self.code(secret.value, 0))
        self.assertEqual(libvirt.VIR_ERR_INTERNAL_ERROR, self.code(self.define_secret))

    def test_one_secret_for_one_use(self):
        self.define_secret()
        for changes in ({'uuid': str(uuid.uuid4())}, {'volume': f'{self.volume}-2'}):
            error = self.failure(lambda c=changes: self.define_secret(**c))
            self.assertEqual(libvirt.VIR_ERR_INTERNAL_ERROR, error.get_error_code())

    def test_lists_tell_kinds_apart(self):
        self.define_secret(private='yes')

        def is_listed(flag):
            return self.secret_uuid in [
                each.UUIDString() for each in self.conn.listAllSecrets(flag)]
        self.assertEqual(
            [True, False, True, True, False],
            list(map(is_listed, (
                0, libvirt.VIR_CONNECT_LIST_SECRETS_EPHEMERAL,
                libvirt.VIR_CONNECT_LIST_SECRETS_NO_EPHEMERAL,
                libvirt.VIR_CONNECT_LIST_SECRETS_PRIVATE,
                libvirt.VIR_CONNECT_LIST_SECRETS_NO_PRIVATE))))
        self.assertIn(self.secret_uuid, self.conn.listSecrets())
        self.assertGreater(self.conn.numOfSecrets(), 0)

    def test_bad_documents_are_refused_with_libvirts_codes(self):
        for xml, code in (
                ('<secret', libvirt.VIR_ERR_XML_DETAIL),
                ('<pool/>', libvirt.VIR_ERR_XML_ERROR),
                (self.document(private='perhaps'), libvirt.VIR_ERR_XML_ERROR),
                (self.document(uuid='xyz'), libvirt.VIR_ERR_INTERNAL_ERROR),
                (self.document(volume=''), libvirt.VIR_ERR_INTERNAL_ERROR),
                (self.document().replace("type='volume'", "type='x'"),
                 libvirt.VIR_ERR_CONFIG_UNSUPPORTED)):
            self.assertEqual(code, self.code(self.conn.secretDefineXML, xml, 0), xml)

    def test_read_only_connection_sees_no_value(self):
        self.define_secret().setValue(b'x', 0)
        conn = self.opener(self.backend.uri, [[], None, None], libvirt.VIR_CONNECT_RO)
        self.addCleanup(conn.close)
        secret = conn.secretLookupByUUIDString(self.secret_uuid)
        for call, args in ((secret.value, (0,)), (secret.setValue, (b'y', 0)),
                           (secret.undefine, ()),
                           (conn.secretDefineXML, (self.document(), 0))):
            self.assertEqual(libvirt.VIR_ERR_OPERATION_DENIED, self.code(call, *args))


class TestSecretCallsOnFake(SecretCallsContract, base.OnFake):
    pass


class TestSecretCallsOnTestDriver(SecretCallsContract, base.OnTestDriver):
    pass


class TestSecretCallsOnQemu(SecretCallsContract, base.OnQemu):
    pass


del SecretCallsContract  # incomplete: not to be collected by itself
