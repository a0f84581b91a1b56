# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is counted of a document that is read and written back."""

import pathlib
import shutil

import fixtures
import testtools

from tools import libvirt_corpus
from tools.xml_coverage import facts
from tools.xml_coverage import measure

_SECRET = ('<secret ephemeral="no"><uuid>1</uuid><invented by="me">x</invented>'
           '<usage type="volume"><volume>/a</volume></usage></secret>')
_ANYTHING = ('<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start>'
             '<ref name="any"/></start><define name="any"><element><anyName/>'
             '<zeroOrMore><choice><attribute><anyName/></attribute><text/>'
             '<ref name="any"/></choice></zeroOrMore></element></define></grammar>')


class FactsTest(testtools.TestCase):

    def test_attributes_texts_and_empty_elements(self):
        root = facts.parse('<a z="1" b="2"><c/> x <c>t</c><!-- no --><d><e/></d></a>')

        self.assertEqual(
            [('/a', '@b', '2'), ('/a', '@z', '1'), ('/a', 'text()', 'x'),
             ('/a/c[1]', 'element()', ''), ('/a/c[2]', 'text()', 't'),
             ('/a/d[1]/e[1]', 'element()', '')], facts.of(root))

    def test_numbers_are_the_same_by_value(self):
        self.assertEqual(['0', '0', '16', '16', '-1', '0xzz', 'a'],
                         [facts.same(text) for text in
                          ('0x00', '0', '0x10', '16', '-1', '0xzz', 'a')])


class MeasureTest(testtools.TestCase):

    def setUp(self):
        super().setUp()
        folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.corpus = libvirt_corpus.Corpus(folder)
        self.corpus.grammar('secret').parent.mkdir(parents=True)
        self.corpus.grammar('secret').write_text(_ANYTHING)
        self.tests = folder / 'tests'
        self.tests.mkdir()
        self.addCleanup(shutil.rmtree, self.tests)

    def _measured(self, *texts):
        for number, text in enumerate(texts):
            (self.tests / f'{number}.xml').write_text(text)
        return list(measure.documents(self.corpus, 'secret'))

    def test_what_is_invented_is_undeclared(self):
        one, = self._measured(_SECRET)

        self.assertTrue(one.is_kept)
        self.assertTrue(one.valid_after)
        self.assertEqual([('/secret/invented', '@by', 'me'),
                          ('/secret/invented', 'text()', 'x')],
                         [tuple(fact) for fact in one.undeclared])
        self.assertEqual([('/secret/invented/@by', 1), ('/secret/invented/text()', 1)],
                         measure.frequent([one]))

    def test_a_refused_document_declares_nothing(self):
        measured = self._measured(_SECRET, '<secret ephemeral="perhaps"/>', '<secret')

        self.assertEqual([None, 'perhaps'], [one.refused and 'perhaps'
                                             for one in measured])
        self.assertIn('perhaps', measured[1].refused)
        self.assertEqual(
            measure.Summary('secret', documents=2, valid=2, kept=1, refused=1, facts=7,
                            facts_kept=6, facts_open=0, facts_declared=4),
            measure.summarise('secret', measured))

    def test_what_the_grammar_leaves_open_is_no_gap(self):
        for path, is_open in (
                ('/domain/metadata/{urn:x}a', True),
                ('/domainsnapshot/domain/metadata/{urn:x}a[2]/b', True),
                ('/domain/metadata/a', False), ('/domain/devices/{urn:x}a', False),
                ('/domain/metadata/{http://openstack.org/xmlns/libvirt/nova/1.1}'
                 'instance/{urn:x}a', False)):
            self.assertIs(is_open, measure.is_open(path), path)
