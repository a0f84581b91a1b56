# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Flavors: built in, from a file, and from a file that is broken."""

import os
import textwrap

from nova import exception
from nova import objects
from nova.compute import flavors
from nova.tests.unit import base


class BuiltInTest(base.TestCase):
    """Without a file."""

    def test_usual_ones(self) -> None:
        found = {one.name: (one.flavorid, one.vcpus, one.memory_mb, one.root_gb)
                 for one in flavors.get_all()}
        self.assertEqual(('1', 1, 512, 1), found['m1.tiny'])
        self.assertEqual(('5', 8, 16384, 160), found['m1.xlarge'])

    def test_by_id_and_name(self) -> None:
        self.assertEqual('m1.small', flavors.get_by_flavor_id('2').name)
        self.assertEqual('2', flavors.get_by_name('m1.small').flavorid)
        self.assertRaises(exception.FlavorNotFound, flavors.get_by_flavor_id, 'm1')
        self.assertRaises(exception.FlavorNotFoundByName, flavors.get_by_name, '1')

    def test_whoever_changes_one_changes_only_his_own(self) -> None:
        flavors.get_by_flavor_id('1').vcpus = 7
        self.assertEqual(1, flavors.get_by_flavor_id('1').vcpus)

    def test_objects_find_them(self) -> None:
        self.assertEqual('m1.tiny',
                         objects.Flavor.get_by_flavor_id(None, '1').name)


class FileTest(base.TestCase):
    """[standalone] flavors_file."""

    def configure(self, text: str) -> str:
        """Make text the flavors file; return its path."""
        path = os.path.join(self.state_path, 'flavors.yaml')
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write(textwrap.dedent(text))
        self.flags(group='standalone', flavors_file=path)
        return path

    def test_all_fields(self) -> None:
        self.configure('''
            flavors:
              - {name: a, id: 7, vcpus: 1, ram: 64, disk: 0}
              - name: db large
                id: db-large
                vcpus: 2
                ram: 4096
                disk: 10
                ephemeral: 5
                swap: 512
                description: For databases
                extra_specs: {'hw:cpu_policy': dedicated, 'quota:cpu_shares': 10,
                              'hw:boot_menu': true}
            ''')
        first, second = flavors.get_all()
        self.assertEqual(('7', 1, 0, 0, {}), (
            first.flavorid, first.id, first.root_gb, first.swap, first.extra_specs))
        self.assertEqual(('db large', 5, 512, 'For databases'), (
            second.name, second.ephemeral_gb, second.swap, second.description))
        self.assertEqual({'hw:cpu_policy': 'dedicated', 'quota:cpu_shares': '10',
                          'hw:boot_menu': 'true'}, second.extra_specs)

    def assert_broken(self, text: str, *said: str) -> None:
        """Check that a file is refused, naming what is wrong."""
        path = self.configure(text)
        error = self.assertRaises(exception.InvalidConfiguration, flavors.get_all)
        for words in ('flavors_file', path, *said):
            self.assertIn(words, error.message)
        self.assertNotIn('\n', error.message)

    def test_wrong_value(self) -> None:
        self.assert_broken('''
            flavors:
              - {name: a, id: a, vcpus: 1, ram: 64, disk: 1}
              - {name: b, id: b, vcpus: 0, ram: 64, disk: 1}
            ''', 'flavors[1] (b) vcpus', '0 is less than the minimum of 1')

    def test_wrong_type(self) -> None:
        self.assert_broken('flavors: [{name: a, id: a, vcpus: 1, ram: 1G, disk: 1}]',
                           'flavors[0] (a) ram', "'1G' is not of type 'integer'")

    def test_missing_field(self) -> None:
        self.assert_broken('flavors: [{name: a, id: a, vcpus: 1, ram: 64}]',
                           'flavors[0] (a)', "'disk' is a required property")

    def test_unknown_field(self) -> None:
        self.assert_broken(
            'flavors: [{name: a, id: a, vcpus: 1, ram: 64, disk: 1, dsk: 2}]', "'dsk'")

    def test_nested_value(self) -> None:
        self.assert_broken('''
            flavors:
              - {name: a, id: a, vcpus: 1, ram: 6, disk: 1, extra_specs: {k: [1]}}
            ''', 'extra_specs.k', '[1]')

    def test_duplicates(self) -> None:
        one = '{name: %s, id: %s, vcpus: 1, ram: 64, disk: 1}'
        self.assert_broken(f"flavors: [{one % ('a', '1')}, {one % ('b', 1)}]",
                           "id '1' is used 2 times")
        flavors._declared.cache_clear()
        self.assert_broken(f"flavors: [{one % ('a', '1')}, {one % ('a', 2)}]",
                           "name 'a' is used 2 times")

    def test_not_flavors_at_all(self) -> None:
        for text in ('', '[]', 'x: 1', 'flavors: []', 'flavors: 3'):
            self.assert_broken(text)

    def test_not_yaml(self) -> None:
        self.assert_broken('flavors: [', 'line 1')

    def test_missing_file(self) -> None:
        self.flags(group='standalone', flavors_file='/nonexistent/f.yaml')
        error = self.assertRaises(exception.InvalidConfiguration, flavors.get_all)
        self.assertIn('/nonexistent/f.yaml: No such file', error.message)
