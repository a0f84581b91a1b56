# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What an element held beyond what its class declares, and in which order.

A trace is taken when an element is read and only where it is needed: the element had
something undeclared, an unusual order or spelling, or nothing in it at all.  Writing
the object lays the trace over what the declared fields produced.
"""

from collections import Counter
from collections import defaultdict
from collections.abc import Hashable, Iterator
import contextvars
import copy
from typing import Any, NamedTuple, cast

from lxml import etree


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

    canonical: dict[str, str]
    raw: dict[str, str]


class Item(NamedTuple):
    """A declared child at its place."""

    slot: int
    key: Hashable
    trace: 'Trace | None'


Entry = tuple[Hashable, etree._Element]

_sink: contextvars.ContextVar[list[tuple[etree._Element, str, str]] | None] = (
    contextvars.ContextVar('undeclared', default=None))


class Trace:
    """What was seen in one element."""

    __slots__ = ('attrs', 'items', 'spelled', 'bare')

    def __init__(self) -> None:
        #: Undeclared attributes.
        self.attrs: dict[str, str] = {}
        #: Children in order: a declared one, an undeclared one, or a stray text.
        self.items: list[Item | etree._Element | str] = []
        self.spelled: list[Spelling] = []
        #: Nothing declared was set, so the element stays for its own sake.
        self.bare = False

    def carries(self) -> bool:
        """Tell whether anything undeclared is in this very element."""
        return bool(self.attrs) or any(not isinstance(item, Item)
                                       for item in self.items)

    def of_slot(self, slot: int) -> Iterator[Item]:
        """Yield the children that the slot had when they were read."""
        return (item for item in self.items
                if isinstance(item, Item) and item.slot == slot)

    def facts(self) -> list[object]:
        """Return what is carried in a form that compares by value."""
        found: list[object] = [*sorted(self.attrs.items())]
        for item in self.items:
            if isinstance(item, str):
                found.append(item.strip())
            elif isinstance(item, Item):
                inner = item.trace.facts() if item.trace is not None else []
                found.extend((item.slot, fact) for fact in inner)
            else:
                found.append(_tree_facts(item))
        return found

    def dress(self, element: etree._Element) -> None:
        """Give the element its undeclared attributes and its former spelling."""
        for spelling in self.spelled:
            _respell(element, spelling)
        for name, value in self.attrs.items():
            if name not in element.attrib:
                element.set(name, value)
                _note(element, f'@{name}', value)

    def arrange(self, element: etree._Element,
                made: list[tuple[int, bool, list[Entry]]]) -> None:
        """Put children where they were, and undeclared ones between them.

        ``made`` has for each slot whether its children are sorted, and the children
        just written.  Those that were not there before follow what they follow in it.
        """
        places, newer = self._sort_out(made)
        for child in list(element):
            element.remove(child)
        _place(element, newer[None], newer)
        for item in self.items:
            if isinstance(item, Item):
                _place(element, _taken(places[item.slot], item.key), newer)
            elif isinstance(item, str):
                _add_text(element, item)
            else:
                _add_carried(element, item)

    def _sort_out(self, made: list[tuple[int, bool, list[Entry]]]) -> tuple[
            dict[int, '_Places'], dict[etree._Element | None, list[etree._Element]]]:
        newer: dict[etree._Element | None, list[etree._Element]] = defaultdict(list)
        places: dict[int, _Places] = {}
        before: etree._Element | None = None
        for slot, is_sorted, entries in made:
            known = [item.key for item in self.of_slot(slot)]
            places[slot] = _Places(is_sorted, known)
            for key, child in entries:
                if places[slot].add(key, child):
                    before = child
                else:
                    newer[before].append(child)
        return places, newer


def _tree_facts(element: etree._Element) -> object:
    return (element.tag, sorted(element.items()), (element.text or '').strip(),
            [(_tree_facts(child), (child.tail or '').strip()) for child in element])


class _Places:
    """The children of one slot that were there when the element was read."""

    __slots__ = ('is_sorted', 'known', 'staying')

    def __init__(self, is_sorted: bool, known: list[Hashable]) -> None:
        self.is_sorted = is_sorted
        self.known = Counter(known)
        self.staying: list[Entry] = []

    def add(self, key: Hashable, child: etree._Element) -> bool:
        if not self.known[key]:
            return False
        self.known[key] -= 1
        self.staying.append((key, child))
        return True

    def take(self, key: Hashable) -> etree._Element | None:
        """Return the child of this place; a list fills its places in its own order."""
        for index, (other, child) in enumerate(self.staying):
            if not self.is_sorted or other == key:
                del self.staying[index]
                return child
        return None


def _place(element: etree._Element, children: list[etree._Element],
           newer: dict[etree._Element | None, list[etree._Element]]) -> None:
    for child in children:
        element.append(child)
        for added in newer.get(child, ()):
            element.append(added)


def _taken(places: _Places, key: Hashable) -> list[etree._Element]:
    # A place whose child is gone stays empty: it may not pull up the next one.
    if places.known[key]:
        places.known[key] -= 1
        return []
    child = places.take(key)
    return [] if child is None else [child]


def _respell(element: etree._Element, spelling: Spelling) -> None:
    for name, text in spelling.canonical.items():
        if (element.text if name == '.' else element.get(name)) != text:
            return
    for name in spelling.canonical.keys() - spelling.raw.keys():
        del element.attrib[name]
    for name, text in spelling.raw.items():
        if name == '.':
            element.text = text
        else:
            element.set(name, text)


def _add_text(element: etree._Element, text: str) -> None:
    if len(element):
        last = element[-1]
        last.tail = (last.tail or '') + text
    else:
        element.text = (element.text or '') + text
    _note(element, 'text()', text)


def _add_carried(element: etree._Element, carried: etree._Element) -> None:
    added = copy.deepcopy(carried)
    element.append(added)
    for node in added.iter(etree.Element):
        for kind, value in _own_facts(node):
            _note(node, kind, value)


def _own_facts(node: etree._Element) -> Iterator[tuple[str, str]]:
    text = (node.text or '').strip()
    for name, value in attributes_of(node):
        yield f'@{name}', value
    if text:
        yield 'text()', text
    elif not len(node) and not node.attrib:
        yield 'element()', ''


def _note(element: etree._Element, kind: str, value: str) -> None:
    sink = _sink.get()
    if sink is not None:
        sink.append((element, kind, value))


def noted(write: Any) -> list[Fact]:
    """Return the undeclared facts of the tree that ``write()`` makes."""
    sink: list[tuple[etree._Element, str, str]] = []
    token = _sink.set(sink)
    try:
        root = write()
    finally:
        _sink.reset(token)
    tree = root.getroottree()
    return [Fact(_path(tree, node), kind, value) for node, kind, value in sink]


def _path(tree: Any, node: etree._Element) -> str:
    """Return the path of an element, with the place among siblings of its name."""
    below = cast(str, tree.getelementpath(node))
    top = cast(str, tree.getroot().tag)
    return f'/{top}' if below == '.' else f'/{top}/{below}'


def attributes_of(element: etree._Element) -> list[tuple[str, str]]:
    """Return names and values; the stubs of lxml allow for bytes, which none is."""
    return cast('list[tuple[str, str]]', element.items())


def detached(element: etree._Element) -> etree._Element:
    """Return a copy of the element that belongs to no document."""
    alone = copy.deepcopy(element)
    alone.tail = None
    return alone
