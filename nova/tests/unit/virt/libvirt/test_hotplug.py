# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Interfaces of a guest of the fake libvirt, and what the host has of them."""

from typing import Any

import fixtures

from nova import exception
from nova.network import model
from nova.tests.fixtures import netdevices
from nova.tests.fixtures.libvirt import devices
from nova.tests.unit.virt.libvirt import base
from nova.virt.libvirt import config as vconfig


class HotplugTestCase(base.DriverTestCase):

    def setUp(self) -> None:
        self.devices = netdevices.FakeNetDevices('br0')
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.netdevices.NetDevices', lambda: self.devices))
        super().setUp()
        self.flags(group='libvirt', device_detach_attempts=1,
                   device_detach_timeout=1)
        self.driver = self.make_driver()
        self.first = self.vif(1)
        self.instance = self.spawn(network_info=model.NetworkInfo([self.first]))

    def vif(self, number: int, kind: str = 'bridge', **said: Any) -> model.VIF:
        network = model.Network(id='n', bridge='br0', label='private')
        return model.VIF(
            id=f'0000000{number}-port', address=f'fa:16:3e:00:00:0{number}', type=kind,
            devname=f'tap{number}', network=network, **said)

    def attach(self, vif: model.VIF) -> None:
        self.driver.attach_interface(
            self.context, self.instance, self.image_meta, vif)

    def detach(self, vif: model.VIF) -> None:
        self.driver.detach_interface(self.context, self.instance, vif)

    def interfaces(self, persistent: bool) -> list[vconfig.LibvirtConfigGuestInterface]:
        guest = self.driver._host.get_guest(self.instance)
        return [device for device in guest.get_all_devices(
            vconfig.LibvirtConfigGuestInterface, persistent)]

    def state(self) -> dict[str, Any]:
        """Collect all that interfaces are made of."""
        filters = [name for name in self.driver._host.list_nwfilters()
                   if name.startswith('nova-instance-')]
        return {
            'live': [conf.mac_addr for conf in self.interfaces(False)],
            'persistent': [conf.mac_addr for conf in self.interfaces(True)],
            'filters': sorted(name[-12:] for name in filters),
            'devices': self.devices.names()}


class TestAttach(HotplugTestCase):

    def test_attach_and_detach(self) -> None:
        before = self.state()
        self.attach(self.vif(2, kind='tap'))
        self.attach(self.vif(3))

        macs = [f'fa:16:3e:00:00:0{number}' for number in (1, 2, 3)]
        self.assertEqual(
            {'live': macs, 'persistent': macs, 'devices': {'br0', 'tap2'},
             'filters': ['fa163e000001', 'fa163e000003']}, self.state())

        self.detach(self.vif(2, kind='tap'))
        self.detach(self.vif(3))

        self.assertEqual(before, self.state())

    def test_guest_that_does_not_run(self) -> None:
        self.driver.power_off(self.instance)
        self.attach(self.vif(2))
        self.assertEqual(2, len(self.interfaces(True)))

        self.detach(self.vif(2))

        self.assertEqual(1, len(self.interfaces(True)))

    def test_each_failure_leaves_nothing(self) -> None:
        before = self.state()
        for broken, call, text in (
                ({'add_tap'}, None, 'add_tap is busy'),
                (set(), 'attachDeviceFlags', 'no more slots')):
            self.devices.broken = broken
            if call:
                self.libvirt.faults.fail(call, message=text)
            error = self.assertRaises(
                exception.InterfaceAttachFailed, self.attach, self.vif(2, kind='tap'))

            self.assertIn(text, str(error.__cause__))
            self.assertIn(self.instance.uuid, str(error))
            self.assertEqual(before, self.state())

    def test_what_is_there_is_left_alone(self) -> None:
        before = self.state()

        self.assertRaises(exception.InterfaceAttachFailed, self.attach, self.first)

        self.assertEqual(before, self.state())

    def test_no_such_guest(self) -> None:
        self.driver.destroy(self.context, self.instance, [self.first])

        self.assertRaises(exception.InstanceNotFound, self.attach, self.vif(2))
        self.detach(self.vif(2))


class TestDetach(HotplugTestCase):

    def test_guest_that_never_answers(self) -> None:
        self.libvirt.hypervisor.guests_obey = False
        before = self.state()

        error = self.assertRaises(
            exception.InterfaceDetachFailed, self.detach, self.first)

        self.assertIn(self.instance.uuid, str(error))
        self.assertEqual(before, self.state())

    def test_guest_that_answered_before_anybody_listened(self) -> None:
        self.libvirt.hypervisor.guests_obey = False
        self.assertRaises(exception.InterfaceDetachFailed, self.detach, self.first)
        (conf,) = self.interfaces(False)
        self.let_go(conf.alias)

        self.detach(self.first)

        self.assertEqual({'live': [], 'persistent': [], 'filters': [],
                          'devices': {'br0'}}, self.state())

    def let_go(self, alias: str) -> None:
        devices.let_go(self.libvirt.hypervisor, self.instance.uuid, alias)

    def test_twice(self) -> None:
        self.detach(self.first)
        self.detach(self.first)

        self.assertEqual([], self.interfaces(True))


class TestChange(HotplugTestCase):

    def of_both(self, name: str) -> list[Any]:
        return [getattr(conf, name) for persistent in (False, True)
                for conf in self.interfaces(persistent)]

    def test_link_state(self) -> None:
        for is_up, state in ((False, 'down'), (True, 'up')):
            self.driver.set_link_state(self.instance, self.first, is_up)
            self.assertEqual([state] * 2, self.of_both('link_state'))

    def test_limits(self) -> None:
        for average in ('100', '200'):
            self.instance.flavor.extra_specs = {'quota:vif_inbound_average': average}
            self.driver.update_interface(self.instance, self.first)
            self.assertEqual([int(average)] * 2, self.of_both('vif_inbound_average'))
        self.instance.flavor.extra_specs = {}
        self.driver.update_interface(self.instance, self.first)
        self.assertEqual([None] * 2, self.of_both('vif_inbound_average'))

    def test_filter(self) -> None:
        self.first['meta']['port_security_enabled'] = False
        self.driver.update_interface(self.instance, self.first)
        self.assertEqual([None] * 2, self.of_both('filtername'))

    def test_no_such_interface(self) -> None:
        self.assertRaises(exception.DeviceNotFound, self.driver.set_link_state,
                          self.instance, self.vif(2), True)


class TestRestart(HotplugTestCase):

    def test_filters_are_there_again(self) -> None:
        before = self.state()['filters']
        self.driver.power_off(self.instance)
        name = self.driver._firewall.get_filter_name(self.instance, self.first)
        for gone in (name, 'nova-no-mac-spoofing'):
            self.driver._host.undefine_nwfilter(gone)
        self.driver = self.make_driver()
        self.driver.plug_vifs(self.instance, [self.first])

        self.assertEqual(before, self.state()['filters'])
        self.assertIn('nova-no-mac-spoofing', self.driver._host.list_nwfilters())

    def test_filters_of_nobody_go(self) -> None:
        before = self.state()
        self.driver._firewall.setup_basic_filtering(self.instance, [self.vif(2)])
        orphan = self.make_instance()
        self.driver._firewall.setup_basic_filtering(orphan, [self.vif(3)])
        self.assertNotEqual(before, self.state())

        self.driver = self.make_driver()
        self.driver.plug_vifs(self.instance, [self.first])

        self.assertEqual(before, self.state())
