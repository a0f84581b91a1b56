# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource /servers/{id}/action."""

from typing import Any
from unittest import mock

from nova import exception
from nova.compute import vm_states
from nova.tests.unit.api import base
from nova.tests.unit.api import fakes


class ActionTestCase(base.ApiTestCase):
    """A server that runs."""

    def setUp(self) -> None:
        super().setUp()
        self.instance = self.compute.add()

    def act(self, body: Any, server_id: str | None = None) -> Any:
        """Send an action."""
        return self.compute_request(
            'POST', f'/servers/{server_id or self.instance.uuid}/action',
            '2.96', json=body)


class ActionTest(ActionTestCase):
    """Actions that change its state."""

    def assert_done(self, body: Any, vm_state: str) -> None:
        """Check that an action is accepted and what the state is then."""
        response = self.act(body)
        self.assertEqual((202, b''), (response.status_code, response.data))
        self.assertEqual(vm_state, self.instance.vm_state)

    def test_life_cycle(self) -> None:
        self.assert_done({'os-stop': None}, vm_states.STOPPED)
        self.assert_done({'os-start': {}}, vm_states.ACTIVE)
        self.assert_done({'pause': None}, vm_states.PAUSED)
        self.assert_done({'unpause': None}, vm_states.ACTIVE)

    def test_reboot(self) -> None:
        for kind in ('SOFT', 'Hard', 'hard'):
            self.assert_done({'reboot': {'type': kind}}, vm_states.ACTIVE)
            self.assertEqual(('reboot', {'type': kind.upper()}),
                             self.compute.calls[-1])

    def test_bad_reboots(self) -> None:
        for content in (None, {}, {'type': 'MAYBE'}, {'type': None}, 'SOFT',
                        {'type': 'SOFT', 'more': 1}):
            self.assert_fault(self.act({'reboot': content}), 400, 'badRequest')

    def test_force_delete(self) -> None:
        self.assertEqual(202, self.act({'forceDelete': None}).status_code)
        self.assertEqual({}, self.compute.instances)

    def test_wrong_state(self) -> None:
        response = self.act({'os-start': None})
        self.assert_fault(response, 409, 'conflictingRequest', 'active',
                          'start', self.instance.uuid)
        self.instance.task_state = fakes.BUSY
        self.assert_fault(self.act({'os-stop': None}), 409,
                          'conflictingRequest')

    def test_no_such_action(self) -> None:
        for name in ('explode', 'create', '__init__', '', 'x' * 500):
            self.assert_fault(self.act({name: None}), 400, 'badRequest',
                              'no such action')

    def test_not_exactly_one_action(self) -> None:
        self.assert_fault(self.act({'os-stop': None, 'pause': None}), 400,
                          'badRequest', 'Multiple')
        for body in ({}, [], 'os-stop', 5):
            self.assert_fault(self.act(body), 400, 'badRequest')

    def test_no_such_server(self) -> None:
        self.assert_fault(self.act({'os-stop': None}, fakes.IMAGE_ID), 404,
                          'itemNotFound')

    def test_not_implemented(self) -> None:
        with mock.patch.object(self.compute, 'pause',
                               side_effect=NotImplementedError):
            self.assert_fault(self.act({'pause': None}), 501,
                              'notImplemented')


class ConsoleOutputTest(ActionTestCase):
    """What a guest printed."""

    def _output(self, content: Any) -> Any:
        response = self.act({'os-getConsoleOutput': content})
        self.assertEqual(200, response.status_code, response.text)
        return response.json['output']

    def test_all_of_it(self) -> None:
        for content in ({}, {'length': None}, {'length': -1}, {'length': '-1'}):
            self.assertEqual('line 1\nline 2\nline 3\n', self._output(content))

    def test_last_lines(self) -> None:
        self.assertEqual('line 3\n', self._output({'length': 1}))
        self.assertEqual('line 2\nline 3\n', self._output({'length': '2'}))

    def test_nothing_reaches_the_terminal_but_text(self) -> None:
        self.compute.console = ('\x1b[31mred\x07\x00\r\n\ttab \u00e9\ud800'
                                '\x9b2J\x7f <&"\'>\n')
        self.assertEqual('[31mred\n\ttab \u00e9?2J <&"\'>\n', self._output({}))

    def test_bad_lengths(self) -> None:
        for content in ({'length': -2}, {'length': 'x'}, {'length': 1.5},
                        {'length': True}, {'lines': 5}, None, [],
                        {'length': 10 ** 9}):
            response = self.act({'os-getConsoleOutput': content})
            self.assert_fault(response, 400, 'badRequest')

    def test_no_console(self) -> None:
        for error, status, name in (
                (exception.ConsoleNotAvailable(), 404, 'itemNotFound'),
                (exception.InstanceNotReady(instance_id='1'), 409,
                 'conflictingRequest'),
                (exception.ConsoleLogOutputException(
                    instance_id='1', reason='x'), 500, 'computeFault')):
            with mock.patch.object(self.compute, 'get_console_output',
                                   side_effect=error):
                response = self.act({'os-getConsoleOutput': {}})
            self.assert_fault(response, status, name)
