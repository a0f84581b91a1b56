# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What holds for every class and every document."""

import copy

import hypothesis
from hypothesis import strategies as st
from lxml import etree
import testtools

from nova import exception
from nova.tests.unit.virt.libvirt.schema import facts
from nova.tests.unit.virt.libvirt.schema import strategies
from nova.virt.libvirt import config

#: Bases that have no element of their own.
ABSTRACT = {'LibvirtConfigObject', 'LibvirtConfigGuestDevice',
            'LibvirtConfigGuestFeature', 'LibvirtConfigGuestChar',
            'LibvirtConfigGuestCharBase'}
CLASSES = [getattr(config, name) for name in config.__all__
           if name.startswith('LibvirtConfig') and name not in ABSTRACT]
ROOTS = [config.LibvirtConfigGuest, config.LibvirtConfigGuestDisk,
         config.LibvirtConfigGuestInterface, config.LibvirtConfigGuestCPU,
         config.LibvirtConfigCaps, config.LibvirtConfigDomainCaps,
         config.LibvirtConfigNodeDevice, config.LibvirtConfigSecret]

_settings = hypothesis.settings(
    deadline=None, max_examples=200, derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck))


_few = hypothesis.settings(_settings, max_examples=10)


def _again(obj):
    new = object.__new__(type(obj))
    new.parse_str(obj.to_xml())
    return new


class ClassesTestCase(testtools.TestCase):
    """One test for each class, made below."""

    def _check(self, obj):
        again = _again(obj)
        self.assertEqual(obj, again)
        self.assertEqual([], facts.gaps(again))
        self.assertEqual(obj.to_xml(), again.to_xml())
        self.assertEqual(obj, copy.deepcopy(obj))
        self.assertIn(type(obj).__name__, repr(obj))
        for pretty in (True, False):
            by_lxml = etree.tostring(obj.format_dom(), encoding='unicode',
                                     pretty_print=pretty)
            self.assertEqual(by_lxml, obj.to_xml(pretty_print=pretty))


def _test_of(cls):
    @_few
    @hypothesis.given(strategies.instances(cls, depth=1))
    def test(self, obj):
        self._check(obj)
    return test


for _cls in CLASSES:
    setattr(ClassesTestCase, f'test_{_cls.__name__}', _test_of(_cls))


class PropertiesTestCase(testtools.TestCase):

    @_settings
    @hypothesis.given(st.data())
    def test_what_is_read_is_written(self, data):
        cls = data.draw(st.sampled_from(ROOTS))
        xml = data.draw(strategies.trees(cls.root_name))
        obj = cls()
        try:
            obj.parse_str(xml)
        except exception.InvalidInput:
            # Text where a number belongs is refused, not kept.
            hypothesis.reject()
        self.assertEqual(facts.canonical(xml), facts.canonical(obj.to_xml()))
        self.assertEqual(facts.facts(xml), facts.facts(copy.deepcopy(obj).to_xml()))
        again = _again(obj)
        self.assertEqual(obj, again)

    @_settings
    @hypothesis.given(st.text(max_size=12))
    def test_hostile_strings_do_not_change_the_structure(self, text):
        disk = config.LibvirtConfigGuestDisk()
        disk.source_path = text
        disk.serial = text
        try:
            xml = disk.to_xml()
        except exception.InvalidInput as ex:
            self.assertIn('LibvirtConfigGuestDisk.s', str(ex))
            return
        again = config.LibvirtConfigGuestDisk()
        again.parse_str(xml)
        self.assertEqual(text, again.source_path)
        self.assertEqual(text.strip(), again.serial.strip())
        self.assertEqual([], facts.gaps(again))

    @_settings
    @hypothesis.given(st.data())
    def test_whatever_is_invented_is_undeclared(self, data):
        xml = facts.document('base-kvm-defaults')
        starts = [index for index, char in enumerate(xml)
                  if char == '<' and xml[index + 1] not in '/?!']
        start = data.draw(st.sampled_from(starts))
        if data.draw(st.booleans()):
            # Invented beside the element; the root has no place beside it.
            hypothesis.assume(start != starts[0])
            changed = f'{xml[:start]}<invented/>{xml[start:]}'
        else:
            end = min(xml.index(mark, start) for mark in ('/>', '>')
                      if mark in xml[start:])
            changed = f'{xml[:end]} invented="1"{xml[end:]}'
        guest = config.LibvirtConfigGuest()
        guest.parse_str(changed)
        fact, = guest.undeclared()
        self.assertIn('invented', fact.path + fact.kind)
        self.assertEqual(facts.canonical(changed), facts.canonical(guest.to_xml()))
