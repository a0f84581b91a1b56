# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirt's own test documents, read and written back.

Those that libvirt's schema takes; ``python -m tools.libvirt_corpus`` fetches them.
"""

import functools

import testtools

from nova.virt.libvirt import config
from tools import libvirt_corpus
from tools.xml_coverage import measure

_WHY = 'the documents are not here: python -m tools.libvirt_corpus'

#: Its ``nodeset='0,^0'`` is no node at all, which fields do not write.
_NO_NODE = 'numatune-memory-invalid-nodeset.xml'


@functools.cache
def _measured(kind):
    corpus = libvirt_corpus.find()
    assert corpus is not None
    return [one for one in measure.documents(corpus, kind) if one.valid]


class CorpusTestCase(testtools.TestCase):

    def setUp(self):
        super().setUp()
        if libvirt_corpus.find() is None:
            self.skipTest(_WHY)

    def _kept(self, kind, at_least):
        documents = _measured(kind)
        for one in documents:
            self.assertIsNone(one.refused, one.path)
            self.assertEqual(([], []), (one.lost, one.invented), one.path)
            self.assertTrue(one.in_order, one.path)
            self.assertTrue(one.valid_after, one.path)
        self.assertGreaterEqual(len(documents), at_least)

    def _declared(self, kind, percent):
        summary = measure.summarise(kind, _measured(kind))
        self.assertGreaterEqual(summary.facts_declared,
                                summary.facts_defined * percent / 100)


class DomainCorpusTestCase(CorpusTestCase):

    def test_domains_are_kept(self):
        self._kept('domain', 1000)

    def test_domains_of_other_tests_are_kept(self):
        self._kept('domain-elsewhere', 1000)

    def test_domains_are_declared(self):
        # What is left are elements without a namespace in the metadata.
        self._declared('domain', 99.9)
        self._declared('domain-elsewhere', 99.8)

    def test_only_the_metadata_of_others_is_carried(self):
        carried = {fact.path for one in _measured('domain')
                   for fact in one.undeclared}
        self.assertEqual(set(), {path for path in carried
                                 if not path.startswith('/domain/metadata/')})

    def _is_valid(self, xml):
        return measure.is_valid(libvirt_corpus.find(), 'domain', xml)

    def test_the_fields_alone_hold_what_is_declared(self):
        for one in _measured('domain'):
            guest = _parsed(one.path.read_bytes())
            if _gaps(guest) or one.path.name == _NO_NODE:
                continue
            written = _forgetting(guest).to_xml()
            again = _forgetting(_parsed(written))
            self.assertEqual(guest, again, one.path)
            # Made by hand, a guest always has these.
            if None not in (guest.name, guest.uuid, guest.memory):
                self.assertTrue(self._is_valid(written), one.path)


def _gaps(obj):
    """Return what is not declared, though libvirt's grammar defines it."""
    return [fact for fact in obj.undeclared() if not measure.is_open(fact.path)]


def _parsed(xml):
    guest = config.LibvirtConfigGuest()
    guest.parse_str(xml)
    return guest


def _forgetting(value):
    """Leave only the fields to write from: not the record of what was read."""
    if isinstance(value, config.LibvirtConfigObject):
        value._origin = None
        _forgetting(list(vars(value).values()))
    elif isinstance(value, (list, set)):
        for each in value:
            _forgetting(each)
    return value
