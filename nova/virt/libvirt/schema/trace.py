# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What an element held beyond what its class declares, and in which order.

A trace is taken when an element is read and only where it is needed: the element had
something undeclared, an unusual order or spelling, or nothing in it at all.  Writing
the object lays the trace over what the declared fields produced.
"""

from collections import Counter
from collections import deque
from collections.abc import Hashable, Iterator, Mapping
import contextvars
from typing import Any, NamedTuple, cast
from urllib import parse

from lxml import etree

from nova.virt.libvirt.schema import markup


class Fact(NamedTuple):
    """One fact of a document: an attribute, a text, or an empty element."""

    path: str
    #: '@name', 'text()' or 'element()'
    kind: str
    value: str


class Same:
    """A key that stands for one object, whatever it is equal to."""

    __slots__ = ('target',)

    def __init__(self, target: object) -> None:
        self.target = target

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.target is self.target

    def __hash__(self) -> int:
        return id(self.target)


class Spelling(NamedTuple):
    """How a value was written; used for as long as the value stays what it was."""

    canonical: object
    raw: Any


class Item(NamedTuple):
    """A declared child at its place."""

    slot: str
    key: Hashable


class Carried(NamedTuple):
    """An undeclared child, as text that declares its namespaces."""

    xml: str


class Entry(NamedTuple):
    """A child that was just written, and what was added behind it."""

    key: Hashable
    texts: list[str]


#: What is noted while an object is read, by the path of the element in it.
Notes = dict[str, Any]

_is_marking: contextvars.ContextVar[bool] = (
    contextvars.ContextVar('is_marking', default=False))
_MARK = 'undeclared'


class Trace:
    """What was seen in one element."""

    __slots__ = ('attrs', 'prefixes', 'items', 'spelled', 'bare')

    def __init__(self) -> None:
        #: Undeclared attributes, and what their prefixes stood for.
        self.attrs: dict[str, str] = {}
        self.prefixes: Mapping[str | None, str] = {}
        #: Children in order: a declared one, an undeclared one, or a stray text.
        #: Without any they are in the usual order.
        self.items: list[Item | Carried | str] = []
        #: By the key of the value.
        self.spelled: dict[str, Spelling] = {}
        #: Nothing declared was set, so the element stays for its own sake.
        self.bare = False

    def facts(self) -> list[object]:
        """Return what is carried in a form that compares by value."""
        found: list[object] = [*sorted(self.attrs.items())]
        for item in self.items:
            if isinstance(item, str):
                found.append(item.strip())
            elif isinstance(item, Carried):
                found.append(markup.canonical(item.xml))
        return found

    def carries(self) -> bool:
        """Tell whether any child was undeclared, or a text stood between them."""
        return any(not isinstance(item, Item) for item in self.items)

    def respelled(self, key: str, text: Any) -> Any:
        """Return a value as it was spelled, if it still is what it was."""
        former = self.spelled.get(key)
        return text if former is None or former.canonical != text else former.raw

    def with_attributes(self, before: str, known: Mapping[str, str | None]) -> str:
        """Return attributes as text with the undeclared ones behind them.

        :param known: the prefix that each namespace of ours is written with.
        """
        return markup.foreign_attributes(before, self.attrs, self.prefixes, known)

    def marks(self) -> str:
        """Return what tells of the undeclared attributes while facts are sought."""
        return ''.join(mark(f'@{parse.quote(name)}') for name in self.attrs)

    def arrange(self, made: list[tuple[str, bool, list[tuple[Hashable, str]]]]
                ) -> Iterator[str]:
        """Yield children where they were, and undeclared ones between them.

        ``made`` has for each slot its name, whether its children are sorted, and the
        children just written.  Those that were not there before follow what they
        follow in it.
        """
        first, places = self._sort_out(made)
        yield from first
        for item in self.items:
            if isinstance(item, Item):
                if item.slot in places:
                    yield from places[item.slot].take(item.key)
            elif isinstance(item, str):
                yield f'{mark("text")}{markup.escaped_text(item)}'
            else:
                yield f'{mark("element")}{item.xml}'

    def _sort_out(self, made: list[tuple[str, bool, list[tuple[Hashable, str]]]]
                  ) -> tuple[list[str], dict[str, '_Places']]:
        first: list[str] = []
        behind = first
        known: dict[str, list[Hashable]] = {}
        for item in self.items:
            if isinstance(item, Item):
                known.setdefault(item.slot, []).append(item.key)
        places: dict[str, _Places] = {}
        for slot, is_sorted, children in made:
            place = places[slot] = _Places(is_sorted, known.get(slot, []))
            # What comes before the first that was there goes right before it.
            ahead: list[str] = []
            is_ahead = any(place.knows(key) for key, _text in children)
            for key, text in children:
                if place.knows(key):
                    behind = place.add(key, [*ahead, text])
                    ahead, is_ahead = [], False
                else:
                    (ahead if is_ahead else behind).append(text)
        return first, places


class _Places:
    """The children of one slot that were there when the element was read."""

    __slots__ = ('known', 'in_order', 'by_key')

    def __init__(self, is_sorted: bool, known: list[Hashable]) -> None:
        self.known = Counter(known)
        # A list fills its places in its own order, a set each with what was there.
        self.in_order: deque[list[str]] = deque()
        self.by_key: dict[Hashable, deque[list[str]]] | None = {} if is_sorted else None

    def knows(self, key: Hashable) -> bool:
        return self.known[key] > 0

    def add(self, key: Hashable, texts: list[str]) -> list[str]:
        """Keep a child that was there; return where those behind it go."""
        self.known[key] -= 1
        if self.by_key is None:
            self.in_order.append(texts)
        else:
            self.by_key.setdefault(key, deque()).append(texts)
        return texts

    def take(self, key: Hashable) -> list[str]:
        """Return what goes to the place of this key."""
        if self.known[key]:
            # A place whose child is gone stays empty: it may not pull up the next.
            self.known[key] -= 1
            return []
        queue = self.in_order if self.by_key is None else self.by_key.get(key)
        return queue.popleft() if queue else []


def mark(what: str) -> str:
    """Return what tells of something undeclared while facts are sought."""
    return f'<?{_MARK} {what}?>' if _is_marking.get() else ''


def carried_facts(notes: Mapping[str, Any]) -> list[object]:
    """Return what is carried in all these notes, in a form that compares by value."""
    found: list[object] = []
    for path, note in sorted(notes.items()):
        if isinstance(note, Trace):
            inner = note.facts()
        else:
            inner = [(row, carried_facts(each)) for row, each in note
                     if carried_facts(each)]
        if inner:
            found.append((path, inner))
    return found


def undeclared(write: Any) -> list[Fact]:
    """Return the undeclared facts of the tree that ``write()`` makes."""
    token = _is_marking.set(True)
    try:
        root = write()
    finally:
        _is_marking.reset(token)
    paths = _Paths()
    return [fact for each in root.iter(etree.ProcessingInstruction)
            if each.target == _MARK for fact in _marked(each, paths)]


class _Paths:
    """The paths of elements, with the place among siblings of the same name."""

    def __init__(self) -> None:
        self._known: dict[Any, str] = {}

    def of(self, node: Any) -> str:
        """Return the path of an element."""
        if node not in self._known:
            parent = node.getparent()
            if parent is None:
                self._known[node] = f'/{node.tag}'
            else:
                self.of(parent)
                self._add_children(parent)
        return self._known[node]

    def _add_children(self, parent: Any) -> None:
        children = list(parent.iterchildren(etree.Element))
        several = Counter(child.tag for child in children)
        seen: Counter[str] = Counter()
        for child in children:
            seen[child.tag] += 1
            place = f'[{seen[child.tag]}]' if several[child.tag] > 1 else ''
            self._known[child] = f'{self._known[parent]}/{child.tag}{place}'


def _marked(found: Any, paths: _Paths) -> Iterator[Fact]:
    """Yield what a mark stands for: an attribute, a text behind it or an element."""
    parent = found.getparent()
    if found.text.startswith('@'):
        name = parse.unquote(found.text[1:])
        yield Fact(paths.of(parent), f'@{name}', parent.get(name))
    elif found.text == 'text':
        yield Fact(paths.of(parent), 'text()', found.tail or '')
    else:
        for node in found.getnext().iter(etree.Element):
            yield from (Fact(paths.of(node), *fact) for fact in _own_facts(node))


def _own_facts(node: etree._Element) -> Iterator[tuple[str, str]]:
    text = (node.text or '').strip()
    for name, value in cast('list[tuple[str, str]]', node.items()):
        yield f'@{name}', value
    if text:
        yield 'text()', text
    elif not len(node) and not node.attrib:
        yield 'element()', ''
    for child in node:
        if child.tail and child.tail.strip():
            yield 'text()', child.tail.strip()
