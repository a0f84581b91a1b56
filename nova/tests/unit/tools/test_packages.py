# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""bindep.txt is read as bindep reads it."""

import pathlib

from bindep import depends
import testtools

from tools.newcomer import packages

_BINDEP = pathlib.Path(__file__).parents[4] / 'bindep.txt'


class RequiredTest(testtools.TestCase):

    def test_agrees_with_bindep(self) -> None:
        text = _BINDEP.read_text()
        theirs = depends.Depends(text)
        rules = theirs.active_rules(['platform:dpkg', 'platform:debian'])

        ours = packages.required(text, {'dpkg', 'debian'})

        self.assertEqual([rule[0] for rule in rules], ours)
        self.assertIn('qemu-utils', ours)

    def test_profile(self) -> None:
        text = _BINDEP.read_text()
        rules = depends.Depends(text).active_rules(
            ['platform:dpkg', 'platform:debian', 'osinfo'])
        everywhere = packages.required(text, {'dpkg', 'debian'})

        ours = packages.required(text, {'dpkg', 'debian'}, 'osinfo')

        self.assertEqual([rule[0] for rule in rules], everywhere + ours)
        self.assertIn('osinfo-db', ours)

    def test_other_platform(self) -> None:
        text = 'one [platform:dpkg]\ntwo [platform:rpm] # why\n\n# only words\nthree\n'

        self.assertEqual(['one', 'three'], packages.required(text, {'dpkg'}))

    def test_unreadable_line(self) -> None:
        error = self.assertRaises(
            ValueError, packages.required, 'one two three', {'dpkg'}
        )
        self.assertIn('one two three', str(error))
