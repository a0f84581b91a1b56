# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is tested of an object and of the document that it is."""

import testtools

from nova.tests.unit.virt.libvirt.schema import facts


class DocumentTestCase(testtools.TestCase):
    """Tests that compare whole documents."""

    def assert_document(self, xml, obj):
        """Check that the object writes the document, and is what is read from it."""
        self.assertEqual(facts.canonical(xml), facts.canonical(obj.to_xml()))
        again = self.parsed(type(obj), xml)
        self.assertEqual(obj, again)
        self.assertEqual(facts.canonical(xml), facts.canonical(again.to_xml()))

    def parsed(self, cls, xml):
        """Return the object of a document in which everything is declared."""
        obj = cls()
        obj.parse_str(xml)
        self.assertEqual([], obj.undeclared())
        return obj
