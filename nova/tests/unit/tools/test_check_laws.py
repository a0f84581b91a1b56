# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The laws, and what breaks them."""

import ast

from nova.tests.unit import base
from tools import check_laws


class CheckLawsTest(base.TestCase):

    def breaks(self, code: str, name: str = 'guest.py') -> list[str]:
        """Return what a module of the package with that code breaks."""
        tree = ast.parse(code)
        found = [check_laws.breaks_of_import(name, module)
                 for _line, module in check_laws.imports_of(tree)]
        found += [check_laws.breaks_of_use(name, node.attr)
                  for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        return [reason for reason in found if reason]

    def test_threads(self) -> None:
        for code in ('import eventlet', 'from concurrent import futures',
                     'from threading import Thread', 'threading.Thread(target=f)',
                     'def f():\n    import multiprocessing'):
            self.assertEqual(1, len(self.breaks(code)), code)
            self.assertEqual([], self.breaks(code, 'eventqueue.py'), code)
        self.assertEqual([], self.breaks('import threading\nthreading.Lock()'))

    def test_xml(self) -> None:
        for code in ('from lxml import etree', 'import xml.etree.ElementTree',
                     'import pyexpat', '__import__("lxml")',
                     'importlib.import_module("xml.dom.minidom")',
                     'etree.fromstring(text)', 'a = "<domain>"', 'a = "x</name>"',
                     """a = f"<disk type='{kind}'>" """, 'a = "<a:b c=\'d\'/>"'):
            self.assertEqual(1, len(self.xml(code)), code)
        for code in ('"""Take a ``<domain>``."""', 'a = f"<Guest {a} running>"',
                     'a = "/servers/<id>"', 'a = "1 < 2 > 1"', 'import xmlrpc',
                     'a = "me <me@example.org>"', 'a = "%d < %d" % (a, b)',
                     'a = f"<{cls.__name__} {self.id}>"', 'a = "a" + b + "c"',
                     'a = b"\\x00<\\xff"', 'a = ", ".join(names)'):
            self.assertEqual([], self.xml(code), code)

    def test_xml_in_disguise(self) -> None:
        for code in ('f"<{tag}>"', 'f"</{tag}>"', 'f"<disk {attrs}>"', 'b"<domain/>"',
                     '"<" + tag + ">"', '"<disk" + attrs + "/>"', '"<dom" "ain>"',
                     '"\\x3cdomain\\x3e"', '"<{}>".format(tag)', '"<%s>" % tag',
                     '"<%(a)s b=\'%(c)s\'>" % d', '"".join(["<", tag, ">"])',
                     '"".join(("<a", ">"))', '"<disk type="', '"/>"', '"<?xml?>"',
                     'r"<name[^>]*>"', 's.find("<name>")', '"<!-- no -->"',
                     'string.Template("<name>$a</name>")', '"</" + tag + ">"',
                     '("<" + a) + (b + ">")', 'f"<{ns}:{tag} {name}=\'{value}\'>"'):
            self.assertEqual(1, len(self.xml(f'a = {code}')), code)

    def test_nothing_else_knows_xml(self) -> None:
        files = list(check_laws.files_without_xml())
        self.assertIn(check_laws.PACKAGE / 'config.py', files)
        self.assertEqual([], [(path, broken) for path in files
                              for broken in self.xml(path.read_text())])

    def xml(self, code: str) -> list[tuple[int, str]]:
        """Return what a module with that code has to do with XML."""
        return list(check_laws.breaks_of_xml(ast.parse(code)))

    def test_error_codes(self) -> None:
        self.assertEqual(1, len(self.breaks('ex.get_error_code()')))
        self.assertEqual([], self.breaks('ex.get_error_code()', 'errors.py'))

    def test_driver(self) -> None:
        self.assertEqual(1, len(self.breaks('from nova.virt.libvirt import driver')))

    def test_modules_that_nova_lacks(self) -> None:
        self.assertEqual(1, len(self.breaks('from nova import statefolder')))
        self.assertEqual([], self.breaks('from nova import exception'))

    def test_the_package_keeps_them(self) -> None:
        self.assertEqual([], [reason for path in check_laws.PACKAGE.rglob('*.py')
                              for reason in check_laws.breaks_in(path)])
