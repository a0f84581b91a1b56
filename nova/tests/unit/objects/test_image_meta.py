# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import json
from typing import Any

import hypothesis
from hypothesis import strategies as st
from oslo_versionedobjects import fields as ovo_fields

from nova import exception
from nova import objects
from nova import usertext
from nova import utils
from nova.objects import image_meta_props
from nova.tests.unit import base

IMAGE = '155d900f-4e14-4e4c-a73d-069cbf4541e6'
PROPS = objects.ImageMetaProps
LISTS = ('hw_numa_cpus', 'hw_numa_mem', 'img_block_device_mapping', 'img_mappings',
         'traits_required')
ENUMS = {name: tuple(field._type.valid_values)
         for name, field in PROPS.fields.items()
         if isinstance(field, ovo_fields.BaseEnumField)}
INTEGERS = [name for name, field in PROPS.fields.items()
            if isinstance(field, ovo_fields.IntegerField)]
FLAGS = [name for name, field in PROPS.fields.items()
         if isinstance(field, ovo_fields.FlexibleBooleanField)]


def properties() -> Any:
    """Descriptions as the image service gives them: strings only."""
    values = {name: st.sampled_from(allowed) for name, allowed in ENUMS.items()}
    values.update({name: st.integers(0, 10**6).map(str) for name in INTEGERS})
    values.update({name: st.sampled_from(['true', 'False', '1', 'no', 'yes'])
                   for name in FLAGS})
    return st.fixed_dictionaries({}, optional=values)


class PropertiesTestCase(base.TestCase):

    @hypothesis.settings(
        deadline=None, max_examples=50,
        suppress_health_check=[hypothesis.HealthCheck.differing_executors])
    @hypothesis.given(properties())
    def test_what_is_asked_is_what_is_set(self, given: dict[str, str]) -> None:
        props = PROPS.from_dict(given)
        for name in PROPS.fields:
            self.assertEqual(name in given, props.obj_attr_is_set(name), name)
        for name in ENUMS.keys() & given.keys():
            self.assertEqual(given[name], getattr(props, name))
        for name in set(INTEGERS) & given.keys():
            self.assertEqual(int(given[name]), getattr(props, name))
        for name in set(FLAGS) & given.keys():
            self.assertEqual(given[name] in ('true', '1', 'yes'),
                             getattr(props, name))

    @hypothesis.settings(
        deadline=None, max_examples=50,
        suppress_health_check=[hypothesis.HealthCheck.differing_executors])
    @hypothesis.given(properties())
    def test_a_server_remembers_them(self, given: dict[str, str]) -> None:
        """Image, system_metadata and back give the same object."""
        image = {'properties': given, 'min_disk': 1, 'disk_format': 'raw'}
        instance = objects.Instance(
            image_ref=IMAGE,
            system_metadata=utils.get_system_metadata_from_image(image))
        expected = objects.ImageMeta.from_dict({**image, 'id': IMAGE})
        self.assertEqual(expected.obj_to_primitive(),
                         instance.image_meta.obj_to_primitive())

    @hypothesis.settings(
        deadline=None, max_examples=50,
        suppress_health_check=[hypothesis.HealthCheck.differing_executors])
    @hypothesis.given(st.sampled_from(sorted(ENUMS)), st.text())
    def test_other_values_are_refused_by_name(self, name: str, value: str) -> None:
        field = PROPS.fields[name]
        try:
            field.coerce(None, name, value)
        except ValueError:
            error = self.assertRaises(ValueError, PROPS.from_dict, {name: value})
            self.assertIn(name, str(error))
            self.assertIn(usertext.quoted(value), str(error))

    @hypothesis.settings(
        deadline=None, max_examples=50,
        suppress_health_check=[hypothesis.HealthCheck.differing_executors])
    @hypothesis.given(st.dictionaries(
        st.text().filter(lambda key: not key.startswith('trait:')), st.text()))
    def test_unknown_ones_are_left_out(self, given: dict[str, str]) -> None:
        known = (PROPS.fields.keys() | image_meta_props.LEGACY_NAMES.keys() |
                 {'vmware_adaptertype', 'hw_numa_cpus.0', 'hw_numa_mem.0'})
        hypothesis.assume(not known & given.keys())
        self.assertEqual({}, PROPS.from_dict(given).obj_get_changes())

    def test_number_that_is_none(self) -> None:
        error = self.assertRaises(
            ValueError, PROPS.from_dict, {'hw_cpu_cores': 'many'})
        self.assertIn('hw_cpu_cores', str(error))

    def test_get(self) -> None:
        props = PROPS.from_dict({'hw_disk_bus': 'scsi'})
        self.assertEqual('scsi', props.get('hw_disk_bus'))
        self.assertIsNone(props.get('hw_cdrom_bus'))
        self.assertEqual('ide', props.get('hw_cdrom_bus', 'ide'))
        self.assertRaises(AttributeError, props.get, 'hw_nothing')
        self.assertRaises(AttributeError, getattr, props, 'hw_cdrom_bus')


