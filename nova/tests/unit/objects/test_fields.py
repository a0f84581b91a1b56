# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import platform

from nova import exception
from nova.network import model as network_model
from nova.objects import fields
from nova.tests.unit import base


class EnumerationTestCase(base.TestCase):

    def test_values_are_constants(self) -> None:
        self.assertEqual(('fdc', 'ide', 'sata', 'scsi', 'usb', 'virtio', 'xen', 'lxc',
                          'uml'), fields.DiskBus.ALL)
        self.assertTrue(fields.DiskBus.is_valid('virtio'))
        self.assertFalse(fields.DiskBus.is_valid('VIRTIO'))

    def test_other_value_is_refused_with_what_is_allowed(self) -> None:
        error = self.assertRaises(
            ValueError, fields.OSType().coerce, None, 'os_type', 'beos')
        self.assertEqual("Field os_type: 'beos' is not one of linux, windows",
                         str(error))

    def test_aliases_stand_for_values(self) -> None:
        for enum in (fields.Architecture, fields.HVType, fields.VMMode,
                     fields.SCSIModel, fields.VIFModel):
            self.assertLessEqual(set(enum.ALIASES.values()), set(enum.ALL))

    def test_canonical_names(self) -> None:
        for enum, name, expected in (
                (fields.Architecture, 'AMD64', 'x86_64'),
                (fields.Architecture, 'i386', 'i686'),
                (fields.HVType, 'XAPI', 'xen'), (fields.VMMode, 'pv', 'xen'),
                (fields.VMMode, None, None)):
            self.assertEqual(expected, enum.canonicalize(name))

    def test_names_that_are_none(self) -> None:
        for enum, error in (
                (fields.Architecture, exception.InvalidArchitectureName),
                (fields.HVType, exception.InvalidHypervisorVirtType),
                (fields.VMMode, exception.InvalidVirtualMachineMode)):
            raised = self.assertRaises(error, enum.canonicalize, 'nothing')
            self.assertIn('nothing', str(raised))

    def test_host(self) -> None:
        self.assertEqual(fields.Architecture.canonicalize(platform.machine()),
                         fields.Architecture.from_host())

    def test_power_states_have_numbers(self) -> None:
        self.assertEqual(4, fields.InstancePowerState.index('shutdown'))
        self.assertEqual('shutdown', fields.InstancePowerState.from_index(4))


class AddressTestCase(base.TestCase):

    def test_form(self) -> None:
        for kind, good, bad in (
                (fields.PCIAddress, '0000:3b:00.1', '0000:3b:00:1'),
                (fields.USBAddress, '0:1', '0-1'),
                (fields.SCSIAddress, '1:0:2:0', '1:0:2'),
                (fields.IDEAddress, '0:1', '0:2'),
                (fields.XenAddress, '000200', '1')):
            self.assertEqual(good, kind().coerce(None, 'a', good))
            self.assertRaises(ValueError, kind().coerce, None, 'a', bad)


class NetworkTestCase(base.TestCase):

    def test_vif(self) -> None:
        kind = fields.NetworkVIFModel()
        vif = network_model.VIF(id='a')
        self.assertEqual(vif, kind.from_primitive(
            None, 'a', kind.to_primitive(None, 'a', vif)))
        self.assertRaises(ValueError, kind.coerce, None, 'a', {'id': 'a'})

    def test_network_info(self) -> None:
        kind = fields.NetworkModel()
        self.assertEqual([], kind.coerce(None, 'a', '[]'))
        self.assertRaises(ValueError, kind.coerce, None, 'a', 3)
