# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Claims: no more than there is, whoever asks at the same time."""

import threading

from nova import exception
from nova.compute import claims
from nova.compute import flavors
from nova.tests.unit import base


class ClaimsTest(base.TestCase):
    """One host."""

    def setUp(self) -> None:
        super().setUp()
        self.claims = claims.Claims()
        self.claims.limit = claims.Amount(4, 1000, 10)

    def test_of_a_flavor(self) -> None:
        flavor = flavors.get_by_name('m1.medium')
        flavor.ephemeral_gb, flavor.swap = 5, 1025
        self.assertEqual(claims.Amount(2, 4096, 40 + 5 + 2),
                         claims.Amount.of(flavor))

    def test_what_is_claimed_is_used(self) -> None:
        self.claims.claim('a', claims.Amount(1, 400, 4))
        self.claims.claim('b', claims.Amount(1, 600, 6))
        self.assertEqual(claims.Amount(2, 1000, 10), self.claims.used)

    def test_refusal_names_what_is_short_and_changes_nothing(self) -> None:
        self.claims.claim('a', claims.Amount(1, 400, 4))
        error = self.assertRaises(exception.ComputeResourcesUnavailable,
                                  self.claims.claim, 'b', claims.Amount(1, 601, 6))
        self.assertIn('memory: 601 MiB requested, 600 of 1000 MiB are free',
                      error.message)
        self.assertNotIn('disk', error.message)
        self.assertEqual(claims.Amount(1, 400, 4), self.claims.used)

    def test_claiming_again_replaces(self) -> None:
        self.claims.claim('a', claims.Amount(1, 900, 4))
        self.claims.claim('a', claims.Amount(1, 1000, 4))
        self.assertEqual(1000, self.claims.used.memory_mb)

    def test_release(self) -> None:
        self.claims.claim('a', claims.Amount(4, 1000, 10))
        self.claims.release('a')
        self.claims.release('a')
        self.claims.claim('b', claims.Amount(4, 1000, 10))

    def test_what_is_there_already_may_exceed_the_limit(self) -> None:
        self.claims.take_over('a', claims.Amount(9, 9000, 90))
        error = self.assertRaises(exception.ComputeResourcesUnavailable,
                                  self.claims.claim, 'b', claims.Amount(1, 1, 1))
        self.assertIn('0 of 4 VCPU', error.message)

    def test_nothing_fits_always(self) -> None:
        self.claims.take_over('a', claims.Amount(9, 9000, 90))
        self.claims.claim('b', claims.Amount(0, 0, 0))

    def test_many_at_once(self) -> None:
        granted: list[int] = []
        start = threading.Barrier(16)

        def claim(number: int) -> None:
            start.wait()
            try:
                self.claims.claim(str(number), claims.Amount(1, 1, 1))
                granted.append(number)
            except exception.ComputeResourcesUnavailable:
                pass
        threads = [threading.Thread(target=claim, args=(n,)) for n in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(4, len(granted))
