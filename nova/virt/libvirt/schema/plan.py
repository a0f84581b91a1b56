# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the declarations of a class compile to: a tree of nodes and slots.

A node is an element that has no object of its own.  It reads and writes the values of
its leaves straight in the attribute dictionary of the object that declares them.
A slot is what may stand among a node's children: another node, the object of a
``Child``, the objects of ``Children``, the rows of ``Columns``.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
import itertools
from typing import Any, NamedTuple, Protocol

from lxml import etree

from nova.virt.libvirt.schema import convert
from nova.virt.libvirt.schema import trace as tracing
from nova.virt.libvirt.schema.trace import Trace

Values = dict[str, Any]
#: What reading a child tells: its key, its trace, whether it had declared content.
Read = tuple[Hashable, Trace | None, bool]
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


class SpanLeaf(NamedTuple):
    """Several attributes, and where their one value lives."""

    key: str
    conv: convert.Span


class Mapped(Protocol):
    """What a slot needs of the objects in it."""

    def emit(self, parent: etree._Element | None) -> etree._Element: ...

    def parse_dom(self, xmldoc: etree._Element) -> None: ...


class Slot:
    """Something that may stand among the children of a node."""

    #: Index among the slots of its node.
    index = 0
    #: At most one child; a second one is carried as undeclared.
    single = True
    #: Written in an order of its own, not in that of a list.
    is_sorted = False
    #: The values that fill it: set when not None, and set when not empty.
    scalars: tuple[str, ...] = ()
    fillable: tuple[str, ...] = ()

    def write(self, values: Values, parent: etree._Element, fresh: bool,
              trace: Trace | None) -> None:
        """Append this slot's elements; ``trace`` is that of the parent."""
        raise NotImplementedError

    def keys(self, values: Values) -> Iterable[Hashable]:
        """Return what identifies each of the elements just written."""
        return (None,)

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
        self.always = False
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
        """Work out what depends on all that was added."""
        for slot in self.slots:
            if isinstance(slot, (Node, Rows)):
                slot.seal()
        self._by_attr = {leaf.xml: leaf for leaf in self.leaves}
        self.scalars = tuple(self._scalar_keys())
        self.fillable = tuple(self._fillable_keys())

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

    def write(self, values: Values, parent: etree._Element, fresh: bool,
              trace: Trace | None) -> None:
        own = self._own_trace(trace)
        if not self._is_wanted(values, fresh, own):
            return
        element = etree.SubElement(parent, self.tag, self.attributes(values))
        filled = self.fill(element, values, fresh, own)
        if not filled and self.flag is None and not self._stays(fresh, own):
            parent.remove(element)

    def _own_trace(self, parent_trace: Trace | None) -> Trace | None:
        if parent_trace is None:
            return None
        return next((item.trace for item in parent_trace.of_slot(self.index)), None)

    def _is_wanted(self, values: Values, fresh: bool, own: Trace | None) -> bool:
        if self.flag is not None:
            return values[self.flag] is self.flag_when
        for key in self.scalars:
            if values[key] is not None:
                return True
        return any(values[key] for key in self.fillable) or self._stays(fresh, own)

    def _stays(self, fresh: bool, own: Trace | None) -> bool:
        return (self.always and fresh) or (own is not None and own.bare)

    def attributes(self, values: Values) -> dict[str, str]:
        """Return the attributes of this element that are set."""
        attrs = dict(self.fixed) if self.fixed else {}
        for xml, key, conv in self.leaves:
            value = values[key]
            if value is None:
                continue
            if value.__class__ is not str or conv is not convert.STR:
                value = conv.format(value)
            if value is not None:
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

    def fill(self, element: etree._Element, values: Values, fresh: bool,
             trace: Trace | None) -> bool:
        """Write text and children; tell whether the element has any content."""
        text = self._text(values)
        if text is not None:
            element.text = text
        if trace is None:
            for slot in self.slots:
                slot.write(values, element, fresh, None)
        else:
            self._fill_traced(element, values, fresh, trace)
        return (text is not None or len(element) > 0
                or len(element.attrib) > len(self.fixed))

    def _text(self, values: Values) -> str | None:
        if self.text is not None:
            value = values[self.text.key]
            return None if value is None else self.text.conv.format(value)
        for key, conv in self.spans:
            if conv.names[0] == '.' and values[key] is not None:
                return (conv.format(values[key]) or {}).get('.')
        return None

    def _fill_traced(self, element: etree._Element, values: Values, fresh: bool,
                     trace: Trace) -> None:
        made = []
        for slot in self.slots:
            start = len(element)
            slot.write(values, element, fresh, trace)
            entries = list(zip(slot.keys(values), element[start:], strict=False))
            made.append((slot.index, slot.is_sorted, entries))
        if trace.bare or self._has_content(element):
            trace.dress(element)
            trace.arrange(element, made)

    def _has_content(self, element: etree._Element) -> bool:
        return (self.flag is not None or element.text is not None
                or len(element) > 0 or len(element.attrib) > len(self.fixed))

    # Reading

    def read(self, values: Values, element: etree._Element) -> Read | None:
        trace, had = self.take(values, element)
        return None, trace, had

    def take(self, values: Values, element: etree._Element
             ) -> tuple[Trace | None, bool]:
        """Take everything in the element: into values what is declared.

        :raises BadValue: for a text that its converter refuses.
        """
        trace = Trace()
        had = self._take_attributes(values, element, trace)
        had = self._take_text(values, element, trace) or had
        for leaf in self.spans:
            had = self._take_span(values, element, leaf, trace) or had
        is_plain = True
        if len(element):
            children_had, is_plain = self._take_children(values, element, trace)
            had = children_had or had
        if self.flag is not None:
            values[self.flag] = self.flag_when
            had = True
        trace.bare = not had
        if had and is_plain and not (trace.attrs or trace.spelled):
            return None, True
        return trace, had

    def _take_attributes(self, values: Values, element: etree._Element,
                         trace: Trace) -> bool:
        had = False
        for name, raw in element.items():
            leaf = self._by_attr.get(name)
            if leaf is not None:
                values[leaf.key] = _converted(leaf, raw, element, trace)
                had = True
            elif name in self.rest_names and self.rest is not None:
                values[self.rest].append({'key': name, 'value': raw})
                had = True
            elif not self._is_expected(name, element):
                trace.attrs[name] = raw
        return had

    def _is_expected(self, name: str, element: etree._Element) -> bool:
        if name in self.fixed:
            return True
        return any(name in leaf.conv.names and _spans(leaf, element)
                   for leaf in self.spans)

    def _take_text(self, values: Values, element: etree._Element,
                   trace: Trace) -> bool:
        text = element.text
        leaf = self.text
        if leaf is None:
            if text and not text.isspace() and not self._spans_text():
                trace.items.append(text)
            return False
        if not text and (self.always or len(element) or element.attrib):
            # It is there for something else, or always: no text was set.
            return False
        if len(element) and str(text).isspace():
            return False
        values[leaf.key] = _converted(leaf, text or '', element, trace)
        return True

    def _spans_text(self) -> bool:
        return any(leaf.conv.names[0] == '.' for leaf in self.spans)

    def _take_span(self, values: Values, element: etree._Element, leaf: SpanLeaf,
                   trace: Trace) -> bool:
        if not _spans(leaf, element):
            return False
        raw = {name: text for name in leaf.conv.names
               if (text := _part(element, name)) is not None}
        try:
            value = leaf.conv.parse(raw)
        except ValueError as ex:
            raise BadValue(leaf.key, raw, _line(element), ex) from ex
        values[leaf.key] = value
        canonical = leaf.conv.format(value) or {}
        if canonical != raw:
            trace.spelled.append(tracing.Spelling(canonical, raw))
        return True

    def _take_children(self, values: Values, element: etree._Element,
                       trace: Trace) -> tuple[bool, bool]:
        had = False
        is_plain = not trace.items
        last = -1
        seen: set[int] = set()
        for child in element:
            slot = self._slot_for(child, seen)
            read = slot.read(values, child) if slot is not None else None
            if slot is None or read is None:
                _carry(child, trace)
                is_plain = False
            else:
                key, inner, child_had = read
                trace.items.append(tracing.Item(slot.index, key, inner))
                is_plain &= inner is None and slot.index >= last and not slot.is_sorted
                last = slot.index
                had |= child_had
                if slot.single:
                    seen.add(last)
            if child.tail and not child.tail.isspace():
                trace.items.append(child.tail)
                is_plain = False
        return had, is_plain

    def _slot_for(self, child: etree._Element, seen: set[int]) -> Slot | None:
        # Comments and the like have a function for a tag, which nobody takes.
        for match, slot in self._by_tag.get(child.tag, ()):
            if slot.index in seen:
                continue
            if not match or all(child.get(name) == text
                                for name, text in match.items()):
                return slot
        return None


