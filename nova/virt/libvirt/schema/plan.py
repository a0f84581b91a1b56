# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the declarations of a class compile to: a tree of nodes and slots.

A node is an element that has no object of its own.  It reads and writes the values of
its leaves straight in the attribute dictionary of the object that declares them.
A slot is what may stand among a node's children: another node, the object of a
``Child``, the objects of ``Children``, the rows of ``Columns``.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Union, cast

from lxml import etree

from nova.virt.libvirt.schema import convert
from nova.virt.libvirt.schema import trace as tracing
from nova.virt.libvirt.schema.trace import Trace
from nova.virt.libvirt.schema.trace import attributes_of

Values = dict[str, Any]
#: What reading a child tells: what identifies it, its trace, whether it had declared
#: content.
Read = tuple[object, Trace | None, bool]
#: A child as it was found: declared, undeclared, or the text after one.
_Found = Union['tuple[Slot, object, Trace | None]', etree._Element, str]
#: Attributes that an element must have for a slot to recognise it.
Match = Mapping[str, str]


class BadValue(ValueError):
    """A text that its converter refuses, before the class is known."""

    def __init__(self, key: str, value: object, line: int | None,
                 reason: object) -> None:
        super().__init__(str(reason))
        self.key = key
        self.value = value
        self.line = line


class Leaf(NamedTuple):
    """An attribute or a text (``'.'``) and where its value lives."""

    xml: str
    key: str
    conv: convert.Converter
    #: Another key without which the value of an object made by hand is not written.
    needs: str | None = None


class SpanLeaf(NamedTuple):
    """Several attributes, and where their one value lives."""

    key: str
    conv: convert.Span


class Slot:
    """Something that may stand among the children of a node."""

    #: Index among the slots of its node.
    index = 0
    #: At most one child; a second one is carried as undeclared.
    single = True
    #: Written in an order of its own, not in that of a list.
    is_sorted = False
    #: Written for an object made by hand, whatever is in it.
    always = False
    #: The values that fill it: set when not None, when not empty, when False.
    scalars: tuple[str, ...] = ()
    fillable: tuple[str, ...] = ()
    inverted: tuple[str, ...] = ()
    #: All of them.
    all_keys: frozenset[str] = frozenset()

    def seal(self) -> None:
        """Work out what depends on all that was added."""
        self.all_keys = frozenset((*self.scalars, *self.fillable, *self.inverted))

    def write(self, values: Values, live: set[str], parent: etree._Element,
              fresh: bool, trace: Trace | None) -> None:
        """Append this slot's elements; ``trace`` is that of the parent.

        :param live: the keys of the object that have something to write.
        :param fresh: whether the object was made by hand, not read.
        """
        raise NotImplementedError

    def keys(self, values: Values) -> Iterable[Hashable]:
        """Return what identifies each of the elements just written."""
        return (None,)

    def identity(self, key: object) -> Hashable:
        """Return the same for what ``read`` told."""
        return None

    def read(self, values: Values, element: etree._Element) -> Read | None:
        """Take the element's values; None when it cannot be held here."""
        raise NotImplementedError


