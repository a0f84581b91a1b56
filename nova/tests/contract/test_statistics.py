# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Statistics of domains: which groups hold what, running and shut off."""

import re

import libvirt

from nova.tests.contract import backends
from nova.tests.contract import base
from nova.tests.contract import guests
from nova.virt.libvirt import errors

_STATE = libvirt.VIR_DOMAIN_STATS_STATE
#: Figures that depend on the version of QEMU or on what the guest has done.
_VARIES = re.compile(
    r'cpu\.(cache|haltpoll|\d)|balloon\.(last|available|usable|unused|disk|swap|major'
    r'|minor|hugetlb)|vcpu\.\d+\.(delay|halted|exits|\w+\.(sum|cur|max))'
    r'|block\.\d+\.(backingIndex|threshold)|dirtyrate')
_GROUPS = ('STATE', 'CPU_TOTAL', 'BALLOON', 'VCPU', 'INTERFACE', 'BLOCK', 'PERF')


class StatisticsContract(guests.GuestContract):
    """What the statistics of a domain hold, whatever is behind it."""

    def setUp(self) -> None:
        super().setUp()
        self.domain = self.conn.lookupByUUIDString(self.uuid)

    def keys(self, kinds: int) -> list[str]:
        (_domain, stats), = self.conn.domainListGetStats([self.domain], kinds, 0)
        return sorted(key for key in stats if not _VARIES.match(key))

    def by_group(self) -> dict[str, list[str]]:
        return {name: self.keys(getattr(libvirt, f'VIR_DOMAIN_STATS_{name}'))
                for name in _GROUPS}

    def test_groups_of_a_domain_that_is_off(self) -> None:
        self.need(backends.TELLS_STATISTICS)
        found = self.by_group()
        self.assertIn('cpu.time', found.pop('CPU_TOTAL') or ['cpu.time'])
        self.assertEqual(
            {'STATE': ['state.reason', 'state.state'],
             'BALLOON': ['balloon.current', 'balloon.maximum'],
             'VCPU': ['vcpu.current', 'vcpu.maximum'],
             'INTERFACE': [], 'PERF': [],
             'BLOCK': ['block.0.allocation', 'block.0.capacity', 'block.0.name',
                       'block.0.path', 'block.0.physical', 'block.count']}, found)

    def test_groups_of_a_domain_that_runs(self) -> None:
        self.need(backends.TELLS_STATISTICS)
        self.guest.launch()
        found = self.by_group()
        self.assertEqual(['cpu.system', 'cpu.time', 'cpu.user'],
                         found.pop('CPU_TOTAL'))
        self.assertEqual(
            ['block.0.allocation', 'block.0.capacity', 'block.0.fl.reqs',
             'block.0.fl.times', 'block.0.name', 'block.0.path', 'block.0.physical',
             'block.0.rd.bytes', 'block.0.rd.reqs', 'block.0.rd.times',
             'block.0.wr.bytes', 'block.0.wr.reqs', 'block.0.wr.times', 'block.count'],
            found.pop('BLOCK'))
        vcpus = [f'vcpu.{number}.{figure}' for number in range(self.domain.info()[3])
                 for figure in ('state', 'time', 'wait')]
        self.assertEqual(
            {'STATE': ['state.reason', 'state.state'],
             'BALLOON': ['balloon.current', 'balloon.maximum', 'balloon.rss'],
             'VCPU': [*vcpus, 'vcpu.current', 'vcpu.maximum'],
             'INTERFACE': ['net.count'], 'PERF': []}, found)

    def test_all_groups_unless_some_are_named(self) -> None:
        every = {key for keys in self.by_group().values() for key in keys}
        self.assertEqual(set(), every - set(self.keys(0)))

    def test_unknown_groups(self) -> None:
        strict = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS
        self.assertEqual([], self.keys(1 << 20))
        self.assertTrue(errors.is_unsupported(self.failure(
            self.conn.domainListGetStats, [self.domain], 1 << 20, strict)))

    def test_domain_that_is_gone_is_left_out(self) -> None:
        self.domain.undefine()
        self.assertEqual([], self.conn.domainListGetStats([self.domain], _STATE, 0))

    def test_no_domain_is_an_invalid_argument(self) -> None:
        self.assertTrue(errors.is_invalid_argument(
            self.failure(self.conn.domainListGetStats, [], _STATE, 0)))

    def test_domains_of_two_connections_are_an_invalid_argument(self) -> None:
        other = self.opener(self.backend.uri, [[], lambda *_: -1, None], 0)
        self.addCleanup(other.close)
        domains = [self.domain, other.lookupByUUIDString(self.uuid)]
        for conn in (self.conn, other):
            self.assertTrue(errors.is_invalid_argument(
                self.failure(conn.domainListGetStats, domains, _STATE, 0)))

    def test_running_domains_are_chosen(self) -> None:
        running = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE

        def chosen() -> list[str]:
            return [domain.UUIDString() for domain, _stats
                    in self.conn.getAllDomainStats(_STATE, running)]
        self.assertNotIn(self.uuid, chosen())
        self.guest.launch()
        self.assertIn(self.uuid, chosen())


class TestStatisticsOnFake(StatisticsContract, base.OnFake):
    pass


class TestStatisticsOnTestDriver(StatisticsContract, base.OnTestDriver):
    pass


class TestStatisticsOnQemu(StatisticsContract, base.OnQemu):
    pass


del StatisticsContract  # incomplete: not to be collected by itself
