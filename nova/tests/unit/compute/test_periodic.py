# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is done again and again, and what happens when it fails."""

from oslo_service import backend

from nova import exception
from nova.compute import periodic
from nova.tests.unit import base


class FakeLoop:
    """A looping call that remembers how it was started."""

    made: list['FakeLoop'] = []

    def __init__(self, run: object) -> None:
        self.run, self.interval, self.delay = run, None, None
        self.is_stopped = False
        self.made.append(self)

    def start(self, interval: float, initial_delay: float) -> None:
        """Start."""
        self.interval, self.delay = interval, initial_delay

    def stop(self) -> None:
        """Stop."""
        self.is_stopped = True


class PeriodicTest(base.TestCase):
    """The loops and what is in them."""

    def setUp(self) -> None:
        super().setUp()
        self.patch(FakeLoop, 'made', [])
        self.patch(backend, 'get_component', lambda name: FakeLoop)
        self.calls: list[str] = []

    def work(self) -> None:
        """Be called."""
        self.calls.append('work')

    def test_intervals(self) -> None:
        self.flags(periodic_fuzzy_delay=0)
        tasks = periodic.PeriodicTasks([
            periodic.Task(self.work, 0), periodic.Task(self.work, 7),
            periodic.Task(self.work, -1), periodic.Task(self.work, 600)])
        tasks.start()
        self.assertEqual([(60, 60), (7, 7), (600, 60)],
                         [(one.interval, one.delay) for one in FakeLoop.made])
        tasks.stop()
        self.assertTrue(all(one.is_stopped for one in FakeLoop.made))

    def test_switched_off(self) -> None:
        self.flags(periodic_enable=False)
        periodic.PeriodicTasks([periodic.Task(self.work, 1)]).start()
        self.assertEqual([], FakeLoop.made)

    def test_first_delay_is_spread(self) -> None:
        self.flags(periodic_fuzzy_delay=30)
        periodic.PeriodicTasks([periodic.Task(self.work, 10)]).start()
        self.assertTrue(10 <= FakeLoop.made[0].delay <= 40)

    def test_a_failure_is_logged_and_ends_nothing(self) -> None:
        for error, word in ((exception.HypervisorUnavailable(), 'has to wait'),
                            (ZeroDivisionError('oops'), 'oops')):
            def fail(error: Exception = error) -> None:
                raise error
            periodic.Task(fail, 1).run_safely()
            self.assertIn(word, self.logs.output)

    def test_a_manager_has_three(self) -> None:
        class Manager:
            update_available_resource = sync_power_states = 1
            run_image_cache_manager_pass = 2
        self.flags(sync_power_state_interval=11, update_resources_interval=12)
        self.flags(group='image_cache', manager_interval=13)
        self.assertEqual([12, 11, 13], [
            task.interval_s for task in periodic.tasks_of(Manager())])
