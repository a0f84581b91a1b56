# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from nova import exception
from nova import objects
from nova.compute import numa_claims
from nova.tests.unit import base
from nova.tests.unit.virt import test_numafit as numa

LIMITS = {'cpu_allocation_ratio': 4.0, 'ram_allocation_ratio': 1.0}


class NUMAClaimsTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.claims = numa_claims.NUMAClaims()
        self.set_host(numa.host_cell(0, 4, 1, set()))

    def set_host(self, *cells):
        self.claims.set_host(objects.NUMATopology(cells=list(cells))._to_json())

    def claim(self, uuid, *cells):
        return self.claims.claim(
            uuid, numa.guest(*cells), objects.NUMATopologyLimits(**LIMITS))

    def test_instances_never_get_the_same_cpu(self):
        one = self.claim('a', numa.guest_cell({0, 1}))
        two = self.claim('b', numa.guest_cell({0, 1}))

        self.assertEqual({0, 1, 2, 3}, one.cpu_pinning | two.cpu_pinning)
        refused = self.assertRaises(exception.ComputeResourcesUnavailable,
                                    self.claim, 'c', numa.guest_cell({0}))
        self.assertIn('1 vCPUs with 64 MiB', str(refused))

    def test_what_is_released_can_be_claimed(self):
        self.claim('a', numa.guest_cell({0, 1, 2, 3}))
        self.claims.release('a')
        self.assertIsNotNone(self.claim('b', numa.guest_cell({0, 1, 2, 3})))

    def test_instance_that_claims_again_does_not_stand_in_its_own_way(self):
        self.claim('a', numa.guest_cell({0, 1, 2, 3}))
        self.assertIsNotNone(self.claim('a', numa.guest_cell({0, 1, 2, 3})))

    def test_what_an_earlier_process_placed_stays_taken(self):
        placed = self.claim('a', numa.guest_cell({0, 1}))
        self.claims = numa_claims.NUMAClaims()
        self.claims.take_over('a', placed)
        self.set_host(numa.host_cell(0, 4, 1, set()))

        self.assertEqual({2, 3}, self.claim('b', numa.guest_cell({0, 1})).cpu_pinning)

    def test_cpus_that_the_operator_took_away_do_not_stop_the_others(self):
        self.claim('a', numa.guest_cell({0, 1, 2, 3}))
        self.set_host(numa.host_cell(0, 2, 1, set()))

        self.assertIsNotNone(self.claim('b', numa.guest_cell({0})))
        self.assertIn('are not counted', self.logs.output)

    def test_host_without_cells_refuses(self):
        self.claims.set_host(None)
        refused = self.assertRaises(exception.ComputeResourcesUnavailable,
                                    self.claim, 'a', numa.guest_cell({0}))
        self.assertIn('no NUMA cells', str(refused))

    def test_instance_without_wishes_is_not_placed(self):
        self.assertIsNone(self.claims.claim('a', None, None))
