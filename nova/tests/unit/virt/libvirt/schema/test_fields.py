# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Every declared field is set, written and read: a new one is tested by being there.

A field that hides behind another of the same place, that exists for no value of the
discriminator, or whose converter has no sample here, fails.
"""

import testtools

from nova import exception
from nova.tests.unit.virt.libvirt.schema import facts
from nova.virt.libvirt import config  # noqa: F401  declares the classes
from nova.virt.libvirt.schema import base
from nova.virt.libvirt.schema import convert
from nova.virt.libvirt.schema import mapping

_ADDRESS = '0000:0a:00.1'
#: What no field can be, or not many.
_HOSTILE = (object(), 'a\0b', b'bytes', True, -1, float('nan'), 'x', ['x'], [object()],
            [None], {'a': object()}, {'a b': 'c'}, {object()}, (1, 2), '\u0663', '1_0')
#: A value for each converter, none of them a default.
_SAMPLES = {
    'STR': 'sample', 'INT': 77, 'NUMBER': 77, 'HEX1': '0x1', 'HEX2': '0x1f',
    'HEX4': '0x1f2e', 'HEX8': '0x1f2e3d4c', 'HEXINT4': 7, 'HEXINT8': 7,
    'CPUSET': {3, 5}, 'DATETIME': 1e9, 'PCI': _ADDRESS, 'PCI_NUMBERS': (1, 2, 3, 4),
}


def _sample(conv, other_than):
    """Return a value that the converter writes, and that is not the default."""
    if conv.name.startswith('AMOUNT'):
        return 4096
    if conv.name in _SAMPLES:
        return _SAMPLES[conv.name]
    words = [word for word in (True, False) if word != other_than]
    return words[0]


def _samples(cls, field, place):
    """Return what the attributes that the field gives are to be set to."""
    if isinstance(field, mapping.Child):
        return {field.name: _objects(cls, field)}
    if isinstance(field, mapping.Attr):
        conv = place[1] if isinstance(place, tuple) else field.conv
        return {field.name: _sample(conv, field.default)}
    if isinstance(field, mapping.Flag):
        return {field.name: not field.absent}
    return _rows(field)


def _objects(cls, field):
    classes = [cls if each == 'self' else each for each in field.classes]
    made = [each() for each in classes]
    for each in made if field.sort_by in classes[0]._fields else ():
        setattr(each, field.sort_by, 'sample')
    return made[0] if field.into is None else field.into(made)


def _rows(field):
    if isinstance(field, mapping.Params) and field.names:
        return {field.name: [{'key': min(field.names), 'value': 'sample'}]}
    row = {key: _sample(conv, None) for key, (_place, conv) in field.columns().items()}
    if isinstance(field, mapping.Columns):
        return {key: [value] for key, value in row.items()}
    if isinstance(field, mapping.Values):
        return {field.name: field.factory(row.values())}
    is_dict = getattr(field, 'into', list) is dict
    return {field.name: {row['key']: row['value']} if is_dict else [row]}


def _known_values(cls):
    """Yield values of the discriminators, the defaults first."""
    defaults = [cls._fields[key].default for key in cls._keys]
    yield defaults
    for index in range(len(defaults)):
        for value in sorted(each for each in cls._known if each):
            yield [*defaults[:index], value, *defaults[index + 1:]]


def _places(cls, field):
    """Yield an object for each place of the field, and the place."""
    seen = []
    for values in _known_values(cls):
        place = field.place_for(tuple(values))
        if place is None or place in seen:
            continue
        seen.append(place)
        obj = cls()
        if cls._writes_itself:
            # As if it had been read: some are not made by hand, or count what is.
            obj._origin = {}
        for key, value in zip(cls._keys, values, strict=True):
            setattr(obj, key, value)
        yield obj, place


class FieldsTestCase(testtools.TestCase):
    """One test for each class, made below."""

    def test_a_field_that_does_not_work_is_found(self):
        deaf = convert.Converter('DEAF', lambda text: None, str)
        for number, field in enumerate((
                mapping.Attr('@taken'), mapping.Attr('@b', when=('never',)),
                mapping.Attr(mapping.by(never='@b')), mapping.Attr('@b', deaf),
                mapping.Attr('@b', convert.Converter('ODD', str, str)),
                mapping.Values('c', '@d', deaf))):
            cls = type(f'Bad{number}', (base.LibvirtConfigObject,),
                       {'root_name': 'bad', 'bad': field, 'z': mapping.Attr('@taken')})
            self.assertRaises(AssertionError, self._check_field, cls, field)
        good = type('Good', (base.LibvirtConfigObject,),
                    {'root_name': 'good', 'good': mapping.Attr('@b')})
        self._check_field(good, good.good)

    def _check_field(self, cls, field):
        count = 0
        for obj, place in _places(cls, field):
            if isinstance(field, mapping.Plain):
                return
            count += 1
            if field.name in cls._keys:
                self._check_discriminator(obj, field.name)
                continue
            self._check_place(obj, field, place)
        where = f'{cls.__name__}.{field.name} exists for no discriminator'
        self.assertTrue(count or isinstance(field, mapping.Plain), where)

    def _check_discriminator(self, obj, key):
        value = 'something-else'
        setattr(obj, key, value)
        again = object.__new__(type(obj))
        again.parse_str(obj.to_xml())
        self.assertEqual(value, getattr(again, key), f'{type(obj).__name__}.{key}')

    def _check_place(self, obj, field, place):
        if field.needs is not None:
            needed = obj._fields[field.needs]
            for key, value in _samples(type(obj), needed, needed.place).items():
                setattr(obj, key, value)
        samples = _samples(type(obj), field, place)
        if _is_fixed(obj, field):
            return
        without = _without(obj, samples)
        for key, value in samples.items():
            setattr(obj, key, value)
        name = f'{type(obj).__name__}: {samples} at {place}'
        xml = obj.to_xml()
        self.assertNotEqual(without, xml, name)
        again = object.__new__(type(obj))
        again.parse_str(xml)
        self.assertEqual(samples, {key: getattr(again, key) for key in samples}, name)
        self.assertEqual([], facts.gaps(again), name)
        self._check_refusals(again, field, place, xml)

    def _check_refusals(self, obj, field, place, xml):
        """Check that what is no value is refused, with class, field and value."""
        if not isinstance(field, mapping.Attr):
            return
        conv = place[1] if isinstance(place, tuple) else field.conv
        where = f'{type(obj).__name__}.{field.name}: '
        if conv.name == 'INT':
            bad = xml.replace('77', 'many')
            ex = self.assertRaises(exception.InvalidInput, obj.parse_str, bad)
            self.assertIn(f"{where}'many' (line ", str(ex))
        wrong = object() if conv.name != 'STR' else 'a\0'
        setattr(obj, field.name, wrong)
        ex = self.assertRaises(exception.InvalidInput, obj.to_xml)
        self.assertIn(f'{where}{wrong!r}', str(ex))


    def _check_hostile(self, cls, key):
        """Check that a value is refused by name, or comes back from what is written."""
        for value in _HOSTILE:
            obj = cls()
            setattr(obj, key, value)
            try:
                xml = obj.to_xml()
            except exception.InvalidInput as ex:
                # Of one value in a list or a dictionary it says which.
                self.assertRegex(str(ex), rf'{cls.__name__}\.{key}(\[.+\])?: ')
                continue
            again = cls()
            again.parse_str(xml)
            self.assertEqual([], facts.gaps(again), (cls.__name__, key, value))


def _is_fixed(obj, field):
    # What a class is recognised by does not vary.
    return isinstance(field.place, str) and field.place.startswith('@') and (
        field.place[1:] in obj.recognised_by)


def _without(obj, samples):
    """Return what is written when the field has nothing to say."""
    for key in samples:
        setattr(obj, key, obj._fields[key].fresh())
    return obj.to_xml()


def _test_of(cls):
    def test(self):
        for field in cls._declared:
            self._check_field(cls, field)
        for key in cls._fields:
            self._check_hostile(cls, key)
    return test


def _all_below(cls):
    for each in cls.__subclasses__():
        yield each
        yield from _all_below(each)


for _cls in _all_below(base.LibvirtConfigObject):
    # Bases have no element; the classes of tests are not the product.
    if _cls.root_name and _cls.__module__.startswith('nova.virt'):
        setattr(FieldsTestCase, f'test_{_cls.__name__}', _test_of(_cls))
