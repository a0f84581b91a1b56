# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Documents that nobody foresaw lose nothing, whether they are changed then or not."""

from collections import Counter
import copy
import functools
import random

import hypothesis
from hypothesis import strategies as st
import testtools

from nova import exception
from nova.tests.unit.virt.libvirt.schema import facts as stored
from nova.tests.unit.virt.libvirt.schema import mutations
from nova.virt.libvirt import config
from nova.virt.libvirt.schema import convert
from nova.virt.libvirt.schema import mapping
from tools import libvirt_corpus
from tools.xml_coverage import facts
from tools.xml_coverage import measure

_settings = hypothesis.settings(
    deadline=None, max_examples=150, derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck))
_CLASSES = {'domain': config.LibvirtConfigGuest,
            'capabilities': config.LibvirtConfigCaps,
            'domainCapabilities': config.LibvirtConfigDomainCaps}
#: What a text can be set to; it needs care wherever it is written.
_TOKEN = 'new &"<\u00e9'


@functools.cache
def _stored():
    roots = [facts.parse(path.read_bytes())
             for path in sorted(stored.DOCUMENTS.glob('*.xml'))]
    return [(_CLASSES[root.tag], root) for root in roots]


@functools.cache
def _corpus():
    corpus = libvirt_corpus.find()
    return [(measure.class_of(kind), kind, path) for kind in libvirt_corpus.KINDS
            for path in corpus.documents(kind)]


def _bare(found):
    """Return facts without positions, and without what is there for its own sake."""
    return [(measure._POSITION.sub('', path), kind, facts.same(value))
            for path, kind, value in found if kind != 'element()']


def _is_part(some, of):
    rest = iter(of)
    return all(each in rest for each in some)


class MutationsTestCase(testtools.TestCase):

    def _is_kept(self, cls, xml, where):
        """Check a document that may be refused, but may not lose anything."""
        obj = cls()
        try:
            obj.parse_str(xml)
        except exception.InvalidInput as ex:
            self.assertRegex(str(ex), r'LibvirtConfig\w+\.\w+: .*\(line \d+\): ', where)
            return None
        written = obj.to_xml()
        before, after = (facts.by_value(facts.of(facts.parse(each)))
                         for each in (xml, written))
        self.assertEqual(before, after, where)
        again = cls()
        again.parse_str(written)
        self.assertEqual(obj, again, where)
        self.assertEqual(obj.undeclared(), again.undeclared(), where)
        # Declarations of namespaces may move.
        self.assertEqual(stored.facts(written), stored.facts(again.to_xml()), where)
        return obj

    def _shows(self, obj, invented, where):
        found = [(fact.kind, fact.value.strip()) for fact in obj.undeclared()]
        # One may have been put over another.
        for kind, value in dict(invented).items():
            self.assertIn((kind, value.strip()), found, where)

    @_settings
    @hypothesis.given(st.sampled_from(range(11)), st.randoms())
    def test_whatever_happens_to_a_document(self, index, rnd):
        cls, root = _stored()[index]
        root = copy.deepcopy(root)
        changes = rnd.choices(mutations.ALL, k=rnd.randint(1, 6))
        for change in changes:
            change(rnd, root)
        self._is_kept(cls, mutations.as_text(rnd, root), changes)

    @_settings
    @hypothesis.given(st.sampled_from(range(11)), st.randoms())
    def test_whatever_is_invented_is_shown(self, index, rnd):
        cls, root = _stored()[index]
        root = copy.deepcopy(root)
        invented = [change(rnd, root) for change
                    in rnd.choices((mutations.attribute, mutations.element),
                                   k=rnd.randint(1, 6))]
        # Nothing that is declared was touched, so nothing can be refused.
        obj = self._is_kept(cls, mutations.as_text(rnd, root), invented)
        self._shows(obj, invented, invented)

    def test_whatever_happens_to_documents_of_libvirt(self):
        if libvirt_corpus.find() is None:
            self.skipTest('the documents are not here: python -m tools.libvirt_corpus')
        rnd = random.Random(20)  # noqa: S311  the same documents each time
        for cls, kind, path in rnd.sample(_corpus(), 700):
            root = facts.parse(path.read_bytes())
            is_plain = rnd.random() < 0.5
            some = mutations.INVENTING[:2] if is_plain else mutations.ALL
            changes = rnd.choices(some, k=rnd.randint(1, 3))
            invented = [change(rnd, root) for change in changes if len(root)]
            xml = mutations.as_text(rnd, root)
            where = (path.name, changes)
            obj = self._is_kept(cls, xml, where)
            if obj is not None and is_plain:
                self._shows(obj, invented, where)
            if obj is not None and measure.is_valid(libvirt_corpus.find(), kind, xml):
                self.assertTrue(measure.is_valid(
                    libvirt_corpus.find(), kind, obj.to_xml()), where)


