# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The object that every element of libvirt's XML becomes."""

from collections.abc import Iterator
import contextlib
import copy
from typing import Any, ClassVar

from lxml import etree

from nova import exception
from nova.virt.libvirt.schema import document
from nova.virt.libvirt.schema import mapping
from nova.virt.libvirt.schema import markup
from nova.virt.libvirt.schema import node as nodes
from nova.virt.libvirt.schema import plan
from nova.virt.libvirt.schema import reader
from nova.virt.libvirt.schema import refusal
from nova.virt.libvirt.schema import trace
from nova.virt.libvirt.schema.plan import Todo
from nova.virt.libvirt.schema.trace import Fact

_NOTHING: tuple[Any, ...] = (None, False, [], {}, set())
_NO_MEMBERS: tuple[Any, ...] = ([], {}, set())
#: Stands for any value of a discriminator that no field asks for.
_ANY_OTHER = ''
#: How many combinations of discriminators a class looks up at once.
_MOST_PLANS = 256


class LibvirtConfigObject(mapping.Declared):
    """An element of libvirt's XML.

    :param root_name: the tag, where the class does not say it.
    :param fields: values of declared fields.
    """

    #: Names of the fields whose values decide where others are.
    keyed_by: ClassVar[str | tuple[str, ...]] = ()

    #: Whether what is in the element is only carried along.
    is_carried: ClassVar[bool] = False

    _fields: ClassVar[dict[str, mapping.Field]] = {}
    _declared: ClassVar[tuple[mapping.Field, ...]] = ()
    _keys: ClassVar[tuple[str, ...]] = ()
    _known: ClassVar[frozenset[str]] = frozenset()
    #: What the constructor sets.
    _defaults: ClassVar[dict[str, Any]] = {}
    _plans: ClassVar[dict[tuple[str | None, ...], nodes.Node]] = {}
    #: The only plan of a class that has no discriminator.
    _sole: ClassVar[nodes.Node | None] = None
    _peeks: ClassVar[tuple[tuple[str, str], ...]] = ()
    #: The attribute that is the only discriminator.
    _only_peek: ClassVar[str] = ''
    #: Whether a class overrides one of the directions.
    _writes_itself: ClassVar[bool] = False
    _reads_itself: ClassVar[bool] = False

    #: What was noted when this object was read; None for one made by hand.
    _origin: trace.Notes | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.tag = _qualified(cls.tag_name or cls.root_name, cls.ns_uri)
        cls._declared = tuple(_declarations(cls))
        cls._fields = dict(pair for field in cls._declared for pair in field.fields())
        keyed_by = cls.keyed_by
        cls._keys = (keyed_by,) if isinstance(keyed_by, str) else keyed_by
        cls._known = frozenset().union(
            *(field.known_values() for field in cls._declared))
        cls._defaults = {key: field.default for key, field in cls._fields.items()
                         if field.factory is None and field.default != field.absent}
        cls._peeks = tuple(_holder(cls._fields[key]) for key in cls._keys)
        cls._only_peek = ''
        if len(cls._peeks) == 1 and not cls._peeks[0][0]:
            cls._only_peek = cls._peeks[0][1]
        cls._plans = {}
        cls._sole = None
        cls._writes_itself = cls.format_dom is not LibvirtConfigObject.format_dom
        cls._reads_itself = cls.parse_dom is not LibvirtConfigObject.parse_dom

    def __init__(self, *, root_name: str | None = None, ns_prefix: str | None = None,
                 ns_uri: str | None = None, **fields: Any) -> None:
        self.__dict__.update(self._defaults)
        if root_name is not None:
            self.root_name = root_name
            self.ns_prefix = ns_prefix
            self.ns_uri = ns_uri
            self.tag = _qualified(root_name, ns_uri)
            self._sole = None  # type: ignore[misc]
        for name, value in fields.items():
            if not hasattr(self, name):
                raise TypeError(f'{type(self).__name__} has no field {name}')
            setattr(self, name, value)

    # Both directions

    def format_dom(self) -> etree._Element:
        """Return a new tree of this object.

        :raises InvalidInput: for a value that cannot be written.
        """
        return markup.tree(self._text(''))

    def parse_dom(self, xmldoc: etree._Element) -> None:
        """Take everything from the element, forgetting what was set before.

        :raises InvalidInput: for another element, or a value that does not parse;
            the object is not to be used then.
        """
        if xmldoc.tag != self.tag:
            raise exception.InvalidInput(
                reason=f'{type(self).__name__}: a {self.tag} element is needed, '
                       f'not {xmldoc.tag}{plan.line_of(xmldoc)}')
        former = dict(self.__dict__)
        todo: list[Todo] = []
        notes: trace.Notes = {}
        values = self.__dict__
        values.clear()
        values['_origin'] = notes
        self._plan_at(xmldoc).read(values, xmldoc, notes, todo)
        reader.finish(todo)
        for key in former.keys() - self._fields.keys():
            values.setdefault(key, former[key])

    def to_xml(self, pretty_print: bool = True) -> str:
        """Return the text of this object's document.

        :raises InvalidInput: for a value that cannot be written.
        """
        if not self._writes_itself and not pretty_print:
            return self._text('')
        if not self._writes_itself:
            with contextlib.suppress(nodes.Unindented):
                return self._text('\n')[1:] + '\n'
        return etree.tostring(self.format_dom(), encoding='unicode',
                              pretty_print=pretty_print)

    def parse_str(self, xmlstr: str | bytes) -> None:
        """Take everything from a document.

        :raises InvalidInput: when it is not one document of this root, has a document
            type, is too large or too deep, or holds a value that does not parse.
        """
        self.parse_dom(document.parse(xmlstr))

    def undeclared(self) -> list[Fact]:
        """Return the facts that are only carried along, as in the whole document."""
        return trace.undeclared(self.format_dom)

    def _text(self, pad: str) -> str:
        """Return the text of this object's document, lines begin with the pad.

        :raises Unindented: when it cannot have one.
        """
        try:
            text, node = self._rendered(pad)
        except refusal.WRONG as ex:
            raise refusal.culprit(self, ex) from ex
        if self.ns_uri is None:
            return text
        return markup.declared(text, f'{pad}{node.xml}', self.ns_uri, self.ns_prefix)

    def _rendered(self, pad: str) -> tuple[str, nodes.Node]:
        out: list[str] = []
        node = self._plan()
        node.write(self.__dict__, None, self._origin, pad, out)
        return out[0], node

    def _written_alone(self) -> None:
        """Write what the plan knows of this object.

        :raises Exception: any of ``refusal.WRONG``
        """
        self._rendered('')

    # Plans

    def _plan(self) -> nodes.Node:
        """Return the plan for the values of the discriminators."""
        if self._sole is not None:
            return self._sole
        values = self.__dict__
        found = tuple([values.get(key) for key in self._keys])
        if 'tag' in values:
            return self._compile(found, self)
        return self._plan_for(found)

    @classmethod
    def _plan_of(cls, element: etree._Element) -> nodes.Node | None:
        """Return the plan for reading an element; None for a class with its own way."""
        return None if cls._reads_itself else cls._plan_at(element)

    @classmethod
    def _plan_at(cls, element: etree._Element) -> nodes.Node:
        if cls._only_peek:
            found: tuple[Any, ...] = (element.get(cls._only_peek),)
        else:
            found = tuple([_peek(element, path, name) if path else element.get(name)
                           for path, name in cls._peeks])
        return cls._plans.get(found) or cls._plan_for(found)

    @classmethod
    def _plan_for(cls, found: tuple[Any, ...]) -> nodes.Node:
        node = cls._plans.get(found)
        if node is not None:
            return node
        # What is absent counts as the default; what nobody mentions is all the same.
        wanted = tuple(cls._fields[key].default if value is None else value
                       for key, value in zip(cls._keys, found, strict=True))
        known = tuple(value if value in cls._known else _ANY_OTHER for value in wanted)
        node = cls._plans.get(known)
        if node is None:
            node = cls._plans[known] = cls._compile(known, cls)
        if len(cls._plans) < _MOST_PLANS:
            cls._plans[found] = node
        if not cls._keys and not cls._reads_itself:
            cls._sole = node
        return node

    @classmethod
    def _compile(cls, values: tuple[str | None, ...],
                 named: 'LibvirtConfigObject | type[LibvirtConfigObject]'
                 ) -> nodes.Node:
        prefixes: dict[str, str | None] = {
            uri: prefix for prefix, uri in mapping.NAMESPACES.items()}
        if named.ns_uri is not None:
            prefixes[named.ns_uri] = named.ns_prefix
        root = nodes.Node(named.tag, None, cls, prefixes)
        # An object is there whatever is in it.
        root.always = True
        for field in cls._declared:
            place = field.place_for(values)
            if place is not None:
                field.build(root, cls, place)
        root.seal()
        return root

    # Errors

    def _bad_value(self, key: str, value: object, cause: object
                  ) -> exception.InvalidInput:
        """Return the error for a value that cannot be written."""
        return exception.InvalidInput(
            reason=f'{type(self).__name__}.{key}: {refusal.shown(value)}: {cause}')

    # Values

    def _xml_values(self) -> dict[str, Any]:
        """Return the values of the fields that exist for these discriminators."""
        found = tuple(self._value(key) for key in self._keys)
        wanted = tuple(self._fields[key].default if value is None else value
                       for key, value in zip(self._keys, found, strict=True))
        return {key: self._written(key, field) for key, field in self._fields.items()
                if field.place_for(wanted) is not None}

    def _written(self, key: str, field: mapping.Field) -> Any:
        idle = (self._origin is None and field.needs is not None
                and self._value(field.needs) is None)
        value = self._value(key)
        # Nothing in a collection and no collection are written alike.
        return None if idle or value in _NO_MEMBERS else value

    def _value(self, key: str) -> Any:
        """Return the value of a field without setting anything."""
        values = self.__dict__
        return values[key] if key in values else self._fields[key].fresh()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        # No recursion: a backing chain may be as deep as a document.
        waiting: list[tuple[Any, Any]] = [(self, other)]
        while waiting:
            mine, its = waiting.pop()
            if not mine._is_alike(its, waiting):
                return False
        return True

    def _is_alike(self, other: Any, waiting: list[tuple[Any, Any]]) -> bool:
        """Compare all but the objects in these two, which are to be compared next."""
        if self.tag != other.tag or self._carried() != other._carried():
            return False
        mine, its = self._xml_values(), other._xml_values()
        if mine.keys() != its.keys():
            return False
        for key, value in mine.items():
            if _is_compared_here(value) and type(value) is type(its[key]):
                waiting.append((value, its[key]))
            elif value != its[key]:
                return False
        return True

    def _carried(self) -> list[object]:
        return [] if not self._origin else trace.carried_facts(self._origin)

    def __deepcopy__(self, memo: dict[int, Any]) -> 'LibvirtConfigObject':
        new = object.__new__(type(self))
        memo[id(self)] = new
        for key, value in self.__dict__.items():
            if isinstance(value, LibvirtConfigObject):
                # Straight on: half the depth of going through the copy module.
                value = memo.get(id(value)) or value.__deepcopy__(memo)
            elif value is not None and value.__class__ is not str:
                value = copy.deepcopy(value, memo)
            new.__dict__[key] = value
        return new

    def __repr__(self) -> str:
        said = []
        for key in self._fields:
            value = self._value(key)
            if value not in _NOTHING:
                said.append(f'{key}={value!r}')
        return f'{type(self).__name__}({", ".join(said)})'


