# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import libvirt

from nova.tests.unit import base
from nova.virt import event as virtevent
from nova.virt.libvirt import event

STARTED = virtevent.EVENT_LIFECYCLE_STARTED
STOPPED = virtevent.EVENT_LIFECYCLE_STOPPED
PAUSED = virtevent.EVENT_LIFECYCLE_PAUSED
RESUMED = virtevent.EVENT_LIFECYCLE_RESUMED
SUSPENDED = virtevent.EVENT_LIFECYCLE_SUSPENDED
COMPLETED = virtevent.EVENT_LIFECYCLE_MIGRATION_COMPLETED

RUNNING = libvirt.VIR_DOMAIN_RUNNING
OFF = libvirt.VIR_DOMAIN_SHUTOFF


def domain_event(kind, detail=0, uuid='one'):
    return event.DomainEvent(uuid, kind, detail, 12.5)


class TransitionTestCase(base.TestCase):
    def assert_transition(self, expected, kind, detail=0):
        self.assertEqual(expected, event.transition_of(domain_event(kind, detail)))

    def test_kinds(self):
        self.assert_transition(STARTED, libvirt.VIR_DOMAIN_EVENT_STARTED)
        self.assert_transition(PAUSED, libvirt.VIR_DOMAIN_EVENT_SUSPENDED)
        self.assert_transition(RESUMED, libvirt.VIR_DOMAIN_EVENT_RESUMED)
        self.assert_transition(SUSPENDED, libvirt.VIR_DOMAIN_EVENT_PMSUSPENDED)
        self.assert_transition(STOPPED, libvirt.VIR_DOMAIN_EVENT_CRASHED)
        self.assert_transition(None, libvirt.VIR_DOMAIN_EVENT_DEFINED)
        self.assert_transition(None, libvirt.VIR_DOMAIN_EVENT_SHUTDOWN)

    def test_every_reason_to_stop_but_a_migration_is_a_stop(self):
        for detail in (libvirt.VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN,
                       libvirt.VIR_DOMAIN_EVENT_STOPPED_DESTROYED,
                       libvirt.VIR_DOMAIN_EVENT_STOPPED_CRASHED,
                       libvirt.VIR_DOMAIN_EVENT_STOPPED_FAILED,
                       libvirt.VIR_DOMAIN_EVENT_STOPPED_SAVED):
            self.assert_transition(STOPPED, libvirt.VIR_DOMAIN_EVENT_STOPPED, detail)
        self.assert_transition(COMPLETED, libvirt.VIR_DOMAIN_EVENT_STOPPED,
                               libvirt.VIR_DOMAIN_EVENT_STOPPED_MIGRATED)

    def test_every_reason_to_suspend_but_a_migration_is_a_pause(self):
        for detail in (libvirt.VIR_DOMAIN_EVENT_SUSPENDED_PAUSED,
                       libvirt.VIR_DOMAIN_EVENT_SUSPENDED_IOERROR,
                       libvirt.VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG,
                       libvirt.VIR_DOMAIN_EVENT_SUSPENDED_API_ERROR,
                       libvirt.VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED):
            self.assert_transition(PAUSED, libvirt.VIR_DOMAIN_EVENT_SUSPENDED, detail)
        self.assert_transition(None, libvirt.VIR_DOMAIN_EVENT_SUSPENDED,
                               libvirt.VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED)

    def test_state_of_a_guest_that_passes_through_is_not_paused(self):
        paused = libvirt.VIR_DOMAIN_PAUSED
        for reason, expected in ((None, paused),
                                 (libvirt.VIR_DOMAIN_PAUSED_USER, paused),
                                 (libvirt.VIR_DOMAIN_PAUSED_POSTCOPY_FAILED, paused),
                                 (libvirt.VIR_DOMAIN_PAUSED_STARTING_UP, OFF),
                                 (libvirt.VIR_DOMAIN_PAUSED_MIGRATION, RUNNING),
                                 (libvirt.VIR_DOMAIN_PAUSED_POSTCOPY, RUNNING)):
            self.assertEqual(expected, event.settled_state(paused, reason), reason)
        self.assertEqual(OFF, event.settled_state(
            OFF, libvirt.VIR_DOMAIN_SHUTOFF_SHUTDOWN))

    def test_postcopy_is_no_mere_pause(self):
        self.assert_transition(
            virtevent.EVENT_LIFECYCLE_POSTCOPY_STARTED,
            libvirt.VIR_DOMAIN_EVENT_SUSPENDED,
            libvirt.VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY)


class GuestStatesTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.states = event.GuestStates()

    def caught_up(self, **states):
        return [(each.uuid, each.transition) for each in self.states.catch_up(states)]

    def test_event_is_told_with_its_time(self):
        told = self.states.take(domain_event(libvirt.VIR_DOMAIN_EVENT_STARTED))
        self.assertEqual(('one', STARTED, 12.5),
                         (told.uuid, told.transition, told.timestamp))

    def test_nothing_changed_is_no_news(self):
        self.states.begin({'one': RUNNING, 'two': OFF})
        self.assertEqual([], self.caught_up(one=RUNNING, two=OFF))

    def test_each_change_is_told_once(self):
        self.states.begin({'one': RUNNING, 'two': OFF, 'three': RUNNING})
        found = {'one': OFF, 'two': RUNNING, 'three': libvirt.VIR_DOMAIN_PAUSED}
        self.assertEqual(
            [('one', STOPPED), ('two', STARTED), ('three', PAUSED)],
            self.caught_up(**found))
        self.assertEqual([], self.caught_up(**found))

    def test_guest_that_is_gone_has_stopped(self):
        self.states.begin({'one': RUNNING})
        self.assertEqual([('one', STOPPED)], self.caught_up())
        self.assertEqual([], self.caught_up())

    def test_new_guest_that_is_off_is_no_news(self):
        self.assertEqual([], self.caught_up(one=OFF))

    def test_new_guest_that_is_paused_was_started_first(self):
        self.assertEqual([('one', STARTED), ('one', PAUSED)],
                         self.caught_up(one=libvirt.VIR_DOMAIN_PAUSED))

    def test_guest_on_its_way_down_is_not_off_yet(self):
        self.states.begin({'one': RUNNING})
        self.assertEqual([], self.caught_up(one=libvirt.VIR_DOMAIN_SHUTDOWN))

    def test_what_events_told_is_not_told_again(self):
        self.states.begin({'one': RUNNING})
        self.states.take(domain_event(libvirt.VIR_DOMAIN_EVENT_STOPPED))
        self.assertEqual([], self.caught_up(one=OFF))

    def test_event_that_comes_late_is_not_told_again(self):
        self.states.begin({'one': RUNNING})
        self.caught_up(one=OFF)
        late = domain_event(libvirt.VIR_DOMAIN_EVENT_STOPPED)
        self.assertIsNone(self.states.take(late))

    def test_both_events_of_a_start_may_come_late(self):
        self.caught_up(one=RUNNING)
        for kind in (libvirt.VIR_DOMAIN_EVENT_RESUMED,
                     libvirt.VIR_DOMAIN_EVENT_STARTED):
            self.assertIsNone(self.states.take(domain_event(kind)))

    def test_resume_after_a_pause_is_news(self):
        self.caught_up(one=RUNNING)
        for kind, transition in ((libvirt.VIR_DOMAIN_EVENT_SUSPENDED, PAUSED),
                                 (libvirt.VIR_DOMAIN_EVENT_RESUMED, RESUMED)):
            self.assertEqual(transition,
                             self.states.take(domain_event(kind)).transition)

    def test_same_transition_after_another_is_news(self):
        self.states.begin({'one': RUNNING})
        self.caught_up(one=OFF)
        for kind, transition in ((libvirt.VIR_DOMAIN_EVENT_STARTED, STARTED),
                                 (libvirt.VIR_DOMAIN_EVENT_STOPPED, STOPPED)):
            self.assertEqual(transition,
                             self.states.take(domain_event(kind)).transition)

    def told(self, *kinds):
        told = [self.states.take(domain_event(kind)) for kind in kinds]
        return [each and each.transition for each in told]

    def test_crash_is_a_stop_that_is_told_once(self):
        crash, stop = (libvirt.VIR_DOMAIN_EVENT_CRASHED,
                       libvirt.VIR_DOMAIN_EVENT_STOPPED)
        start = libvirt.VIR_DOMAIN_EVENT_STARTED
        crashed = libvirt.VIR_DOMAIN_CRASHED
        self.states.begin({'one': RUNNING})
        self.assertEqual([STOPPED, None], self.told(crash, stop))
        self.assertEqual([STARTED, STOPPED], self.told(start, crash))
        self.assertEqual([], self.caught_up(one=crashed))
        self.assertEqual([None, STARTED, STOPPED], self.told(stop, start, stop))

    def test_crash_that_was_found_is_not_told_again(self):
        self.states.begin({'one': RUNNING})
        self.assertEqual([('one', STOPPED)],
                         self.caught_up(one=libvirt.VIR_DOMAIN_CRASHED))
        self.assertEqual([None, None], self.told(libvirt.VIR_DOMAIN_EVENT_CRASHED,
                                                 libvirt.VIR_DOMAIN_EVENT_STOPPED))

    def test_guest_that_goes_on_after_a_crash_is_news(self):
        self.states.begin({'one': RUNNING})
        self.assertEqual([STOPPED, RESUMED, STOPPED], self.told(
            libvirt.VIR_DOMAIN_EVENT_CRASHED, libvirt.VIR_DOMAIN_EVENT_RESUMED,
            libvirt.VIR_DOMAIN_EVENT_STOPPED))

    def test_guests_that_came_and_went_are_forgotten(self):
        for number in range(5):
            self.caught_up(**{f'guest{number}': RUNNING})
        self.assertEqual({'guest3', 'guest4'}, set(self.states._made_up))
        self.caught_up()
        self.caught_up()
        self.assertEqual({}, self.states._made_up)

    def test_guest_that_was_heard_of_meanwhile_is_left_as_it_is(self):
        self.states.begin({'one': RUNNING, 'two': RUNNING, 'three': RUNNING})
        heard = ('one', 'four')
        self.assertEqual([('two', STOPPED)], [
            (each.uuid, each.transition) for each in
            self.states.catch_up({'three': RUNNING, 'four': RUNNING}, heard)])
        self.assertEqual([('one', STOPPED)], self.caught_up(three=RUNNING))

    def test_guest_that_a_migration_suspends_is_not_paused(self):
        for detail in (libvirt.VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED,
                       libvirt.VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY):
            self.states.begin({'one': RUNNING})
            self.states.take(domain_event(libvirt.VIR_DOMAIN_EVENT_SUSPENDED, detail))
            self.assertEqual([], self.caught_up(one=RUNNING))
            self.assertEqual([('one', STOPPED)], self.caught_up())

    def test_guest_that_has_moved_is_gone(self):
        self.states.begin({'one': RUNNING})
        told = self.states.take(domain_event(
            libvirt.VIR_DOMAIN_EVENT_STOPPED,
            libvirt.VIR_DOMAIN_EVENT_STOPPED_MIGRATED))
        self.assertEqual(COMPLETED, told.transition)
        self.assertEqual([], self.caught_up())

    def test_undefined_guest_is_forgotten(self):
        self.states.begin({'one': OFF})
        self.states.take(domain_event(libvirt.VIR_DOMAIN_EVENT_UNDEFINED))
        self.assertEqual([], self.caught_up())
