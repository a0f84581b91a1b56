# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
from typing import Any

from nova import exception
from nova.db import api as db
from nova.tests.fixtures import database
from nova.tests.unit import base

UUID = '3f1b9c52-5d5a-4f7e-9a61-6f2d0a3c1b01'
OTHER = '3f1b9c52-5d5a-4f7e-9a61-6f2d0a3c1b02'


class ApiTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(database.Database())
        db.instance_create({'uuid': UUID, 'host': 'h', 'task_state': 'spawning'})

    def update(self, values: dict[str, Any], **expected: Any) -> Any:
        return db.instance_update(UUID, values, expected)


class InstanceTestCase(ApiTestCase):

    def test_uuid_is_taken(self) -> None:
        self.assertRaises(
            exception.InstanceExists, db.instance_create, {'uuid': UUID})

    def test_number_is_never_used_again(self) -> None:
        first = db.instance_get_by_uuid(UUID).id
        db.instance_destroy(UUID)
        self.assertGreater(db.instance_create({'uuid': UUID}).id, first)

    def test_get_by_number(self) -> None:
        number = db.instance_get_by_uuid(UUID).id
        self.assertEqual(UUID, db.instance_get(number).uuid)
        self.assertRaises(exception.InstanceNotFound, db.instance_get, number + 1)

    def test_expected_state(self) -> None:
        row = self.update({'task_state': None}, task_state=['spawning', None])
        self.assertIsNone(row.task_state)

    def test_unexpected_task_state_changes_nothing(self) -> None:
        error = self.assertRaises(
            exception.UnexpectedTaskStateError, self.update,
            {'host': 'x', 'task_state': 'rebooting'}, task_state=[None])
        self.assertEqual({'task_state': 'spawning'}, error.kwargs['actual'])
        row = db.instance_get_by_uuid(UUID)
        self.assertEqual(('h', 'spawning'), (row.host, row.task_state))

    def test_deleting_is_told_apart(self) -> None:
        self.update({'task_state': 'deleting'})
        self.assertRaises(
            exception.UnexpectedDeletingTaskStateError, self.update,
            {'task_state': None}, task_state=['spawning'])

    def test_unexpected_vm_state(self) -> None:
        error = self.assertRaises(
            exception.InstanceUpdateConflict, self.update, {'host': 'x'},
            vm_state=['active'])
        self.assertNotIsInstance(error, exception.UnexpectedTaskStateError)

    def test_update_of_nothing(self) -> None:
        self.assertRaises(
            exception.InstanceNotFound, db.instance_update, OTHER, {'host': 'x'})

    def test_destroy_takes_all_rows_and_only_its_own(self) -> None:
        db.instance_create({'uuid': OTHER})
        for name in (UUID, OTHER):
            action = db.action_start({'instance_uuid': name, 'request_id': 'r'})
            db.action_event_start(name, 'r', {'event': 'e'})
            db.fault_create({'instance_uuid': name, 'code': 500})
            db.block_device_create({'instance_uuid': name, 'uuid': name})
        first = db.action_get_by_request_id(UUID, 'r').id
        db.instance_destroy(UUID)
        self.assertEqual([], db.action_events_get(first))
        self.assertEqual([], db.faults_get([UUID]))
        self.assertEqual([], db.block_devices_get([UUID]))
        self.assertEqual(1, len(db.action_events_get(action.id)))
        self.assertEqual(1, len(db.faults_get([OTHER])))
        self.assertEqual(1, len(db.block_devices_get([OTHER])))

    def test_destroy_on_another_host(self) -> None:
        self.assertRaises(exception.ObjectActionError, db.instance_destroy, UUID,
                          host='elsewhere')
        self.assertEqual('h', db.instance_get_by_uuid(UUID).host)


