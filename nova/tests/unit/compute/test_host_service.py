# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Whether the host takes new servers."""

from nova import objects
from nova.compute import vm_states
from nova.tests.unit.compute import base


class HostServiceTest(base.ComputeTestCase):

    def status(self) -> tuple[bool, str | None]:
        service = self.api.get_service(self.context)
        return service.disabled, service.disabled_reason

    def test_host_takes_servers_from_the_start(self) -> None:
        self.assertEqual((False, None), self.status())

    def test_disabled_host_takes_none(self) -> None:
        self.api.set_service_disabled(self.context, True, 'new disks')
        instance = self.create()
        self.settle()
        refused = objects.Instance.get_by_uuid(
            self.context, instance.uuid, expected_attrs=['fault'])
        self.assertEqual((vm_states.ERROR, None),
                         (refused.vm_state, refused.host))
        self.assertIn('new disks', refused.fault.message)
        self.assertEqual([], self.driver.called('spawn'))

    def test_servers_that_are_there_run_on(self) -> None:
        instance = self.built()
        self.api.set_service_disabled(self.context, True, None)
        self.api.stop(self.context, instance)
        self.settle()
        self.assertEqual(vm_states.STOPPED, objects.Instance.get_by_uuid(
            self.context, instance.uuid).vm_state)

    def test_decision_outlives_the_process(self) -> None:
        self.api.set_service_disabled(self.context, True, 'new disks')
        self.restart_node()
        self.assertEqual((True, 'new disks'), self.status())
        self.api.set_service_disabled(self.context, False, None)
        self.assertEqual(vm_states.ACTIVE, self.built().vm_state)
