# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import threading
import uuid

import fixtures
import libvirt

from nova import exception
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit import base
from nova.virt.libvirt import calls
from nova.virt.libvirt import errors
from nova.virt.libvirt import gueststates

XML = ("<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid>"
       "<memory>65536</memory><vcpu>2</vcpu><os><type>hvm</type></os></domain>")
OFF = (libvirt.VIR_DOMAIN_SHUTOFF, -1)
#: Somebody waits for QEMU, for a minute.
OCCUPIED = (libvirt.VIR_DOMAIN_CONTROL_OCCUPIED, 0, 60_000)
ASK = 'domainListGetStats'


class GuestStatesTestCase(base.TestCase):
    deadline_s = 30.0

    def setUp(self):
        super().setUp()
        self.fake = self.useFixture(fakelibvirt.FakeLibvirt())
        self.calls = calls.Calls(self.deadline_s)
        self.addCleanup(self.calls.close)
        self.conn = self.calls.wrap(self.fake.open('qemu:///system', None, 0))
        self.states = gueststates.GuestStates(lambda: self.conn)
        self.uuids = [str(uuid.uuid4()) for _ in range(12)]
        for number, each in enumerate(self.uuids):
            self.conn.defineXML(XML.format(name=f'guest-{number}', uuid=each))
        self.found = {}

    def count(self, method=ASK):
        return self.fake.faults.count(method)

    def ask(self, uuid):
        try:
            self.found[uuid] = self.states.get(uuid)
        except Exception as error:  # noqa: BLE001  looked at below
            self.found[uuid] = error

    def start(self, uuids):
        threads = [threading.Thread(target=self.ask, args=(each,), daemon=True)
                   for each in uuids]
        for thread in threads:
            thread.start()
        return threads

    def start_all(self, hanging=1):
        """Let one hang and the other guests wait; return who and what to set."""
        self.useFixture(fixtures.MockPatchObject(gueststates, 'LONG_S', 30))
        for each in self.uuids:
            self.states.get(each)
        before = self.count()
        releases = [self.fake.faults.hang(ASK) for _ in range(hanging)]
        threads = self.start(self.uuids[:1])
        waiting.wait_for(lambda: self.count() == before + 1, 'the first')
        threads += self.start(self.uuids[1:])
        rest = set(self.uuids[1:])
        waiting.wait_for(lambda: self.states._next and self.states._next.uuids == rest,
                         'the others')
        return before, threads, releases

    def join(self, threads):
        for thread in threads:
            thread.join(30)


