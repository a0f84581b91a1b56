# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the recorded scenarios do not say of interfaces."""

from typing import Any

from nova import exception
from nova.network import model
from nova.tests.unit import base
from nova.tests.unit.virt import builders
from nova.virt.libvirt import vifconfig

ADDRESS = '0000:81:00.1'


class InterfaceDescriberTestCase(base.TestCase):

    def vif(self, kind: str | None, **changes: Any) -> model.VIF:
        network = model.Network(id='n', bridge='br-int', mtu=1450, interface='eth1')
        members: dict[str, Any] = {
            'id': '1a2b3c01-aaaa-4bbb-8ccc-000000000001', 'devname': 'tap1',
            'address': 'fa:16:3e:00:00:01', 'type': kind, 'network': network,
            'delegate_create': True, 'profile': {'pci_slot': ADDRESS}}
        return model.VIF(**{**members, **changes})

    def config_of(self, vif: model.VIF, settings: vifconfig.VIFSettings | None = None,
               host: vifconfig.VIFHost | None = None, vcpus: int = 1,
               virt_type: str = 'kvm', **specs: str) -> Any:
        flavor = builders.flavor({n.replace('__', ':'): v for n, v in specs.items()})
        flavor.vcpus = vcpus
        guest = vifconfig.VIFGuest(builders.image(), flavor, virt_type)
        return vifconfig.InterfaceDescriber(settings, host).describe(
            vif, guest)

    def test_ports_that_are_bound_to_nothing(self) -> None:
        for kind in (None, 'unbound', 'binding_failed', 'other', 'acme'):
            error = self.assertRaises(exception.InternalError, self.config_of,
                                      self.vif(kind))
            self.assertIn(str(kind), str(error))

    def test_linux_bridge(self) -> None:
        conf = self.config_of(self.vif('bridge'))

        self.assertEqual(('bridge', 'br-int', 'tap1', 1450),
                         (conf.net_type, conf.source_dev, conf.target_dev, conf.mtu))

    def test_network_that_qemu_makes_up(self) -> None:
        conf = self.config_of(self.vif('user'))

        self.assertEqual(('user', 'virtio', None),
                         (conf.net_type, conf.model, conf.source_dev))

    def test_tap_of_somebody_else(self) -> None:
        for vif in (self.vif('tap'), self.vif('ovs', details={'ovs_create_tap': True})):
            conf = self.config_of(vif)
            self.assertEqual(('ethernet', 'no'), (conf.net_type, conf.managed))

    def test_limits_do_not_hold_for_taps_and_sockets(self) -> None:
        socket = {'vhostuser_socket': '/s'}
        for kind, limit in (('ovs', 7), ('tap', None), ('vhostuser', None)):
            conf = self.config_of(self.vif(kind, details=socket),
                               quota__vif_inbound_average='7')
            self.assertEqual(limit, conf.vif_inbound_average, kind)

    def test_macvtap(self) -> None:
        details = {'macvtap_source': 'eth0.5', 'macvtap_mode': 'vepa',
                   'physical_interface': 'eth0', 'vlan': '5'}

        conf = self.config_of(self.vif('macvtap', details=details))

        self.assertEqual(('direct', 'eth0.5', 'vepa'),
                         (conf.net_type, conf.source_dev, conf.source_mode))

    def test_macvtap_names_what_its_details_lack(self) -> None:
        error = self.assertRaises(
            exception.VifDetailsMissingMacvtapParameters, self.config_of,
            self.vif('macvtap', details={'macvtap_source': 'eth0', 'vlan': '5'}))

        self.assertIn('macvtap_mode, physical_interface', str(error))
        self.assertNotIn('macvtap_source', str(error))

    def test_8021qbg_has_one_element_of_parameters(self) -> None:
        params = {'managerid': '1', 'typeid': '2', 'typeidversion': '3',
                  'instanceid': '4'}

        xml = self.config_of(self.vif('802.1qbg', qbg_params=params)).to_xml()

        self.assertEqual(1, xml.count('<parameters'))
        self.assertIn('managerid="1" typeid="2" typeidversion="3" instanceid="4"', xml)
        self.assertIn('<source dev="eth1" mode="vepa"/>', xml)

    def test_function_that_the_host_lacks(self) -> None:
        for vif in (self.vif('hw_veb', vnic_type='macvtap'),
                    self.vif('ovs', vnic_type='vdpa')):
            error = self.assertRaises(
                exception.PciDeviceNotFoundById, self.config_of, vif)
            self.assertIn(ADDRESS, str(error))

    def test_function_by_its_network_device(self) -> None:
        conf = self.config_of(self.vif('hw_veb', vnic_type='macvtap'),
                           host=vifconfig.VIFHost(netdevs={ADDRESS: 'ens1v0'}))

        self.assertEqual(('direct', 'ens1v0', 'vhost'),
                         (conf.net_type, conf.source_dev, conf.driver_name))

    def test_sockets_that_are_missing(self) -> None:
        for kind, vnic_type in (('vhostuser', 'normal'),
                                ('vrouter', 'virtio-forwarder'),
                                ('agilio_ovs', 'virtio-forwarder')):
            self.assertRaises(
                exception.VifDetailsMissingVhostuserSockPath, self.config_of,
                self.vif(kind, vnic_type=vnic_type))

    def test_ports_name_what_they_lack(self) -> None:
        for kind, vnic_type, part, name in (
                ('hw_veb', 'direct', 'profile', 'pci_slot'),
                ('ovs', 'vdpa', 'profile', 'pci_slot'),
                ('hostdev_physical', 'direct-physical', 'profile', 'pci_slot'),
                ('802.1qbh', 'direct', 'details', 'profileid'),
                ('802.1qbg', 'normal', 'qbg_params', 'managerid')):
            for lacking in (None, {}):
                vif = self.vif(kind, vnic_type=vnic_type)
                vif[part] = lacking if part != 'details' else {}
                error = self.assertRaises(
                    exception.InvalidInput, self.config_of, vif)
                self.assertIn(name, str(error))
                self.assertIn(part, str(error))

    def test_models_of_unknown_guests(self) -> None:
        self.assertTrue(vifconfig.is_vif_model_valid_for_virt('acme', None))
        error = self.assertRaises(
            exception.UnsupportedVirtType, vifconfig.is_vif_model_valid_for_virt,
            'acme', 'virtio')
        self.assertIn('acme', str(error))
        self.assertFalse(vifconfig.is_vif_model_valid_for_virt('lxc', 'virtio'))

    def test_queues(self) -> None:
        many = {'hw__vif_multiqueue_enabled': 'true'}
        for settings, kernel, queues in (
                (None, '6.1.0', 12), (None, '3.10.0', 8), (None, '2.6.32', 1),
                (vifconfig.VIFSettings(max_queues=4), '6.1.0', 4)):
            conf = self.config_of(self.vif('ovs'), settings,
                               vifconfig.VIFHost(kernel), vcpus=12, **many)
            self.assertEqual(('vhost', queues), (conf.driver_name, conf.vhost_queues))

    def test_no_queues_without_a_vhost(self) -> None:
        conf = self.config_of(self.vif('ovs'), vcpus=4, virt_type='qemu',
                           hw__vif_multiqueue_enabled='true')

        self.assertEqual(('qemu', None), (conf.driver_name, conf.vhost_queues))
