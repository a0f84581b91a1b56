# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The slots that hold objects and rows."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
import itertools
from typing import Any

from lxml import etree

from nova.virt.libvirt.schema import choice
from nova.virt.libvirt.schema import markup
from nova.virt.libvirt.schema import node as nodes
from nova.virt.libvirt.schema import reader
from nova.virt.libvirt.schema import trace as tracing
from nova.virt.libvirt.schema.plan import REFUSED
from nova.virt.libvirt.schema.plan import BadValue
from nova.virt.libvirt.schema.plan import QuickSlot
from nova.virt.libvirt.schema.plan import Read
from nova.virt.libvirt.schema.plan import Slot
from nova.virt.libvirt.schema.plan import Todo
from nova.virt.libvirt.schema.plan import Values
from nova.virt.libvirt.schema.trace import Notes


def _filled(values: Values, key: str, factory: Callable[[], Any]) -> Any:
    """Return the collection of that name, made where there is none yet."""
    found = values.get(key)
    if found is None:
        found = values[key] = factory()
    return found


def _members(values: Values, key: str) -> Collection[Any]:
    """Return a collection; a text is none, though it has members."""
    found = values.get(key)
    if not found:
        return ()
    if not isinstance(found, (list, tuple, set, frozenset)):
        raise BadValue(key, found, 'a list is needed')
    return found


class Objects(Slot):
    """The object of a Child, or the objects of Children."""

    asks_itself = True

    def __init__(self, key: str, classes: list[Any], into: type[Any] | None,
                 sort_by: str | None, owner: type[Any]) -> None:
        self.key = self.name = key
        self.choose = choice.chooser(classes)
        self.choices = choice.choices(classes)
        self.soles = choice.soles(classes)
        self._quick: dict[str, QuickSlot] = {}
        self.into = into
        self.sort_by = sort_by
        self.owner = owner
        self.is_set = into is set
        self.single = into is None
        self.is_sorted = sort_by is not None
        self.scalars = () if into else (key,)
        self.fillable = (key,) if into else ()

    def objects(self, values: Values) -> Iterable[Any]:
        """Return the objects in the order in which they are written."""
        if self.single:
            value = values.get(self.key)
            return () if value is None else (value,)
        members = _members(values, self.key)
        if self.sort_by is not None:
            by = self.sort_by
            return sorted(members, key=lambda each: str(getattr(each, by)))
        return members

    def write(self, values: Values, live: Collection[str] | None, notes: Notes | None,
              pad: str, out: list[str]) -> None:
        for each in self.objects(values):
            try:
                node = each._sole or each._plan()
            except AttributeError as ex:
                raise BadValue(self.key, each, 'a config object is needed') from ex
            if each._writes_itself:
                if pad:
                    raise nodes.Unindented
                mark = tracing.mark('element') if each.is_carried else ''
                out.append(mark + markup.text_of(each.format_dom()))
                continue
            node.write(each.__dict__, None, each._origin, pad, out)
            if each.ns_uri != self.owner.ns_uri:
                out[-1] = self._declared(out[-1], f'{pad}{node.xml}', each)

    def _declared(self, text: str, name: str, each: Any) -> str:
        """Return the text of an object whose namespace is not that of its parent."""
        if each.ns_uri is None and self.owner.ns_prefix:
            return text
        return markup.declared(text, name, each.ns_uri, each.ns_prefix)

    def keys(self, values: Values) -> Iterable[Hashable]:
        return (tracing.Same(each) for each in self.objects(values))

    def seal(self) -> None:
        super().seal()
        if self.is_set:
            return
        self._quick = {
            tag: (self.index, self.last, self._reader(choose, self.soles.get(tag)))
            for tag, choose in self.choices.items()}
        self.read = self._reader(self.choose)  # type: ignore[method-assign,assignment]

    def quick(self, tag: str) -> QuickSlot:
        return self._quick.get(tag) or super().quick(tag)

    def _reader(self, choose: choice.Chooser, sole: type[Any] | None = None) -> Read:
        """Return what reads an element into an object of the class that is chosen."""
        key, single = self.key, self.single
        make = object.__new__
        plans: dict[type[Any], nodes.Node] = {}

        def read(values: Values, element: etree._Element, notes: Notes,
                 todo: list[Todo]) -> Any:
            chosen = sole or choose(element)
            if chosen is None:
                return REFUSED
            # No constructor: its defaults are not what was read.
            new = make(chosen)
            own = new.__dict__
            inner: Notes = {}
            own['_origin'] = inner
            if chosen in plans:
                plans[chosen].read(own, element, inner, todo)
            elif (node := chosen._plan_of(element)) is None:
                new.parse_dom(element)
            else:
                node.read(own, element, inner, todo)
                if chosen._sole is node:
                    plans[chosen] = node
            if single:
                values[key] = new
            elif key in values:
                values[key].append(new)
            else:
                values[key] = [new]
            return new

        return read

    def read(self, values: Values, element: etree._Element, notes: Notes,
             todo: list[Todo]) -> Any:
        # A set needs the whole object to tell whether it has it.
        chosen = self.choose(element)
        if chosen is None:
            return REFUSED
        new = object.__new__(chosen)
        new.parse_dom(element)
        known = _filled(values, self.key, set)
        if new in known:
            return REFUSED
        known.add(new)
        return new

    def identity(self, key: Any) -> Hashable:
        return tracing.Same(key)


