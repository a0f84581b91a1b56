# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a document says, apart from how it is written down."""

from collections import Counter
from collections.abc import Iterator
import pathlib

from lxml import etree

DOCUMENTS = pathlib.Path(__file__).parent / 'documents'

_parser = etree.XMLParser(remove_blank_text=True, remove_comments=True)


def document(name):
    """Return the text of a stored document."""
    return (DOCUMENTS / f'{name}.xml').read_text()


def facts(xml):
    """Return the facts of a document; the order of different tags is none of them."""
    root = etree.fromstring(xml.encode(), _parser)
    return sorted(_facts(root, f'/{root.tag}'))


def _facts(element, path) -> Iterator[tuple[str, str, str]]:
    text = (element.text or '').strip()
    for name, value in element.items():
        yield path, f'@{name}', value
    if text:
        yield path, 'text()', text
    if not (text or element.attrib or len(element)):
        yield path, 'element()', ''
    seen = Counter()
    for child in element:
        seen[child.tag] += 1
        yield from _facts(child, f'{path}/{child.tag}[{seen[child.tag]}]')


def canonical(xml):
    """Return the document in a form that only its order and its facts decide."""
    root = etree.fromstring(xml.encode(), _parser)
    return etree.tostring(root, method='c14n', exclusive=True).decode()


def gaps(obj):
    """Return what is undeclared, but not because it is an unnamed stranger's."""
    return [fact for fact in obj.undeclared() if '/{urn:unknown}' not in fact.path]
