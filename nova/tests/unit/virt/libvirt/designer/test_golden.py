# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Every recorded scenario: the whole guest, or the error, is as expected."""

from collections.abc import Callable
import copy
import json
import pathlib

from nova import exception
import nova.conf
from nova.tests.golden import facts
from nova.tests.golden import scenario
from nova.tests.unit import base
from nova.virt.libvirt import guest

CONF = nova.conf.CONF
FOLDER = pathlib.Path(facts.__file__).parent.parent / 'fixtures' / 'golden'
INSTANCES_PATH = '/var/lib/nova/instances'


class GoldenTestCase(base.TestCase):
    """One test for each scenario; they are added below."""

    maxDiff = None

    def check(self, path: pathlib.Path) -> None:
        loaded = scenario.load(path, INSTANCES_PATH)
        for group, options in loaded.data['config'].items():
            if 'instance_name_template' in options:
                self.flags(group=None if group == 'DEFAULT' else group,
                           instance_name_template=options['instance_name_template'])
        expected = FOLDER / 'expected' / path.stem
        if expected.with_suffix('.error').exists():
            self._check_error(loaded, expected.with_suffix('.error'))
        else:
            self._check_guest(loaded, expected)

    def _check_error(self, loaded: scenario.Scenario, path: pathlib.Path) -> None:
        error = self.assertRaises(exception.NovaException, self._xml, loaded)
        self.assertEqual(json.loads(path.read_text())['exception'],
                         type(error).__name__)

    def _check_guest(self, loaded: scenario.Scenario, expected: pathlib.Path) -> None:
        before = copy.deepcopy(loaded.data)
        different = facts.differences(
            (expected.with_suffix('.xml')).read_text(), self._xml(loaded),
            {INSTANCES_PATH: scenario.INSTANCES_PLACEHOLDER})
        effects = json.loads(expected.with_suffix('.effects.json').read_text())

        self.assertEqual([], different)
        self.assertEqual(effects['disk_info'], loaded.disk_info())
        self.assertEqual(before, loaded.data)

    def _xml(self, loaded: scenario.Scenario) -> str:
        return guest.Guest.get_guest_xml(
            loaded.inputs(), loaded.host_facts, loaded.settings)


def _test(path: pathlib.Path) -> Callable[[GoldenTestCase], None]:
    def test(self: GoldenTestCase) -> None:
        self.check(path)
    return test


for _path in scenario.paths(FOLDER):
    setattr(GoldenTestCase, f'test_{_path.stem.replace("-", "_")}', _test(_path))


class ScenariosTestCase(base.TestCase):

    def test_the_first_guests_are_among_the_scenarios(self) -> None:
        names = {path.stem for path in scenario.paths(FOLDER)}

        self.assertLessEqual({'base-qemu-defaults', 'base-kvm-defaults'}, names)


class FactsTestCase(base.TestCase):
    """The comparison finds what differs, so that the tests above can fail."""

    def test_order_of_attributes_and_of_other_elements_does_not_matter(self) -> None:
        self.assertEqual([], facts.differences(
            '<a x="1" y="2"><b/><c>t</c></a>', '<a y="2" x="1"> <c> t </c><b/></a>'))

    def test_order_of_elements_of_one_name_matters(self) -> None:
        self.assertEqual(2, len(facts.differences(
            '<a><b x="1"/><b x="2"/></a>', '<a><b x="2"/><b x="1"/></a>')))

    def test_missing_and_extra(self) -> None:
        for other in ('<a/>', '<a><b x="1"/><b/></a>', '<a><b x="2"/></a>',
                      '<a><b x="1">t</b></a>', '<a><b x="1" y=""/></a>'):
            self.assertNotEqual([], facts.differences('<a><b x="1"/></a>', other),
                                other)

    def test_placeholder(self) -> None:
        self.assertEqual([], facts.differences(
            '<a>$P/x</a>', '<a>/real/x</a>', {'/real': '$P'}))
