# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Every recorded scenario: the whole guest, or the error, is as expected."""

from collections.abc import Callable
import copy
import dataclasses
import pathlib

from nova.tests.golden import facts
from nova.tests.golden import outcome
from nova.tests.golden import scenario
from nova.tests.unit import base

FOLDER = pathlib.Path(facts.__file__).parent.parent / 'fixtures' / 'golden'
INSTANCES_PATH = '/var/lib/nova/instances'


#: Where Nova's answer is not the right one; doc/decisions says why.
DELIBERATE = {
    'images-existing-disk-info': [
        "/domain/devices[1]/disk[1]/driver[1] @type: expected 'qcow2', got 'raw'"],
}


class GoldenTestCase(base.TestCase):
    """One test for each scenario; they are added below."""

    maxDiff = None

    def check(self, path: pathlib.Path) -> None:
        loaded = scenario.load(path, INSTANCES_PATH)
        before = copy.deepcopy(loaded.data)

        different = outcome.differences(
            outcome.of(loaded), loaded, FOLDER / 'expected' / path.stem)

        self.assertEqual(DELIBERATE.get(path.stem, []), different)
        self.assertEqual(before, loaded.data)


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
        self.assertLessEqual(DELIBERATE.keys(), names)

    def test_an_error_of_another_class_or_phase_differs(self) -> None:
        loaded = scenario.load(
            FOLDER / 'scenarios' / 'err-vtpm-no-secret.json', INSTANCES_PATH)
        expected = FOLDER / 'expected' / 'err-vtpm-no-secret'
        happened = outcome.of(loaded)

        self.assertEqual([], outcome.differences(happened, loaded, expected))
        for changed in ({'error': ValueError()}, {'phase': 'disk_info'},
                        {'error': None, 'xml': '<domain/>'}):
            self.assertNotEqual([], outcome.differences(
                dataclasses.replace(happened, **changed), loaded, expected), changed)

    def test_other_effects_differ(self) -> None:
        loaded = scenario.load(
            FOLDER / 'scenarios' / 'base-kvm-defaults.json', INSTANCES_PATH)
        happened = outcome.of(loaded)
        effects = {**(happened.effects or {}), 'default_swap_device': '/dev/vdz'}

        different = outcome.differences(
            dataclasses.replace(happened, effects=effects), loaded,
            FOLDER / 'expected' / 'base-kvm-defaults')

        self.assertEqual(
            ["effects/default_swap_device: expected None, got '/dev/vdz'"], different)


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
