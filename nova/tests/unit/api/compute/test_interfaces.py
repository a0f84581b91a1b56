# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource /servers/{id}/os-interface."""

from typing import Any
from unittest import mock

from nova import exception
from nova.tests.unit.api import base
from nova.tests.unit.api import fakes


class InterfacesTest(base.ApiTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.path = f'/servers/{self.compute.add().uuid}/os-interface'

    def attach(self, version: str = '2.96', **asked: Any) -> Any:
        """Ask for an interface."""
        return self.compute_request(
            'POST', self.path, version, json={'interfaceAttachment': asked})

    def test_attach_list_show_and_detach(self) -> None:
        response = self.attach(net_id=fakes.NETWORK_ID,
                               fixed_ips=[{'ip_address': '192.0.2.9'}])

        self.assertEqual(200, response.status_code)
        attached = response.json['interfaceAttachment']
        port_id = attached['port_id']
        self.assertEqual(
            {'port_id': port_id, 'net_id': fakes.NETWORK_ID, 'port_state': 'ACTIVE',
             'mac_addr': 'fa:16:3e:00:00:01', 'tag': None, 'fixed_ips': [
                 {'subnet_id': fakes.SUBNET_ID, 'ip_address': '192.0.2.9'}]}, attached)
        self.assertEqual({'interfaceAttachments': [attached]},
                         self.get(self.path, '2.96'))
        self.assertEqual({'interfaceAttachment': attached},
                         self.get(f'{self.path}/{port_id}', '2.96'))

        detached = self.compute_request('DELETE', f'{self.path}/{port_id}')

        self.assertEqual((202, b''), (detached.status_code, detached.data))
        self.assertEqual({'interfaceAttachments': []}, self.get(self.path, '2.96'))

    def test_tag_came_late(self) -> None:
        self.assertNotIn('tag', self.attach('2.69').json['interfaceAttachment'])

    def test_any_network(self) -> None:
        self.assertEqual(200, self.attach().status_code)
        self.assertEqual(('attach_interface', {'network_id': None, 'fixed_ip': None}),
                         self.compute.calls[-1])

    def test_what_is_refused(self) -> None:
        addresses = [{'ip_address': '192.0.2.9'}]
        for asked, word in (
                ({'port_id': fakes.NETWORK_ID}, 'port_id'),
                ({'net_id': fakes.NETWORK_ID, 'tag': 'x'}, 'tag'),
                ({'fixed_ips': addresses}, 'net_id'),
                ({'net_id': 'lan'}, 'net_id'),
                ({'net_id': fakes.NETWORK_ID, 'fixed_ips': addresses * 2}, 'fixed_ips'),
                ({'net_id': fakes.NETWORK_ID, 'fixed_ips': [{}]}, 'ip_address')):
            self.assert_fault(self.attach(**asked), 400, 'badRequest', word)
        self.assertEqual([], self.compute.calls)

    def test_ports_that_are_not_there(self) -> None:
        for method in ('GET', 'DELETE'):
            self.assert_fault(
                self.compute_request(method, f'{self.path}/{fakes.NETWORK_ID}'),
                404, 'itemNotFound', fakes.NETWORK_ID)

    def test_failure_says_why(self) -> None:
        error = exception.InterfaceAttachFailed(instance_uuid='x')
        error.__cause__ = exception.InvalidInput(reason='there is no bridge br7')
        with mock.patch.object(self.compute, 'attach_interface', side_effect=error):
            response = self.attach()
        self.assert_fault(response, 500, 'computeFault', 'there is no bridge br7')