class OneStateTestCase(GuestStatesTestCase):
    def test_who_asks_meanwhile_shares_a_round_trip(self):
        before, threads, releases = self.start_all()
        for release in releases:
            release.set()
        self.join(threads)
        self.assertEqual(dict.fromkeys(self.uuids, OFF), self.found)
        self.assertEqual(2, self.count() - before)

    def test_state_is_asked_for_after_the_call_begins(self):
        _before, threads, releases = self.start_all()
        last = self.uuids[-1]
        self.fake.hypervisor.start(last)
        for release in releases:
            release.set()
        self.join(threads)
        self.assertEqual(libvirt.VIR_DOMAIN_RUNNING, self.found[last][0])

    def test_guest_that_is_missing_is_missing_for_itself_alone(self):
        _before, threads, releases = self.start_all()
        last = self.uuids[-1]
        self.fake.hypervisor.undefine(last, 0)
        for release in releases:
            release.set()
        self.join(threads)
        self.assertEqual({**dict.fromkeys(self.uuids, OFF), last: None}, self.found)

    def test_what_fails_together_is_asked_again_alone(self):
        before, threads, releases = self.start_all()
        self.fake.faults.fail(ASK)
        for release in releases:
            release.set()
        self.join(threads)
        failed = [each for each in self.found.values()
                  if isinstance(each, libvirt.libvirtError)]
        self.assertEqual(1, len(failed))
        self.assertEqual(len(self.uuids), self.count() - before)

    def test_nobody_waits_for_a_round_trip_that_hangs(self):
        release = self.fake.faults.hang(ASK)
        self.addCleanup(release.set)
        hanging = self.start(self.uuids[:1])
        waiting.wait_for(lambda: self.count() == 1, 'the first')
        self.useFixture(fixtures.MockPatchObject(gueststates, 'LONG_S', 0.02))
        self.assertEqual(OFF, self.states.get(self.uuids[1]))
        self.assertEqual({}, self.found)
        release.set()
        self.join(hanging)
        self.assertEqual({self.uuids[0]: OFF}, self.found)
        self.assertFalse(self.states._way.locked())

    def test_without_a_connection(self):
        def unavailable():
            raise exception.HypervisorUnavailable('gone')
        states = gueststates.GuestStates(unavailable)
        for _ in range(2):
            error = self.assertRaises(exception.HypervisorUnavailable, states.get,
                                      self.uuids[0])
            self.assertEqual('gone', str(error))


    def test_handles_of_two_connections_are_not_mixed(self):
        """One asks over the old connection when another does over the new one."""
        first, second = self.uuids[:2]
        self.states.get(first)
        new = self.calls.wrap(self.fake.open('qemu:///system', None, 0))
        look = 'lookupByUUIDString'
        before, looked = self.count(), self.count(look)
        release = self.fake.faults.hang(look)
        threads = self.start([second])
        waiting.wait_for(lambda: self.count(look) > looked, 'the look')
        self.conn = new
        self.assertEqual(OFF, self.states.get(first))
        release.set()
        self.join(threads)
        self.assertEqual(OFF, self.states.get(second))
        self.assertEqual({second: OFF}, self.found)
        self.assertEqual(3, self.count() - before)

    def test_guests_that_have_gone_are_let_go_of_when_all_are_asked_for(self):
        for each in self.uuids:
            self.states.get(each)
        for each in self.uuids[3:]:
            self.fake.hypervisor.undefine(each, 0)
        self.states.get_all()
        self.assertEqual(set(self.uuids[:3]), set(self.states._handles._found))


class LateStateTestCase(GuestStatesTestCase):
    deadline_s = 0.5

    def test_who_shares_waits_no_longer_than_a_call(self):
        self.useFixture(fixtures.MockPatchObject(gueststates, 'LONG_S', 30))
        self.states._way.acquire()
        threads = self.start(self.uuids[:1])
        waiting.wait_for(lambda: self.states._next, 'the first')
        second = self.uuids[1]
        self.join(self.start([second]))
        self.assertIsInstance(self.found.get(second), errors.TooLate)
        self.states._way.release()
        self.join(threads)
        self.assertEqual(OFF, self.found[self.uuids[0]])

    def test_all_that_share_are_told(self):
        _before, threads, releases = self.start_all(2)
        self.join(threads)
        told = [each for each in self.found.values()
                if isinstance(each, exception.HypervisorUnavailable)]
        self.assertEqual(len(self.uuids), len(told))
        for release in releases:
            release.set()
        waiting.wait_for(lambda: not self.calls.late, 'the late calls')
        self.assertEqual(OFF, self.states.get(self.uuids[0]))


