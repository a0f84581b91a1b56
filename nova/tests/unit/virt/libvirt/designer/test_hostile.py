# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Hostile text wherever a user may write some: it stays text, or is refused.

Each text of the recorded scenarios that users, images, flavors, ports and volumes
bring along is replaced.  What the guest is made of must be what a harmless text in the
same place gives, with the hostile one where the harmless one was.
"""

import collections
from collections.abc import Iterator
import copy
from typing import Any

import hypothesis
from hypothesis import strategies as st
from lxml import etree
import testtools

from nova import exception
from nova import objects
from nova.tests.golden import outcome
from nova.tests.golden import scenario
from nova.tests.unit.virt.libvirt.designer import test_golden

objects.register_all()

SCENARIOS = ('meta-image-properties', 'vol-tagged', 'vol-rbd', 'scsi-many-units',
             'vif-ipv6-dualstack', 'vif-vhostuser-ovs-client', 'pci-sriov-mix',
             'rescue-legacy-mdev-share', 'boot-kernel-ramdisk', 'qga-name-template')
SECTIONS = ('instance', 'flavor', 'image_meta', 'network_info', 'block_device_info',
            'share_info', 'rescue')
HARMLESS = 'harmless'
MARKUP = ('</name><evil/>', '"><evil a="', "'/><evil/>", '<!-- ', ']]>',
          '<![CDATA[<evil/>', '&amp;', '&evil;', '<?evil?>', '<!DOCTYPE evil>',
          '&#0;', '%s%n', '{evil}')
SPECIAL = ('\x00', '\x07', '\x1b[31m', '\ufffe', '\ud800', '\udfff', '\u202eevil',
           '\u2066', '\u0000evil', 'a\r\nb\tc', ' ', '\U0001f4a9', 'x' * 65536)
#: What XML 1.0 has no place for (section 2.2), surrogates included.
FORBIDDEN = [*range(0, 9), 11, 12, *range(14, 32), *range(0xD800, 0xE000),
             0xFFFE, 0xFFFF]

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of all texts."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, child in items:
            yield from leaves(child, (*path, key))


def loaded(name: str) -> scenario.Scenario:
    return scenario.load(test_golden.FOLDER / 'scenarios' / f'{name}.json',
                         test_golden.INSTANCES_PATH)


SOURCES = {name: loaded(name) for name in SCENARIOS}
PLACES = [(name, (section, *path)) for name, source in SOURCES.items()
          for section in SECTIONS for path in leaves(source.data[section])]


def described(name: str, path: Path, text: str) -> outcome.Outcome:
    data = copy.deepcopy(SOURCES[name].data)
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = text
    return outcome.of(scenario.Scenario(data, test_golden.INSTANCES_PATH))


def shape(xml: str, text: str) -> tuple[Any, int]:
    """Return what elements and attributes there are, and how often a text is."""
    found: collections.Counter[str] = collections.Counter()
    times = 0
    for element in etree.fromstring(xml).iter():
        found[f'{element.tag} {sorted(element.keys())}'] += 1
        values = [*element.values(), element.text or '']
        times += sum(text in value for value in values)
    return found, times


class HostileTestCase(testtools.TestCase):
    @hypothesis.given(st.sampled_from(PLACES), st.one_of(
        st.sampled_from(MARKUP + SPECIAL), st.text(min_size=1, max_size=12)))
    @hypothesis.settings(max_examples=150, deadline=None)
    def test_text_stays_text(self, place: tuple[str, Path], text: str) -> None:
        name, path = place
        harmless = described(name, path, HARMLESS)
        hostile = described(name, path, text)
        if harmless.xml is None or hostile.xml is None:
            # Refused, and by us: nothing stumbles over it.
            self.assertIsInstance(hostile.error, exception.NovaException | ValueError
                                  | None.__class__, f'{place} {text!r}')
            return
        expected, times = shape(harmless.xml, HARMLESS)
        if not times:
            return  # it is looked up, or says yes or no, or is not in the guest
        self.assertFalse({ord(each) for each in text} & set(FORBIDDEN))
        elements, found = shape(hostile.xml, text)
        self.assertEqual(expected, elements)
        self.assertLessEqual(times, found)

    def test_the_test_can_fail(self) -> None:
        self.assertNotEqual(shape('<a b="x"/>', 'x'), shape('<a b="x"><c/></a>', 'x'))
        self.assertGreater(len(PLACES), 300)

    def test_a_refusal_names_the_field(self) -> None:
        for field, wanted in (('display_name', 'name'), ('user_id', 'userid'),
                              ('project_id', 'projectid')):
            error = described(
                'meta-image-properties', ('instance', field), 'a\x00b').error
            self.assertIsInstance(error, exception.InvalidInput)
            self.assertIn(wanted, str(error))
