# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the recorded scenarios do not say of a description."""

import dataclasses
import datetime
import pathlib
from typing import Any

from nova import exception
from nova.tests.golden import facts
from nova.tests.golden import scenario
from nova.tests.unit import base
from nova.tests.unit.virt import builders
from nova.virt.libvirt import designer
from nova.virt.libvirt.designer import design
from nova.virt.libvirt.designer import inputs

FOLDER = pathlib.Path(facts.__file__).parent.parent / 'fixtures' / 'golden'


class DesignTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.base = scenario.load(
            FOLDER / 'scenarios' / 'base-qemu-defaults.json', '/instances')

    def guest(self, host: dict[str, Any] | None = None,
              settings: dict[str, Any] | None = None, **changes: Any) -> Any:
        asked = dataclasses.replace(self.base.inputs(), **changes)
        facts_ = dataclasses.replace(self.base.host_facts, **(host or {}))
        settings_ = dataclasses.replace(self.base.settings, **(settings or {}))
        return designer.design_guest(asked, facts_, settings_)

    def refused(self, error: type[Exception], **changes: Any) -> Exception:
        return self.assertRaises(error, self.guest, **changes)

    def flavor(self, **extra_specs: str) -> Any:
        return builders.flavor({name.replace('__', ':'): value
                                for name, value in extra_specs.items()})

    def test_same_inputs_give_the_same_guest(self) -> None:
        self.assertEqual(self.guest().to_xml(), self.guest().to_xml())

    def test_each_step_is_taken_once(self) -> None:
        steps = design.STEPS + design.FINISHING_STEPS

        self.assertEqual(len(steps), len(set(steps)))

    def test_no_network(self) -> None:
        xml = self.guest(network_info=()).to_xml()

        self.assertNotIn('<interface', xml)
        self.assertNotIn('<nova:port ', xml)

    def test_names_of_users_cannot_become_elements(self) -> None:
        instance = builders.instance(
            display_name='</nova:name><evil/>', kernel_id='', ramdisk_id='',
            system_metadata={'owner_user_name': '"><evil/>'})

        xml = self.guest(instance=instance).to_xml()

        self.assertNotIn('<evil', xml)

    def test_volumes_of_unknown_kind_are_refused(self) -> None:
        disk_info = {'disk_bus': 'virtio', 'cdrom_bus': 'ide', 'mapping': {
            'root': {'bus': 'virtio', 'dev': 'vda', 'type': 'disk'},
            '/dev/vda': {'bus': 'virtio', 'dev': 'vda', 'type': 'disk'}}}
        volume = {'connection_info': {'driver_volume_type': 'acme'}}

        error = self.refused(
            exception.VolumeDriverNotFound, disk_info=disk_info,
            block_device_info={'block_device_mapping': [volume]})
        self.assertIn('acme', str(error))

    def test_unknown_vif_is_refused(self) -> None:
        for kind in ('acme', 'unbound', 'binding_failed', None):
            vif = {**self.base.inputs().network_info[0], 'type': kind}
            self.refused(exception.InternalError, network_info=[vif])

    def test_rng_without_its_source(self) -> None:
        error = self.refused(exception.RngDeviceNotExist,
                             host={'present_paths': frozenset()})
        self.assertIn('/dev/urandom', str(error))

    def test_rng_that_the_flavor_forbids(self) -> None:
        xml = self.guest(flavor=self.flavor(hw_rng__allowed='false')).to_xml()

        self.assertNotIn('<rng', xml)

    def test_rng_rate_needs_a_period(self) -> None:
        half = self.guest(flavor=self.flavor(hw_rng__rate_bytes='5')).to_xml()
        whole = self.guest(flavor=self.flavor(
            hw_rng__rate_bytes='5', hw_rng__rate_period='9')).to_xml()

        self.assertNotIn('<rate', half)
        self.assertIn('<rate period="9" bytes="5"/>', whole)

    def test_unknown_images_type(self) -> None:
        settings = dataclasses.replace(self.base.settings.disk, images_type='acme')

        error = self.refused(exception.UnsupportedImageModel,
                             settings={'disk': settings})
        self.assertIn('acme', str(error))

    def test_recorded_format_of_a_raw_disk(self) -> None:
        disk = dataclasses.replace(self.base.settings.disk, images_type='raw')
        path = f'/instances/{builders.UUID}/disk'
        allotted = inputs.Allotted(
            datetime.datetime.now(datetime.UTC), disk_formats={path: 'qcow2'})

        plain = self.guest(settings={'disk': disk})
        recorded = self.guest(settings={'disk': disk}, allotted=allotted)

        self.assertEqual('raw', plain.devices[0].driver_format)
        self.assertEqual('qcow2', recorded.devices[0].driver_format)

    def test_bandwidth_without_an_average(self) -> None:
        guest = self.guest(flavor=self.flavor(
            quota__vif_inbound_peak='5', quota__vif_outbound_average='7',
            quota__vif_outbound_peak='9'))

        nic = next(d for d in guest.devices if d.root_name == 'interface')
        self.assertIsNone(nic.vif_inbound_peak)
        self.assertEqual((7, 9), (nic.vif_outbound_average, nic.vif_outbound_peak))

    def test_shared_cpus_that_run(self) -> None:
        cpu = dataclasses.replace(self.base.settings.cpu, shared_set='0-3')
        cpus = dataclasses.replace(self.base.host_facts.cpus,
                                   online=frozenset({0, 2, 8}))

        guest = self.guest(settings={'cpu': cpu}, host={'cpus': cpus})

        self.assertEqual({0, 2}, guest.cpuset)

    def test_no_port_allotted_for_the_serial_console(self) -> None:
        console = dataclasses.replace(self.base.settings.console, serial_enabled=True)
        allotted = inputs.Allotted(datetime.datetime.now(datetime.UTC))

        self.refused(exception.InvalidInput, settings={'console': console},
                     allotted=allotted)

    def test_tablet_that_could_not_be_used(self) -> None:
        image = builders.image(hw_pointer_model='usbtablet')
        console = dataclasses.replace(
            self.base.settings.console,
            vnc=dataclasses.replace(self.base.settings.console.vnc, enabled=False))

        error = self.refused(exception.UnsupportedHardware, image_meta=image,
                             settings={'console': console})
        self.assertIn('usbtablet', str(error))

    def test_libvirt_that_refuses_a_secure_loader_with_firmware(self) -> None:
        image = builders.image(hw_firmware_type='uefi', hw_machine_type='q35')
        old = dataclasses.replace(self.base.host_facts.versions, libvirt=9_000_000)

        new_guest = self.guest(image_meta=image)
        old_guest = self.guest(image_meta=image, host={'versions': old})

        self.assertIs(False, new_guest.os_loader_secure)
        self.assertIsNone(old_guest.os_loader_secure)
        self.assertIs(False, old_guest.os_firmware_secure)
