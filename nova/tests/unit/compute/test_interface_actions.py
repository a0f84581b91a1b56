# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is known of the interfaces of an instance is what its guest has."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import sqlalchemy as sa

from nova import exception
from nova.compute import interface_actions
from nova.compute import vm_states
from nova.db import engine
from nova.db import models
from nova.db import port_api
from nova.network import allotment
from nova.network import declared
from nova.tests.unit.compute import base

_FILE = """
networks:
  - name: lan
    bridge: br0
    subnets: [{cidr: 192.0.2.0/28}]
"""


class InterfaceActionsTest(base.ComputeTestCase):

    def setUp(self) -> None:
        super().setUp()
        path = f'{self.state_path}/networks.yaml'
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write(_FILE)
        self.flags(networks_file=path, group='standalone')
        self.addCleanup(declared._read.clear)
        self.instance = self.built()

    def attach(self, *asked: str | None) -> str:
        """Attach an interface and return its port."""
        return self.api.attach_interface(
            self.new_request(), self.reload(self.instance), *asked).port_id

    def detach(self, port_id: str) -> None:
        self.do('detach_interface', self.instance, port_id)

    def ports(self) -> tuple[list[str], list[str], list[str]]:
        """Return the ports that are known, allotted, and those of the guest."""
        known = [vif['id'] for vif in self.reload(self.instance).get_network_info()]
        allotted = [port.uuid for port, _addresses in port_api.ports_get()]
        return known, allotted, self.driver.guests[self.instance.uuid].ports

    def fail(self, method: str) -> None:
        def hook(_instance: Any) -> None:
            raise exception.InterfaceAttachFailed(instance_uuid=self.instance.uuid)
        self.driver.hooks[method] = hook

    def test_attach_and_detach(self) -> None:
        one, two = self.attach(), self.attach()
        self.assertEqual(([one, two],) * 3, self.ports())

        self.detach(one)

        self.assertEqual(([two],) * 3, self.ports())
        self.assert_state(self.instance, vm_states.ACTIVE)
        self.assertEqual(['create', 'attach_interface', 'attach_interface',
                          'detach_interface'], self.actions(self.instance))
        self.assertEqual([('compute_detach_interface', 'Success')],
                         self.last_events(self.instance))

    def test_the_address_that_is_asked_for(self) -> None:
        (network,) = declared.get_all()
        self.attach(network.id, '192.0.2.9')

        (interface,) = self.api.get_interfaces(
            self.context, self.reload(self.instance))

        self.assertEqual(
            (network.id, ((network.subnets[0].id, '192.0.2.9'),)),
            (interface.network_id, interface.addresses))

    def test_failed_attach(self) -> None:
        one = self.attach()
        self.fail('attach_interface')

        self.assertRaises(exception.InterfaceAttachFailed, self.attach)

        self.assertEqual(([one],) * 3, self.ports())
        self.assert_state(self.instance, vm_states.ACTIVE)
        self.assertEqual([('compute_attach_interface', 'Error')],
                         self.last_events(self.instance))

    def test_attach_that_cannot_be_written_down(self) -> None:
        one = self.attach()
        self.addCleanup(setattr, interface_actions.InterfaceActions, '_set_active',
                        interface_actions.InterfaceActions._set_active)
        interface_actions.InterfaceActions._set_active = mock.Mock(
            side_effect=exception.InternalError(err='full'))

        error = self.assertRaises(exception.InternalError, self.attach)

        self.assertIn('full', str(error))
        self.assertEqual(([one],) * 3, self.ports())

    def test_attach_and_nothing_can_be_written(self) -> None:
        one = self.attach()
        self.addCleanup(setattr, interface_actions.InterfaceActions, '_write',
                        staticmethod(interface_actions.InterfaceActions._write))
        interface_actions.InterfaceActions._write = mock.Mock(
            side_effect=exception.InternalError(err='full'))

        self.assertRaises(exception.InternalError, self.attach)

        self.assertEqual(([one],) * 3, self.ports())

    def test_failed_detach(self) -> None:
        one = self.attach()
        self.fail('detach_interface')

        self.detach(one)

        self.assertEqual(([one],) * 3, self.ports())
        self.assertIn(f'Interface {one} is not detached', self.logs.output)
        self.assertEqual([('compute_detach_interface', 'Error')],
                         self.last_events(self.instance))

    def test_what_is_not_there(self) -> None:
        one = self.attach()

        self.assertRaises(exception.PortNotFound, self.detach, 'two')
        self.assertRaises(exception.InvalidInput, self.attach, 'no-network')
        self.assertRaises(exception.InvalidInput, self.attach,
                          declared.get_all()[0].id, '10.0.0.1')

        self.assertEqual(([one],) * 3, self.ports())

    def test_in_states_without_a_guest(self) -> None:
        one = self.attach()
        for vm_state, task_state in (
                (vm_states.ERROR, None), (vm_states.ACTIVE, 'rebooting')):
            self.put_in(self.instance, vm_state, task_state)

            self.assertRaises(exception.InstanceInvalidState, self.attach)
            self.assertRaises(exception.InstanceInvalidState, self.detach, one)

        self.assertEqual(([one],) * 3, self.ports())

    def test_state_that_changes_while_it_waits(self) -> None:
        stale = self.reload(self.instance)
        self.put_in(self.instance, vm_states.ERROR)

        self.assertRaises(exception.InstanceInvalidState, self.api.attach_interface,
                          self.new_request(), stale)

        self.assertEqual(([],) * 3, self.ports())

    def test_start_plugs_again(self) -> None:
        self.attach()
        other = self.built(networks=())
        self.driver.calls.clear()

        self.restart_node()

        plugged = [uuid for name, uuid in self.driver.calls if name == 'plug_vifs']
        self.assertEqual([self.instance.uuid], plugged)
        self.assert_state(other, vm_states.ACTIVE)

    def test_start_takes_back_what_was_half_allotted(self) -> None:
        one = self.attach()
        allotment.add(self.instance, allotment.automatic()[0])

        self.restart_node()

        self.assertEqual(([one],) * 3, self.ports())

    def test_start_detaches_what_was_being_changed(self) -> None:
        one, two = self.attach(), self.attach()
        for method, change in (('attach_interface', self.attach),
                               ('detach_interface', lambda: self.detach(two))):
            self.interrupt(method, change)
            self.driver.hooks.clear()

            self.restart_node()

            left = [one, two] if method == 'attach_interface' else [one]
            self.assertEqual((left,) * 3, self.ports(), method)

    def interrupt(self, method: str, change: Callable[[], object]) -> None:
        """Begin a change, and leave everything as a process that is killed in it."""
        seen: list[str] = []
        self.driver.hooks[method] = lambda _instance: seen.append(self.row())
        change()
        with engine.get().writer() as session:
            session.execute(sa.update(models.Instance).values(info_cache=seen[0]))

    def row(self) -> Any:
        """Return what the database says of the VIFs."""
        with engine.get().reader() as session:
            return session.scalars(sa.select(models.Instance.info_cache)).one()

    def test_start_goes_on_where_plugging_fails(self) -> None:
        self.attach()
        self.fail('plug_vifs')

        self.restart_node()

        self.assert_state(self.instance, vm_states.ACTIVE)
        self.assertIn('not what they ought to be', self.logs.output)

    def test_networks_that_are_read_again(self) -> None:
        self.attach()
        self.driver.calls.clear()

        self.manager.begin_reading_networks()
        self.settle()

        self.assertEqual([self.instance.uuid], self.driver.called('plug_vifs'))

    def test_networks_are_read_again_in_the_middle_of_a_create(self) -> None:
        port = allotment.add(self.instance, allotment.automatic()[0])['id']

        self.manager.begin_reading_networks()
        self.settle()

        self.assertEqual(([], [port], []), self.ports())

    def test_networks_that_cannot_be_read_again(self) -> None:
        self.attach()
        self.driver.calls.clear()
        for error in (exception.InvalidConfiguration('wrong'),
                      exception.HypervisorUnavailable(host='gone')):
            with mock.patch.object(self.manager.networks, 'load', side_effect=error):
                self.manager.begin_reading_networks()
                self.settle()

            self.assertIn(f'stay what they were: {error}', self.logs.output)
        self.assertEqual([], self.driver.called('plug_vifs'))
