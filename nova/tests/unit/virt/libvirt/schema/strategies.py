# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Random objects of any class, from what the class declares."""

from hypothesis import strategies as st

from nova.virt.libvirt.schema import convert
from nova.virt.libvirt.schema import mapping

_PRINTABLE = st.characters(exclude_categories=('Cs', 'Cc'),
                           exclude_characters='\ufffe\uffff')
TEXTS = st.text(_PRINTABLE, min_size=1, max_size=8).filter(lambda text: text.strip())
_NUMBERS = st.integers(0, 2 ** 40)
_BY_NAME = {
    'STR': TEXTS,
    'INT': st.integers(-2 ** 40, 2 ** 40),
    'HEX1': st.integers(0, 7).map(lambda number: f'0x{number:x}'),
    'HEX2': st.integers(0, 255).map(lambda number: f'0x{number:02x}'),
    'HEX4': st.integers(0, 65535).map(lambda number: f'0x{number:04x}'),
    'HEX8': st.integers(0, 2 ** 32 - 1).map(lambda number: f'0x{number:08x}'),
    'HEXINT4': _NUMBERS, 'HEXINT8': _NUMBERS,
    'YESNO': st.booleans(), 'ONOFF': st.booleans(), 'BOOL': st.booleans(),
    'NUMBER': st.integers(0, 65535) | st.just('$VLAN'),
    'CPUSET': st.sets(st.integers(0, 200), min_size=1),
    'DATETIME': st.integers(0, 4 * 10 ** 9).map(float),
    'PCI': st.builds('{:04x}:{:02x}:{:02x}.{:x}'.format, st.integers(0, 65535),
                     st.integers(0, 255), st.integers(0, 31), st.integers(0, 7)),
    'PCI_NUMBERS': st.tuples(st.integers(0, 65535), st.integers(0, 255),
                             st.integers(0, 31), st.integers(0, 7)),
}


def _of(conv):
    return _NUMBERS if conv.name.startswith('AMOUNT') else _BY_NAME[conv.name]


def _conv(field, place):
    return place[1] if isinstance(place, tuple) else field.conv


def _discriminator(cls, key):
    field = cls._fields[key]
    known = sorted(value for value in cls._known if value)
    return st.sampled_from([field.default, *known, 'something-else'])


@st.composite
def instances(draw, cls, depth=2):
    """Draw an object of the class with every field set or not."""
    obj = object.__new__(cls)
    obj.__init__()
    for key in cls._keys:
        setattr(obj, key, draw(_discriminator(cls, key)))
    found = tuple(getattr(obj, key) for key in cls._keys)
    for key in cls._keys:
        # One discriminator may have a place only for some values of another.
        if cls._fields[key].place_for(found) is None:
            setattr(obj, key, cls._fields[key].default)
    found = tuple(getattr(obj, key) for key in cls._keys)
    for field in cls._declared:
        if field.name in cls._keys or _fixed(cls, field):
            continue
        place = field.place_for(found)
        if place is not None and draw(st.booleans()):
            _set(draw, obj, field, place, depth)
    return obj


def _fixed(cls, field):
    # What a class is recognised by does not vary.
    return isinstance(field.place, str) and field.place.lstrip('@') in (
        cls.recognised_by) and field.place.startswith('@')


def _set(draw, obj, field, place, depth):
    if isinstance(field, mapping.Child):
        if depth:
            _set_objects(draw, obj, field, depth - 1)
    elif isinstance(field, mapping.Attr):
        setattr(obj, field.name, draw(_of(_conv(field, place))))
    elif isinstance(field, mapping.Flag):
        setattr(obj, field.name, draw(st.booleans()))
    elif isinstance(field, (mapping.Values, mapping.Columns)):
        _set_columns(draw, obj, field)
    elif isinstance(field, mapping.Records):
        _set_records(draw, obj, field)
    elif isinstance(field, mapping.Params):
        _set_params(draw, obj, field)


def _set_objects(draw, obj, field, depth):
    classes = [type(obj) if each == 'self' else each for each in field.classes]
    one = st.sampled_from(classes).flatmap(lambda cls: instances(cls, depth))
    if field.into is None:
        setattr(obj, field.name, draw(one))
    elif field.into is set:
        found = {getattr(each, field.sort_by): each
                 for each in draw(st.lists(one, max_size=3))}
        setattr(obj, field.name, {each for key, each in found.items() if key})
    else:
        setattr(obj, field.name, draw(st.lists(one, max_size=3)))


def _set_columns(draw, obj, field):
    columns = field.columns()
    if field.factory is set:
        (_place, conv), = columns.values()
        setattr(obj, field.name, draw(st.sets(_of(conv), max_size=3)))
        return
    count = draw(st.integers(0, 3))
    optional = getattr(field, 'optional', ())
    for key, (_place, conv) in columns.items():
        size = 0 if key in optional and draw(st.booleans()) else count
        setattr(obj, key, draw(st.lists(_of(conv), min_size=size, max_size=size)))


def _set_records(draw, obj, field):
    # An element that is nothing but its text cannot tell none from an empty one.
    values = {key: (place, _of(conv)) for key, (place, conv)
              in field.columns().items()}
    record = st.fixed_dictionaries(
        {key: value for key, (place, value) in values.items() if place == '.'},
        optional={key: value for key, (place, value) in values.items() if place != '.'})
    setattr(obj, field.name, draw(st.lists(record, max_size=3)))


def _set_params(draw, obj, field):
    if field.into is dict:
        setattr(obj, field.name, draw(st.dictionaries(TEXTS, st.just('') | TEXTS,
                                                      max_size=3)))
    elif field.names:
        names = draw(st.sets(st.sampled_from(sorted(field.names))))
        setattr(obj, field.name,
                [{'key': name, 'value': draw(TEXTS)} for name in sorted(names)])
    else:
        pair = st.fixed_dictionaries({'key': TEXTS, 'value': TEXTS})
        setattr(obj, field.name, draw(st.lists(pair, max_size=3)))


assert convert.STR.name in _BY_NAME


_TAGS = st.sampled_from(['a', 'b', 'source', 'host', 'driver', 'name', 'disk', 'cpu',
                         'devices', 'metadata', 'address', 'os', 'feature', 'log'])


@st.composite
def trees(draw, tag, depth=3):
    """Draw a random element as text: tags and attributes that mean nothing."""
    from xml.sax import saxutils
    names = draw(st.sets(_TAGS, max_size=2))
    attrs = ''.join(f' x-{name}={saxutils.quoteattr(draw(TEXTS))}'
                    for name in sorted(names))
    inner = saxutils.escape(draw(TEXTS)) if draw(st.booleans()) else ''
    if depth:
        for child in draw(st.lists(_TAGS, max_size=3)):
            inner += draw(trees(child, depth - 1))
    return f'<{tag}{attrs}>{inner}</{tag}>'
