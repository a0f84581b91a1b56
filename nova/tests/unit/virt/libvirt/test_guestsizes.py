# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import collections
import types

import libvirt

from nova.tests.fixtures.libvirt import errors
from nova.tests.unit import base
from nova.virt.libvirt import guestsizes


def gone():
    raise errors.make_error(libvirt.VIR_ERR_NO_DOMAIN, 'Domain not found')


def failed():
    raise errors.make_error(libvirt.VIR_ERR_OPERATION_FAILED, 'injected')


class Emptied(collections.deque):
    """It holds something when it is looked at, and nothing when it is taken."""

    def __init__(self):
        super().__init__(['guest-0'])

    def __bool__(self):
        return True

    def pop(self):
        raise KeyError('pop from an empty set')

    def popleft(self):
        raise IndexError('pop from an empty deque')


class GuestSizesTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.asked = []
        self.info = {}
        self.sizes = guestsizes.GuestSizes()
        self.domains = [self.domain(f'guest-{n}', n) for n in range(6)]

    def domain(self, uuid, number):
        def info():
            self.asked.append(uuid)
            return self.info[uuid]() if uuid in self.info else [1, 4096, 2048, 2, 0]
        return types.SimpleNamespace(
            UUIDString=lambda: uuid, ID=lambda: number, info=info)

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
        self.domains[5] = self.domain('guest-5', 77)
        self.info['guest-5'] = lambda: [1, 4096, 1024, 8, 0]
        found = self.sizes.get(self.domains)
        self.assertEqual(guestsizes.Size(77, 8, 1024), found[5])

    def test_one_that_has_gone_does_not_count(self):
        self.sizes.get(self.domains)
        self.assertEqual(5, len(self.sizes.get(self.domains[:5])))
        self.info['guest-9'] = gone
        self.assertEqual(5, len(self.sizes.get(
            [*self.domains[:5], self.domain('guest-9', 9)])))

    def test_what_changed_is_asked_about_once_and_beside_the_others(self):
        self.sizes.get(self.domains)
        for _ in range(2):
            self.sizes.changed('guest-0')
        self.assertEqual(['guest-0', 'guest-2', 'guest-3'], self.asked_by(self.domains))
        self.assertEqual(['guest-4', 'guest-5'], self.asked_by(self.domains))

    def test_what_is_forgotten_is_asked_about(self):
        self.sizes.get(self.domains)
        self.sizes.forget()
        self.assertEqual(6, len(self.asked_by(self.domains)))

    def test_what_was_asked_before_it_was_forgotten_is_asked_again(self):
        def info():
            self.sizes.forget()
            return [1, 4096, 2048, 2, 0]
        self.info['guest-5'] = info
        self.sizes.get(self.domains)
        self.info.clear()
        self.assertEqual(6, len(self.asked_by(self.domains)))

    def test_what_changed_is_asked_about_again_after_a_failure(self):
        self.sizes.get(self.domains)
        self.sizes.changed('guest-5')
        self.info['guest-5'] = failed
        self.assertRaises(libvirt.libvirtError, self.sizes.get, self.domains)
        self.info.clear()
        self.assertIn('guest-5', self.asked_by(self.domains))

    def test_another_thread_that_takes_the_rest_meanwhile_is_no_error(self):
        for name, taken in (('_changed', Emptied()), ('_turn', Emptied())):
            self.sizes.get(self.domains)
            setattr(self.sizes, name, taken)
            self.assertEqual(6, len(self.sizes.get(self.domains)), name)
