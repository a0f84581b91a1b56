# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Devices by guest OS from the driver's side: from an image to a domain."""

from typing import Any

import fixtures

from nova import objects
from nova.network import model
from nova.tests.fixtures import libosinfo
from nova.tests.fixtures import netdevices
from nova.tests.unit.virt.libvirt import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import guestsystems
from nova.virt.libvirt import osdatabase

LOG = 'nova.virt.libvirt.lifecycle'


class GuestSystemsTestCase(base.DriverTestCase):

    def setUp(self) -> None:
        devices = netdevices.FakeNetDevices('br0')
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.netdevices.NetDevices', lambda: devices))
        self.libosinfo = self.useFixture(libosinfo.FakeLibosinfo())
        super().setUp()

    def instance_of(self, min_ram: int = 0, os_version: str | None = None,
                    **properties: str) -> 'objects.Instance':
        """Return an instance, and let spawn() have its image."""
        self.image_meta = objects.ImageMeta.from_dict({
            'id': self.image_id, 'disk_format': 'qcow2', 'min_ram': min_ram,
            'properties': properties})
        remembered = {f'image_{name}': value for name, value in properties.items()}
        if os_version:
            remembered['image_os_version'] = os_version
        return self.make_instance(system_metadata=remembered)

    def built(self, **image: Any) -> 'objects.Instance':
        return self.spawn(self.instance_of(**image),
                          network_info=model.NetworkInfo([self.vif(1)]))

    @staticmethod
    def vif(number: int) -> model.VIF:
        network = model.Network(id='n', bridge='br0', label='private')
        return model.VIF(
            id=f'0000000{number}-port', address=f'fa:16:3e:00:00:0{number}',
            type='bridge', devname=f'tap{number}', network=network)

    def devices(self, instance: 'objects.Instance') -> list[Any]:
        """Return what the guest's system has a say in, in the guest's order."""
        found = []
        guest = self.driver._host.get_guest(instance)
        for device in guest.get_config().devices:
            if isinstance(device, vconfig.LibvirtConfigGuestDisk):
                found.append((device.target_bus, device.target_dev))
            elif isinstance(device, vconfig.LibvirtConfigGuestInterface):
                found.append(device.model)
            elif isinstance(device, vconfig.LibvirtConfigGuestVideo):
                found.append(device.type)
            elif isinstance(device, vconfig.LibvirtConfigGuestRng):
                found.append('rng')
        return found


NOVAS = [('virtio', 'vda'), 'virtio', 'virtio', 'rng']
EMULATED = [('ide', 'hda'), 'rtl8139', 'vga']


class TestSpawn(GuestSystemsTestCase):

    def test_old_system(self) -> None:
        self.assertEqual(EMULATED, self.devices(self.built(os_distro='debian3')))

    def test_version_of_its_own(self) -> None:
        self.assertEqual(EMULATED, self.devices(self.built(
            os_distro='debian', os_version='3.0')))

    def test_the_image_has_the_last_word(self) -> None:
        self.assertEqual(
            [('virtio', 'vda'), 'e1000', 'vga'],
            self.devices(self.built(os_distro='debian3', hw_disk_bus='virtio',
                                    hw_vif_model='e1000')))

    def test_unknown_and_unnamed_systems(self) -> None:
        for image in ({'os_distro': 'plan9'}, {'os_distro': 'debian'}, {}):
            instance = self.built(**image)
            self.assertEqual(NOVAS, self.devices(instance), image)
            self.assertNotIn(guestsystems.KEY, instance.system_metadata)

    def test_nothing_is_looked_up_without_a_name(self) -> None:
        self.built()
        self.assertEqual(0, self.libosinfo.loads)

    def test_without_libosinfo(self) -> None:
        self.useFixture(libosinfo.FakeLibosinfo(systems=None))
        self.assertEqual(NOVAS, self.devices(self.built(os_distro='debian3')))

    def test_containers_are_left_alone(self) -> None:
        instance = self.instance_of(os_distro='debian3')
        systems = guestsystems.GuestSystems(osdatabase.OSDatabase(), 'lxc')
        self.assertIsNone(systems.settle(instance, self.image_meta))

    def test_name_of_the_root_disk(self) -> None:
        for distro, name in (('debian3', '/dev/hda'), ('debian11', '/dev/vda')):
            instance = self.instance_of(os_distro=distro)
            self.assertEqual(name, self.driver.default_root_device_name(
                instance, self.image_meta, None))


class TestLater(GuestSystemsTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.old = self.built(os_distro='debian3')

    def reboot(self, instance: 'objects.Instance') -> list[Any]:
        self.driver.reboot(self.context, instance,
                           model.NetworkInfo([self.vif(1)]), 'HARD')
        return self.devices(instance)

    def test_devices_stay_when_libosinfo_goes(self) -> None:
        self.useFixture(libosinfo.FakeLibosinfo(systems=None))
        self.driver = self.make_driver()
        self.assertEqual(EMULATED, self.reboot(self.old))

    def test_devices_stay_when_libosinfo_comes(self) -> None:
        self.useFixture(libosinfo.FakeLibosinfo(systems=None))
        self.driver = self.make_driver()
        instance = self.built(os_distro='debian3')
        self.useFixture(libosinfo.FakeLibosinfo())
        self.driver = self.make_driver()
        self.assertEqual(NOVAS, self.reboot(instance))

    def test_interfaces_that_are_attached(self) -> None:
        self.driver.attach_interface(
            self.context, self.old, self.image_meta, self.vif(2))
        self.assertEqual(['rtl8139', 'rtl8139'],
                         [device for device in self.devices(self.old)
                          if device == 'rtl8139'])

    def test_built_anew_from_another_image(self) -> None:
        self.driver.destroy(self.context, self.old, None)
        self.image_meta = objects.ImageMeta.from_dict(
            {'id': self.image_id, 'disk_format': 'qcow2', 'properties': {}})
        self.spawn(self.old)
        self.assertNotIn(guestsystems.KEY, self.old.system_metadata)
        self.assertEqual([('virtio', 'vda'), 'virtio', 'rng'], self.devices(self.old))


class TestLog(GuestSystemsTestCase):

    def logged(self, **image: Any) -> list[str]:
        with self.assertLogs(LOG, 'INFO') as logs:
            instance = self.built(**image)
            self.driver.reboot(self.context, instance, model.NetworkInfo(), 'HARD')
        return [record.getMessage() for record in logs.records
                if 'libosinfo' in record.getMessage()]

    def test_each_choice_once(self) -> None:
        [line] = self.logged(os_distro='debian3')
        self.assertTrue(line.startswith(
            'Devices by guest OS: disk bus ide: debian3 is not known to support '
            'virtio here (libosinfo); NIC model rtl8139: '), line)

    def test_nothing_to_tell(self) -> None:
        self.assertEqual([], self.logged(os_distro='plan9'))

    def test_too_little_memory(self) -> None:
        _devices, warning = self.logged(os_distro='debian11')
        self.assertEqual(
            'The flavor has 128 MB of memory, and debian11 needs at least 1024 MB '
            '(libosinfo); it may not start', warning)
        self.assertEqual(1, len(self.logged(os_distro='debian11', min_ram=64)))
