# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Compares documents by what they say rather than by how they are written.

A fact is a path, what stands there (an attribute, the text, or an element that
has neither) and its value.  Order matters only among siblings of one name.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
import re
import xml.etree.ElementTree as ElementTree

Facts = dict[tuple[str, str], str]

_NAMESPACES = {'http://openstack.org/xmlns/libvirt/nova/1.1': 'nova:'}


def facts_of(xml: str, placeholders: Mapping[str, str] | None = None) -> Facts:
    """Return the facts of a document.

    :param placeholders: real paths to what stands for them in expected documents.
    """
    root = ElementTree.fromstring(xml)
    facts = dict(_walk(root, '/' + _name(root.tag)))
    return {key: _normal(value, placeholders or {}) for key, value in facts.items()}


def differences(expected: str, actual: str,
                placeholders: Mapping[str, str] | None = None) -> list[str]:
    """Return one line for each fact in which two documents differ."""
    wanted, got = facts_of(expected, placeholders), facts_of(actual, placeholders)
    return [f'{path} {what}: expected {wanted.get((path, what))!r}, '
            f'got {got.get((path, what))!r}'
            for path, what in sorted(wanted.keys() | got.keys())
            if wanted.get((path, what)) != got.get((path, what))]


def _walk(element: ElementTree.Element,
          path: str) -> Iterator[tuple[tuple[str, str], str]]:
    for name, value in element.attrib.items():
        yield (path, f'@{_name(name)}'), value
    text = ''.join([element.text or '', *(child.tail or '' for child in element)])
    if text.strip():
        yield (path, 'text()'), text
    elif not element.attrib and not len(element):
        yield (path, 'element()'), ''
    counts: Counter[str] = Counter()
    for child in element:
        name = _name(child.tag)
        counts[name] += 1
        yield from _walk(child, f'{path}/{name}[{counts[name]}]')


def _name(tag: str) -> str:
    namespace, _brace, name = tag.rpartition('}')
    return _NAMESPACES.get(namespace[1:], namespace) + name


def _normal(value: str, placeholders: Mapping[str, str]) -> str:
    value = re.sub(r'\s+', ' ', value.strip())
    for real in sorted(placeholders, key=len, reverse=True):
        value = value.replace(real, placeholders[real])
    return value
