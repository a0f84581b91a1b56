# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import types

from nova.tests.unit import base
from nova.virt.libvirt import guestsizes


def domain(uuid, number):
    return types.SimpleNamespace(UUIDString=lambda: uuid, ID=lambda: number)


class GuestSizesTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.asked = []
        self.info = {}
        self.sizes = guestsizes.GuestSizes(self.ask)
        self.domains = [domain(f'guest-{n}', n) for n in range(6)]

    def ask(self, found):
        self.asked.append(found.UUIDString())
        return self.info.get(found.UUIDString(), [1, 4096, 2048, 2, 0])

    def asked_by(self, domains):
        self.asked.clear()
        self.sizes.get(domains)
        return list(self.asked)

    def test_each_is_asked_about_at_first(self):
        found = self.sizes.get(self.domains)
        self.assertEqual([guestsizes.Size(n, 2, 2048) for n in range(6)], found)
        self.assertEqual(6, len(self.asked))

    def test_few_are_asked_about_again_and_everyone_in_turn(self):
        self.sizes.get(self.domains)
        asked = [self.asked_by(self.domains) for _ in range(3)]
        self.assertEqual([guestsizes.RECHECKED] * 3, [len(each) for each in asked])
        self.assertEqual(6, len({uuid for each in asked for uuid in each}))

    def test_one_that_was_started_anew_is_asked_about(self):
        self.sizes.get(self.domains)
        self.sizes.get(self.domains)
        self.domains[5] = domain('guest-5', 77)
        self.info['guest-5'] = [1, 4096, 1024, 8, 0]
        found = self.sizes.get(self.domains)
        self.assertEqual(guestsizes.Size(77, 8, 1024), found[5])

    def test_one_that_has_gone_does_not_count(self):
        self.sizes.get(self.domains)
        self.assertEqual(5, len(self.sizes.get(self.domains[:5])))
        self.info['guest-9'] = None
        self.assertEqual(5, len(self.sizes.get(
            [*self.domains[:5], domain('guest-9', 9)])))

    def test_what_is_forgotten_is_asked_about(self):
        self.sizes.get(self.domains)
        self.sizes.forget('guest-5')
        self.assertIn('guest-5', self.asked_by(self.domains))
        self.sizes.forget()
        self.assertEqual(6, len(self.asked_by(self.domains)))