class Node(Slot):
    """An element of the object that declares it."""

    def __init__(self, tag: str, fixed: Match | None = None) -> None:
        self.tag = tag
        self.fixed = dict(fixed or {})
        self.flag: str | None = None
        self.flag_when = True
        self.leaves: list[Leaf] = []
        self.spans: list[SpanLeaf] = []
        self.text: Leaf | None = None
        self.rest: str | None = None
        self.rest_names: frozenset[str] = frozenset()
        self.slots: list[Slot] = []
        self._by_attr: dict[str, Leaf] = {}
        self._by_tag: dict[str, list[tuple[Match, Slot]]] = {}

    # Building

    def add_slot(self, tag: str, match: Match, slot: Slot) -> None:
        """Let the slot take the children of that tag that match."""
        if slot not in self.slots:
            slot.index = len(self.slots)
            self.slots.append(slot)
        takers = self._by_tag.setdefault(tag, [])
        takers.append((match, slot))
        # The one that asks for most is asked first.
        takers.sort(key=lambda taker: -len(taker[0]))

    def node_at(self, segments: Sequence[tuple[str, Match]]) -> 'Node':
        """Return the node at the end of the path, made where it is missing."""
        node = self
        for tag, fixed in segments:
            node = node._child_node(tag, fixed)
        return node

    def _child_node(self, tag: str, fixed: Match) -> 'Node':
        for slot in self.slots:
            if isinstance(slot, Node) and (slot.tag, slot.fixed) == (tag, fixed):
                return slot
        node = Node(tag, fixed)
        self.add_slot(tag, fixed, node)
        return node

    def seal(self) -> None:
        for slot in self.slots:
            slot.seal()
        self._by_attr = {leaf.xml: leaf for leaf in self.leaves}
        self.scalars = tuple(self._scalar_keys())
        self.fillable = tuple(self._fillable_keys())
        self.inverted = tuple(self._inverted_keys())
        super().seal()

    def _scalar_keys(self) -> Iterable[str]:
        yield from (leaf.key for leaf in self.leaves)
        yield from (leaf.key for leaf in self.spans)
        if self.text is not None:
            yield self.text.key
        for slot in self.slots:
            yield from slot.scalars

    def _fillable_keys(self) -> Iterable[str]:
        if self.rest is not None:
            yield self.rest
        if self.flag is not None and self.flag_when:
            yield self.flag
        for slot in self.slots:
            yield from slot.fillable

    def _inverted_keys(self) -> Iterable[str]:
        if self.flag is not None and not self.flag_when:
            yield self.flag
        for slot in self.slots:
            yield from slot.inverted

    def all_leaves(self) -> Iterable[Leaf | SpanLeaf]:
        """Yield the leaves of this node and of the nodes in it."""
        yield from self.leaves
        yield from self.spans
        if self.text is not None:
            yield self.text
        for slot in self.slots:
            if isinstance(slot, Node):
                yield from slot.all_leaves()

    # Writing

    def live(self, values: Values) -> set[str]:
        """Return the keys whose values have something to write."""
        found = {key for key in self.scalars if values[key] is not None}
        found.update(key for key in self.fillable if values[key])
        found.update(key for key in self.inverted if values[key] is False)
        return found

    def write(self, values: Values, live: set[str], parent: etree._Element,
              fresh: bool, trace: Trace | None) -> None:
        own = None if trace is None else next(
            (item.trace for item in trace.of_slot(self.index)), None)
        stays = ((self.always and fresh) or self.flag is not None
                 or (own is not None and own.bare))
        attrs = self.attributes(values, fresh)
        stays = stays or len(attrs) > len(self.fixed)
        element = etree.SubElement(parent, self.tag, attrs)
        if not self.fill(element, values, live, fresh, own, stays) and not stays:
            parent.remove(element)

    def attributes(self, values: Values, fresh: bool) -> dict[str, str]:
        """Return the attributes of this element that are set."""
        attrs = self.fixed.copy()
        for xml, key, conv, needs in self.leaves:
            value = values[key]
            if value is None or (needs is not None and fresh
                                 and values[needs] is None):
                continue
            if conv is not convert.STR or value.__class__ is not str:
                value = conv.format(value)
                if value is None:
                    continue
            attrs[xml] = value
        if self.spans:
            attrs.update(self._spanned(values))
        if self.rest is not None:
            attrs.update((pair['key'], pair['value']) for pair in values[self.rest])
        return attrs

    def _spanned(self, values: Values) -> Iterable[tuple[str, str]]:
        for key, conv in self.spans:
            if values[key] is not None:
                yield from ((name, text) for name, text
                            in (conv.format(values[key]) or {}).items()
                            if name != '.')

    def fill(self, element: etree._Element, values: Values, live: set[str],
             fresh: bool, trace: Trace | None, stays: bool = True) -> bool:
        """Write text and children; tell whether there were any.

        :param stays: whether the element is there without them.
        """
        text = self._text(values) if self.text is not None or self.spans else None
        if text is not None:
            element.text = text
        if trace is not None:
            self._fill_traced(element, values, live, fresh, trace, stays)
        elif self.slots:
            for slot in self.slots:
                if not slot.all_keys.isdisjoint(live) or (fresh and slot.always):
                    slot.write(values, live, element, fresh, None)
        return text is not None or len(element) > 0

    def _text(self, values: Values) -> str | None:
        if self.text is not None:
            value = values[self.text.key]
            return None if value is None else self.text.conv.format(value)
        for key, conv in self.spans:
            if conv.names[0] == '.' and values[key] is not None:
                return (conv.format(values[key]) or {}).get('.')
        return None

    def _fill_traced(self, element: etree._Element, values: Values, live: set[str],
                     fresh: bool, trace: Trace, stays: bool) -> None:
        made = []
        bare = {item.slot for item in trace.items if isinstance(item, tracing.Item)
                and item.trace is not None and item.trace.bare}
        for slot in self.slots:
            start = len(element)
            if not slot.all_keys.isdisjoint(live) or slot.index in bare:
                slot.write(values, live, element, fresh, trace)
            entries = list(zip(slot.keys(values), list(element)[start:], strict=False))
            made.append((slot.index, slot.is_sorted, entries))
        # What was carried goes when all that it stood beside was taken away.
        if stays or element.text is not None or len(element) > 0:
            trace.dress(element)
            trace.arrange(element, made)

    # Reading

    def read(self, values: Values, element: etree._Element) -> Read | None:
        trace, had = self.take(values, element)
        return None, trace, had

    def take(self, values: Values, element: etree._Element
             ) -> tuple[Trace | None, bool]:
        """Take everything in the element: into values what is declared.

        Return what else there was, and whether anything declared was set.

        :raises BadValue: for a text that its converter refuses.
        """
        had = False
        trace = None
        pairs = element.items()
        if pairs:
            had, trace = self._take_attributes(values, element, attributes_of(element))
        text = element.text
        if text is not None or self.text is not None:
            text_had, trace = self._take_text(values, element, text, trace)
            had = text_had or had
        for leaf in self.spans:
            span_had, trace = self._take_span(values, element, leaf, trace)
            had = span_had or had
        if len(element):
            children_had, trace = self._take_children(values, element, trace)
            had = children_had or had
        if self.flag is not None:
            values[self.flag] = self.flag_when
            had = True
        if not had:
            trace = trace or Trace()
            trace.bare = True
        return trace, had

    def _take_attributes(self, values: Values, element: etree._Element,
                         pairs: list[tuple[str, str]]) -> tuple[bool, Trace | None]:
        had = False
        trace = None
        by_attr = self._by_attr
        for name, raw in pairs:
            leaf = by_attr.get(name)
            if leaf is None:
                kept, trace = self._take_other(values, element, name, raw, trace)
                had = kept or had
                continue
            had = True
            if leaf.conv is convert.STR:
                values[leaf.key] = raw
            else:
                trace = _convert(leaf, raw, values, element, trace)
        return had, trace

    def _take_other(self, values: Values, element: etree._Element, name: str, raw: str,
                    trace: Trace | None) -> tuple[bool, Trace | None]:
        if name in self.rest_names and self.rest is not None:
            values[self.rest].append({'key': name, 'value': raw})
            return True, trace
        if name in self.fixed or self._is_spanned(name, element):
            return False, trace
        trace = trace or Trace()
        trace.attrs[name] = raw
        return False, trace

    def _is_spanned(self, name: str, element: etree._Element) -> bool:
        return any(name in leaf.conv.names and _is_there(leaf, element)
                   for leaf in self.spans)

    def _take_text(self, values: Values, element: etree._Element, text: str | None,
                   trace: Trace | None) -> tuple[bool, Trace | None]:
        leaf = self.text
        if leaf is None:
            return False, self._stray_text(text, trace)
        if not text and (self.always or len(element) or element.attrib):
            # It is there for something else, or always: no text was set.
            return False, trace
        if len(element) and str(text).isspace():
            return False, trace
        if leaf.conv is convert.STR:
            values[leaf.key] = text or ''
            return True, trace
        return True, _convert(leaf, text or '', values, element, trace)

    def _stray_text(self, text: str | None, trace: Trace | None) -> Trace | None:
        is_spanned = any(leaf.conv.names[0] == '.' for leaf in self.spans)
        if is_spanned or text is None or text.isspace():
            return trace
        trace = trace or Trace()
        trace.items.append(text)
        return trace

    def _take_span(self, values: Values, element: etree._Element, leaf: SpanLeaf,
                   trace: Trace | None) -> tuple[bool, Trace | None]:
        if not _is_there(leaf, element):
            return False, trace
        raw = {name: text for name in leaf.conv.names
               if (text := _part(element, name)) is not None}
        try:
            value = leaf.conv.parse(raw)
        except ValueError as ex:
            raise BadValue(leaf.key, raw, _line(element), ex) from ex
        values[leaf.key] = value
        canonical = leaf.conv.format(value) or {}
        if canonical != raw:
            trace = trace or Trace()
            trace.spelled.append(tracing.Spelling(canonical, raw))
        return True, trace

    def _take_children(self, values: Values, element: etree._Element,
                       trace: Trace | None) -> tuple[bool, Trace | None]:
        had = False
        is_plain = True
        last = -1
        seen: set[int] = set()
        # Most elements need no record of their children: it is kept short until then.
        found: list[_Found] = []
        for child in element:
            slot = self._slot_for(child, seen)
            read = None if slot is None else slot.read(values, child)
            if slot is None or read is None:
                is_plain = False
                found.append(child)
            else:
                key, inner, child_had = read
                index = slot.index
                if inner is not None or index < last or slot.is_sorted:
                    is_plain = False
                last = index
                had = had or child_had
                if slot.single:
                    seen.add(index)
                found.append((slot, key, inner))
            if child.tail is not None and not child.tail.isspace():
                is_plain = False
                found.append(child.tail)
        if is_plain and (trace is None or not trace.items):
            return had, trace
        return had, _recorded(trace or Trace(), found)

    def _slot_for(self, child: etree._Element, seen: set[int]) -> Slot | None:
        # Comments and the like have a function for a tag, which nobody takes.
        for match, slot in self._by_tag.get(child.tag, ()):
            if slot.index in seen:
                continue
            if not match or all(child.get(name) == text
                                for name, text in match.items()):
                return slot
        return None


