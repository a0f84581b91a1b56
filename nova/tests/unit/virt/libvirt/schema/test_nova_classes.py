# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Nova's classes, attributes and defaults: whoever uses them finds them here."""

import ast
from collections import OrderedDict
import pathlib
import re

import testtools

from nova.virt.libvirt import config

FACTS = pathlib.Path(__file__).parent / 'nova-classes.tsv'
_DEFAULT = re.compile(r"(\w+)=('[^']*'|\[.*?\]|OrderedDict\(\)|set\(\)|\{\}|[^' ]+)"
                      r'(?= |$)')
#: What has values that ``literal_eval`` does not know.
_EMPTY = {'OrderedDict()': OrderedDict(), 'set()': set()}
#: Bases without an element, and those that need to be told what they are.
_BASES = {'LibvirtConfigObject', 'LibvirtConfigGuestVTPM', 'LibvirtConfigGuestFeature'}
#: What follows from the rest of what libvirt told.
_CONCLUDED = {'uefi_autoconfig_supported', 'uefi_supported',
              'secure_boot_supported'}


def _rows():
    for line in FACTS.read_text().splitlines():
        if not line.startswith('#'):
            yield [*line.split('\t'), ''][:4]


def _defaults(said):
    """Return the attributes and their values; what is in brackets is no attribute."""
    said = re.sub(r'ctor\([^)]*\)', '', said)
    return {name: _EMPTY[text] if text in _EMPTY else ast.literal_eval(text)
            for name, text in _DEFAULT.findall(said)}


def _names(said, kind):
    found = re.search(rf'{kind}[:(]([\w,]+)', said)
    return found[1].split(',') if found else []


def _made(cls, said, defaults):
    needed = _names(said, 'ctor')
    return cls(*['x' for _name in needed]) if 'x' in defaults.values() else cls()


class NovaClassesTestCase(testtools.TestCase):
    """One test for each class, made below."""

    def _check(self, name, base, root, said):
        cls = getattr(config, name)
        if base != 'object':
            self.assertIsSubclass(cls, getattr(config, base))
        for attribute in (*_names(said, 'methods'), *_names(said, 'props')):
            self.assertTrue(hasattr(cls, attribute), attribute)
        if name in _BASES:
            return
        if root != '?':
            self.assertEqual(root, cls.root_name)
        defaults = _defaults(said)
        obj = _made(cls, said, defaults)
        self.assertEqual(defaults, {key: getattr(obj, key) for key in defaults})
        # True is 1 and False is 0 when they are compared.
        self.assertEqual({key: type(value) for key, value in defaults.items()},
                         {key: type(getattr(obj, key)) for key in defaults})
        for key in defaults:
            if key not in _CONCLUDED:
                setattr(_made(cls, said, defaults), key, getattr(obj, key))

    def assertIsSubclass(self, cls, base):  # noqa: N802  like the others
        self.assertTrue(issubclass(cls, base), f'{cls} below {base}')

    def test_every_line_says_what_is_understood(self):
        rows = list(_rows())
        self.assertGreater(len(rows), 100)
        for name, _base, _root, said in rows:
            known = [*_defaults(said), *_names(said, 'methods'), *_names(said, 'props')]
            rest = re.sub(r'ctor\([^)]*\)', '', said)
            self.assertEqual(re.findall(r"(?<!['\w])(\w+)=", rest),
                             list(_defaults(said)), name)
            self.assertEqual(len(known), len(set(known)), name)

    def test_what_needs_to_be_told(self):
        plain = config.LibvirtConfigObject(root_name='demo')
        self.assertEqual(('demo', None, None),
                         (plain.root_name, plain.ns_prefix, plain.ns_uri))
        self.assertEqual('acpi', config.LibvirtConfigGuestFeature('acpi').root_name)


def _test_of(row):
    def test(self):
        self._check(*row)
    return test


for _row in _rows():
    setattr(NovaClassesTestCase, f'test_{_row[0]}', _test_of(_row))