class Rows(Slot):
    """Repeated elements that have no objects: each gives one value per column."""

    single = False

    def __init__(self, node: nodes.Node, columns: tuple[str, ...], store: 'RowStore'
                 ) -> None:
        # A row stands for itself, whatever is in it.
        node.is_root = True
        self.node = node
        self.name = node.path
        self.columns = columns
        self.store = store
        self.is_sorted = store.is_sorted
        self.fillable = store.keys

    def seal(self) -> None:
        super().seal()
        self.node.seal()
        self.paths = frozenset((self.name,))

    def write(self, values: Values, live: Collection[str] | None, notes: Notes | None,
              pad: str, out: list[str]) -> None:
        former = list(notes.get(self.name, ())) if notes else []
        unnoted: Notes | None = None if notes is None else {}
        for row in self.store.rows(values):
            cells = dict(zip(self.columns, row, strict=True))
            found = next((pair for pair in former if pair[0] == row), None)
            if found is not None:
                former.remove(found)
            self.node.write(cells, None, found[1] if found else unnoted, pad, out)

    def keys(self, values: Values) -> Iterable[Hashable]:
        return (_hashable(row) for row in self.store.rows(values))

    def read(self, values: Values, element: etree._Element, notes: Notes,
             todo: list[Todo]) -> Any:
        cells: Values = dict.fromkeys(self.columns)
        inner: Notes = {}
        waiting: list[Todo] = []
        self.node.read(cells, element, inner, waiting)
        reader.finish(waiting)
        row = tuple(cells[column] for column in self.columns)
        if not self.store.add(values, row):
            return REFUSED
        if inner:
            self._note(notes.setdefault(self.name, []), row, inner, values)
        return row

    def _note(self, noted: list[tuple[Any, Notes]], row: tuple[Any, ...], inner: Notes,
              values: Values) -> None:
        # The same rows before it had nothing to note: this is not to become theirs.
        before = sum(other == row for other in self.store.rows(values)) - 1
        before -= sum(other == row for other, _inner in noted)
        noted.extend([(row, {})] * before)
        noted.append((row, inner))

    def identity(self, key: Any) -> Hashable:
        return _hashable(key)


def _hashable(row: tuple[Any, ...]) -> Hashable:
    return tuple(frozenset(cell) if isinstance(cell, set) else cell for cell in row)


class RowStore:
    """How rows are kept in the attributes of the object."""

    is_sorted = False

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys

    def rows(self, values: Values) -> list[tuple[Any, ...]]:
        """Return a value per column for each row."""
        raise NotImplementedError

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        """Store a row that was read; False when it has no place."""
        raise NotImplementedError


class ColumnStore(RowStore):
    """Rows in parallel lists, one per column."""

    def __init__(self, keys: tuple[str, ...], optional: frozenset[str]) -> None:
        super().__init__(keys)
        self.optional = optional

    def rows(self, values: Values) -> list[tuple[Any, ...]]:
        columns = (_members(values, key) for key in self.keys)
        return list(itertools.zip_longest(*columns))

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        count = max(len(values.get(key) or ()) for key in self.keys)
        for key, cell in zip(self.keys, row, strict=True):
            if cell is None and key in self.optional:
                continue
            column = _filled(values, key, list)
            column.extend([None] * (count - len(column)))
            column.append(cell)
        return True


class SetStore(RowStore):
    """Rows of one column in a set."""

    is_sorted = True

    def rows(self, values: Values) -> list[tuple[Any, ...]]:
        return [(value,) for value in sorted(_members(values, self.keys[0]))]

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        known = _filled(values, self.keys[0], set)
        if row[0] is None or row[0] in known:
            return False
        known.add(row[0])
        return True


class DictStore(RowStore):
    """Rows of a name and a value in a dictionary."""

    def rows(self, values: Values) -> list[tuple[Any, ...]]:
        found = values.get(self.keys[0]) or {}
        if not isinstance(found, Mapping):
            raise BadValue(self.keys[0], found, 'a dictionary is needed')
        return list(found.items())

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        known = _filled(values, self.keys[0], dict)
        if row[0] is None or row[0] in known:
            return False
        known[row[0]] = row[1] or ''
        return True


class RecordStore(RowStore):
    """Rows in a list of dictionaries."""

    def __init__(self, key: str, columns: tuple[str, ...]) -> None:
        super().__init__((key,))
        self.columns = columns

    def rows(self, values: Values) -> list[tuple[Any, ...]]:
        return [tuple(record.get(column) for column in self.columns)
                for record in _members(values, self.keys[0])]

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        _filled(values, self.keys[0], list).append(
            {column: cell for column, cell in zip(self.columns, row, strict=True)
             if cell is not None})
        return True
