# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Text of users, in the two modules that take care of it."""

from nova import exception
from nova import usertext
from nova.tests.unit import base
from nova.virt.libvirt import usertext as libvirt_usertext


class UserTextTestCase(base.TestCase):

    def test_numbers(self) -> None:
        for module in (usertext, libvirt_usertext):
            self.assertEqual(-12, module.whole_number('quota:x', ' -12'))
            for text in ('', 'x', '1.5', '9' * 5000, None):
                error = self.assertRaises(
                    exception.InvalidInput, module.whole_number, 'quota:x', text)
                self.assertIn('quota:x must be a whole number, not ', str(error))
                self.assertLess(len(str(error)), 200)

    def test_what_is_shown(self) -> None:
        for module in (usertext, libvirt_usertext):
            self.assertEqual(
                ['a b', r'\x00\ud800', 'x' * 100 + '...'],
                [*map(module.shown, ('a b', '\x00\ud800', 'x' * 200))])
            self.assertEqual("'a\\n'", module.quoted('a\n'))
