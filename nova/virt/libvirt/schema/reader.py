# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How the node of a plan reads.

Nothing is noted while an element is as its class would write it.  Reading does not
recurse: elements whose children are still to be read wait in a list.
"""

from collections.abc import Hashable, Iterator
from typing import Any, cast

from lxml import etree

from nova.virt.libvirt.schema import markup
from nova.virt.libvirt.schema import plan
from nova.virt.libvirt.schema.plan import FOREIGN
from nova.virt.libvirt.schema.plan import REFUSED
from nova.virt.libvirt.schema.plan import Leaf
from nova.virt.libvirt.schema.plan import Slot
from nova.virt.libvirt.schema.plan import SpanLeaf
from nova.virt.libvirt.schema.plan import Todo
from nova.virt.libvirt.schema.plan import Values
from nova.virt.libvirt.schema.trace import Carried
from nova.virt.libvirt.schema.trace import Item
from nova.virt.libvirt.schema.trace import Notes
from nova.virt.libvirt.schema.trace import Spelling
from nova.virt.libvirt.schema.trace import Trace

#: Children: the slot that took each, and what identifies it there.
_Found = list[tuple[Slot | None, Hashable]]


class Reader(plan.Shape):
    """An element of the object that declares it."""

    def seal(self) -> None:
        super().seal()
        # Bound once: most of the time of reading a document goes by in these two.
        self.read = _reader(self)  # type: ignore[method-assign,assignment]
        self.read_children = _children_reader(self)

    def note(self, notes: Notes) -> Trace:
        """Return what is noted of this element."""
        trace: Trace | None = notes.get(self.path)
        if trace is None:
            trace = notes[self.path] = Trace()
        return trace

    def note_bare(self, element: etree._Element, notes: Notes) -> None:
        """Note that the element stays for its own sake, if nothing in it is set."""
        if not self.is_root and not self._says(element):
            self.note(notes).bare = True

    def _says(self, element: etree._Element) -> bool:
        """Tell whether the element itself has anything that is declared."""
        if self.flag is not None or (self.text is not None and self._text_of(element)):
            return True
        if any(_is_there(leaf, element) for leaf in self.spans):
            return True
        return any(name in self.by_attr or name in self.rest_names
                   for name in element.keys())  # noqa: SIM118

    def convert(self, values: Values, element: etree._Element, leaf: Leaf, raw: str,
                notes: Notes) -> None:
        """Take a value whose spelling may be another than ours."""
        try:
            value = values[leaf.key] = leaf.parse(raw)
            canonical = leaf.format(value)
        except ValueError as ex:
            raise self.bad_value(leaf.key, raw, element, ex) from ex
        if canonical != raw:
            self.note(notes).spelled[leaf.key] = Spelling(canonical, raw)

    def read_other(self, values: Values, element: etree._Element, name: str, raw: str,
                   notes: Notes) -> None:
        """Take an attribute that is no leaf."""
        if name in self.rest_names and self.rest is not None:
            values.setdefault(self.rest, []).append({'key': name, 'value': raw})
            return
        if name in self.fixed or self._is_spanned(name, element):
            return
        trace = self.note(notes)
        trace.attrs[name] = raw
        if name.startswith('{'):
            trace.prefixes = element.nsmap

    def _is_spanned(self, name: str, element: etree._Element) -> bool:
        return any(name in leaf.conv.names and _is_there(leaf, element)
                   for leaf in self.spans)

    def read_text(self, values: Values, element: etree._Element, notes: Notes) -> None:
        """Take the text, what it is a part of, and what it is a sign of."""
        for span in self.spans:
            self._read_span(values, element, span, notes)
        if self.flag is not None:
            values[self.flag] = self.flag_when
        if self.text is None:
            self._read_stray(element.text, notes)
            return
        text = self._text_of(element)
        if text is None:
            return
        value = self.text.quick(text)
        if value is None:
            self.convert(values, element, self.text, text, notes)
        else:
            values[self.text.key] = value

    def _text_of(self, element: etree._Element) -> str | None:
        """Return the text; None where none was set."""
        text = element.text
        if not text:
            # It may be there for something else, or always.
            is_beside = self.always or len(element) or element.attrib
            return None if is_beside else ''
        return None if len(element) and text.isspace() else text

    def _read_stray(self, text: str | None, notes: Notes) -> None:
        if not text or text.isspace():
            return
        if not any(leaf.conv.names[0] == '.' for leaf in self.spans):
            self.note(notes).items.append(text)

    def _read_span(self, values: Values, element: etree._Element, leaf: SpanLeaf,
                   notes: Notes) -> None:
        if not _is_there(leaf, element):
            return
        raw = {name: text for name in leaf.conv.names
               if (text := _part(element, name)) is not None}
        try:
            value = values[leaf.key] = leaf.conv.parse(raw)
            canonical = leaf.conv.format(value) or {}
        except ValueError as ex:
            raise self.bad_value(leaf.key, raw, element, ex) from ex
        if canonical != raw:
            self.note(notes).spelled[leaf.key] = Spelling(canonical, raw)

    def is_arranged(self, notes: Notes) -> bool:
        """Tell whether it is noted already what stands among the children."""
        return self.path in notes and bool(notes[self.path].items)

    def read_rest(self, values: Values, element: etree._Element, count: int,
                  notes: Notes, todo: list[Todo]) -> None:
        """Take the children behind the first ones, which need some thought."""
        children = list(element)
        found = self._taken(values, children[:count])
        seen = {slot for slot, _key in found}
        for child in children[count:]:
            slot = self._taker(child, seen)
            key = REFUSED if slot is None else slot.read(values, child, notes, todo)
            if slot is None or key is REFUSED:
                found.append((None, None))
            else:
                found.append((slot, slot.identity(key)))
            seen.add(found[-1][0])
        if not self._is_usual(values, children, found, notes):
            self._record(children, found, self.note(notes))
        if seen == {None}:
            self.note_bare(element, notes)

    def _taken(self, values: Values, children: list[etree._Element]) -> _Found:
        """Return the slots of children that were read, and what identifies them."""
        found: _Found = []
        keys: dict[Slot, Iterator[Hashable]] = {}
        for child in children:
            slot = self.by_tag.get(child.tag) or self._decided(child)
            if slot is not None:
                each = keys.setdefault(slot, iter(slot.keys(values)))
                found.append((slot, next(each, None)))
        return found

    def matching(self, child: etree._Element) -> plan.QuickSlot | None:
        """Return the slot of a child that one attribute tells from others."""
        asked = self.by_match.get(child.tag)
        if asked is None:
            return None
        return asked.quick.get(child.get(asked.name), asked.quick_otherwise)

    def _decided(self, child: etree._Element) -> Slot | None:
        """Return the slot that one attribute decides."""
        asked = self.by_match.get(child.tag)
        if asked is None:
            return None
        return asked.slots.get(child.get(asked.name), asked.otherwise)

    def _taker(self, child: etree._Element, seen: set[Slot | None]) -> Slot | None:
        # Comments and the like have a function for a tag, which nobody takes.
        sole = self.by_tag.get(child.tag)
        if sole is not None:
            return None if sole.single and sole in seen else sole
        for match, slot in self.takers.get(child.tag, ()):
            if slot.single and slot in seen:
                continue
            if all(child.get(name) == text for name, text in match.items()):
                return slot
        return self.by_tag.get(FOREIGN) if str(child.tag).startswith('{') else None

    def _is_usual(self, values: Values, children: list[etree._Element], found: _Found,
                  notes: Notes) -> bool:
        """Tell whether the children are as they would be written anyway."""
        if self.path in notes and notes[self.path].items:
            return False
        slots = [slot.index for slot, _key in found if slot is not None]
        if len(slots) < len(found) or slots != sorted(slots):
            return False
        if any(child.tail and not child.tail.isspace() for child in children):
            return False
        return all(_is_in_order(slot, values, found) for slot in self.slots
                   if slot.is_sorted)

    def _record(self, children: list[etree._Element], found: _Found,
                trace: Trace) -> None:
        for child, (slot, key) in zip(children, found, strict=True):
            if slot is not None:
                trace.items.append(Item(slot.name, key))
            elif isinstance(cast(object, child.tag), str):
                # Comments and processing instructions are nothing libvirt keeps.
                trace.items.append(Carried(markup.text_of(child)))
            if child.tail and not child.tail.isspace():
                trace.items.append(child.tail)


def finish(todo: list[Todo]) -> None:
    """Read the children that wait, and theirs.

    :raises InvalidInput: for a text that its converter refuses.
    """
    while todo:
        read_children, values, element, notes = todo.pop()
        read_children(values, element, notes, todo)


def _reader(node: Reader) -> plan.Read:
    """Return what takes attributes and text of an element; its children wait."""
    find = node.quick_attrs.get
    needs_text, is_sole_text = node.needs_text, node.is_sole_text
    text_key, text_quick = node.text_key, node.text_quick
    is_fixed = bool(node.fixed)

    def read(values: Values, element: etree._Element, notes: Notes,
             todo: list[Todo]) -> Any:
        # The stubs of lxml allow for names and values in bytes, which none is.
        pairs: Any = element.items()
        for name, raw in pairs:
            known = find(name)
            if known is None:
                node.read_other(values, element, name, raw, notes)
                continue
            key, quick = known
            if quick is None:
                values[key] = raw
            elif (value := quick(raw)) is not None:
                values[key] = value
            else:
                node.convert(values, element, node.by_attr[name], raw, notes)
        text = element.text
        if len(element):
            if needs_text or text is not None:
                node.read_text(values, element, notes)
            todo.append((node.read_children, values, element, notes))
        elif text and is_sole_text:
            if text_quick is None:
                values[text_key] = text
            elif (value := text_quick(text)) is not None:
                values[text_key] = value
            else:
                node.read_text(values, element, notes)
        elif needs_text or text is not None:
            node.read_text(values, element, notes)
            node.note_bare(element, notes)
        elif not pairs or notes or is_fixed:
            node.note_bare(element, notes)
        return None

    return read


def _children_reader(node: Reader) -> plan.ReadChildren:
    """Return what takes the children, for as long as they are known and in order."""
    find = node.quick_slots.get

    def read_children(values: Values, element: etree._Element, notes: Notes,
                      todo: list[Todo]) -> None:
        last = -1
        if notes and node.is_arranged(notes):
            node.read_rest(values, element, 0, notes, todo)
            return
        for child in element:
            found = find(child.tag) or node.matching(child)
            if found is None:
                break
            index, next_last, read = found
            if index <= last or ((tail := child.tail) and not tail.isspace()):
                break
            if read(values, child, notes, todo) is REFUSED:
                break
            last = next_last
        else:
            return
        node.read_rest(values, element, element.index(child), notes, todo)

    return read_children


def _is_in_order(slot: Slot, values: Values, found: _Found) -> bool:
    there = [key for taker, key in found if taker is slot]
    return not there or there == list(slot.keys(values))


def _part(element: etree._Element, name: str) -> str | None:
    return element.text if name == '.' else element.get(name)


def _is_there(leaf: SpanLeaf, element: etree._Element) -> bool:
    return _part(element, leaf.conv.names[0]) is not None
