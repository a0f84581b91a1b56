# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The object that every element of libvirt's XML becomes."""

from collections.abc import Iterator
import re
from typing import Any, ClassVar

from lxml import etree

from nova import exception
from nova.virt.libvirt.schema import convert
from nova.virt.libvirt.schema import document
from nova.virt.libvirt.schema import mapping
from nova.virt.libvirt.schema import plan
from nova.virt.libvirt.schema import trace
from nova.virt.libvirt.schema.trace import Fact
from nova.virt.libvirt.schema.trace import Trace


class _PlainTrace(Trace):
    """That of an element in which everything was declared and usual."""

    __slots__ = ()

    def __copy__(self) -> Trace:
        return self

    def __deepcopy__(self, memo: object) -> Trace:
        return self


_PLAIN = _PlainTrace()

_NO_XML = re.compile('[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')


class LibvirtConfigObject(mapping.Declared):
    """An element of libvirt's XML.

    :param root_name: the tag, where the class does not say it.
    :param fields: values of declared fields.
    """

    #: Names of the fields whose values decide where others are.
    keyed_by: ClassVar[str | tuple[str, ...]] = ()

    _fields: ClassVar[dict[str, mapping.Field]] = {}
    _declared: ClassVar[tuple[mapping.Field, ...]] = ()
    _keys: ClassVar[tuple[str, ...]] = ()
    _known: ClassVar[frozenset[str]] = frozenset()
    _defaults: ClassVar[dict[str, Any]] = {}
    _absent: ClassVar[dict[str, Any]] = {}
    _factories: ClassVar[tuple[tuple[str, Any], ...]] = ()
    _plans: ClassVar[dict[tuple[str | None, ...], plan.Node]] = {}

    _origin: Trace | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.tag = _qualified(cls.root_name, cls.ns_uri)
        cls._declared = tuple(_declarations(cls))
        cls._fields = dict(pair for field in cls._declared for pair in field.fields())
        keyed_by = cls.keyed_by
        cls._keys = (keyed_by,) if isinstance(keyed_by, str) else keyed_by
        cls._known = frozenset().union(
            *(field.known_values() for field in cls._declared))
        cls._defaults = {key: field.default for key, field in cls._fields.items()
                         if field.factory is None}
        cls._absent = {key: field.absent for key, field in cls._fields.items()
                       if field.factory is None}
        cls._factories = tuple((key, field.factory) for key, field
                               in cls._fields.items() if field.factory is not None)
        cls._plans = {}
        if cls.format_dom is not LibvirtConfigObject.format_dom:
            cls.emit = cls._emit_whole  # type: ignore[method-assign]

    def __init__(self, *, root_name: str | None = None, ns_prefix: str | None = None,
                 ns_uri: str | None = None, **fields: Any) -> None:
        self._set_values(self._defaults)
        if root_name is not None:
            self.root_name = root_name
            self.ns_prefix = ns_prefix
            self.ns_uri = ns_uri
            self.tag = _qualified(root_name, ns_uri)
        for name, value in fields.items():
            if not hasattr(self, name):
                raise TypeError(f'{type(self).__name__} has no field {name}')
            setattr(self, name, value)

    def _set_values(self, values: dict[str, Any]) -> None:
        mine = self.__dict__
        mine.update(values)
        for key, factory in self._factories:
            mine[key] = factory()

    # Both directions

    def format_dom(self) -> etree._Element:
        """Return a new tree of this object.

        :raises InvalidInput: for a value that cannot be written.
        """
        return LibvirtConfigObject.emit(self, None)

    def parse_dom(self, xmldoc: etree._Element) -> None:
        """Take everything from the element, forgetting what was set before.

        :raises InvalidInput: for another element, or a value that does not parse;
            the object is not to be used then.
        """
        if xmldoc.tag != self.tag:
            raise exception.InvalidInput(
                reason=f'{type(self).__name__}: a {self.tag} element is needed, '
                       f'not {xmldoc.tag}')
        self._set_values(self._absent)
        try:
            node = self._plan_for_element(xmldoc)
            origin, _had = node.take(self.__dict__, xmldoc)
        except plan.BadValue as ex:
            raise self._bad_value(ex.key, ex.value, ex, ex.line) from ex
        self._origin = _PLAIN if origin is None else origin

    def to_xml(self, pretty_print: bool = True) -> str:
        """Return the text of this object's document.

        :raises InvalidInput: for a value that cannot be written.
        """
        return etree.tostring(self.format_dom(), encoding='unicode',
                              pretty_print=pretty_print)

    def parse_str(self, xmlstr: str | bytes) -> None:
        """Take everything from a document.

        :raises InvalidInput: when it is not one document of this root, has a document
            type, is too large or too deep, or holds a value that does not parse.
        """
        try:
            self.parse_dom(document.parse(xmlstr))
        except RecursionError as ex:
            raise exception.InvalidInput(
                reason='The XML document is refused: it is too deep') from ex

    def undeclared(self) -> list[Fact]:
        """Return the facts that are only carried along, as in the whole document."""
        return trace.noted(self.format_dom)

    def emit(self, parent: etree._Element | None) -> etree._Element:
        """Write the element, into its parent where there is one."""
        values = self.__dict__
        origin = self._origin
        try:
            node = self._plan()
            fresh = origin is None
            element = self._element(parent, node.attributes(values, fresh))
            node.fill(element, values, node.live(values), fresh,
                      None if origin is _PLAIN else origin)
        except (ValueError, TypeError) as ex:
            raise self._culprit(ex) from ex
        return element

    def _emit_whole(self, parent: etree._Element | None) -> etree._Element:
        element = self.format_dom()
        if parent is not None:
            parent.append(element)
        return element

    def _element(self, parent: etree._Element | None, attrs: dict[str, str]
                 ) -> etree._Element:
        nsmap: Any = {self.ns_prefix: self.ns_uri} if self.ns_uri else None
        if parent is None:
            return etree.Element(self.tag, attrs, nsmap=nsmap)
        return etree.SubElement(parent, self.tag, attrs, nsmap=nsmap)

    # Plans

    def _plan(self) -> plan.Node:
        values = self.__dict__
        return self._plan_for(tuple(values[key] for key in self._keys))

    @classmethod
    def _plan_for_element(cls, element: etree._Element) -> plan.Node:
        return cls._plan_for(tuple(_peek(element, cls._fields[key])
                                   for key in cls._keys))

    @classmethod
    def _plan_for(cls, found: tuple[Any, ...]) -> plan.Node:
        node = cls._plans.get(found)
        if node is not None:
            return node
        # What is absent counts as the default; what nobody mentions is all the same.
        wanted = tuple(cls._fields[key].default if value is None else value
                       for key, value in zip(cls._keys, found, strict=True))
        known = tuple(value if value in cls._known else None for value in wanted)
        if known == found or known not in cls._plans:
            cls._plans[known] = cls._compile(known)
        return cls._plans[known]

    @classmethod
    def _compile(cls, values: tuple[str | None, ...]) -> plan.Node:
        root = plan.Node(cls.tag)
        # An object is there whatever is in it.
        root.always = True
        for field in cls._declared:
            place = field.place_for(values)
            if place is not None:
                field.build(root, cls, place)
        root.seal()
        return root

    # Errors

    def _bad_value(self, key: str, value: object, cause: object,
                   line: int | None = None) -> exception.InvalidInput:
        where = f' (line {line})' if line else ''
        return exception.InvalidInput(
            reason=f'{type(self).__name__}.{key}: {value!r}{where}: {cause}')

    def _culprit(self, cause: Exception) -> Exception:
        """Return an error that names the field which cannot be written."""
        for leaf in self._plan().all_leaves():
            value = self.__dict__[leaf.key]
            reason = None if value is None else _refusal(leaf.conv, value)
            if reason is not None:
                return self._bad_value(leaf.key, value, reason)
        for key, value, conv in self._cells():
            reason = _refusal(conv, value)
            if reason is not None:
                return self._bad_value(key, value, reason)
        for key in self._fields:
            if _has_control(self.__dict__[key]):
                return self._bad_value(key, self.__dict__[key], 'XML cannot hold it')
        return self._bad_value('?', '', cause)

    def _cells(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield what stands in lists of values, with its field and converter."""
        for field in self._declared:
            if isinstance(field, (mapping.Values, mapping.Columns)):
                for key, (_place, conv) in field.columns().items():
                    yield from ((key, value, conv) for value in self.__dict__[key]
                                if value is not None)

    # Values

    def _live_fields(self) -> Iterator[tuple[str, Any]]:
        for key in self._fields:
            yield key, self.__dict__[key]

    def _xml_values(self) -> dict[str, Any]:
        """Return the values of the fields that exist for these discriminators."""
        found = tuple(self.__dict__[key] for key in self._keys)
        wanted = tuple(self._fields[key].default if value is None else value
                       for key, value in zip(self._keys, found, strict=True))
        return {key: self._written(key, field) for key, field in self._fields.items()
                if field.place_for(wanted) is not None}

    def _written(self, key: str, field: mapping.Field) -> Any:
        idle = (self._origin is None and field.needs is not None
                and self.__dict__[field.needs] is None)
        return None if idle else self.__dict__[key]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        if self.tag != other.tag:
            return False
        return (self._xml_values() == other._xml_values()
                and self._carried() == other._carried())

    def _carried(self) -> list[object]:
        return [] if self._origin is None else self._origin.facts()

    def __repr__(self) -> str:
        said = ', '.join(f'{key}={value!r}' for key, value in self._live_fields()
                         if value not in (None, False, [], {}, set()))
        return f'{type(self).__name__}({said})'


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
    return (field for field in found.values() if field is not None)


def _peek(element: etree._Element, field: mapping.Field) -> str | None:
    """Return a discriminator of an element that is not read yet."""
    place = field.place
    if isinstance(place, mapping.By):
        place = next(iter(place.places.values()))
    before, _at, name = str(place).rpartition('@')
    holder = element.find(before.rstrip('/')) if before else element
    return None if holder is None else holder.get(name)


def _refusal(conv: convert.Converter | convert.Span, value: Any) -> str | None:
    try:
        conv.format(value)
    except (ValueError, TypeError) as ex:
        return str(ex)
    return 'XML cannot hold it' if _has_control(value) else None


def _has_control(value: Any) -> bool:
    if isinstance(value, str):
        return _NO_XML.search(value) is not None
    if isinstance(value, dict):
        return any(_has_control(each) for pair in value.items() for each in pair)
    if isinstance(value, (list, set, tuple)):
        return any(_has_control(each) for each in value)
    return False
