# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Network filters: defined, found, in use, forgotten."""

import uuid

import libvirt

from nova.tests.contract import base
from nova.virt.libvirt import errors


class NWFilterCallsContract(base.BackendTestCase):
    """What libvirt's calls on network filters do, whatever is behind them."""

    requires = ('nwfilterDefineXML',)

    def setUp(self):
        super().setUp()
        self.filter_uuid = str(uuid.uuid4())
        self.filter_name = f'contract-{self.filter_uuid[:8]}'
        self.addCleanup(self.forget)

    def forget(self):
        # A guest may still use them: it goes first.
        self.remove_domain()
        for each in self.conn.listAllNWFilters(0):
            if each.name().startswith(self.filter_name):
                each.undefine()

    def document(self, suffix='', content='', filter_uuid=None):
        return (f"<filter name='{self.filter_name}{suffix}'>"
                f'<uuid>{filter_uuid or self.filter_uuid}</uuid>{content}</filter>')

    def define_filter(self, suffix='', content='', filter_uuid=None):
        return self.conn.nwfilterDefineXML(
            self.document(suffix, content, filter_uuid))

    def including(self, suffix=''):
        return f"<filterref filter='{self.filter_name}{suffix}'/>"

    def use_filter(self, suffix=''):
        devices = (f"<devices><interface type='ethernet'>{self.including(suffix)}"
                   '</interface></devices>')
        self.xml = self.xml.replace('</os>', f'</os>{devices}')

    def code(self, call, *args):
        return self.failure(call, *args).get_error_code()

    def test_filter_is_found_by_name_and_uuid(self):
        self.define_filter()
        for found in (self.conn.nwfilterLookupByName(self.filter_name),
                      self.conn.nwfilterLookupByUUIDString(self.filter_uuid)):
            self.assertEqual((self.filter_name, self.filter_uuid),
                             (found.name(), found.UUIDString()))
        self.assertIn(self.filter_name, self.conn.listNWFilters())
        self.assertGreater(self.conn.numOfNWFilters(), 0)

    def test_missing_filter_is_not_found(self):
        for call, key in ((self.conn.nwfilterLookupByName, self.filter_name),
                          (self.conn.nwfilterLookupByUUIDString, self.filter_uuid)):
            self.assertTrue(errors.is_no_nwfilter(self.failure(call, key)))
        self.assertTrue(errors.is_invalid_argument(
            self.failure(self.conn.nwfilterLookupByUUIDString, 'xyz')))

    def test_those_that_come_with_libvirt_are_there(self):
        found = self.conn.nwfilterLookupByName('clean-traffic').XMLDesc(0)
        for included in ('no-mac-spoofing', 'no-ip-spoofing', 'no-arp-spoofing'):
            self.assertIn(included, found)
            self.conn.nwfilterLookupByName(included)

    def test_libvirt_fills_in_what_is_left_out(self):
        found = self.define_filter(content="<rule action='drop' direction='in'/>")
        document = found.XMLDesc(0).replace('"', "'")
        self.assertIn("chain='root'", document)
        self.assertIn("priority='500'", document)

    def test_name_and_uuid_belong_together(self):
        self.define_filter()
        other = str(uuid.uuid4())
        for xml in (self.document(filter_uuid=other), self.document('-b')):
            self.assertTrue(errors.is_operation_failed(
                self.failure(self.conn.nwfilterDefineXML, xml)), xml)

    def test_loop_is_refused(self):
        self.define_filter('-b', self.including(), str(uuid.uuid4()))
        self.assertTrue(errors.is_operation_failed(self.failure(
            self.conn.nwfilterDefineXML, self.document('', self.including('-b')))))

    def test_one_that_another_includes_can_go(self):
        found = self.define_filter()
        self.define_filter('-b', self.including(), str(uuid.uuid4()))
        found.undefine()
        for call, args in ((found.undefine, ()), (found.XMLDesc, (0,))):
            self.assertTrue(errors.is_no_nwfilter(self.failure(call, *args)))

    def test_one_that_a_guest_uses_stays(self):
        found = self.define_filter()
        other = self.define_filter('-b', self.including(), str(uuid.uuid4()))
        self.use_filter('-b')
        domain = self.start()
        for each in (found, other):
            self.assertTrue(errors.is_operation_invalid(self.failure(each.undefine)))
        self.define_filter(content="<rule action='drop' direction='in'/>")
        domain.destroy()
        other.undefine()
        found.undefine()

    def test_guest_does_not_start_without_its_filter(self):
        self.use_filter()
        domain = self.define()
        self.assertEqual(libvirt.VIR_ERR_INTERNAL_ERROR, self.code(domain.create))
        self.assertEqual(0, domain.isActive())
        domain.undefine()
        self.assertEqual(libvirt.VIR_ERR_INTERNAL_ERROR,
                         self.code(self.conn.createXML, self.xml, 0))
        self.assertTrue(errors.is_no_domain(
            self.failure(self.conn.lookupByUUIDString, self.uuid)))

    def test_bad_documents_are_refused_with_libvirts_codes(self):
        for xml, code in (
                ('<filter', libvirt.VIR_ERR_XML_DETAIL),
                ('<pool/>', libvirt.VIR_ERR_XML_ERROR),
                ('<filter/>', libvirt.VIR_ERR_INTERNAL_ERROR),
                (self.document(filter_uuid='xyz'), libvirt.VIR_ERR_XML_ERROR),
                ("<filter name='x' chain='y'/>", libvirt.VIR_ERR_INVALID_ARG),
                ("<filter name='x' priority='9999'/>", libvirt.VIR_ERR_INVALID_ARG),
                (self.document(content='<rule/>'), libvirt.VIR_ERR_INTERNAL_ERROR),
                (self.document(content="<rule action='x' direction='in'/>"),
                 libvirt.VIR_ERR_CONFIG_UNSUPPORTED),
                (self.document(content="<rule action='drop' direction='x'/>"),
                 libvirt.VIR_ERR_CONFIG_UNSUPPORTED),
                (self.document(content='<filterref/>'),
                 libvirt.VIR_ERR_INTERNAL_ERROR)):
            self.assertEqual(code, self.code(self.conn.nwfilterDefineXML, xml), xml)

    def test_read_only_connection_changes_nothing(self):
        self.define_filter()
        conn = self.opener(self.backend.uri, [[], None, None], libvirt.VIR_CONNECT_RO)
        self.addCleanup(conn.close)
        found = conn.nwfilterLookupByName(self.filter_name)
        for call, args in ((found.undefine, ()),
                           (conn.nwfilterDefineXML, (self.document(),))):
            self.assertEqual(libvirt.VIR_ERR_OPERATION_DENIED, self.code(call, *args))


class TestNWFilterCallsOnFake(NWFilterCallsContract, base.OnFake):
    pass


class TestNWFilterCallsOnTestDriver(NWFilterCallsContract, base.OnTestDriver):
    pass


class TestNWFilterCallsOnQemu(NWFilterCallsContract, base.OnQemu):
    pass


del NWFilterCallsContract  # incomplete: not to be collected by itself
