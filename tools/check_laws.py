#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Check what import-linter cannot see of the laws of doc/source/architecture.

* libvirtError codes are read in ``errors.py`` alone;
* threads and greenlets are made in ``calls.py``, ``eventloop.py``, ``eventqueue.py``,
  ``threads.py`` and ``workers.py`` alone;
* nobody but the package's ``__init__`` imports ``driver.py``, functions included;
* from outside itself the package imports only modules that Nova has too;
* XML is known in ``schema/`` alone: nothing else in ``nova/``, its tests aside, imports
  lxml, names ``etree`` or holds a string with a tag in it;
* ``driver.py`` stays under its limit of lines.
"""

import ast
from collections.abc import Iterator
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = ROOT / 'nova' / 'virt' / 'libvirt'
DRIVER_LINES = 1500
THREADS = ('eventlet', 'futurist', 'concurrent.futures', '_thread', 'multiprocessing')
#: A lock is not a thread; these names of the threading module are.
THREAD_MAKERS = ('Thread', 'Timer', '_start_new_thread')
MAY_START_THREADS = (
    'calls.py', 'eventloop.py', 'eventqueue.py', 'threads.py', 'workers.py')
XML_PACKAGES = ('lxml', 'xml', 'xmltodict', 'bs4', 'pyexpat', 'defusedxml',
                'html.parser')
XML_MODULE = re.compile(r'pyexpat|(lxml|xml\.(etree|dom|sax|parsers))(\.\w+)*')
_PERCENT = re.compile(r'%(\(\w+\))?[^%a-z]*[a-z]')
#: Stands for what a string gets only when the code runs.
FILLED = '\ufffc'
#: ``<a>``, ``<a b='c'/>``, ``</a>`` and the beginnings and ends of such, whatever is
#: filled in; not ``<Guest 7>``, ``me <me@example.org>``, nor ``/servers/<id>``.
XML_TAG = re.compile(
    r"""(?<!/)<(/[a-z\ufffc][\w:.\ufffc-]*\s*
        |[a-z\ufffc][\w:.\ufffc-]*(\s+[\w:\ufffc-]+=(['"]).*?\3)*\s*/?)>
    |<[a-z\ufffc][\w:.\ufffc-]*\s+[\w:-]+=(['"]|$|\ufffc)
    |(?-i:<[a-z])[\w:.-]*(\s\ufffc>|\[\^>\])
    |/>|<\?xml|<!--|<!DOCTYPE|<!\[CDATA""", re.IGNORECASE | re.VERBOSE)
NOVA_MODULES = (ROOT / 'tools' / 'nova-modules.txt').read_text().split()


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of every import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f'{node.module}.{alias.name}')
                        for alias in node.names)


def breaks_of_import(name: str, module: str) -> str | None:
    """Return which law an import breaks, or None."""
    if module.startswith('nova.virt.libvirt.driver') and name != '__init__.py':
        return 'nobody imports driver.py'
    makers = (*THREADS, *(f'threading.{maker}' for maker in THREAD_MAKERS))
    if name not in MAY_START_THREADS and _is_or_under(module, makers):
        return f'{module}: threads exist in {" and ".join(MAY_START_THREADS)}'
    if module.startswith('nova.') and not _is_in_nova(module):
        return f'{module}: Nova has no such module, the package would not load there'
    return None


def breaks_of_use(name: str, attribute: str) -> str | None:
    """Return which law the use of an attribute breaks, or None."""
    if attribute.startswith('get_error') and name != 'errors.py':
        return 'error codes are read in errors.py alone'
    if attribute in THREAD_MAKERS and name not in MAY_START_THREADS:
        return f'{attribute}: threads exist in {" and ".join(MAY_START_THREADS)}'
    return None


def _is_or_under(module: str, parents: tuple[str, ...]) -> bool:
    return any(module == p or module.startswith(f'{p}.') for p in parents)


def _is_in_nova(module: str) -> bool:
    own = module.startswith('nova.virt.libvirt')
    return own or any(
        module == known or module.startswith(f'{known}.') for known in NOVA_MODULES)


def breaks_of_xml(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the reason of all that has to do with XML."""
    for line, module in imports_of(tree):
        if _is_or_under(module, XML_PACKAGES):
            yield line, f'{module}: XML is known in schema/ alone'
    for line, text in strings_of(tree):
        # What is imported by name, too.
        if XML_MODULE.fullmatch(text):
            yield line, f'{text}: XML is known in schema/ alone'
    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.Attribute)) and _name_of(node) == 'etree':
            yield node.lineno, 'etree: XML is known in schema/ alone'
    for line, text in strings_of(tree):
        if XML_TAG.search(text):
            yield line, f'a string with an XML tag: {text[:40]!r}'


def _name_of(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def strings_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of every string that is no docstring.

    Bytes and what is put together of several parts too; where a part is not there
    before the code runs, it is FILLED.
    """
    seen: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            seen.add(id(node.value))
        if isinstance(node, ast.expr) and id(node) not in seen:
            text = text_of(node)
            if text is not None:
                seen.update(id(part) for part in ast.walk(node))
                yield node.lineno, text


def text_of(node: ast.AST) -> str | None:
    """Return the text that an expression makes; None when it is no string."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Constant(value=bytes() as data):
            return data.decode('latin-1')
        case ast.JoinedStr(values=parts):
            return ''.join(map(_part, parts))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            is_text = text_of(left) is not None or text_of(right) is not None
            return _part(left) + _part(right) if is_text else None
        case ast.BinOp(left=left, op=ast.Mod()):
            found = text_of(left)
            return None if found is None else _PERCENT.sub(FILLED, found)
        case ast.Call(func=ast.Attribute(value=value, attr='format')):
            found = text_of(value)
            return None if found is None else re.sub(r'\{.*?\}', FILLED, found)
        case ast.Call(func=ast.Attribute(value=value, attr='join'),
                      args=[ast.List(elts=parts) | ast.Tuple(elts=parts)]):
            found = text_of(value)
            return None if found is None else found.join(map(_part, parts))
    return None


def _part(node: ast.AST) -> str:
    text = text_of(node)
    return FILLED if text is None else text


def files_without_xml() -> Iterator[pathlib.Path]:
    """Yield every file that may know nothing of XML."""
    aside = (PACKAGE / 'schema', ROOT / 'nova' / 'tests')
    for path in sorted((ROOT / 'nova').rglob('*.py')):
        if not any(path.is_relative_to(folder) for folder in aside):
            yield path


def breaks_in(path: pathlib.Path) -> Iterator[str]:
    """Yield what one file of the package breaks, as ``file:line: reason``."""
    name = path.relative_to(PACKAGE).as_posix()
    text = path.read_text()
    tree = ast.parse(text)
    for line, module in imports_of(tree):
        reason = breaks_of_import(name, module)
        if reason:
            yield f'{path}:{line}: {reason}'
    for node in ast.walk(tree):
        reason = isinstance(node, ast.Attribute) and breaks_of_use(name, node.attr)
        if reason:
            yield f'{path}:{node.lineno}: {reason}'
    if name == 'driver.py' and text.count('\n') > DRIVER_LINES:
        yield f'{path}: more than {DRIVER_LINES} lines'


def main() -> int:
    """Print every break; return how the process ends."""
    found = [b for path in sorted(PACKAGE.rglob('*.py')) for b in breaks_in(path)]
    found += [f'{path}:{line}: {reason}' for path in files_without_xml()
              for line, reason in breaks_of_xml(ast.parse(path.read_text()))]
    for line in found:
        print(line)
    print(f'{len(found)} breaks of the laws')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