class LegacyTestCase(base.TestCase):

    def test_every_legacy_name(self) -> None:
        self.assertLessEqual(set(image_meta_props.LEGACY_NAMES.values()),
                             PROPS.fields.keys())

    def test_old_name(self) -> None:
        props = PROPS.from_dict({'architecture': 'amd64', 'vm_mode': 'hv'})
        self.assertEqual(('x86_64', 'hvm'), (props.hw_architecture, props.hw_vm_mode))

    def test_new_name_wins(self) -> None:
        props = PROPS.from_dict({'architecture': 'i686', 'hw_architecture': 'x86_64'})
        self.assertEqual('x86_64', props.hw_architecture)

    def test_vmware_adapter(self) -> None:
        for adapter, bus, model in (
                ('ide', 'ide', None), ('lsiLogic', 'scsi', 'lsilogic'),
                ('lsiLogicsas', 'scsi', 'lsisas1068'),
                ('paraVirtual', 'scsi', 'vmpvscsi')):
            props = PROPS.from_dict({'vmware_adaptertype': adapter})
            self.assertEqual((bus, model),
                             (props.hw_disk_bus, props.get('hw_scsi_model')))

    def test_vmware_card(self) -> None:
        props = PROPS.from_dict({'hw_vif_model': 'VirtualE1000'})
        self.assertEqual('e1000', props.hw_vif_model)


class ListTestCase(base.TestCase):

    def test_numa(self) -> None:
        props = PROPS.from_dict({
            'hw_numa_nodes': '2', 'hw_numa_cpus.0': '0-2,^1', 'hw_numa_cpus.1': '1,3',
            'hw_numa_mem.0': '1024', 'hw_numa_mem.1': '512', 'hw_numa_mem.3': '1'})
        self.assertEqual([{0, 2}, {1, 3}], props.hw_numa_cpus)
        self.assertEqual([1024, 512], props.hw_numa_mem)

    def test_numa_out_of_json(self) -> None:
        props = PROPS.from_dict({'hw_numa_mem': [1024, 512],
                                 'hw_numa_cpus': [[0], [1]]})
        self.assertEqual([1024, 512], props.hw_numa_mem)
        self.assertEqual([{0}, {1}], props.hw_numa_cpus)

    def test_bad_cpus(self) -> None:
        self.assertRaises(exception.Invalid, PROPS.from_dict,
                          {'hw_numa_cpus.0': 'all'})

    def test_bad_memory(self) -> None:
        self.assertRaises(ValueError, PROPS.from_dict, {'hw_numa_mem.0': 'much'})

    def test_traits(self) -> None:
        props = PROPS.from_dict({'trait:CUSTOM_GOLD': 'required',
                                 'trait:CUSTOM_LEAD': 'forbidden'})
        self.assertEqual(['CUSTOM_GOLD'], props.traits_required)


class ImageMetaTestCase(base.TestCase):

    def test_nothing(self) -> None:
        image = objects.ImageMeta.from_dict(None)
        self.assertEqual({}, image.properties.obj_get_changes())

    def test_nulls(self) -> None:
        image = objects.ImageMeta.from_dict(
            {'name': None, 'size': None, 'min_ram': None, 'owner': None, 'id': None})
        self.assertEqual(('', 0, 0, ''),
                         (image.name, image.size, image.min_ram, image.owner))
        self.assertFalse(image.obj_attr_is_set('id'))

    def test_other_keys_are_left_out(self) -> None:
        image = objects.ImageMeta.from_dict({'id': IMAGE, 'colour': 'red'})
        self.assertFalse(hasattr(image, 'colour'))

    def test_argument_is_left_alone(self) -> None:
        given = {'id': IMAGE, 'name': None, 'properties': {'hw_cpu_cores': '2'}}
        before = json.dumps(given)
        objects.ImageMeta.from_dict(given)
        self.assertEqual(before, json.dumps(given))

    def test_image_service(self) -> None:
        class Service:
            def get(self, context: Any, image_id: str) -> dict[str, Any]:
                if image_id != IMAGE:
                    raise exception.ImageNotFound(image_id=image_id)
                return {'id': image_id, 'disk_format': 'qcow2'}

        cls = objects.ImageMeta
        image = cls.from_image_ref(None, Service(), IMAGE)
        self.assertEqual('qcow2', image.disk_format)
        self.assertRaises(exception.ImageNotFound, cls.from_image_ref, None,
                          Service(), 'x')
