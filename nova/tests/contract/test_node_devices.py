# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Node devices: listed by kind, found by name, and read without loss."""

import libvirt

from nova.tests.contract import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import errors
from nova.virt.libvirt import nodedevs

_PCI = libvirt.VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV
_NET = libvirt.VIR_CONNECT_LIST_NODE_DEVICES_CAP_NET
_SYSTEM = libvirt.VIR_CONNECT_LIST_NODE_DEVICES_CAP_SYSTEM
_KINDS = {_PCI: 'pci', _NET: 'net', _SYSTEM: 'system'}
#: What the fake's host has beside its root; other hosts have their own.
_PLUGGED = (
    """<device><name>pci_0000_00_03_0</name><parent>computer</parent>
    <capability type='pci'><class>0x020000</class><domain>0</domain><bus>0</bus>
    <slot>3</slot><function>0</function><product id='0x1041'/><vendor id='0x1af4'/>
    </capability></device>""",
    """<device><name>net_eth0_52_54_00_1e_59_c6</name><parent>pci_0000_00_03_0</parent>
    <capability type='net'><interface>eth0</interface>
    <address>52:54:00:1e:59:c6</address></capability></device>""",
    "<device><name>computer</name><capability type='system'/></device>")


class NodeDevicesContract(base.BackendTestCase):
    """What libvirt tells of the devices of a host, whatever is behind it."""

    def setUp(self):
        super().setUp()
        if self.hypervisor is not None:
            for xml in _PLUGGED:
                self.hypervisor.nodedevices.plug(xml)

    def read(self, device):
        conf = vconfig.LibvirtConfigNodeDevice()
        conf.parse_str(device.XMLDesc(0))
        return conf

    def test_every_device_is_known_by_its_name(self):
        devices = self.conn.listAllDevices(0)
        names = {device.name() for device in devices}
        self.assertEqual(len(devices), len(names))
        for device in devices:
            conf = self.read(self.conn.nodeDeviceLookupByName(device.name()))
            self.assertEqual(device.name(), conf.name)
            if conf.parent is not None:
                self.assertIn(conf.parent, names)

    def test_documents_lose_nothing(self):
        for device in self.conn.listAllDevices(0):
            conf = self.read(device)
            again = vconfig.LibvirtConfigNodeDevice()
            again.parse_str(conf.to_xml())
            self.assertEqual(conf, again)
            self.assertEqual([], conf.undeclared(), device.name())

    def test_kinds_are_chosen(self):
        every = {device.name() for device in self.conn.listAllDevices(0)}
        for flag, kind in _KINDS.items():
            chosen = {device.name() for device in self.conn.listAllDevices(flag)}
            self.assertEqual(chosen, {
                name for name in every if kind in
                self.conn.nodeDeviceLookupByName(name).listCaps()})
        together = self.conn.listAllDevices(_NET | _SYSTEM)
        self.assertEqual(
            {device.name() for flag in (_NET, _SYSTEM)
             for device in self.conn.listAllDevices(flag)},
            {device.name() for device in together})

    def test_pci_functions_are_described_for_the_tracker(self):
        found = nodedevs.NodeDevices(lambda: self.conn).get_pci()
        by_name = {each['dev_id']: each for each in found}
        for device in self.conn.listAllDevices(_PCI):
            domain, bus, slot, function = device.name().split('_')[1:]
            # Bridges are no functions that a guest could have.
            if device.name() in by_name:
                self.assertEqual(f'{domain}:{bus}:{slot}.{function}',
                                 by_name[device.name()]['address'])
        self.assertLessEqual(set(by_name),
                             {each.name() for each in self.conn.listAllDevices(_PCI)})

    def test_missing_device(self):
        error = self.failure(self.conn.nodeDeviceLookupByName, 'pci_ffff_ff_1f_7')
        self.assertTrue(errors.is_no_node_device(error))


class TestNodeDevicesOnFake(NodeDevicesContract, base.OnFake):
    pass


class TestNodeDevicesOnTestDriver(NodeDevicesContract, base.OnTestDriver):
    pass


class TestNodeDevicesOnQemu(NodeDevicesContract, base.OnQemu):
    pass


del NodeDevicesContract  # incomplete: not to be collected by itself