def _objects(obj):
    """Yield an object and all those in it."""
    waiting = [obj]
    while waiting:
        each = waiting.pop()
        yield each
        for value in vars(each).values():
            members = value if isinstance(value, (list, set)) else [value]
            waiting.extend(member for member in members
                           if isinstance(member, config.LibvirtConfigObject))


def _choices(obj, is_wanted):
    """Return the objects and names of fields that hold what is wanted."""
    return [(each, key) for each in _objects(obj) for key, value in vars(each).items()
            if key in each._fields and is_wanted(each, key, each._fields[key], value)]


def _is_string(each, key, field, value):
    # What a class is told by, and what orders a set, has more than its own place.
    is_own = key not in each._keys and key != 'name' and (
        str(field.place).lstrip('@') not in each.recognised_by)
    return (is_own and isinstance(field, mapping.Attr) and field.conv is convert.STR
            and isinstance(field.place, str) and isinstance(value, str))


def _is_leaf(each, key, field, value):
    return (isinstance(field, mapping.Attr) and key not in each._keys
            and key != 'name' and value is not None)


def _is_list(each, key, field, value):
    return isinstance(field, mapping.Children) and isinstance(value, list) and value


class EditingTestCase(testtools.TestCase):
    """One place of a document that was read is changed: the rest is what it was."""

    def _read(self, index, rnd):
        cls, root = _stored()[index]
        root = copy.deepcopy(root)
        for change in rnd.choices((mutations.attribute, mutations.element,
                                   mutations.shuffle), k=rnd.randint(0, 4)):
            change(rnd, root)
        self.obj = cls()
        self.obj.parse_str(mutations.as_text(rnd, root))
        self.before = self._facts()

    def _facts(self):
        return facts.of(facts.parse(self.obj.to_xml()))

    def _is_what_is_written(self):
        again = type(self.obj)()
        again.parse_str(self.obj.to_xml())
        self.assertEqual(self.obj, again)

    @_settings
    @hypothesis.given(st.sampled_from(range(11)), st.randoms())
    def test_one_text(self, index, rnd):
        self._read(index, rnd)
        each, key = rnd.choice(_choices(self.obj, _is_string))
        former = getattr(each, key)
        setattr(each, key, _TOKEN)
        changed = [(was, now) for was, now
                   in zip(self.before, self._facts(), strict=True) if was != now]
        (was, now), = changed
        self.assertEqual((*was[:2], _TOKEN), now)
        self._is_what_is_written()
        setattr(each, key, former)
        self.assertEqual(self.before, self._facts())

    @_settings
    @hypothesis.given(st.sampled_from(range(11)), st.randoms())
    def test_one_value_taken_away(self, index, rnd):
        self._read(index, rnd)
        each, key = rnd.choice(_choices(self.obj, _is_leaf))
        former = getattr(each, key)
        setattr(each, key, None)
        left, all_of = _bare(self._facts()), _bare(self.before)
        self.assertTrue(_is_part(left, all_of), (each, key))
        gone = Counter(all_of) - Counter(left)
        # A PCI address has five attributes; what was carried in the element goes too.
        self.assertLessEqual(
            len([kind for _path, kind, _value in gone if 'invented' not in kind]), 5)
        setattr(each, key, former)
        self.assertEqual(Counter(all_of) - gone,
                         Counter(_bare(self._facts())) - gone)

    @_settings
    @hypothesis.given(st.sampled_from(range(11)), st.randoms())
    def test_one_object_taken_away(self, index, rnd):
        self._read(index, rnd)
        each, key = rnd.choice(_choices(self.obj, _is_list))
        members = getattr(each, key)
        del members[rnd.randrange(len(members))]
        self.assertTrue(_is_part(_bare(self._facts()), _bare(self.before)))

    @_settings
    @hypothesis.given(st.sampled_from(range(11)), st.randoms())
    def test_one_object_added_between_others(self, index, rnd):
        self._read(index, rnd)
        each, key = rnd.choice(_choices(self.obj, _is_list))
        members = getattr(each, key)
        new = copy.deepcopy(rnd.choice(members))
        members.insert(rnd.randint(0, len(members)), new)
        self.assertTrue(_is_part(_bare(self.before), _bare(self._facts())))
        self._is_what_is_written()

    @_settings
    @hypothesis.given(st.sampled_from(range(11)), st.randoms())
    def test_a_list_replaced(self, index, rnd):
        self._read(index, rnd)
        each, key = rnd.choice(_choices(self.obj, _is_list))
        members = list(getattr(each, key))
        setattr(each, key, copy.deepcopy(members))
        self.assertEqual(Counter(_bare(self.before)), Counter(_bare(self._facts())))
        setattr(each, key, members[::-1])
        self.assertEqual(Counter(_bare(self.before)), Counter(_bare(self._facts())))
        self._is_what_is_written()
