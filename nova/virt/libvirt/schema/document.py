# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""From a text to a tree that is safe to read."""

import re
from typing import Any

from lxml import etree

from nova import exception

MAX_BYTES = 16 << 20
#: The parser's own limit, unless it is told to take huge documents.
MAX_DEPTH = 256

#: What may stand before the document type, and the document type.
_prolog = re.compile(r'<!--.*?-->|<\?.*?\?>|<!DOCTYPE', re.DOTALL)


def _parser(encoding: str | None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False,
        dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True,
        remove_blank_text=True)


_bytes_parser = _parser(None)
# A str has been decoded already, whatever its declaration says.
_text_parser = _parser('utf-8')


def parse(xml: str | bytes) -> etree._Element:
    """Return the root of a document.

    :raises InvalidInput: when the text is not well-formed, has a document type,
        is larger than 16 MiB or deeper than 256 levels.
    """
    if isinstance(xml, str):
        data, parser = xml.encode('utf-8', 'surrogatepass'), _text_parser
    else:
        data, parser = xml, _bytes_parser
    if len(data) > MAX_BYTES:
        raise _refused(f'it is larger than {MAX_BYTES >> 20} MiB',
                       1 + data.count(b'\n', 0, MAX_BYTES))
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as ex:
        raise _refused(str(ex), getattr(ex, 'lineno', None)) from ex
    if _has_doctype(root):
        raise _refused('it has a document type', _line_of_doctype(root, data))
    return root


def _has_doctype(root: etree._Element) -> bool:
    # More can be missing than the stubs of lxml know.
    info: Any = root.getroottree().docinfo
    return info.internalDTD is not None or bool(info.doctype)


def _line_of_doctype(root: etree._Element, data: bytes) -> int:
    text = data.decode(root.getroottree().docinfo.encoding or 'utf-8', 'replace')
    for found in _prolog.finditer(text):
        if found[0] == '<!DOCTYPE':
            return 1 + text.count('\n', 0, found.start())
    return 1


def _refused(reason: str, line: int | None) -> exception.InvalidInput:
    where = f'line {line}: ' if line else ''
    return exception.InvalidInput(
        reason=f'The XML document is refused: {where}{reason}')