class ActionTestCase(ApiTestCase):

    def start(self, request_id: str) -> Any:
        return db.action_start({'instance_uuid': UUID, 'request_id': request_id})

    def requests(self, **kwargs: Any) -> list[str]:
        return [row.request_id for row in db.actions_get(UUID, **kwargs)]

    def test_latest_first(self) -> None:
        for name in ('r1', 'r2', 'r3'):
            self.start(name)
        self.assertEqual(['r3', 'r2', 'r1'], self.requests())
        self.assertEqual(['r3', 'r2'], self.requests(limit=2))
        self.assertEqual(['r1'], self.requests(marker='r2'))

    def test_marker_that_is_gone(self) -> None:
        self.assertRaises(exception.MarkerNotFound, self.requests, marker='r9')

    def test_of_no_instance(self) -> None:
        self.assertRaises(exception.InstanceNotFound, db.action_start,
                          {'instance_uuid': OTHER, 'request_id': 'r'})
        self.assertRaises(exception.InstanceNotFound, db.fault_create,
                          {'instance_uuid': OTHER, 'code': 500})

    def test_event_of_no_action(self) -> None:
        self.assertRaises(exception.InstanceActionNotFound, db.action_event_start,
                          UUID, 'r', {'event': 'e'})

    def test_finish_of_no_event(self) -> None:
        self.start('r')
        self.assertRaises(exception.InstanceActionEventNotFound,
                          db.action_event_finish, UUID, 'r', 'e', {})

    def test_failed_event_fails_its_action(self) -> None:
        self.start('r')
        db.action_event_start(UUID, 'r', {'event': 'e'})
        db.action_event_finish(UUID, 'r', 'e', {'result': 'Success'})
        self.assertIsNone(db.action_get_by_request_id(UUID, 'r').message)
        db.action_event_finish(UUID, 'r', 'e', {'result': 'Error'})
        self.assertEqual('Error', db.action_get_by_request_id(UUID, 'r').message)

    def test_of_two_events_of_a_name_the_later_is_finished(self) -> None:
        action = self.start('r')
        for _ in range(2):
            db.action_event_start(UUID, 'r', {'event': 'e'})
        db.action_event_finish(UUID, 'r', 'e', {'result': 'Success'})
        results = [event.result for event in db.action_events_get(action.id)]
        self.assertEqual(['Success', None], results)


class FaultTestCase(ApiTestCase):

    def test_latest_of_each(self) -> None:
        db.instance_create({'uuid': OTHER})
        for name, code in ((UUID, 1), (OTHER, 2), (UUID, 3)):
            db.fault_create({'instance_uuid': name, 'code': code})
        self.assertEqual(3, db.fault_get_latest(UUID).code)
        both = db.faults_get([UUID, OTHER], latest=True)
        self.assertEqual([3, 2], [fault.code for fault in both])
        self.assertEqual([3, 1], [fault.code for fault in db.faults_get([UUID])])

    def test_none(self) -> None:
        self.assertIsNone(db.fault_get_latest(UUID))


class ComputeNodeTestCase(ApiTestCase):

    VALUES = {'uuid': OTHER, 'host': 'h', 'hypervisor_hostname': 'n', 'vcpus': 2}

    def test_life(self) -> None:
        number = db.compute_node_create(self.VALUES).id
        db.compute_node_update(number, {'vcpus': 4})
        self.assertEqual(4, db.compute_node_get(host='h').vcpus)
        db.compute_node_delete(number)
        self.assertEqual([], db.compute_nodes_get())

    def test_twice(self) -> None:
        db.compute_node_create(self.VALUES)
        self.assertRaises(exception.InvalidNodeConfiguration,
                          db.compute_node_create, {**self.VALUES, 'uuid': UUID})

    def test_none(self) -> None:
        for call in (lambda: db.compute_node_get(host='x'),
                     lambda: db.compute_node_update(9, {}),
                     lambda: db.compute_node_delete(9)):
            self.assertRaises(exception.ComputeHostNotFound, call)