class Objects(Slot):
    """The object of a Child, or the objects of Children."""

    def __init__(self, key: str, choose: Callable[[etree._Element], type[Any] | None],
                 into: type[Any] | None, sort_by: str | None) -> None:
        self.key = key
        self.choose = choose
        self.into = into
        self.sort_by = sort_by
        self.single = into is None
        self.is_sorted = sort_by is not None
        self.scalars = () if into else (key,)
        self.fillable = (key,) if into else ()

    def objects(self, values: Values) -> Iterable[Mapped]:
        """Return the objects in the order in which they are written."""
        value = values[self.key]
        if self.single:
            return () if value is None else (value,)
        if self.sort_by is not None:
            by = self.sort_by
            return sorted(value, key=lambda each: str(getattr(each, by)))
        return value or ()

    def write(self, values: Values, parent: etree._Element, fresh: bool,
              trace: Trace | None) -> None:
        for each in self.objects(values):
            each.emit(parent)

    def keys(self, values: Values) -> Iterable[Hashable]:
        return (tracing.Same(each) for each in self.objects(values))

    def read(self, values: Values, element: etree._Element) -> Read | None:
        chosen = self.choose(element)
        if chosen is None:
            return None
        new: Any = chosen.__new__(chosen)
        new.parse_dom(element)
        if self.single:
            values[self.key] = new
        elif self.into is set:
            if new in values[self.key]:
                return None
            values[self.key].add(new)
        else:
            values[self.key].append(new)
        return tracing.Same(new), None, True


