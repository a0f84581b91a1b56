# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the declarations of a class compile to: a tree of nodes and slots.

A node is an element that has no object of its own.  It reads and writes the values of
its leaves straight in the attribute dictionary of the object that declares them.
A slot is what may stand among a node's children: another node, the object of a
``Child``, the objects of ``Children``, the rows of ``Columns``.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
import dataclasses
from typing import Any, NamedTuple

from lxml import etree

from nova import exception
from nova.virt.libvirt.schema import convert
from nova.virt.libvirt.schema import markup
from nova.virt.libvirt.schema import refusal
from nova.virt.libvirt.schema.trace import Notes

Values = dict[str, Any]
#: Attributes that an element must have for a slot to recognise it.
Match = Mapping[str, str]

#: Told by a slot that cannot hold the element after all.
REFUSED: Any = object()


#: The tag of a slot for elements of any namespace that no other slot takes.
FOREIGN = '{*}element'


class BadValue(ValueError):
    """A value of an object that cannot be written."""

    def __init__(self, key: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.key = key
        self.value = value


@dataclasses.dataclass(slots=True, eq=False)
class Leaf:
    """An attribute or a text (``'.'``) and where its value lives."""

    xml: str
    key: str
    conv: convert.Converter
    #: Another key without which the value of an object made by hand is not written.
    needs: str | None = None
    #: A string that needs no converting.
    is_plain: bool = dataclasses.field(init=False)
    parse: Callable[[str], Any] = dataclasses.field(init=False)
    format: Callable[[Any], str | None] = dataclasses.field(init=False)
    quick: Callable[[str], Any] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.is_plain = self.conv is convert.STR
        self.parse = self.conv.parse
        self.format = self.conv.format
        self.quick = self.conv.quick


@dataclasses.dataclass(slots=True, eq=False)
class SpanLeaf:
    """Several attributes, and where their one value lives."""

    key: str
    conv: convert.Span


class Slot:
    """Something that may stand among the children of a node."""

    #: What it is called among the slots of its node, whatever the discriminator.
    name = ''
    #: Index among the slots of its node.
    index = 0
    #: The highest index after which a child of this slot would be out of order.
    last = 0
    #: At most one child; a second one is carried as undeclared.
    single = True
    #: Written in an order of its own, not in that of a list.
    is_sorted = False
    #: Looks itself for the attributes by which elements are recognised.
    asks_itself = False
    #: Written for an object made by hand, whatever is in it.
    always = False
    #: The values that fill it: set when not None, when not empty, when False.
    scalars: tuple[str, ...] = ()
    fillable: tuple[str, ...] = ()
    inverted: tuple[str, ...] = ()
    #: Where in it notes may have been taken.
    paths: frozenset[str] = frozenset()

    def seal(self) -> None:
        """Work out what depends on all that was added."""
        self.last = self.index if self.single else self.index - 1

    def write(self, values: Values, live: Collection[str] | None, notes: Notes | None,
              pad: str, out: list[str]) -> None:
        """Append the text of each of this slot's elements.

        :param live: those keys of the object that have something to write here;
            None to look at all.
        :param notes: what was noted when the object was read; None when it was made
            by hand.
        :param pad: the line break and the blanks before an element; empty where texts
            would be changed by them.
        """
        raise NotImplementedError

    def keys(self, values: Values) -> Iterable[Hashable]:
        """Return what identifies each of the elements just written."""
        return (None,)

    def identity(self, key: Any) -> Hashable:
        """Return the same for what ``read`` told."""
        return None

    def quick(self, tag: str) -> 'QuickSlot':
        """Return what is needed to read an element of a tag."""
        return self.index, self.last, self.read

    def read(self, values: Values, element: etree._Element, notes: Notes,
             todo: 'list[Todo]') -> Any:
        """Take the element's values; return what identifies it, or REFUSED.

        :param todo: where elements are put whose children are still to be read.
        """
        raise NotImplementedError


Read = Callable[[Values, etree._Element, Notes, 'list[Todo]'], Any]
ReadChildren = Callable[[Values, etree._Element, Notes, 'list[Todo]'], None]
#: An element whose children are to be read: how, and the values and the notes of its
#: object.
Todo = tuple[ReadChildren, Values, etree._Element, Notes]
#: The index of a slot, the index after it, and how it reads.
QuickSlot = tuple[int, int, Read]


class Decision(NamedTuple):
    """The slot for each value of an attribute, and for any other."""

    name: str
    slots: Mapping[str | None, Slot]
    otherwise: Slot | None
    #: The same with what is needed of the slot at hand.
    quick: Mapping[str | None, 'QuickSlot']
    quick_otherwise: 'QuickSlot | None'


class Shape(Slot):
    """The tables of a node.

    :param owner: the class that declares it.
    :param prefixes: those of the namespaces that its tags may have.
    """

    def __init__(self, tag: str, fixed: Match | None, owner: type[Any],
                 prefixes: Mapping[str, str | None], path: str = '') -> None:
        self.tag = tag
        self.fixed = dict(fixed or {})
        self.owner = owner
        self.prefixes = prefixes
        self.path = path
        self.is_root = not path
        self.name = path
        uri, local = markup.split(tag)
        markup.checked(local)
        prefix = prefixes.get(uri) if uri else None
        #: The tag as it is written, and the attributes that always are.
        self.xml = f'{prefix}:{local}' if prefix else local
        self.fixed_text = ''.join(markup.attribute(*pair)
                                  for pair in self.fixed.items())
        self.flag: str | None = None
        self.flag_when = True
        self.leaves: list[Leaf] = []
        self.spans: list[SpanLeaf] = []
        self.text: Leaf | None = None
        self.rest: str | None = None
        self.rest_names: frozenset[str] = frozenset()
        self.slots: list[Slot] = []
        #: The slot of a tag, where only one comes into question.
        self.by_tag: dict[str, Slot] = {}
        #: The same with what is needed of the slot at hand.
        self.quick_slots: dict[str, QuickSlot] = {}
        #: How one attribute tells apart the slots of a tag.
        self.by_match: dict[str, Decision] = {}
        self.by_attr: dict[str, Leaf] = {}
        #: The key of an attribute, and its quick way; None for a plain string.
        self.quick_attrs: dict[str, tuple[str, Callable[[str], Any] | None]] = {}
        self.takers: dict[str, list[tuple[Match, Slot]]] = {}
        #: Where a value is: the index of its slot, or of its leaf, from the end.
        self.place_of: dict[str, int] = {}
        self.always_slots: tuple[int, ...] = ()
        #: Keys of values that are written even when they are false.
        self.said: frozenset[str] = frozenset()
        #: Whether there is more to an element without text than its attributes.
        self.needs_text = False
        #: Whether the text is all there is beside attributes, and a string.
        self.is_sole_text = False
        self.is_plain_text = False
        self.text_key = ''
        self.text_quick: Callable[[str], Any] | None = None
        self.text_format: Callable[[Any], str | None] = str
        self.has_text = False

    def add_slot(self, tag: str, match: Match, slot: Slot) -> None:
        """Let the slot take the children of that tag that match."""
        if slot not in self.slots:
            slot.index = len(self.slots)
            self.slots.append(slot)
        takers = self.takers.setdefault(tag, [])
        takers.append((match, slot))
        # The one that asks for most is asked first.
        takers.sort(key=lambda taker: -len(taker[0]))

    def node_at(self, segments: Sequence[tuple[str, Match]]) -> Any:
        """Return the node at the end of the path, made where it is missing."""
        node = self
        for tag, fixed in segments:
            node = node._child_node(tag, fixed)
        return node

    def _child_node(self, tag: str, fixed: Match) -> 'Shape':
        for slot in self.slots:
            if isinstance(slot, Shape) and (slot.tag, slot.fixed) == (tag, fixed):
                return slot
        node = self.beside(tag, fixed)
        self.add_slot(tag, fixed, node)
        return node

    def beside(self, tag: str, fixed: Match) -> 'Shape':
        """Return a new node for a child of this one."""
        asked = ','.join(f'{name}={text}' for name, text in sorted(fixed.items()))
        path = f'{self.path}/{tag}[{asked}]' if asked else f'{self.path}/{tag}'
        node = type(self)(tag, fixed, self.owner, self.prefixes, path)
        uri = markup.split(tag)[0]
        if uri and uri != markup.split(self.tag)[0]:
            node.fixed_text += markup.declaration(uri, self.prefixes.get(uri))
        return node

    def seal(self) -> None:
        for slot in self.slots:
            slot.seal()
        self.place_of = {key: slot.index for slot in self.slots
                         for key in (*slot.scalars, *slot.fillable, *slot.inverted)}
        self.place_of.update((leaf.key, index - len(self.leaves))
                             for index, leaf in enumerate(self.leaves))
        self.always_slots = tuple(slot.index for slot in self.slots if slot.always)
        self.by_attr = {leaf.xml: leaf for leaf in self.leaves}
        self.quick_attrs = {leaf.xml: (leaf.key, None if leaf.is_plain else leaf.quick)
                            for leaf in self.leaves}
        self.by_tag = {tag: takers[0][1] for tag, takers in self.takers.items()
                       if _is_sole(takers)}
        self.quick_slots = {tag: slot.quick(tag) for tag, slot in self.by_tag.items()}
        self.by_match = {tag: found for tag, takers in self.takers.items()
                         if (found := _by_one_attribute(tag, takers)) is not None}
        self.scalars = tuple(self._scalar_keys())
        self.fillable = tuple(self._fillable_keys())
        self.inverted = tuple(self._inverted_keys())
        if self.text is not None:
            self.is_sole_text = not self.spans and self.flag is None
            self.is_plain_text = self.text.is_plain and self.is_sole_text
            self.text_key = self.text.key
            self.text_quick = None if self.text.is_plain else self.text.quick
            self.text_format = self.text.format
        self.has_text = self.text is not None or bool(self.spans)
        self.needs_text = self.has_text or self.flag is not None
        self.said = frozenset((*self.scalars, *self.inverted))
        self.paths = frozenset((self.path,)).union(
            *(slot.paths for slot in self.slots))
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

    def bad_value(self, key: str, value: object, element: etree._Element,
                  cause: object) -> exception.InvalidInput:
        """Return the error for a text that its converter refuses."""
        return exception.InvalidInput(
            reason=f'{self.owner.__name__}.{key}: {refusal.shown(value)}'
                   f'{line_of(element)}: {cause}')


def line_of(element: etree._Element) -> str:
    """Return where an element stands in its document, for a message."""
    line: Any = element.sourceline
    return f' (line {line})' if line else ''


def _is_sole(takers: list[tuple[Match, Slot]]) -> bool:
    slot = takers[0][1]
    if slot.is_sorted or any(other is not slot for _match, other in takers):
        return False
    return slot.asks_itself or not takers[0][0]


def _by_one_attribute(tag: str, takers: list[tuple[Match, Slot]]) -> Decision | None:
    """Return how one attribute decides between the takers, if it does."""
    names = {name for match, _slot in takers for name in match}
    if len(names) != 1 or any(slot.is_sorted for _match, slot in takers):
        return None
    name = names.pop()
    found: dict[str | None, Slot] = {}
    otherwise: Slot | None = None
    for match, slot in takers:
        if match:
            found.setdefault(match[name], slot)
        elif otherwise is not None:
            return None
        else:
            otherwise = slot
    is_clear = len(found) + (otherwise is not None) == len(takers)
    if not is_clear:
        return None
    return Decision(name, found, otherwise,
                    {value: slot.quick(tag) for value, slot in found.items()},
                    None if otherwise is None else otherwise.quick(tag))
