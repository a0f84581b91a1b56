# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is refused before anything is read."""

import copy

import testtools

from nova import exception
from nova.virt.libvirt import config
from nova.virt.libvirt.schema import document

_ENTITIES = ('<!DOCTYPE domain [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
             '<domain><name>&b;</name></domain>')
_EXTERNAL = ('<!DOCTYPE domain [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
             '<domain><name>&x;</name></domain>')


class DocumentTestCase(testtools.TestCase):

    def _refused(self, xml):
        guest = config.LibvirtConfigGuest()
        return str(self.assertRaises(exception.InvalidInput, guest.parse_str, xml))

    def test_no_document_type(self):
        for xml in (_ENTITIES, _EXTERNAL, '<!DOCTYPE domain><domain/>',
                    '<!DOCTYPE domain SYSTEM "http://192.0.2.1/x.dtd"><domain/>'):
            self.assertIn('line 1: it has a document type', self._refused(xml))

    def test_the_line_of_a_document_type(self):
        for encoding in ('utf-8', 'utf-16'):
            xml = (f'<?xml version="1.0" encoding="{encoding}"?>\n<!-- <!DOCTYPE\n -->'
                   '\n<!DOCTYPE domain>\n<domain/>').encode(encoding)
            self.assertIn('line 4: it has a document type', self._refused(xml))

    def test_not_well_formed(self):
        for xml in ('', 'domain', '<domain>', '<domain/><domain/>', '<domain/>x',
                    '<domain a="1" a="2"/>', '<domain>&undefined;</domain>'):
            self._refused(xml)
        self.assertIn('line 2', self._refused('<domain>\n<name></domain>'))

    def test_another_root(self):
        message = self._refused('\n<disk/>')
        self.assertIn('line 2', message)
        self.assertIn('LibvirtConfigGuest', message)
        self.assertIn('disk', message)

    def test_too_deep(self):
        def nested(levels):
            return '<domain>' * levels + '</domain>' * levels
        document.parse(nested(document.MAX_DEPTH))
        self.assertIn('line 1: Excessive depth in document',
                      self._refused(nested(document.MAX_DEPTH + 1)))
        lines = '<domain>\n' * 300 + '</domain>' * 300
        self.assertIn('line 257: Excessive depth in document', self._refused(lines))
        self._refused(nested(100_000))

    def test_a_chain_as_long_as_libvirt_allows(self):
        levels = 200
        xml = ('<disk type="file"><source file="/a"/>' + '<backingStore>' * levels
               + '</backingStore>' * levels + '</disk>')
        disk = config.LibvirtConfigGuestDisk()
        disk.parse_str(xml)
        self.assertEqual(levels, disk.to_xml().count('<backingStore'))

    def test_as_deep_as_is_allowed(self):
        levels = document.MAX_DEPTH - 1
        disk = config.LibvirtConfigGuestDisk()
        disk.parse_str('<disk>' + '<backingStore>' * levels
                       + '</backingStore>' * levels + '</disk>')
        xml = disk.to_xml()
        self.assertEqual(levels, xml.count('<backingStore'))
        self.assertEqual([], disk.undeclared())
        again = config.LibvirtConfigGuestDisk()
        again.parse_str(xml)
        self.assertEqual(disk, again)
        self.assertEqual(disk, copy.deepcopy(disk))
        self.assertEqual(levels, repr(disk).count('BackingStore('))

    def test_carried_as_deep_as_is_allowed(self):
        levels = document.MAX_DEPTH - 1
        guest = config.LibvirtConfigGuest()
        guest.parse_str('<domain>' + '<odd>' * levels + '</odd>' * levels
                        + '</domain>')
        self.assertEqual(levels, guest.to_xml().count('<odd'))
        fact, = guest.undeclared()
        self.assertEqual(levels, fact.path.count('/odd'))
        self.assertEqual(guest, copy.deepcopy(guest))

    def test_too_large(self):
        xml = '<domain><name>' + 'x' * document.MAX_BYTES + '</name></domain>'
        self.assertIn('line 1: it is larger than 16 MiB', self._refused(xml))

    def test_an_encoding_that_is_declared(self):
        text = '<?xml version="1.0" encoding="ISO-8859-1"?><domain><name>é</name>'
        text += '</domain>'
        for xml in (text, text.encode('iso-8859-1')):
            guest = config.LibvirtConfigGuest()
            guest.parse_str(xml)
            self.assertEqual('é', guest.name)

    def test_a_lone_surrogate(self):
        self._refused('<domain><name>\ud800</name></domain>')