class AllStatesTestCase(GuestStatesTestCase):
    def setUp(self):
        super().setUp()
        for each in self.uuids[:3]:
            self.fake.hypervisor.start(each)
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.gueststates.PATIENCE_S', 0.05))

    def occupy(self, uuid):
        self.fake.hypervisor.find(uuid).control = OCCUPIED

    def test_guest_whose_qemu_does_not_answer_is_unknown_and_no_other(self):
        stuck = self.uuids[1]
        release = self.fake.faults.hang('getAllDomainStats')
        self.addCleanup(release.set)
        self.occupy(stuck)
        found = self.states.get_stats(0, False)
        self.assertEqual(set(self.uuids), set(found))
        self.assertEqual({stuck}, {each for each, stats in found.items()
                                   if stats['state.state'] == 0})
        self.assertEqual({stuck}, {each for each, stats in found.items()
                                   if 'vcpu.current' not in stats})
        # It stays so, and nothing hangs any more.
        again = self.states.get_stats(libvirt.VIR_DOMAIN_STATS_STATE, True)
        self.assertEqual([0], [stats['state.state'] for each, stats in again.items()
                               if each == stuck])
        unknown = (libvirt.VIR_DOMAIN_NOSTATE, 2)
        self.assertEqual([stuck], [each for each, state in self.states.get_all().items()
                                   if state == unknown])
        self.assertEqual(['getAllDomainStats'], self.calls.late)
        release.set()
        waiting.wait_for(lambda: not self.calls.late, 'the late call')
        self.fake.hypervisor.find(stuck).control = (0, 0, 0)
        self.assertNotIn(0, [stats['state.state'] for stats
                             in self.states.get_stats(0, False).values()])

    def test_no_qemu_is_asked_where_several_do_not_answer(self):
        self.fake.hypervisor.start(self.uuids[3])
        release = self.fake.faults.hang('getAllDomainStats')
        self.addCleanup(release.set)
        silent = self.uuids[:3]
        for each in silent:
            self.occupy(each)
        for _ in range(2):
            found = self.states.get_stats(0, False)
            self.assertEqual(set(silent), {each for each, stats in found.items()
                                           if stats['state.state'] == 0})
            self.assertEqual(libvirt.VIR_DOMAIN_RUNNING,
                             found[self.uuids[3]]['state.state'])
            self.assertEqual([], [each for each, stats in found.items()
                                  if 'vcpu.0.state' in stats])
        # One call hangs for the first of them, and no other does.
        self.assertEqual(['getAllDomainStats'], self.calls.late)

    def test_guest_that_answers_again_has_its_state_again(self):
        stuck = self.uuids[1]
        release = self.fake.faults.hang('getAllDomainStats')
        self.addCleanup(release.set)
        self.occupy(stuck)
        self.states.get_stats(0, False)
        self.fake.hypervisor.find(stuck).control = (0, 0, 0)
        self.assertEqual((libvirt.VIR_DOMAIN_RUNNING, 2), self.states.get_all()[stuck])
        before = len(self.fake.faults.calls)
        self.states.get_all()
        self.assertEqual(['getAllDomainStats'], self.fake.faults.calls[before:])

    def test_slow_libvirt_is_waited_for(self):
        release = self.fake.faults.hang('getAllDomainStats')
        self.addCleanup(release.set)
        found = self.states.get_stats(0, False)
        self.assertEqual(set(self.uuids), set(found))
        self.assertNotIn(0, [stats['state.state'] for stats in found.values()])
        self.assertEqual(2, self.count('getAllDomainStats'))

    def test_xens_own_domain_is_no_guest(self):
        self.fake.hypervisor.find(self.uuids[0]).domain_id = 0
        self.assertIn(self.uuids[0], self.states.get_uuids())
        self.useFixture(fixtures.MonkeyPatch(
            'nova.tests.fixtures.libvirt.connection.FakeConnection.getType',
            lambda conn: 'Xen'))
        states = gueststates.GuestStates(lambda: self.conn)
        self.assertEqual(self.uuids[1:], list(states.get_names()))

    def test_names_and_states_are_a_round_trip_each(self):
        self.assertEqual(self.uuids, self.states.get_uuids())
        before = len(self.fake.faults.calls)
        self.assertEqual(
            {each: f'guest-{n}' for n, each in enumerate(self.uuids)},
            self.states.get_names())
        self.assertEqual(3, sum(state == libvirt.VIR_DOMAIN_RUNNING for state, _number
                                in self.states.get_all().values()))
        self.assertEqual(['listAllDomains', 'getAllDomainStats'],
                         self.fake.faults.calls[before:])
