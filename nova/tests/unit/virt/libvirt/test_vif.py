# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What plugging and unplugging do to the host, by the type of the port."""

import subprocess
import sys
from typing import Any

import fixtures
from os_vif import exception as os_vif_exception
from oslo_concurrency import processutils

from nova import exception
from nova.network import model
from nova.tests.fixtures import netdevices
from nova.tests.unit import base
from nova.tests.unit.virt import builders
from nova.virt.libvirt import vif as vif_driver

ADDRESS = netdevices.FUNCTION
PORT = '1a2b3c01-aaaa-4bbb-8ccc-000000000001'
NETWORK = 'a4e1b3f0-0000-4000-8000-000000000001'
DEVICE = 'tap1a2b3c01'


class VIFDriverTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.devices = netdevices.FakeNetDevices('br0')
        self.commands: list[tuple[str, ...]] = []
        self.instance = builders.instance()
        self.instance.system_metadata = {}
        self.driver = vif_driver.LibvirtGenericVIFDriver(
            devices=self.devices, run=self.run_command)

    def run_command(self, *words: str) -> None:
        self.commands.append(words)

    def vif(self, kind: str | None, meta: dict[str, Any] | None = None,
            **changes: Any) -> model.VIF:
        network = model.Network(
            id=NETWORK, label='private', bridge='br0', mtu=1450, meta=meta)
        members: dict[str, Any] = {
            'id': PORT, 'devname': DEVICE, 'address': 'fa:16:3e:00:00:01',
            'type': kind, 'network': network, 'profile': {'pci_slot': ADDRESS}}
        return model.VIF(**{**members, **changes})

    def plug(self, vif: model.VIF) -> None:
        self.driver.plug(self.instance, vif)

    def unplug(self, vif: model.VIF) -> None:
        self.driver.unplug(self.instance, vif)

    def assert_refused(self, vif: model.VIF, *texts: str) -> None:
        before = self.devices.names()
        error = self.assertRaises(
            exception.VirtualInterfacePlugException, self.plug, vif)
        for text in (PORT, *texts):
            self.assertIn(text, str(error))
        self.assertEqual(before, self.devices.names())


class TestRefusals(VIFDriverTestCase):

    def test_types_that_nothing_can_be_plugged_into(self) -> None:
        for kind in (None, 'unbound', 'binding_failed', 'other', 'dvs', 'acme'):
            self.assert_refused(self.vif(kind), f'vif_type={kind}')

    def test_malformed_mac(self) -> None:
        self.assert_refused(self.vif('tap', address='fa:16:3e'), "'fa:16:3e'")

    def test_bridge_that_is_not_there(self) -> None:
        vif = self.vif('bridge')
        vif['network']['bridge'] = 'br9'

        self.assert_refused(vif, "'br9'")

    def test_plugin_that_is_not_installed(self) -> None:
        self.assert_refused(self.vif('agilio_ovs'), 'agilio_ovs')

    def test_socket_that_is_missing(self) -> None:
        self.assert_refused(self.vif('vhostuser'), 'vhostuser_sock_path')


class TestBridge(VIFDriverTestCase):

    def test_bridge_of_somebody_else(self) -> None:
        self.plug(self.vif('bridge'))
        self.unplug(self.vif('bridge'))

        self.assertEqual({'br0'}, self.devices.names())

    def test_guest_joins_a_bridge_that_was_made_anew(self) -> None:
        vif = self.vif('bridge')
        name = self.driver.get_vif_devname(vif)
        self.devices.add_tap(name)
        for _again in range(2):
            self.plug(vif)

        self.assertEqual({'br0': [name]}, self.devices.bridges)

    def test_bridge_of_ours_stays_for_other_ports(self) -> None:
        vif = self.vif('bridge', {
            'should_create_bridge': True, 'should_create_vlan': True, 'vlan': '7',
            'bridge_interface': 'eth1'})
        vif['network']['bridge'] = 'br7'
        for _again in range(2):
            self.plug(vif)
        self.unplug(vif)

        self.assertEqual({'br0': [], 'br7': ['vlan7']}, self.devices.bridges)
        self.assertEqual({'vlan7': ('vlan', 'eth1', 7, 1450)}, self.devices.others)

    def test_failure_leaves_nothing(self) -> None:
        vif = self.vif('bridge', {
            'should_create_bridge': True, 'should_create_vlan': True, 'vlan': 7,
            'bridge_interface': 'eth1'})
        vif['network']['bridge'] = 'br7'
        self.devices.broken = {'add_port'}

        self.assert_refused(vif, 'add_port is busy')

    def test_name_of_something_else(self) -> None:
        self.devices.add_tap('br7')
        vif = self.vif('bridge', {'should_create_bridge': True})
        vif['network']['bridge'] = 'br7'

        self.assert_refused(vif, "'br7'")


