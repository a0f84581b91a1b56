# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How the node of a plan reads.

Nothing is noted while an element is as its class would write it.  Reading does not
recurse: elements whose children are still to be read wait in a list.
"""

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

_Found = list[tuple[Slot | None, Any]]


class Reader(plan.Shape):
    """An element of the object that declares it."""

    def read(self, values: Values, element: etree._Element, notes: Notes,
             todo: list[Todo]) -> Any:
        """Take attributes and text; children wait for ``read_children``.

        :raises InvalidInput: for a text that its converter refuses.
        """
        had = False
        find = self.by_attr.get
        # The stubs of lxml allow for names and values in bytes, which none is.
        pairs: Any = element.items()
        for name, raw in pairs:
            leaf = find(name)
            if leaf is None:
                had = self._read_other(values, element, name, raw, notes) or had
            elif leaf.is_plain:
                values[leaf.key] = raw
                had = True
            else:
                value = leaf.quick(raw)
                if value is None:
                    self._convert(values, element, leaf, raw, notes)
                else:
                    values[leaf.key] = value
                had = True
        text = element.text
        size = len(element)
        if text is None and had and not size and not self.needs_text:
            return None
        if text is not None or self.needs_text:
            if self.is_plain_text and text and not size:
                values[self.text_key] = text
                return None
            had = self._read_text(values, element, text, notes) or had
        if size:
            todo.append((self, values, element, notes, had))
        elif not had and not self.is_root:
            self._note(notes).bare = True
        return None

    def _note(self, notes: Notes) -> Trace:
        trace: Trace | None = notes.get(self.path)
        if trace is None:
            trace = notes[self.path] = Trace()
        return trace

    def _convert(self, values: Values, element: etree._Element, leaf: Leaf, raw: str,
                 notes: Notes) -> None:
        try:
            value = values[leaf.key] = leaf.parse(raw)
            canonical = leaf.format(value)
        except ValueError as ex:
            raise self.bad_value(leaf.key, raw, element, ex) from ex
        if canonical != raw:
            self._note(notes).spelled[leaf.key] = Spelling(canonical, raw)

    def _read_other(self, values: Values, element: etree._Element, name: str, raw: str,
                    notes: Notes) -> bool:
        if name in self.rest_names and self.rest is not None:
            values.setdefault(self.rest, []).append({'key': name, 'value': raw})
            return True
        if name in self.fixed or self._is_spanned(name, element):
            return False
        trace = self._note(notes)
        trace.attrs[name] = raw
        if name.startswith('{'):
            trace.prefixes = element.nsmap
        return False

    def _is_spanned(self, name: str, element: etree._Element) -> bool:
        return any(name in leaf.conv.names and _is_there(leaf, element)
                   for leaf in self.spans)

    def _read_text(self, values: Values, element: etree._Element, text: str | None,
                   notes: Notes) -> bool:
        """Take the text, what it is a part of, and what it is a sign of."""
        leaf = self.text
        had = False
        for span in self.spans:
            had = self._read_span(values, element, span, notes) or had
        if self.flag is not None:
            values[self.flag] = self.flag_when
            had = True
        if leaf is None:
            self._read_stray(text, notes)
            return had
        if not text and (self.always or len(element) or element.attrib):
            # It is there for something else, or always: no text was set.
            return had
        if len(element) and str(text).isspace():
            return had
        value = leaf.quick(text or '')
        if value is None:
            self._convert(values, element, leaf, text or '', notes)
        else:
            values[leaf.key] = value
        return True

    def _read_stray(self, text: str | None, notes: Notes) -> None:
        if text is None or text.isspace():
            return
        if not any(leaf.conv.names[0] == '.' for leaf in self.spans):
            self._note(notes).items.append(text)

    def _read_span(self, values: Values, element: etree._Element, leaf: SpanLeaf,
                   notes: Notes) -> bool:
        if not _is_there(leaf, element):
            return False
        raw = {name: text for name in leaf.conv.names
               if (text := _part(element, name)) is not None}
        try:
            value = values[leaf.key] = leaf.conv.parse(raw)
            canonical = leaf.conv.format(value) or {}
        except ValueError as ex:
            raise self.bad_value(leaf.key, raw, element, ex) from ex
        if canonical != raw:
            self._note(notes).spelled[leaf.key] = Spelling(canonical, raw)
        return True

    def read_children(self, values: Values, element: etree._Element, notes: Notes,
                      had: bool, todo: list[Todo]) -> None:
        """Take the children, for as long as they come in order and are known."""
        find = self.quick_slots.get
        keys: list[Any] = []
        last = -1
        if not notes or self.path not in notes or not notes[self.path].items:
            for child in element:
                found = find(child.tag) or self._matching(child)
                if found is None:
                    break
                index, next_last, read = found
                tail = child.tail
                if index <= last or (tail is not None and not tail.isspace()):
                    break
                key = read(values, child, notes, todo)
                if key is REFUSED:
                    break
                last = next_last
                keys.append(key)
            else:
                return
        self._read_rest(values, element, notes, had, keys, todo)

    def _read_rest(self, values: Values, element: etree._Element, notes: Notes,
                   had: bool, keys: list[Any], todo: list[Todo]) -> None:
        """Take the children whose slots need thought; ``keys`` are of those before."""
        children = list(element)
        found: _Found = [(self.by_tag.get(child.tag) or self._decided(child), key)
                         for child, key in zip(children, keys, strict=False)]
        seen = {slot for slot, _key in found}
        for child in children[len(keys):]:
            slot = self._taker(child, seen)
            key = REFUSED if slot is None else slot.read(values, child, notes, todo)
            slot = None if key is REFUSED else slot
            found.append((slot, key))
            seen.add(slot)
        if not self._is_usual(values, children, found, notes):
            self._record(children, found, self._note(notes))
        if not had and seen == {None} and not self.is_root:
            self._note(notes).bare = True

    def _matching(self, child: etree._Element) -> plan.QuickSlot | None:
        if child.tag not in self.by_match:
            return None
        slot = self._decided(child)
        return None if slot is None else (slot.index, slot.last, slot.read)

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
                trace.items.append(Item(slot.name, slot.identity(key)))
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
        node, values, element, notes, had = todo.pop()
        node.read_children(values, element, notes, had, todo)


def _is_in_order(slot: Slot, values: Values, found: _Found) -> bool:
    there = [slot.identity(key) for taker, key in found if taker is slot]
    return not there or there == list(slot.keys(values))


def _part(element: etree._Element, name: str) -> str | None:
    return element.text if name == '.' else element.get(name)


def _is_there(leaf: SpanLeaf, element: etree._Element) -> bool:
    return _part(element, leaf.conv.names[0]) is not None
