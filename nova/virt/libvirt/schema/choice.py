# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which class an element becomes, where there are several to choose from."""

from collections import Counter
from collections.abc import Callable
import itertools
from typing import Any

from lxml import etree

from nova.virt.libvirt.schema import plan

#: Returns the class that an element becomes; None for none of those there are.
Chooser = Callable[[etree._Element], type[Any] | None]


def chooser(classes: list[Any]) -> Chooser:
    """Return what finds the class of an element, the most demanding one first."""
    by_tag = choices(classes)
    otherwise = by_tag.get(plan.FOREIGN)

    def choose(element: etree._Element) -> type[Any] | None:
        found = by_tag.get(element.tag, otherwise)
        return None if found is None else found(element)

    return choose


def choices(classes: list[Any]) -> dict[str, Chooser]:
    """Return what finds the class of an element of each tag."""
    by_tag: dict[str, list[Any]] = {}
    for each in sorted(classes, key=lambda one: -len(one.recognised_by)):
        by_tag.setdefault(each.tag, []).append(each)
    return {tag: _choice(several) for tag, several in by_tag.items()}


def soles(classes: list[Any]) -> dict[str, type[Any]]:
    """Return the classes that are alone with their tag, and need no choice."""
    tags = Counter(each.tag for each in classes)
    return {each.tag: each for each in classes
            if tags[each.tag] == 1 and not each.recognised_by}


def _choice(several: list[Any]) -> Chooser:
    names = tuple(sorted({name for each in several for name in each.recognised_by}))
    if not names:
        sole: type[Any] = several[0]
        return lambda element: sole
    known = {found: _asked(several, names, found)
             for found in itertools.product(*(_values(several, name)
                                              for name in names))}
    if len(names) == 1:
        return _choice_by_one(names[0], {found[0]: each
                                         for found, each in known.items()})

    def choose(element: etree._Element) -> type[Any] | None:
        found = tuple([element.get(name) for name in names])
        return known[found] if found in known else _asked(several, names, found)

    return choose


def _choice_by_one(name: str, known: dict[str | None, type[Any] | None]) -> Chooser:
    find, otherwise = known.get, known[None]
    return lambda element: find(element.get(name), otherwise)


def _values(several: list[Any], name: str) -> set[str | None]:
    """Return the values of an attribute that make a difference."""
    return {None, *(each.recognised_by.get(name) for each in several)}


def _asked(several: list[Any], names: tuple[str, ...],
           found: tuple[str | None, ...]) -> type[Any] | None:
    there = dict(zip(names, found, strict=True)).items()
    return next((each for each in several if each.recognised_by.items() <= there), None)