class TestDevices(VIFDriverTestCase):

    def test_tap(self) -> None:
        vif = self.vif('tap', details={'mac_address': '02:00:00:00:00:01'})
        self.plug(vif)
        self.assertEqual({DEVICE: ('tap', '02:00:00:00:00:01', 1450, False)},
                         self.devices.others)

        for _again in range(2):
            self.unplug(vif)
        self.assertEqual({}, self.devices.others)

    def test_tap_of_many_queues(self) -> None:
        self.instance.flavor = builders.flavor(
            {'hw:vif_multiqueue_enabled': 'true'}, vcpus=4)
        self.plug(self.vif('tap'))

        self.assertEqual({DEVICE: ('tap', None, 1450, True)}, self.devices.others)

    def test_macvtap_on_a_vlan(self) -> None:
        details = {'vlan': '5', 'macvtap_source': 'eth0.5', 'macvtap_mode': 'vepa',
                   'physical_interface': 'eth0'}
        self.plug(self.vif('macvtap', details=details))

        self.assertEqual({'eth0.5': ('vlan', 'eth0', 5, 1450)}, self.devices.others)

    def test_macvtap_without_a_vlan(self) -> None:
        self.plug(self.vif('macvtap', details={'macvtap_source': 'eth0'}))

        self.assertEqual({}, self.devices.others)

    def test_function_under_a_macvtap(self) -> None:
        vif = self.vif('hw_veb', vnic_type='macvtap', details={'vlan': '5'})
        self.plug(vif)
        self.unplug(vif)

        self.assertEqual([(ADDRESS, 'fa:16:3e:00:00:01', 5),
                          (ADDRESS, 'fa:16:3e:00:00:01', 0)], self.devices.functions)

    def test_function_is_trusted_where_the_port_says_so(self) -> None:
        for trusted, calls in (('true', [True, False]), ('false', [])):
            self.devices.functions.clear()
            vif = self.vif('hw_veb', vnic_type='direct',
                           profile={'pci_slot': ADDRESS, 'trusted': trusted})
            self.plug(vif)
            self.unplug(vif)
            self.assertEqual([(ADDRESS, {'trusted': told}) for told in calls],
                             self.devices.functions)

    def test_what_libvirt_plugs(self) -> None:
        for kind in ('hostdev_physical', '802.1qbg', '802.1qbh', 'user'):
            self.plug(self.vif(kind))
            self.unplug(self.vif(kind))

        self.assertEqual({'br0'}, self.devices.names())

    def test_failed_unplug(self) -> None:
        self.devices.broken = {'delete'}
        error = self.assertRaises(exception.VirtualInterfaceUnplugException,
                                  self.unplug, self.vif('tap'))

        self.assertIn('delete is busy', str(error))
        self.assertIn(PORT, str(error))


class TestCommands(VIFDriverTestCase):

    def test_midonet(self) -> None:
        self.plug(self.vif('midonet'))
        self.assertEqual({'br0', DEVICE}, self.devices.names())
        self.unplug(self.vif('midonet'))

        self.assertEqual([('mm-ctl', '--bind-port', PORT, DEVICE),
                          ('mm-ctl', '--unbind-port', PORT)], self.commands)
        self.assertEqual({'br0'}, self.devices.names())

    def test_failed_command_takes_its_tap_along(self) -> None:
        def fail(*words: str) -> None:
            raise processutils.ProcessExecutionError(stderr='no such port')

        self.driver._run = fail
        for kind in ('midonet', 'iovisor'):
            self.assert_refused(self.vif(kind), 'no such port')

    def test_failed_command_leaves_the_tap_of_a_guest(self) -> None:
        self.devices.add_tap(DEVICE)
        self.driver._run = self.fail_command
        self.assertRaises(exception.VirtualInterfacePlugException, self.plug,
                          self.vif('midonet'))

        self.assertTrue(self.devices.exists(DEVICE))

    @staticmethod
    def fail_command(*words: str) -> None:
        raise processutils.ProcessExecutionError(stderr='no such port')

    def test_infiniband(self) -> None:
        vif = self.vif('ib_hostdev', details={'physical_network': 'fabric'})
        self.plug(vif)
        self.unplug(vif)

        self.assertEqual(
            [('ebrctl', 'add-port', 'fa:16:3e:00:00:01', self.instance.uuid, 'fabric',
              'HOSTDEV', ADDRESS),
             ('ebrctl', 'del-port', 'fabric', 'fa:16:3e:00:00:01')], self.commands)