def _recorded(trace: Trace, found: list[_Found]) -> Trace:
    for each in found:
        if isinstance(each, tuple):
            slot, key, inner = each
            trace.items.append(tracing.Item(slot.index, slot.identity(key), inner))
        elif isinstance(each, str):
            trace.items.append(each)
        elif isinstance(cast(object, each.tag), str):
            # Comments and processing instructions are nothing that libvirt keeps.
            trace.items.append(tracing.detached(each))
    return trace


def _convert(leaf: Leaf, raw: str, values: Values, element: etree._Element,
             trace: Trace | None) -> Trace | None:
    try:
        value = leaf.conv.parse(raw)
        canonical = leaf.conv.format(value)
    except ValueError as ex:
        raise BadValue(leaf.key, raw, _line(element), ex) from ex
    values[leaf.key] = value
    if canonical == raw or canonical is None:
        return trace
    trace = trace or Trace()
    trace.spelled.append(tracing.Spelling({leaf.xml: canonical}, {leaf.xml: raw}))
    return trace


def _part(element: etree._Element, name: str) -> str | None:
    return element.text if name == '.' else element.get(name)


def _is_there(leaf: SpanLeaf, element: etree._Element) -> bool:
    return _part(element, leaf.conv.names[0]) is not None


def _line(element: etree._Element) -> int | None:
    return cast('int | None', element.sourceline)
