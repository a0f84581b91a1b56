# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import sys
from typing import Any

from nova import context as nova_context
from nova import exception
from nova import objects
from nova.tests.fixtures import database
from nova.tests.unit import base

UUID = '3f1b9c52-5d5a-4f7e-9a61-6f2d0a3c1b01'


class ActionTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(database.Database())
        self.context = nova_context.RequestContext('user', 'project')
        self.instance = objects.Instance(self.context, uuid=UUID)
        self.instance.create()

    def start(self) -> Any:
        return objects.InstanceAction.action_start(self.context, UUID, 'reboot')

    def stored(self) -> Any:
        return objects.InstanceAction.get_by_request_id(
            self.context, UUID, self.context.request_id)

    def begin_event(self) -> None:
        self.start()
        objects.InstanceActionEvent.event_start(
            self.context, UUID, 'compute_reboot', want_result=False, host='h')

    def fail_event(self, *args: Any) -> Any:
        return objects.InstanceActionEvent.event_finish_with_failure(
            self.context, UUID, 'compute_reboot', *args, want_result=True)

    def test_start_tells_who_asked(self) -> None:
        action = self.start()
        self.assertEqual(
            ('reboot', UUID, self.context.request_id, 'user', 'project', None),
            (action.action, action.instance_uuid, action.request_id,
             action.user_id, action.project_id, action.finish_time))
        self.assertEqual(self.context.timestamp,
                         action.start_time.replace(tzinfo=None))

    def test_start_without_a_result(self) -> None:
        self.assertIsNone(objects.InstanceAction.action_start(
            self.context, UUID, 'reboot', want_result=False))
        self.assertEqual('reboot', self.stored().action)

    def test_start_for_no_server(self) -> None:
        self.instance.destroy()
        self.assertRaises(exception.InstanceNotFound, self.start)

    def test_finish(self) -> None:
        action = self.start()
        action.finish()
        self.assertIsNotNone(self.stored().finish_time)
        self.assertIsNone(self.stored().message)

    def test_class_finish(self) -> None:
        self.start()
        objects.InstanceAction.action_finish(self.context, UUID)
        self.assertIsNotNone(self.stored().finish_time)

    def test_message(self) -> None:
        action = self.start()
        action.message = 'Error'
        action.save()
        self.assertEqual('Error', self.stored().message)

    def test_finish_after_the_server_is_gone(self) -> None:
        action = self.start()
        self.instance.destroy()
        self.assertRaises(exception.InstanceActionNotFound, action.finish)

    def test_none(self) -> None:
        self.assertIsNone(self.stored())

    def test_list(self) -> None:
        self.start()
        found = objects.InstanceActionList.get_by_instance_uuid(self.context, UUID)
        self.assertEqual(['reboot'], [action.action for action in found])

    def test_list_by_time(self) -> None:
        action = self.start()
        for name, count in (('changes-since', 1), ('changes-before', 1)):
            found = objects.InstanceActionList.get_by_instance_uuid(
                self.context, UUID, filters={name: action.created_at})
            self.assertEqual(count, len(found))

    def test_event_succeeds(self) -> None:
        self.begin_event()
        objects.InstanceActionEvent.event_finish(
            self.context, UUID, 'compute_reboot')
        events = objects.InstanceActionEventList.get_by_action(
            self.context, self.stored().id)
        self.assertEqual([('compute_reboot', 'Success', 'h', None)],
                         [(e.event, e.result, e.host, e.details) for e in events])
        self.assertIsNone(self.stored().message)

    def test_event_fails(self) -> None:
        self.begin_event()
        try:
            raise exception.InstanceRebootFailure(reason='no disk')
        except exception.InstanceRebootFailure:
            _, error, trace = sys.exc_info()
        event = self.fail_event(error, trace)
        self.assertEqual('Error', event.result)
        self.assertIn('no disk', event.details)
        self.assertIn('test_event_fails', event.traceback)
        self.assertEqual('Error', self.stored().message)
        again = objects.InstanceActionEvent.get_by_id(
            self.context, event.action_id, event.id)
        self.assertEqual(event.details, again.details)

    def test_what_a_foreign_error_says_is_not_shown(self) -> None:
        self.begin_event()
        event = self.fail_event(KeyError('password'))
        self.assertEqual('KeyError', event.details)

    def test_text_instead_of_an_error(self) -> None:
        self.begin_event()
        event = self.fail_event('it broke', 'line 1')
        self.assertEqual(('it broke', 'line 1'), (event.details, event.traceback))

    def test_event_after_the_server_is_gone(self) -> None:
        self.begin_event()
        self.instance.destroy()
        self.assertRaises(exception.InstanceActionNotFound, self.fail_event)


class FaultTestCase(ActionTestCase):

    def fault(self, **values: Any) -> Any:
        fault = objects.InstanceFault(
            self.context, **{'instance_uuid': UUID, 'code': 500, **values})
        fault.create()
        return fault

    def test_read_back(self) -> None:
        self.fault(message='old')
        self.fault(message='no', details='trace', host='h')
        found = objects.InstanceFault.get_latest_for_instance(self.context, UUID)
        self.assertEqual(('no', 'trace', 'h', 500), (
            found.message, found.details, found.host, found.code))

    def test_long_message_is_cut(self) -> None:
        self.assertEqual(255, len(self.fault(message='ä' * 1000).message))

    def test_twice(self) -> None:
        self.assertRaises(exception.ObjectActionError, self.fault().create)

    def test_for_no_server(self) -> None:
        self.instance.destroy()
        self.assertRaises(exception.InstanceNotFound, self.fault)

    def test_lists(self) -> None:
        self.fault(message='a')
        self.fault(message='b')
        found = objects.InstanceFaultList.get_by_instance_uuids(
            self.context, [UUID])
        self.assertEqual(['b', 'a'], [fault.message for fault in found])
