# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How the node of a plan writes: as text, from the inside out."""

from collections.abc import Collection, Hashable

from nova.virt.libvirt.schema import markup
from nova.virt.libvirt.schema.plan import SpanLeaf
from nova.virt.libvirt.schema.plan import Values
from nova.virt.libvirt.schema.reader import Reader
from nova.virt.libvirt.schema.trace import Notes
from nova.virt.libvirt.schema.trace import Trace


class Node(Reader):
    """An element of the object that declares it."""

    def seal(self) -> None:
        super().seal()
        # Most elements are one text, or attributes alone.
        if self.slots or self.spans or self.rest is not None or self.flag is not None:
            return
        if self.text is None:
            self.write = self._write_empty  # type: ignore[method-assign]
        elif not self.leaves and not self.fixed_text:
            self.write = self._write_only_text  # type: ignore[method-assign]

    def write(self, values: Values, live: Collection[str] | None, notes: Notes | None,
              pad: str, out: list[str]) -> None:
        trace: Trace | None = None
        if notes:
            trace = notes.get(self.path)
            if trace is not None and trace.items:
                self._write_arranged(values, live, notes, pad, out)
                return
        leaves, due = self._due(values, live, notes)
        attrs = self._attributes(values, leaves, notes, trace)
        inner: list[str] = []
        if self.has_text:
            self._write_text(values, trace, inner)
        below = '' if inner or not pad else pad + '  '
        for index in sorted(due) if due else ():
            self.slots[index].write(values, due[index], notes, below, inner)
        body = ''.join(inner)
        if body and trace is None:
            end = pad if below else ''
            out.append(f'{pad}<{self.xml}{attrs}>{body}{end}</{self.xml}>')
        elif inner or attrs != self.fixed_text or self._stays(values, notes, trace):
            out.append(self._finished(trace, attrs, body, pad, below))

    def _write_only_text(self, values: Values, live: Collection[str] | None,
                         notes: Notes | None, pad: str, out: list[str]) -> None:
        text = values.get(self.text_key)
        if not text or (notes and self.path in notes):
            Node.write(self, values, live, notes, pad, out)
            return
        if not self.is_plain_text or text.__class__ is not str:
            text = self.text_format(text)
        if text is not None:
            text = markup.escaped_text(text) if markup.is_risky(text) else text
            out.append(f'{pad}<{self.xml}>{text}</{self.xml}>')

    def _write_empty(self, values: Values, live: Collection[str] | None,
                     notes: Notes | None, pad: str, out: list[str]) -> None:
        if notes and self.path in notes:
            Node.write(self, values, live, notes, pad, out)
            return
        find = self.place_of.get
        leaves = [place for key in (values if live is None else live)
                  if (place := find(key)) is not None and values[key] is not None]
        if len(leaves) > 1:
            leaves.sort()
        attrs = self._attributes(values, leaves, notes, None)
        if (attrs != self.fixed_text or self.is_root
                or (self.always and notes is None)):
            out.append(f'{pad}<{self.xml}{attrs}/>')

    def _due(self, values: Values, live: Collection[str] | None, notes: Notes | None
             ) -> tuple[list[int], dict[int, list[str]]]:
        """Return the leaves and slots with something to write, and the keys in those.

        What is declared is much more than what is there: only the latter is looked at.
        """
        leaves: list[int] = []
        due: dict[int, list[str]] = {}
        find = self.place_of.get
        said = self.said
        for key in values if live is None else live:
            place = find(key)
            if place is None or not (values[key] or (
                    key in said and values[key] is not None)):
                continue
            if place < 0:
                leaves.append(place)
            elif place in due:
                due[place].append(key)
            else:
                due[place] = [key]
        if notes is None:
            for index in self.always_slots:
                due.setdefault(index, [])
        elif notes:
            self._add_noted(due, notes)
        leaves.sort()
        return leaves, due

    def _add_noted(self, due: dict[int, list[str]], notes: Notes) -> None:
        for index, slot in enumerate(self.slots):
            if not slot.paths.isdisjoint(notes):
                due.setdefault(index, [])

    def _finished(self, trace: Trace | None, attrs: str, body: str, pad: str,
                  below: str) -> str:
        """Return the text of an element that is empty, or has a trace."""
        if trace is not None:
            attrs = trace.with_attributes(attrs, self.prefixes)
            body = trace.marks() + body
        if not body:
            return f'{pad}<{self.xml}{attrs}/>'
        end = pad if below else ''
        return f'{pad}<{self.xml}{attrs}>{body}{end}</{self.xml}>'

    def _stays(self, values: Values, notes: Notes | None, trace: Trace | None) -> bool:
        if self.is_root or (self.always and notes is None):
            return True
        if trace is not None and trace.bare:
            return True
        flag = None if self.flag is None else values.get(self.flag)
        return flag is not None and bool(flag) is self.flag_when

    def _attributes(self, values: Values, leaves: list[int], notes: Notes | None,
                    trace: Trace | None) -> str:
        """Return the attributes of this element that are set, as text."""
        attrs = self.fixed_text
        is_risky = markup.is_risky
        for place in leaves:
            leaf = self.leaves[place]
            value = values[leaf.key]
            if (leaf.needs is not None and notes is None
                    and values.get(leaf.needs) is None):
                continue
            if not leaf.is_plain or value.__class__ is not str:
                value = leaf.format(value)
            if trace is not None:
                value = trace.respelled(leaf.key, value)
            if value is not None:
                attrs += (f' {leaf.xml}="{markup.escaped(value)}"'
                          if is_risky(value) else f' {leaf.xml}="{value}"')
        if self.spans:
            attrs += self._spanned(values, trace)
        if self.rest is not None:
            attrs += ''.join(markup.attribute(pair['key'], pair['value'])
                             for pair in values.get(self.rest) or ())
        return attrs

    def _spanned(self, values: Values, trace: Trace | None) -> str:
        return ''.join(markup.attribute(name, text)
                       for leaf in self.spans
                       for name, text in _span_parts(leaf, values, trace).items()
                       if name != '.')

    def _write_text(self, values: Values, trace: Trace | None,
                    inner: list[str]) -> None:
        leaf = self.text
        if leaf is None:
            inner.extend(markup.escaped_text(parts['.']) for span in self.spans
                         if '.' in (parts := _span_parts(span, values, trace)))
            return
        value = values.get(leaf.key)
        if value is None:
            return
        if not leaf.is_plain or value.__class__ is not str:
            value = leaf.conv.format(value)
        if trace is not None:
            value = trace.respelled(leaf.key, value)
        if value is not None:
            inner.append(markup.escaped_text(value))

    def _write_arranged(self, values: Values, live: Collection[str] | None,
                        notes: Notes, pad: str, out: list[str]) -> None:
        """Write with the children where they were, undeclared ones among them."""
        trace: Trace = notes[self.path]
        if pad and trace.carries():
            raise Unindented
        leaves, due = self._due(values, live, notes)
        attrs = self._attributes(values, leaves, notes, trace)
        text: list[str] = []
        self._write_text(values, trace, text)
        below = '' if text or not pad else pad + '  '
        made = []
        for index, slot in enumerate(self.slots):
            texts: list[str] = []
            if index in due:
                slot.write(values, due[index], notes, below, texts)
            entries: list[tuple[Hashable, str]] = list(
                zip(slot.keys(values), texts, strict=False))
            made.append((slot.name, slot.is_sorted, entries))
        # What stood in a thing that is there or not goes with it.
        keeps = trace.carries() and self.flag is None
        if (text or attrs != self.fixed_text or any(entries for *_, entries in made)
                or keeps or self._stays(values, notes, trace)):
            body = ''.join([*text, *trace.arrange(made)])
            out.append(self._finished(trace, attrs, body, pad, below))


class Unindented(Exception):
    """Something in the object has a text of its own, which lxml has to indent."""


def _span_parts(leaf: SpanLeaf, values: Values, trace: Trace | None) -> dict[str, str]:
    value = values.get(leaf.key)
    if value is None:
        return {}
    parts = leaf.conv.format(value) or {}
    return parts if trace is None else trace.respelled(leaf.key, parts)
