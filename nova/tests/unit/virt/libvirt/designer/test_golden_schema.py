# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Every recorded guest against libvirt's own grammar."""

from lxml import etree

from nova.tests.golden import outcome
from nova.tests.golden import refused
from nova.tests.golden import scenario
from nova.tests.unit import base
from nova.tests.unit.virt.libvirt.designer import test_golden
from tools import libvirt_corpus

EXPECTED = test_golden.FOLDER / 'expected'


class GoldenSchemaTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        corpus = libvirt_corpus.find()
        if corpus is None or corpus.version != '9.0.0':
            self.skipTest('the schemas of libvirt 9.0.0 are not here: '
                          'python -m tools.libvirt_corpus')
        self.schema = etree.RelaxNG(etree.parse(str(corpus.grammar('domain'))))

    def is_valid(self, xml: str) -> bool:
        text = xml.replace('$INSTANCES_PATH', test_golden.INSTANCES_PATH)
        return bool(self.schema.validate(etree.fromstring(text)))

    def test_ours(self) -> None:
        made = {path.stem: outcome.of(scenario.load(path, test_golden.INSTANCES_PATH))
                for path in scenario.paths(test_golden.FOLDER)}
        invalid = {name for name, made_of in made.items()
                   if made_of.xml is not None and not self.is_valid(made_of.xml)}

        self.assertEqual(refused.BY_SCHEMA.keys(), invalid)

    def test_novas(self) -> None:
        invalid = {path.stem for path in EXPECTED.glob('*.xml')
                   if not self.is_valid(path.read_text())}

        self.assertEqual(refused.BY_SCHEMA.keys(), invalid)
