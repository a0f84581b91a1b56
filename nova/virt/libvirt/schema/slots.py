# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The slots that hold objects and rows."""

from collections.abc import Callable, Hashable, Iterable
import itertools
from typing import Any, Protocol

from lxml import etree

from nova.virt.libvirt.schema import trace as tracing
from nova.virt.libvirt.schema.plan import Node
from nova.virt.libvirt.schema.plan import Read
from nova.virt.libvirt.schema.plan import Slot
from nova.virt.libvirt.schema.plan import Values
from nova.virt.libvirt.schema.trace import Trace


class Mapped(Protocol):
    """What a slot needs of the objects in it."""

    def emit(self, parent: etree._Element | None) -> etree._Element: ...

    def parse_dom(self, xmldoc: etree._Element) -> None: ...


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

    def write(self, values: Values, live: set[str], parent: etree._Element,
              fresh: bool, trace: Trace | None) -> None:
        for each in self.objects(values):
            each.emit(parent)

    def keys(self, values: Values) -> Iterable[Hashable]:
        return (tracing.Same(each) for each in self.objects(values))

    def read(self, values: Values, element: etree._Element) -> Read | None:
        chosen = self.choose(element)
        if chosen is None:
            return None
        # No constructor: its defaults are not what was read.
        new: Any = object.__new__(chosen)
        new.parse_dom(element)
        if self.single:
            values[self.key] = new
        elif self.into is set:
            if new in values[self.key]:
                return None
            values[self.key].add(new)
        else:
            values[self.key].append(new)
        return new, None, True

    def identity(self, key: object) -> Hashable:
        return tracing.Same(key)


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
        super().seal()
        self.node.seal()

    def write(self, values: Values, live: set[str], parent: etree._Element,
              fresh: bool, trace: Trace | None) -> None:
        former: list[tracing.Item] = [] if trace is None else list(
            trace.of_slot(self.index))
        for row in self.store.rows(values):
            cells = dict(zip(self.columns, row, strict=True))
            item = next((each for each in former if each.key == row), None)
            if item is not None:
                former.remove(item)
            element = etree.SubElement(parent, self.node.tag,
                                       self.node.attributes(cells, False))
            self.node.fill(element, cells, self.node.live(cells), fresh,
                           item.trace if item else None)

    def keys(self, values: Values) -> Iterable[Hashable]:
        return self.store.rows(values)

    def read(self, values: Values, element: etree._Element) -> Read | None:
        cells: Values = dict.fromkeys(self.columns)
        trace, _had = self.node.take(cells, element)
        row = tuple(cells[column] for column in self.columns)
        if not self.store.add(values, row):
            return None
        return row, trace, True

    def identity(self, key: Any) -> Hashable:
        return key  # type: ignore[no-any-return]


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
        return list(itertools.zip_longest(*(values[key] or () for key in self.keys)))

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        count = max(len(values[key]) for key in self.keys)
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
        return [(value,) for value in sorted(values[self.keys[0]] or ())]

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        if row[0] is None or row[0] in values[self.keys[0]]:
            return False
        values[self.keys[0]].add(row[0])
        return True


class DictStore(RowStore):
    """Rows of a name and a value in a dictionary."""

    def rows(self, values: Values) -> list[tuple[Any, ...]]:
        return list((values[self.keys[0]] or {}).items())

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        if row[0] is None or row[0] in values[self.keys[0]]:
            return False
        values[self.keys[0]][row[0]] = row[1] or ''
        return True


class RecordStore(RowStore):
    """Rows in a list of dictionaries."""

    def __init__(self, key: str, columns: tuple[str, ...]) -> None:
        super().__init__((key,))
        self.columns = columns

    def rows(self, values: Values) -> list[tuple[Any, ...]]:
        return [tuple(record.get(column) for column in self.columns)
                for record in values[self.keys[0]] or ()]

    def add(self, values: Values, row: tuple[Any, ...]) -> bool:
        values[self.keys[0]].append(
            {column: cell for column, cell in zip(self.columns, row, strict=True)
             if cell is not None})
        return True
