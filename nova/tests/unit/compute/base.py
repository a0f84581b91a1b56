# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A compute node on a fake hypervisor and a database of its own."""

from collections.abc import Callable
import threading
from typing import Any

from nova import context
from nova import exception
from nova import objects
from nova import thread_pool_factory
from nova.compute import api
from nova.compute import manager as compute_manager
from nova.compute import task_states
from nova.compute import vm_states
from nova.tests.fixtures import database
from nova.tests.fixtures import fake_driver
from nova.tests.unit import base

IMAGE = {
    'id': '70a599e0-31e7-49b7-b260-868f441e862b', 'name': 'tiny',
    'status': 'active', 'disk_format': 'qcow2', 'container_format': 'bare',
    'min_disk': 0, 'min_ram': 0, 'size': 1 << 20, 'properties': {},
}
#: Seconds after which something that should have happened never will.
DEADLINE_S = 20


class FakeImages:
    """Images by id."""

    def __init__(self) -> None:
        self.images = {IMAGE['id']: dict(IMAGE)}

    def get(self, context: Any, image_id: str) -> dict[str, Any]:
        """Return one."""
        try:
            return self.images[image_id]
        except KeyError:
            raise exception.ImageNotFound(image_id=image_id) from None


class Gate:
    """Makes a method of the fake driver wait until the test lets it go on."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._opened = threading.Event()

    def __call__(self, instance: Any) -> None:
        self._reached.set()
        if not self._opened.wait(DEADLINE_S):
            raise AssertionError('nobody opened the gate')

    def wait_until_reached(self) -> None:
        """Return when the method waits."""
        if not self._reached.wait(DEADLINE_S):
            raise AssertionError('the method was not called')

    def open(self) -> None:
        """Let the method go on."""
        self._opened.set()


class ComputeTestCase(base.TestCase):
    """Has a manager, its API, and the hypervisor below them."""

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(database.Database())
        self.flags(shutdown_timeout=0)
        self.addCleanup(self._end_node)
        self.context = self.new_request()
        self.images = FakeImages()
        self.start_node(fake_driver.FakeDriver())

    def _end_node(self) -> None:
        self.assertEqual(0, self.manager.background.stop(DEADLINE_S))
        thread_pool_factory.reset_all_executors()

    @staticmethod
    def new_request() -> context.RequestContext:
        """Return the context of another request."""
        return context.RequestContext('user', 'project', is_admin=True,
                                      overwrite=False)

    def start_node(self, driver: fake_driver.FakeDriver) -> None:
        """Start a manager, as a service does."""
        self.driver = driver
        self.manager = compute_manager.ComputeManager(driver)
        self.api = api.API(self.manager, self.images)
        self.manager.init_host()

    def restart_node(self) -> None:
        """Go on as after a kill -9: the hypervisor and the database stay."""
        self.settle()
        self.start_node(self.driver)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing runs in the background."""
        if not self.manager.background.wait_until_idle(DEADLINE_S):
            raise AssertionError('operations did not end')

    def gate(self, method: str) -> Gate:
        """Make a method of the driver wait from now on."""
        gate = Gate()
        self.addCleanup(gate.open)
        self.driver.hooks[method] = gate
        return gate

    def create(self, **arguments: Any) -> objects.Instance:
        """Ask for one instance."""
        return self.create_several(1, **arguments)[0]

    def create_several(self, count: int, **arguments: Any) -> Any:
        """Ask for instances."""
        arguments = {'name': 'vm', 'image_id': IMAGE['id'], 'flavor_id': '42',
                     **arguments}
        return self.api.create(self.new_request(), min_count=count,
                               max_count=count, **arguments)

    def built(self, **arguments: Any) -> objects.Instance:
        """Return an instance that runs."""
        instance = self.create(**arguments)
        self.settle()
        self.assert_state(instance, vm_states.ACTIVE)
        return self.reload(instance)

    def reload(self, instance: objects.Instance) -> objects.Instance:
        """Return the instance as the API shows it."""
        return self.api.get(self.context, instance.uuid)

    def ask(self, method: str, instance: objects.Instance, *args: Any) -> None:
        """Call the API as a request of its own."""
        getattr(self.api, method)(self.new_request(), self.reload(instance), *args)

    def do(self, method: str, instance: objects.Instance, *args: Any) -> None:
        """Call the API and wait until it is done."""
        self.ask(method, instance, *args)
        self.settle()

    def put_in(self, instance: objects.Instance, vm_state: str,
               task_state: str | None = None, **changes: Any) -> None:
        """Leave an instance as a process would that was killed."""
        instance = self.reload(instance)
        instance.vm_state, instance.task_state = vm_state, task_state
        for name, value in changes.items():
            setattr(instance, name, value)
        instance.save()

    def record_unbuilt(self, vm_state: str = vm_states.BUILDING,
                       task_state: str | None = task_states.SCHEDULING,
                       **changes: Any) -> objects.Instance:
        """Return an instance that was recorded, and never built."""
        instance = self.built()
        self.driver.guests.pop(instance.uuid)
        self.manager.tracker.release(instance)
        self.put_in(instance, vm_state, task_state, launched_at=None,
                    host=None, node=None, **changes)
        return self.reload(instance)

    def assert_state(self, instance: objects.Instance, vm_state: str,
                     power: int | None = None) -> None:
        """Check an instance that no task runs on."""
        found = self.reload(instance)
        reason = found.fault.message if found.fault else 'without a fault'
        self.assertEqual((vm_state, None), (found.vm_state, found.task_state), reason)
        if power is not None:
            self.assertEqual(power, found.power_state)

    def assert_failed(self, instance: objects.Instance, message: str) -> None:
        """Check that an instance is in ERROR, and says why."""
        self.assert_state(instance, vm_states.ERROR)
        self.assertIn(message, self.reload(instance).fault.message)

    def assert_gone(self, instance: objects.Instance) -> None:
        """Check that nothing of an instance is left, here or there."""
        self.assertRaises(exception.InstanceNotFound, self.reload, instance)
        self.assert_nothing_on_host(instance)

    def assert_nothing_on_host(self, instance: objects.Instance) -> None:
        """Check that the host has no guest, and keeps no room for one."""
        self.assertNotIn(instance.uuid, self.driver.guests)
        self.assertEqual(len(self.driver.guests), len(self.manager.tracker.claims))

    def actions(self, instance: objects.Instance) -> list[str]:
        """Return the names of actions, the first first."""
        found = self.api.get_actions(self.context, instance.uuid)
        return [action.action for action in reversed(found)]

    def last_events(self, instance: objects.Instance) -> list[tuple[str, str]]:
        """Return event and result of the latest action, the first first."""
        action = self.api.get_actions(self.context, instance.uuid)[0]
        _action, events = self.api.get_action(
            self.context, instance.uuid, action.request_id)
        return [(event.event, event.result) for event in reversed(events)]

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Poll until something is so."""
        pause = threading.Event()
        for _attempt in range(DEADLINE_S * 100):
            if condition():
                return
            pause.wait(0.01)
        raise AssertionError(f'never happened: {what}')