class FakePlugins:
    """os-vif, which writes down what it is to do."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.is_broken = False

    def plug(self, port: Any, info: Any) -> None:
        self.calls.append(('plug', port))
        if self.is_broken:
            raise os_vif_exception.PlugException(vif=port, err='no switch')

    def unplug(self, port: Any, info: Any) -> None:
        self.calls.append(('unplug', port))


class TestPlugins(VIFDriverTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.plugins = FakePlugins()
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.vif._os_vif', lambda: self.plugins))

    def port_of(self, vif: model.VIF) -> Any:
        self.plug(vif)
        self.unplug(vif)
        (plugged, port), (unplugged, again) = self.plugins.calls
        self.plugins.calls.clear()
        self.assertEqual(('plug', 'unplug'), (plugged, unplugged))
        self.assertEqual(port.obj_to_primitive(), again.obj_to_primitive())
        return port

    def test_ovs(self) -> None:
        port = self.port_of(self.vif(
            'ovs', delegate_create=True, details={'datapath_type': 'netdev'}))

        self.assertEqual(
            ('VIFOpenVSwitch', 'ovs', DEVICE, 'br0', 1450),
            (port.obj_name(), port.plugin, port.vif_name, port.bridge_name,
             port.network.mtu))
        profile = port.port_profile
        self.assertEqual((PORT, 'netdev', True, False),
                         (profile.interface_id, profile.datapath_type,
                          profile.create_port, profile.create_tap))

    def test_ovs_behind_a_bridge(self) -> None:
        port = self.port_of(self.vif('ovs', details={'ovs_hybrid_plug': True,
                                                     'port_filter': True}))

        self.assertEqual(('VIFBridge', f'qbr{PORT}'[:14], 'br0', True),
                         (port.obj_name(), port.bridge_name, port.network.bridge,
                          port.has_traffic_filtering))

    def test_function_on_ovs(self) -> None:
        for vnic_type in ('direct', 'vdpa'):
            port = self.port_of(self.vif('ovs', vnic_type=vnic_type))
            self.assertEqual(('VIFHostDevice', ADDRESS),
                             (port.obj_name(), port.dev_address))

    def test_sockets(self) -> None:
        path = '/run/socket'
        for said, plugin, name in (
                ({}, 'noop', DEVICE),
                ({'vhostuser_ovs_plug': True}, 'ovs', f'vhu{PORT}'[:14]),
                ({'vhostuser_fp_plug': True}, 'vhostuser_fp', DEVICE),
                ({'vhostuser_vrouter_plug': True}, 'contrail_vrouter', DEVICE)):
            port = self.port_of(self.vif(
                'vhostuser', details={'vhostuser_socket': path, **said}))
            self.assertEqual(('VIFVHostUser', plugin, name, path, 'server'),
                             (port.obj_name(), port.plugin, port.vif_name, port.path,
                              port.mode))

    def test_failure_is_undone(self) -> None:
        self.plugins.is_broken = True

        self.assert_refused(self.vif('ovs'), 'no switch')
        self.assertEqual(['plug', 'unplug'], [call for call, _ in self.plugins.calls])

    def test_failure_leaves_what_a_guest_uses(self) -> None:
        self.plugins.is_broken = True
        self.devices.add_tap(DEVICE)

        self.assert_refused(self.vif('ovs'), 'no switch')
        self.assertEqual(['plug'], [call for call, _ in self.plugins.calls])


class FakeHost:
    """All that interfaces may ask of a host."""

    def get_vdpa_device_path(self, pci_address: str) -> str:
        return f'/dev/vhost-vdpa-of-{pci_address}'


class TestDescribing(VIFDriverTestCase):

    def test_signature_of_nova(self) -> None:
        conf = self.driver.get_config(
            self.instance, self.vif('bridge'), builders.image(), builders.flavor(),
            'kvm')

        self.assertEqual(('bridge', 'br0', DEVICE),
                         (conf.net_type, conf.source_dev, conf.target_dev))

    def test_methods_by_type(self) -> None:
        details = {'macvtap_source': 'eth0', 'macvtap_mode': 'vepa'}
        for method, net_type in (('tap', 'ethernet'), ('macvtap', 'direct'),
                                 ('hw_veb', 'hostdev'), ('midonet', 'ethernet')):
            describe = getattr(self.driver, f'get_config_{method}')
            conf = describe(self.instance, self.vif('other', details=details),
                            builders.image(), builders.flavor(), 'kvm')
            self.assertEqual(net_type, conf.net_type, method)

    def test_what_is_looked_up(self) -> None:
        driver = vif_driver.LibvirtGenericVIFDriver(FakeHost(), devices=self.devices)
        found = driver.find([
            self.vif('hw_veb', vnic_type='macvtap'),
            self.vif('ovs', vnic_type='vdpa', profile={'pci_slot': '0000:82:00.1'}),
            self.vif('hw_veb', vnic_type='macvtap', profile={'pci_slot': 'gone'}),
            self.vif('bridge', profile=None)])

        self.assertEqual({ADDRESS: 'ens1v0'}, found.netdevs)
        self.assertEqual({'0000:82:00.1': '/dev/vhost-vdpa-of-0000:82:00.1'},
                         found.vdpa_paths)

    def test_neither_driver_nor_libvirt_is_needed(self) -> None:
        code = ('import sys, nova.virt.libvirt.vif, nova.virt.libvirt.firewall; '
                'sys.exit("libvirt" in sys.modules '
                'or "nova.virt.libvirt.driver" in sys.modules)')

        done = subprocess.run([sys.executable, '-W', 'ignore', '-c', code], check=False)

        self.assertEqual(0, done.returncode)
