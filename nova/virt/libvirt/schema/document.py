# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""From a text to a tree that is safe to read."""

from typing import Any

from lxml import etree

from nova import exception

MAX_BYTES = 16 << 20
MAX_DEPTH = 256



def _has_level(number: int) -> etree.XPath:
    return etree.XPath('boolean(' + '/*' * number + ')')


_is_deep = _has_level(16)
_is_too_deep = _has_level(MAX_DEPTH + 1)


def _parser(encoding: str | None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False,
        dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True,
        remove_blank_text=True, collect_ids=False)


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
        raise _refused(f'it is larger than {MAX_BYTES >> 20} MiB')
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as ex:
        raise _refused(_reason(ex)) from ex
    if _has_doctype(root):
        raise _refused('it has a document type')
    # Hardly any is deep at all, and asking for many levels takes longer.
    if _is_deep(root) and _is_too_deep(root):
        raise _refused(f'it is deeper than {MAX_DEPTH} levels')
    return root


def _has_doctype(root: etree._Element) -> bool:
    # More can be missing than the stubs of lxml know.
    info: Any = root.getroottree().docinfo
    return info.internalDTD is not None or bool(info.doctype)


def _reason(ex: Exception) -> str:
    line = getattr(ex, 'lineno', None)
    return f'line {line}: {ex}' if line else str(ex)


def _refused(reason: str) -> exception.InvalidInput:
    return exception.InvalidInput(reason=f'The XML document is refused: {reason}')