class Rows(Slot):
    """Repeated elements that have no objects: each gives one value per column."""

    single = False

    def __init__(self, node: Node, columns: tuple[str, ...], store: 'RowStore') -> None:
        self.node = node
        self.columns = columns
        self.store = store
        self.is_sorted = store.is_sorted
        self.fillable = store.keys

    def seal(self) -> None:
        """Work out what depends on all that was added."""
        self.node.seal()

    def write(self, values: Values, parent: etree._Element, fresh: bool,
              trace: Trace | None) -> None:
        former: list[tracing.Item] = [] if trace is None else list(
            trace.of_slot(self.index))
        for row in self.store.rows(values):
            cells = dict(zip(self.columns, row, strict=True))
            item = next((each for each in former if each.key == row), None)
            if item is not None:
                former.remove(item)
            element = etree.SubElement(parent, self.node.tag,
                                       self.node.attributes(cells))
            self.node.fill(element, cells, fresh, item.trace if item else None)

    def keys(self, values: Values) -> Iterable[Hashable]:
        return self.store.rows(values)

    def read(self, values: Values, element: etree._Element) -> Read | None:
        cells: Values = dict.fromkeys(self.columns)
        trace, _had = self.node.take(cells, element)
        row = tuple(cells[column] for column in self.columns)
        if not self.store.add(values, row):
            return None
        return row, trace, True


class RowStore:
    """Rows in parallel lists, one per column."""

    is_sorted = False

    def __init__(self, keys: tuple[str, ...], optional: frozenset[str]) -> None:
        self.keys = keys
        self.optional = optional

    def rows(self, values: Values) -> list[tuple[Any, ...]]:
        """Return a value per column for each row."""
        return list(itertools.zip_longest(*(values[key] for key in self.keys)))

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        """Store a row that was read; False when it has no place."""
        count = len(values[self.keys[0]])
        for key, cell in zip(self.keys, row, strict=True):
            if cell is None and key in self.optional:
                continue
            column = values[key]
            column.extend([None] * (count - len(column)))
            column.append(cell)
        return True


class SetStore(RowStore):
    """Rows of one column in a set."""

    is_sorted = True

    def rows(self, values: Values) -> list[tuple[Any, ...]]:
        return [(value,) for value in sorted(values[self.keys[0]])]

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        if row[0] is None or row[0] in values[self.keys[0]]:
            return False
        values[self.keys[0]].add(row[0])
        return True


class DictStore(RowStore):
    """Rows of a name and a value in a dictionary."""

    def rows(self, values: Values) -> list[tuple[Any, ...]]:
        return list(values[self.keys[0]].items())

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        if row[0] is None or row[0] in values[self.keys[0]]:
            return False
        values[self.keys[0]][row[0]] = row[1] or ''
        return True


class PairStore(RowStore):
    """Rows of a name and a value in a list of ``{'key': ..., 'value': ...}``."""

    def rows(self, values: Values) -> list[tuple[Any, ...]]:
        return [(pair['key'], pair['value']) for pair in values[self.keys[0]]]

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        values[self.keys[0]].append({'key': row[0], 'value': row[1]})
        return True


def _converted(leaf: Leaf, raw: str, element: etree._Element, trace: Trace) -> Any:
    if leaf.conv is convert.STR:
        return raw
    try:
        value = leaf.conv.parse(raw)
        canonical = leaf.conv.format(value)
    except ValueError as ex:
        raise BadValue(leaf.key, raw, _line(element), ex) from ex
    if canonical != raw and canonical is not None:
        trace.spelled.append(
            tracing.Spelling({leaf.xml: canonical}, {leaf.xml: raw}))
    return value


def _part(element: etree._Element, name: str) -> str | None:
    return element.text if name == '.' else element.get(name)


def _spans(leaf: SpanLeaf, element: etree._Element) -> bool:
    return _part(element, leaf.conv.names[0]) is not None


def _line(element: etree._Element) -> int | None:
    return element.sourceline


def _carry(child: etree._Element, trace: Trace) -> None:
    # Comments and processing instructions are nothing that libvirt keeps.
    if not isinstance(child.tag, str):
        return
    trace.items.append(tracing.detached(child))