def _is_compared_here(value: object) -> bool:
    return type(value).__eq__ is LibvirtConfigObject.__eq__


def _qualified(name: str, uri: str | None) -> str:
    return f'{{{uri}}}{name}' if uri else name


def _declarations(cls: type[Any]) -> Iterator[mapping.Field]:
    """Yield the fields of a class and its bases, each at its first place."""
    found: dict[str, mapping.Field | None] = {}
    for base in reversed(cls.__mro__):
        for name, value in vars(base).items():
            if isinstance(value, mapping.Field):
                found[name] = value
            elif name in found:
                found[name] = None
    fields = [field for field in found.values() if field is not None]
    yield from sorted(fields, key=lambda field: field.last)


def _holder(field: mapping.Field) -> tuple[str, str]:
    """Return the path of the element that holds a discriminator, and its attribute."""
    place = field.place
    if isinstance(place, mapping.By):
        place = next(iter(place.places.values()))
    before, _at, name = str(place).rpartition('@')
    return before.rstrip('/'), name


def _peek(element: etree._Element, path: str, name: str) -> str | None:
    """Return a discriminator of an element that is not read yet."""
    holder: Any = element
    for tag in path.split('/'):
        holder = next(holder.iterchildren(tag), None)
        if holder is None:
            return None
    return holder.get(name)  # type: ignore[no-any-return]
