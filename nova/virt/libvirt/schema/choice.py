# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which class an element becomes, where there are several to choose from."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from lxml import etree

from nova.virt.libvirt.schema import plan


def chooser(classes: list[Any]) -> Callable[[etree._Element], type[Any] | None]:
    """Return what finds the class of an element, the most demanding one first."""
    by_tag: dict[str, list[Any]] = {}
    for each in sorted(classes, key=lambda one: -len(one.recognised_by)):
        by_tag.setdefault(each.tag, []).append(each)
    table = {tag: (*_deciding(several), several) for tag, several in by_tag.items()}

    def choose(element: etree._Element) -> type[Any] | None:
        found = table.get(element.tag) or table[plan.FOREIGN]
        name, by_value, otherwise, several = found
        if name is None:
            return otherwise or _asking(several, element)
        chosen: type[Any] | None = by_value.get(element.get(name), otherwise)
        return chosen

    return choose


def unasked(classes: list[Any]) -> dict[str, type[Any]]:
    """Return the classes that are the only ones of their tag."""
    tags = Counter(each.tag for each in classes)
    return {each.tag: each for each in classes
            if tags[each.tag] == 1 and not each.recognised_by}


def _deciding(several: list[Any]) -> tuple[str | None, dict[Any, Any], Any]:
    """Return the only attribute by which classes are told apart, if it is only one.

    With it come the class of each of its values, and the one of any other value.
    """
    names = {name for each in several for name in each.recognised_by}
    if not names:
        return None, {}, several[0]
    if len(names) > 1:
        return None, {}, None
    name = names.pop()
    by_value = {each.recognised_by[name]: each for each in reversed(several)
                if each.recognised_by}
    rest = [each for each in several if not each.recognised_by]
    return name, by_value, rest[0] if rest else None


def _asking(several: list[Any], element: etree._Element) -> type[Any] | None:
    for each in several:
        if all(element.get(name) == text for name, text in each.recognised_by.items()):
            return each  # type: ignore[no-any-return]
    return None
