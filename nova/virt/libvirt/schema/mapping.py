# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Declaring XML: one line per leaf gives both directions.

A class lists its fields in document order, each with its path relative to the element
of the class: ``'@name'``, ``'tag'``, ``'tag/@name'``, ``'tag[kind=x]/@name'``, ``'.'``
for the element's own text::

    class LibvirtConfigGuestDisk(LibvirtConfigGuestDevice):
        root_name = 'disk'
        keyed_by = 'source_type'

        source_type = Attr('@type', default='file')
        source_path = Attr(by(file='source/@file', block='source/@dev'))
        readonly = Flag('readonly')

Fields become plain attributes of the instance: it holds what is set, and only that, as
the longest declarations are those of which the least is used.  Absent is None, an empty
collection, False for a Flag.  Defaults are the constructor's alone: an object that was
parsed holds what was there.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from nova.virt.libvirt.schema import convert
from nova.virt.libvirt.schema import plan
from nova.virt.libvirt.schema import slots
from nova.virt.libvirt.schema.node import Node
from nova.virt.libvirt.schema.plan import Match

if TYPE_CHECKING:
    pass

#: A path, or a path with the several attributes there that make one value.
Place = str | tuple[str, convert.Span]

#: Prefixes that paths may use.
NAMESPACES = {
    'nova': 'http://openstack.org/xmlns/libvirt/nova/1.1',
    'qemu': 'http://libvirt.org/schemas/domain/qemu/1.0',
    'libosinfo': 'http://libosinfo.org/xmlns/libvirt/domain/1.0',
    'dnsmasq': 'http://libvirt.org/schemas/network/dnsmasq/1.0',
    'fs': 'http://libvirt.org/schemas/storagepool/fs/1.0',
    'rbd': 'http://libvirt.org/schemas/storagepool/rbd/1.0',
}

_UNSET: Any = object()


class By(NamedTuple):
    """A place that depends on the discriminator."""

    places: dict[str, Place]
    otherwise: Place | None


def by(otherwise: Place | None = None, /, **places: Place) -> Any:
    """Return a place that depends on the value of the discriminator.

    :param otherwise: the place for any other value; without it there is none.
    """
    return By(places, otherwise)


class Field:
    """A declared part of an element.

    :param when: values of the discriminators for which the field exists.
    :param unless: values for which it does not.
    :param last: written after what subclasses declare.
    """

    name = ''
    absent: Any = None
    #: Another field without which a default is not written.
    needs: str | None = None
    #: Makes a fresh value where the default is a collection.
    factory: Callable[[], Any] | None = None

    def __init__(self, place: Any = None, *, default: Any = _UNSET,
                 when: tuple[str, ...] = (), unless: tuple[str, ...] = (),
                 always: bool = False, last: bool = False) -> None:
        self.place = place
        self.default = self.absent if default is _UNSET else default
        self.when = when
        self.unless = unless
        self.always = always
        self.last = last

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def fields(self) -> Iterator[tuple[str, 'Field']]:
        """Yield the attributes that the field gives to an instance."""
        yield self.name, self

    def known_values(self) -> set[str]:
        """Return the discriminator values that make a difference."""
        places = set(self.place.places) if isinstance(self.place, By) else set()
        return places | set(self.when) | set(self.unless)

    def place_for(self, values: tuple[str | None, ...]) -> Place | None:
        """Return where the field is for these discriminators; None for nowhere."""
        if self.when and not set(self.when) & set(values):
            return None
        if set(self.unless) & set(values):
            return None
        if not isinstance(self.place, By):
            return self.place if self.place is not None else ''
        found = (self.place.places[value] for value in values
                 if value in self.place.places)
        return next(found, self.place.otherwise)

    def build(self, root: Node, owner: type['Declared'], place: Place) -> None:
        """Add the field to the plan."""
        raise NotImplementedError

    def fresh(self) -> Any:
        """Return what stands for absent."""
        return self.absent if self.factory is None else self.factory()

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Return what stands for absent: what is set is in the instance itself."""
        return self if instance is None else _missing(self, self.name, instance)

    if TYPE_CHECKING:
        # What an instance holds is a plain attribute, of any type.
        def __set__(self, instance: object, value: Any) -> None: ...


def _missing(field: Field, key: str, instance: Any) -> Any:
    if field.factory is None:
        return field.absent
    value = instance.__dict__[key] = field.factory()
    return value


class _Column:
    """A list that a field gives to an instance under another name than its own."""

    def __init__(self, field: Field, key: str) -> None:
        self.field = field
        self.key = key

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else _missing(self.field, self.key, instance)


class Attr(Field):
    """An attribute."""

    def __init__(self, place: Any, conv: convert.Converter = convert.STR, *,
                 empty: bool = False, needs: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(place, **kwargs)
        self.conv = conv
        self.needs = needs
        # Absent is an empty list where Nova has it so.
        self.factory = list if empty else None

    def build(self, root: Node, owner: type['Declared'], place: Place) -> None:
        path, conv = place if isinstance(place, tuple) else (place, self.conv)
        add_leaf(root, owner, path, self.name, conv, self.needs)
        if self.always:
            _keep(root, owner, path)


class Text(Attr):
    """The text of an element; ``'.'`` is the text of the class's own."""

    def __init__(self, place: Any, conv: convert.Converter | convert.Span = convert.STR,
                 **kwargs: Any) -> None:
        if isinstance(conv, convert.Span):
            place, conv = (place, conv), convert.STR
        super().__init__(place, conv, **kwargs)


