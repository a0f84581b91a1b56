# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Hostile text wherever a user may write some: it stays text, or is refused.

Each text and each name that users, images, flavors, ports and volumes bring along is
replaced.  What the guest is made of must be what a harmless text in the same place
gives, with the hostile one where the harmless one was; or the error says which field
it does not like, and does not repeat all of a long text.
"""

import collections
from collections.abc import Iterator
import functools
import re
from typing import Any
import warnings

import hypothesis
from hypothesis import strategies as st
from lxml import etree
import testtools

from nova import exception
from nova import objects
from nova.network import model
from nova.tests.golden import outcome
from nova.tests.unit.virt.libvirt.designer import hostileplaces
from nova.tests.unit.virt.libvirt.designer.hostileplaces import Place
from nova.virt import hardware

HARMLESS = 'harmless'
#: In each place, at each run; the others as it comes.
EVERYWHERE = ('\'"]]></name><evil a="&amp;&evil;', 'a\x00b', '\ud800',
              '\u202ee\u2066\ufeff', 'x' * 65536)
MARKUP = ('</name><evil/>', '"><evil a="', "'/><evil/>", '<!-- ', ']]>',
          '<![CDATA[<evil/>', '&amp;', '&evil;', '<?evil?>', '<!DOCTYPE evil>',
          '&#0;', '%s%n', '{evil}')
SPECIAL = ('\x07', '\x1b[31m', '\ufffe', '\udfff', '\u0000evil', 'a\r\nb\tc', ' ',
           '\U0001f4a9', '1000000000', '-1', '0x10', '9' * 5000, '1-4294967296')
#: What XML 1.0 has no place for (section 2.2), surrogates included.
FORBIDDEN = {*range(0, 9), 11, 12, *range(14, 32), *range(0xD800, 0xE000),
             0xFFFE, 0xFFFF}
#: What Nova's objects say of a value that a property or a field cannot have.
OF_OBJECTS = re.compile(r'(Image property|Field) \w+')
#: What is called otherwise in libvirt's document, or by Nova's exception.
CALLED = {
    'access_mode': 'access mode', 'address': 'mac_addr', 'base_image_ref': 'uuid',
    'cpu_max_cores': 'vCPU limits', 'cpu_max_sockets': 'vCPU limits',
    'cpu_max_threads': 'vCPU limits', 'cpu_realtime_mask': 'check the mask',
    'device': 'slot', 'device_name': 'target_dev',
    'device_path': 'source_path', 'devname': 'target_dev', 'devpath': 'source_path',
    'display_name': 'name',
    'driver_volume_type': 'handler for', 'flavorid': 'id',
    'hw_cpu_cores': 'vCPU topology', 'hw_cpu_sockets': 'vCPU topology',
    'hw_cpu_threads': 'vCPU topology',
    'hw_cpu_max_cores': 'vCPU topology limits',
    'hw_cpu_max_sockets': 'vCPU topology limits',
    'hw_cpu_max_threads': 'vCPU topology limits',
    'hw_machine_type': 'os_mach_type', 'hw_video:ram_max_mb': 'video memory',
    'hw_video_ram': 'video memory', 'hw_serial_port_count': 'number of serial ports',
    'hw_redirected_usb_ports': 'redirected_usb_ports',
    'mdevs': 'MDEV.uuid',
    'mount_device': 'target_dev', 'owner_project_name': 'projectname',
    'owner_user_name': 'username', 'pci_slot': 'source_dev', 'project_id': 'projectid',
    'share_proto': 'Share protocol', 'tag': 'target_dir', 'user_id': 'userid',
    'vhostuser_socket': 'vhostuser_path', 'vm_mode': 'os_type',
    'vtpm_secret_uuid': 'VTPM.secret_uuid', 'watchdog_action': 'watchdog action',
}
#: As much as Linux can take.
CUT: dict[Any, int] = {'devname': model.NIC_NAME_LEN}
#: As long as a message may be, however long a text was.
LONGEST = 1000


def replaced(place: Place, text: str) -> outcome.Outcome:
    def change(holder: Any, key: Any) -> None:
        holder[key] = text
    return hostileplaces.described(place, change)


def named(place: Place, text: str) -> outcome.Outcome:
    def change(holder: Any, key: Any) -> None:
        holder[key] = {**holder[key], text: 'value'}
    return hostileplaces.described(place, change)


@functools.cache
def harmless(place: Place, how: Any) -> outcome.Outcome:
    found: outcome.Outcome = how(place, HARMLESS)
    return found


def shape(xml: str, text: str) -> tuple[Any, int]:
    """Return what elements and attributes there are, and how often a text is."""
    found: collections.Counter[str] = collections.Counter()
    times = 0
    for element in etree.fromstring(xml, etree.XMLParser(huge_tree=True)).iter():
        found[f'{element.tag} {sorted(element.keys())}'] += 1
        values = [*element.values(), element.text or '']
        times += sum(text in value for value in values)
    return found, times


class HostileTestCase(testtools.TestCase):

    def setUp(self) -> None:
        super().setUp()
        warnings.simplefilter('ignore', FutureWarning)
        self.addCleanup(warnings.resetwarnings)

    def problem(self, place: Place, text: str, how: Any) -> str | None:
        """Return what is wrong with what a text does in a place."""
        hostile = how(place, text)
        before = harmless(place, how)
        if hostile.error is not None:
            # Some lack something else.
            is_another = str(hostile.error) == str(before.error)
            return None if is_another else bad_refusal(place, text, hostile.error)
        elements, found = shape(hostile.xml, text[:CUT.get(place.path[-1])])
        if any('evil' in element for element in elements):
            return 'another element'
        if before.xml is None:
            return None
        expected, times = shape(before.xml, HARMLESS)
        if not times:
            return None  # it is looked up, or says yes or no, or is not in the guest
        if {ord(each) for each in text} & FORBIDDEN:
            return 'XML cannot hold it'
        if expected != elements:
            return f'other elements: {expected - elements} {elements - expected}'
        return None if times <= found else f'{found} times instead of {times}'

    def assert_harmless(self, places: list[Place], how: Any) -> None:
        problems = {(place, text[:40]): problem
                    for place in places for text in EVERYWHERE
                    if (problem := self.problem(place, text, how))}
        self.assertEqual({}, problems)

    def test_each_text(self) -> None:
        self.assertGreater(len(hostileplaces.TEXTS), 200)
        self.assert_harmless(hostileplaces.TEXTS, replaced)

    def test_each_name(self) -> None:
        self.assertEqual(hostileplaces.NAMED_BY_USERS,
                         {place.kind for place in hostileplaces.NAMES})
        self.assert_harmless(hostileplaces.NAMES, named)

    @hypothesis.given(st.one_of(
        st.tuples(st.sampled_from(hostileplaces.TEXTS), st.just(replaced)),
        st.tuples(st.sampled_from(hostileplaces.NAMES), st.just(named))),
        st.one_of(
            st.sampled_from(MARKUP + SPECIAL),
            # What begins so is none of the words that ask for something.
            st.builds('{}{}'.format, st.sampled_from('<>&"\'\x00\u202e\ud800'),
                      st.text(max_size=12))))
    @hypothesis.settings(max_examples=150, deadline=None)
    def test_any_text_anywhere(self, where: tuple[Place, Any], text: str) -> None:
        place, how = where
        self.assertIsNone(self.problem(place, text, how))

    def test_the_test_can_fail(self) -> None:
        self.assertNotEqual(shape('<a b="x"/>', 'x'), shape('<a b="x"><c/></a>', 'x'))


def names_of(place: Place, text: str) -> Iterator[str]:
    """Yield what a refusal may call what it refuses."""
    name = next(part for part in reversed(place.path) if isinstance(part, str))
    name = re.sub(r'^(image_|hw:)|\.[0-9]+$', '', name)
    yield from (name, repr(name))
    if name in CALLED:
        yield CALLED[name]
    if place.kind in hostileplaces.NAMED_BY_USERS:
        yield repr(text)


def bad_refusal(place: Place, text: str, error: Exception) -> str | None:
    """Return what is wrong with an error; None if it is a clear refusal."""
    message = str(error)
    if not isinstance(error, exception.NovaException | ValueError):
        return f'{type(error).__name__}: {message[:200]}'
    if isinstance(error, ValueError) and not OF_OBJECTS.match(message):
        return message[:200]
    if not any(name in message for name in names_of(place, text)):
        return f'does not name the field: {message[:200]}'
    if len(message) > LONGEST or not message.isprintable():
        return f'not to be shown, {len(message)} characters: {message[:100]!a}'
    return None


class PlacementTestCase(testtools.TestCase):
    """What a flavor says of CPUs and memory is decided before a guest is described."""

    #: Extra specs, good values, and what a refusal names.
    SPECS = {
        'hw:cpu_dedicated_mask': ('1-3', 'hw:cpu_dedicated_mask'),
        'hw:cpu_policy': ('mixed', 'CPU policy'),
        'hw:cpu_realtime_mask': ('^0', 'hw:cpu_realtime_mask'),
        'hw:cpu_thread_policy': ('prefer', 'CPU thread policy'),
        'hw:emulator_threads_policy': ('share', 'Emulator threads policy'),
        'hw:mem_page_size': ('4', 'memory page size'),
        'hw:numa_cpus.0': ('0-3', 'hw:numa_cpus.0'),
        'hw:numa_mem.0': ('512', 'hw:numa_mem.0'),
        'hw:numa_nodes': ('1', 'numa_nodes'),
    }
    TEXTS = (*EVERYWHERE, '1-4294967296')

    def wishes(self, **changes: str) -> None:
        specs = {name: value for name, (value, _named) in self.SPECS.items()}
        flavor = objects.Flavor(vcpus=4, memory_mb=512, extra_specs={
            **specs, 'hw:cpu_realtime': 'true', **changes})
        image = objects.ImageMeta.from_dict({})
        hardware.numa_get_constraints(flavor, image)
        hardware.get_realtime_cpu_constraint(flavor, image)

    def test_each_text(self) -> None:
        self.wishes()
        for spec, (_value, name) in self.SPECS.items():
            for text in self.TEXTS:
                error = self.assertRaises(
                    exception.NovaException, self.wishes, **{spec: text})
                message = str(error)
                self.assertTrue(message.isprintable() and len(message) < LONGEST, spec)
                if text in EVERYWHERE:
                    self.assertIn(name, message)
