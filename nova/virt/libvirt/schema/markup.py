# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Between texts and trees.

Building a tree call by call takes three times as long as having lxml read its text;
so objects write text, lxml reads it, and what is not well-formed cannot come out.
"""

from collections.abc import Mapping
import itertools
import re

from lxml import etree

_XML_URI = 'http://www.w3.org/XML/1998/namespace'
_REFERENCES = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;',
               '\t': '&#9;', '\n': '&#10;', '\r': '&#13;'}
_risky = re.compile('[\x00-\x1f&<>"\ud800-\udfff\ufffe\uffff]')
_name = re.compile(r'[^\W\d][\w.-]*\Z')
_parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)

#: Tells whether a text cannot be written as it is.
is_risky = _risky.search


def escaped(text: str) -> str:
    """Return the text for an attribute or an element.

    :raises ValueError: for a character that XML cannot hold.
    """
    return _risky.sub(_reference, text)


def escaped_text(text: str) -> str:
    """Return the text for an element, where quotes and lines need no care.

    :raises ValueError: for a character that XML cannot hold.
    """
    if not _risky.search(text):
        return text
    return _risky.sub(_text_reference, text)


def _text_reference(match: re.Match[str]) -> str:
    return match[0] if match[0] in '"\t\n' else _reference(match)


def _reference(match: re.Match[str]) -> str:
    found = _REFERENCES.get(match[0])
    if found is None:
        raise ValueError('XML cannot hold it')
    return found


def attribute(name: str, text: str) -> str:
    """Return an attribute, with the blank before it.

    :raises ValueError: for a name or a text that XML cannot hold.
    """
    checked(name)
    return f' {name}="{escaped(text)}"'


def checked(name: str) -> str:
    """Return the name.

    :raises ValueError: when it is not the name of an element or an attribute.
    """
    if _name.match(name) is None:
        raise ValueError(f'{name!r} is not a name in XML')
    return name


def split(tag: str) -> tuple[str | None, str]:
    """Return the namespace and the local name of a tag as lxml has it."""
    if not tag.startswith('{'):
        return None, tag
    uri, _brace, local = tag[1:].rpartition('}')
    return uri, local


def declaration(uri: str | None, prefix: str | None) -> str:
    """Return the declaration of a namespace as an attribute."""
    name = f'xmlns:{checked(prefix)}' if prefix else 'xmlns'
    return f' {name}="{escaped(uri or "")}"'


def declared(text: str, name: str, uri: str | None, prefix: str | None) -> str:
    """Return the text of an element of that name with a namespace declared in it."""
    said = declaration(uri, prefix)
    # An attribute of the same namespace may have needed it before.
    if said in text[:text.index('>')]:
        return text
    cut = len(name) + 1
    return f'{text[:cut]}{said}{text[cut:]}'


def foreign_attributes(before: str, attrs: Mapping[str, str],
                       prefixes: Mapping[str | None, str],
                       known: Mapping[str, str | None]) -> str:
    """Return attributes with those behind them that were read, each declared once.

    :param prefixes: the namespace of each prefix where they were read.
    :param known: the prefix that each namespace of ours is written with.
    """
    text = before
    for name, value in attrs.items():
        uri, local = split(name)
        if uri == _XML_URI:
            local = f'xml:{local}'
        elif uri is not None:
            prefix = known.get(uri) or _free_prefix(text, uri, prefixes, known)
            said = declaration(uri, prefix)
            text += '' if said in text else said
            local = f'{prefix}:{local}'
        text += f' {local}="{escaped(value)}"'
    return text


def _free_prefix(text: str, uri: str, prefixes: Mapping[str | None, str],
                 known: Mapping[str, str | None]) -> str:
    """Return a prefix of a namespace that stands for no other one here."""
    former = (prefix for prefix, meant in prefixes.items() if prefix and meant == uri)
    others = (f'ns{number}' for number in itertools.count())
    return next(
        prefix for prefix in itertools.chain(former, others)
        if prefix not in known.values()
        and (f' xmlns:{prefix}=' not in text or declaration(uri, prefix) in text))


def tree(text: str) -> etree._Element:
    """Return the tree of a document that objects wrote."""
    return etree.fromstring(text.encode(), _parser)


def text_of(element: etree._Element) -> str:
    """Return the text of an element without what follows it."""
    return etree.tostring(element, encoding='unicode', with_tail=False)


def canonical(text: str) -> str:
    """Return the one form of all the texts that say the same."""
    return etree.tostring(tree(text), method='c14n', exclusive=True).decode()