class Spanned(Attr):
    """Several attributes of the element at the path that make one value."""

    def __init__(self, path: str, conv: convert.Span, **kwargs: Any) -> None:
        super().__init__((path, conv), **kwargs)


class Flag(Field):
    """An element whose presence is True; with ``absent=True``, False."""

    absent = False

    def __init__(self, place: Any, *, absent: bool = False, **kwargs: Any) -> None:
        self.absent = absent
        super().__init__(place, **kwargs)

    def build(self, root: Node, owner: type['Declared'], place: Place) -> None:
        node = root.node_at(segments(str(place), owner))
        node.flag = self.name
        node.flag_when = not self.absent


class Plain(Field):
    """An attribute that is no XML."""

    def __init__(self, *, default: Any = None,
                 factory: Callable[[], Any] | None = None) -> None:
        super().__init__(default=default)
        self.factory = factory

    def build(self, root: Node, owner: type['Declared'], place: Place) -> None:
        return


class Child(Field):
    """One object.

    :param classes: the classes to choose from by tag and ``recognised_by``;
        ``'self'`` is the class that declares it.
    :param path: the element around it.
    """

    into: type[Any] | None = None

    def __init__(self, *classes: Any, path: Any = '', sort_by: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(path, **kwargs)
        self.classes = classes
        self.sort_by = sort_by

    def build(self, root: Node, owner: type['Declared'], place: Place) -> None:
        path = segments(str(place), owner)
        node = root.node_at(path)
        classes = [owner if each == 'self' else each for each in self.classes]
        slot = slots.Objects(self.name, classes, self.into, self.sort_by, owner)
        for each in classes:
            node.add_slot(each.tag, each.recognised_by, slot)
        if self.always:
            _keep(root, owner, str(place))


class Children(Child):
    """A list of objects, or a set that is written in order of ``sort_by``.

    :param empty: whether absent is an empty one; None where Nova has it so.
    """

    def __init__(self, path: Any, *classes: Any, into: type[Any] = list,
                 empty: bool = True, **kwargs: Any) -> None:
        self.into = into
        self.factory = into if empty else None
        self.absent = None
        super().__init__(*classes, path=path, **kwargs)


class _Repeated(Field):
    """An element for each row; the path ends in its tag."""

    def __init__(self, path: Any, **kwargs: Any) -> None:
        super().__init__(path, **kwargs)

    def columns(self) -> dict[str, Any]:
        """Return the place in the row and the converter of each column."""
        raise NotImplementedError

    def store(self) -> slots.RowStore:
        """Return how the rows are kept."""
        raise NotImplementedError

    def build(self, root: Node, owner: type['Declared'], place: Place) -> None:
        *path, (tag, match) = segments(str(place), owner)
        parent = root.node_at(path)
        row = parent.beside(tag, match)
        for key, (where, conv) in self.columns().items():
            add_leaf(row, owner, where, key, conv)
        rows = slots.Rows(row, tuple(self.columns()), self.store())
        parent.add_slot(tag, match, rows)
        if self.always and path:
            parent.always = True


class Values(_Repeated):
    """A list, or a set, of one attribute or text of a repeated element."""

    def __init__(self, path: Any, place: str = '.',
                 conv: convert.Converter | convert.Span = convert.STR, *,
                 into: type[Any] = list, **kwargs: Any) -> None:
        super().__init__(path, **kwargs)
        self.factory = into
        self.column = (place, conv)

    def columns(self) -> dict[str, Any]:
        return {self.name: self.column}

    def store(self) -> slots.RowStore:
        if self.factory is set:
            return slots.SetStore((self.name,))
        return slots.ColumnStore((self.name,), frozenset())


class Columns(_Repeated):
    """Parallel lists, one per attribute or text of a repeated element.

    The class annotates the lists: the field gives them to its instances.

    :param optional: columns that stay empty for as long as no row has them.
    """

    factory: Callable[[], Any] | None = list

    def __init__(self, path: Any, *, optional: tuple[str, ...] = (),
                 when: tuple[str, ...] = (), last: bool = False,
                 **columns: Any) -> None:
        super().__init__(path, when=when, last=last)
        self.optional = frozenset(optional)
        self._columns = columns

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        for key in self._columns:
            setattr(owner, key, _Column(self, key))

    def fields(self) -> Iterator[tuple[str, Field]]:
        for key in self._columns:
            yield key, self

    def columns(self) -> dict[str, Any]:
        return _located(self._columns)

    def store(self) -> slots.RowStore:
        return slots.ColumnStore(tuple(self._columns), self.optional)


class Records(_Repeated):
    """A list of dictionaries, one for each element; what is absent is not in it."""

    factory: Callable[[], Any] | None = list

    def __init__(self, path: Any, /, **columns: Any) -> None:
        super().__init__(path)
        self._columns = columns

    def columns(self) -> dict[str, Any]:
        return _located(self._columns)

    def store(self) -> slots.RowStore:
        return slots.RecordStore(self.name, tuple(self._columns))


class Params(_Repeated):
    """Names and values: a dictionary, or a list of ``{'key': ..., 'value': ...}``.

    With ``names`` they are the attributes of one element, else an element each.

    :param empty: whether absent is an empty one; None where Nova has it so.
    """

    def __init__(self, path: Any, *, key: str = '@name', value: str = '@value',
                 names: tuple[str, ...] = (), into: type[Any] = list,
                 empty: bool = True, **kwargs: Any) -> None:
        super().__init__(path, **kwargs)
        self.key = key
        self.value = value
        self.names = frozenset(names)
        self.into = into
        self.factory = into if empty else None

    def columns(self) -> dict[str, Any]:
        return {'key': (self.key, convert.STR), 'value': (self.value, convert.STR)}

    def store(self) -> slots.RowStore:
        if self.into is dict:
            return slots.DictStore((self.name,))
        return slots.RecordStore(self.name, ('key', 'value'))

    def build(self, root: Node, owner: type['Declared'], place: Place) -> None:
        if not self.names:
            super().build(root, owner, place)
            return
        node = root.node_at(segments(str(place), owner))
        node.rest = self.name
        node.rest_names = self.names


def _located(columns: dict[str, Any]) -> dict[str, Any]:
    return {key: place if isinstance(place, tuple) else (place, convert.STR)
            for key, place in columns.items()}


class Switch:
    """A bool that is a view of a declared attribute: True while it has that value.

    Setting False clears the attribute, unless it holds another value already.

    :param unset: what it is while the attribute has no value.
    """

    def __init__(self, field: str, on: Any = True, off: Any = None, *,
                 unset: bool | None = False) -> None:
        self.field = field
        self.on = on
        self.off = off
        self.unset = unset

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        value = getattr(instance, self.field)
        return self.unset if value is None else value == self.on

    def __set__(self, instance: Any, value: Any) -> None:
        if bool(value) != bool(self.__get__(instance)):
            setattr(instance, self.field, self.on if value else self.off)


class Alias:
    """Another name of an attribute."""

    def __init__(self, field: str) -> None:
        self.field = field

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else getattr(instance, self.field)

    def __set__(self, instance: Any, value: Any) -> None:
        setattr(instance, self.field, value)


class Declared:
    """What the fields need of the class that declares them."""

    root_name: str = ''
    #: The tag, where Nova calls the class otherwise.
    tag_name: str = ''
    ns_uri: str | None = None
    ns_prefix: str | None = None
    tag: str = ''
    #: Attributes that tell this class from others of the same tag.
    recognised_by: Match = {}


def segments(path: str, owner: type[Declared]) -> list[tuple[str, Match]]:
    """Split ``a/b[name=x]`` into tags, qualified, and the attributes they must have."""
    return [_segment(part, owner) for part in path.split('/') if part not in ('', '.')]


def _segment(part: str, owner: type[Declared]) -> tuple[str, Match]:
    name, _bracket, match = part.rstrip(']').partition('[')
    prefix, colon, local = name.rpartition(':')
    uri = NAMESPACES[prefix] if colon else owner.ns_uri
    tag = f'{{{uri}}}{local}' if uri else local
    pairs = (pair.split('=', 1) for pair in match.split(',') if pair)
    return tag, dict(pairs)


def add_leaf(root: Node, owner: type[Declared], path: str, key: str,
             conv: convert.Converter | convert.Span,
             needs: str | None = None) -> None:
    """Add an attribute, a text or a span at the path."""
    before, at, name = path.rpartition('@')
    node = root.node_at(segments(before if at else path, owner))
    if isinstance(conv, convert.Span):
        node.spans.append(plan.SpanLeaf(key, conv))
    elif at:
        node.leaves.append(plan.Leaf(name, key, conv, needs))
    else:
        node.text = plan.Leaf('.', key, conv)


def _keep(root: Node, owner: type[Declared], path: str) -> None:
    """Have the element, and those around it, written for an object made by hand."""
    node = root
    for segment in segments(path.partition('@')[0], owner):
        node = node.node_at([segment])
        node.always = True
