# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Guest, on libvirt's own test driver: real calls, no daemon."""

import contextlib
from unittest import mock
import uuid

import libvirt

from nova import exception
from nova.compute import power_state
from nova.tests.unit import base
from nova.virt.libvirt import guest as libvirt_guest

XML = """<domain type='test'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory>65536</memory>
  <vcpu>1</vcpu>
  <os><type>hvm</type></os>
</domain>"""


class TestHost:
    """What Guest.create() needs of a Host."""

    def __init__(self) -> None:
        self.connection = libvirt.open('test:///default')

    def write_instance_config(self, xml: str) -> libvirt.virDomain:
        """Define a domain."""
        return self.connection.defineXML(xml)


class GuestTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        # The error goes to the test as an exception, not to the terminal too.
        libvirt.registerErrorHandler(lambda _context, _error: None, None)
        self.host = TestHost()
        self.addCleanup(self.host.connection.close)
        self.uuid = str(uuid.uuid4())
        xml = XML.format(name=f'guest-{self.uuid}', uuid=self.uuid)
        self.guest = libvirt_guest.Guest.create(xml, self.host)
        self.addCleanup(self._forget)

    def _forget(self) -> None:
        # The driver's state is that of the process, not of the connection.
        with contextlib.suppress(exception.InstanceNotFound):
            self.guest.poweroff()
            self.guest.delete_configuration()

    def state(self) -> int:
        return self.guest.get_power_state(self.host)

    def test_created_guest_is_defined_and_off(self) -> None:
        self.assertEqual(power_state.SHUTDOWN, self.state())
        self.assertTrue(self.guest.has_persistent_configuration())
        self.assertFalse(self.guest.is_active())
        self.assertEqual(-1, self.guest.id)
        self.assertEqual(self.uuid, self.guest.uuid)

    def test_launch(self) -> None:
        self.guest.launch()

        self.assertEqual(power_state.RUNNING, self.state())
        self.assertTrue(self.guest.is_active())
        self.assertEqual(self.guest.id,
                         self.guest.get_info(self.host).internal_id)

    def test_launch_twice_is_refused(self) -> None:
        self.guest.launch()

        self.assertRaises(exception.InternalError, self.guest.launch)
        self.assertEqual(power_state.RUNNING, self.state())

    def test_pause_and_resume(self) -> None:
        self.guest.launch()
        self.guest.pause()
        paused = self.state()
        self.guest.resume()

        self.assertEqual(power_state.PAUSED, paused)
        self.assertEqual(power_state.RUNNING, self.state())

    def test_poweroff(self) -> None:
        self.guest.launch()
        self.guest.poweroff()

        self.assertEqual(power_state.SHUTDOWN, self.state())

    def test_poweroff_of_a_stopped_guest_is_no_error(self) -> None:
        self.guest.poweroff()

        self.assertEqual(power_state.SHUTDOWN, self.state())

    def test_shutdown(self) -> None:
        self.guest.launch()
        self.guest.shutdown()

        self.assertEqual(power_state.SHUTDOWN, self.state())

    def test_shutdown_of_a_stopped_guest_is_no_error(self) -> None:
        self.guest.shutdown()

        self.assertEqual(power_state.SHUTDOWN, self.state())

    def test_delete_configuration(self) -> None:
        self.guest.delete_configuration()

        error = self.assertRaises(exception.InstanceNotFound, self.state)
        self.assertIn(self.uuid, str(error))

    def test_delete_configuration_twice_is_no_error(self) -> None:
        self.guest.delete_configuration()
        self.guest.delete_configuration()

        self.assertRaises(exception.InstanceNotFound, self.guest.launch)

    def test_deleted_running_guest_goes_when_it_stops(self) -> None:
        self.guest.launch()
        self.guest.delete_configuration()
        persistent = self.guest.has_persistent_configuration()
        self.guest.poweroff()

        self.assertFalse(persistent)
        self.assertRaises(exception.InstanceNotFound, self.state)

    def test_get_config(self) -> None:
        conf = self.guest.get_config()

        self.assertEqual(self.uuid, conf.uuid)
        self.assertEqual(65536, conf.memory)
        self.assertEqual('test', conf.virt_type)

    def test_poweroff_of_a_guest_that_is_gone(self) -> None:
        self.guest.delete_configuration()

        self.assertRaises(exception.InstanceNotFound, self.guest.poweroff)

    def test_power_states_of_every_libvirt_state(self) -> None:
        states = {name: getattr(libvirt, f'VIR_DOMAIN_{name}') for name in (
            'NOSTATE', 'RUNNING', 'BLOCKED', 'PAUSED', 'SHUTDOWN', 'SHUTOFF',
            'CRASHED', 'PMSUSPENDED')}

        self.assertEqual(set(states.values()),
                         set(libvirt_guest.LIBVIRT_POWER_STATE))


class LaunchFlagsTestCase(base.TestCase):
    """The test driver knows no flags, so a domain that notes them stands in."""

    def test_paused(self) -> None:
        domain = mock.create_autospec(libvirt.virDomain, instance=True)
        guest = libvirt_guest.Guest(domain)

        guest.launch()
        guest.launch(pause=True)

        self.assertEqual(
            [mock.call(0), mock.call(libvirt.VIR_DOMAIN_START_PAUSED)],
            domain.createWithFlags.call_args_list)

    def test_flags_of_xml(self) -> None:
        domain = mock.create_autospec(libvirt.virDomain, instance=True)
        guest = libvirt_guest.Guest(domain)

        guest.get_xml_desc()
        guest.get_xml_desc(dump_inactive=True, dump_sensitive=True)

        secure = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE
        self.assertEqual([mock.call(0), mock.call(secure)],
                         domain.XMLDesc.call_args_list)
