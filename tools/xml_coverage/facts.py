# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a document says, in its order, apart from how it is written down."""

from collections import Counter
from collections.abc import Iterator
import re

from lxml import etree

Fact = tuple[str, str, str]

_parser = etree.XMLParser(remove_blank_text=True, remove_comments=True,
                          remove_pis=True, resolve_entities=False)
_NUMBER = re.compile(r'(0[xX][0-9a-fA-F]+|[0-9]+)\Z')


def parse(xml: str | bytes) -> etree._Element:
    """Return the root of a document.

    :raises: lxml.etree.XMLSyntaxError
    """
    return etree.fromstring(xml.encode() if isinstance(xml, str) else xml, _parser)


def of(root: etree._Element) -> list[Fact]:
    """Return the facts of a document: path with sibling position, kind and value.

    An element without attribute, text or child is a fact too.
    """
    return list(_facts(root, f'/{root.tag}'))


def same(value: str) -> str:
    """Return what is the same for the same number: ``0x10`` is ``16``."""
    if not _NUMBER.match(value):
        return value
    return str(int(value, 16 if value[1:2] in ('x', 'X') else 10))


def by_value(facts: list[Fact]) -> list[Fact]:
    """Return the facts with their numbers in one spelling."""
    return [(path, kind, same(value)) for path, kind, value in facts]


def _facts(element: etree._Element, path: str) -> Iterator[Fact]:
    text = ' '.join(_texts(element))
    for name, value in sorted(element.items()):
        yield path, f'@{name}', value
    if text:
        yield path, 'text()', text
    if not (text or element.attrib or len(element)):
        yield path, 'element()', ''
    seen: Counter[str] = Counter()
    for child in element:
        seen[child.tag] += 1
        yield from _facts(child, f'{path}/{child.tag}[{seen[child.tag]}]')


def _texts(element: etree._Element) -> Iterator[str]:
    for text in (element.text, *(child.tail for child in element)):
        if text and text.strip():
            yield text.strip()
