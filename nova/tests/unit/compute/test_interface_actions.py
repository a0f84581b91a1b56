# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is known of the interfaces of an instance is what its guest has."""

from typing import Any

from nova import exception
from nova.compute import vm_states
from nova.network import model
from nova.tests.unit.compute import base


class InterfaceActionsTest(base.ComputeTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.instance = self.built()

    def vif(self, port_id: str) -> model.VIF:
        return model.VIF(id=port_id, address='fa:16:3e:00:00:01', type='bridge',
                         network=model.Network(id='n', bridge='br0'))

    def attach(self, port_id: str) -> None:
        self.manager.attach_interface(
            self.new_request(), self.reload(self.instance), self.vif(port_id))

    def detach(self, port_id: str) -> None:
        self.manager.detach_interface(
            self.new_request(), self.reload(self.instance), port_id)

    def ports(self) -> tuple[list[str], list[str]]:
        """Return the ports that are known, and those that the guest has."""
        known = [vif['id'] for vif in self.reload(self.instance).get_network_info()]
        return known, self.driver.guests[self.instance.uuid].ports

    def fail(self, method: str) -> None:
        def hook(_instance: Any) -> None:
            raise exception.InterfaceAttachFailed(instance_uuid=self.instance.uuid)
        self.driver.hooks[method] = hook

    def test_attach_and_detach(self) -> None:
        self.attach('one')
        self.attach('two')
        self.assertEqual((['one', 'two'], ['one', 'two']), self.ports())

        self.detach('one')

        self.assertEqual((['two'], ['two']), self.ports())
        self.assert_state(self.instance, vm_states.ACTIVE)

    def test_failed_attach(self) -> None:
        self.attach('one')
        self.fail('attach_interface')

        self.assertRaises(exception.InterfaceAttachFailed, self.attach, 'two')

        self.assertEqual((['one'], ['one']), self.ports())
        self.assert_state(self.instance, vm_states.ACTIVE)

    def test_failed_detach(self) -> None:
        self.attach('one')
        self.fail('detach_interface')

        self.assertRaises(exception.InterfaceAttachFailed, self.detach, 'one')

        self.assertEqual((['one'], ['one']), self.ports())

    def test_what_is_not_there_and_what_is(self) -> None:
        self.attach('one')

        self.assertRaises(exception.PortNotFound, self.detach, 'two')
        self.assertRaises(exception.InterfaceAttachFailed, self.attach, 'one')

        self.assertEqual((['one'], ['one']), self.ports())

    def test_without_a_guest(self) -> None:
        self.put_in(self.instance, vm_states.ERROR)

        self.assertRaises(
            exception.AttachInterfaceNotSupported, self.attach, 'one')

        self.assertEqual(([], []), self.ports())

    def test_start_plugs_again(self) -> None:
        self.attach('one')
        other = self.built()
        self.driver.calls.clear()

        self.restart_node()

        plugged = [uuid for name, uuid in self.driver.calls if name == 'plug_vifs']
        self.assertEqual([self.instance.uuid], plugged)
        self.assert_state(other, vm_states.ACTIVE)

    def test_start_goes_on_where_plugging_fails(self) -> None:
        self.attach('one')
        self.fail('plug_vifs')

        self.restart_node()

        self.assert_state(self.instance, vm_states.ACTIVE)
        self.assertIn('not what they ought to be', self.logs.output)
