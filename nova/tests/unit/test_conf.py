# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Options: each says what it is for, and the sample can be made."""

from nova.conf import opts
from nova.tests.unit import base


class OptionsTestCase(base.TestCase):

    def test_each_has_help(self) -> None:
        silent = [option.name for _group, options in opts.list_opts()
                  for option in options if not option.help]
        self.assertEqual([], silent)

    def test_none_is_listed_twice(self) -> None:
        names = [(str(group), option.name) for group, options in opts.list_opts()
                 for option in options]
        self.assertEqual(len(set(names)), len(names))
