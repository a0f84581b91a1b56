# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What holds for every object there is."""

import datetime
import json
import subprocess
import sys
from typing import Any

from oslo_versionedobjects import base as ovo_base
from oslo_versionedobjects import fields as ovo_fields

from nova import objects
from nova.network import model as network_model
from nova.objects import base
from nova.objects import fields
from nova.tests.unit import base as test_base

UUID = '3f1b9c52-5d5a-4f7e-9a61-6f2d0a3c1b01'

SAMPLES: dict[type, Any] = {
    ovo_fields.Integer: 7,
    ovo_fields.Float: 1.5,
    ovo_fields.Boolean: True,
    ovo_fields.UUID: UUID,
    ovo_fields.DateTime: datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
    ovo_fields.IPV4Address: '192.0.2.1',
    ovo_fields.IPV6Address: '2001:db8::1',
    ovo_fields.IPAddress: '192.0.2.1',
    ovo_fields.MACAddress: '52:54:00:00:00:01',
    ovo_fields.VersionPredicate: '>=1.0',
    fields.PCIAddress: '0000:00:1f.2',
    fields.USBAddress: '0:1',
    fields.SCSIAddress: '1:0:2:0',
    fields.IDEAddress: '0:1',
    fields.XenAddress: '000200',
    fields.NetworkVIFModel: network_model.VIF(id=UUID),
    fields.NetworkModel: network_model.NetworkInfo([network_model.VIF(id=UUID)]),
}


def sample(kind: Any, depth: int) -> Any:
    """Return a value that a field of this type can hold."""
    if isinstance(kind, ovo_fields.Object):
        return make(getattr(objects, kind._obj_name), depth + 1)
    if isinstance(kind, ovo_fields.List):
        return [sample(kind._element_type._type, depth)]
    if isinstance(kind, ovo_fields.Set):
        return {sample(kind._element_type._type, depth)}
    if isinstance(kind, ovo_fields.Dict):
        return {'key': sample(kind._element_type._type, depth)}
    if isinstance(kind, ovo_fields.Enum):
        return next(iter(kind.valid_values))
    for known in type(kind).__mro__:
        if known in SAMPLES:
            return SAMPLES[known]
    return 'text'


def make(cls: Any, depth: int = 0) -> Any:
    """Return an object with every field set, two levels deep."""
    obj = cls()
    for name, field in cls.fields.items():
        is_object = isinstance(
            field, (ovo_fields.ObjectField, ovo_fields.ListOfObjectsField))
        if not (is_object and depth >= 2):
            setattr(obj, name, sample(field._type, depth))
    obj.obj_reset_changes(recursive=True)
    return obj


def as_json(obj: Any) -> Any:
    return json.loads(json.dumps(obj.obj_to_primitive()))


def all_classes() -> list[Any]:
    objects.register_all()
    registry = base.NovaObjectRegistry.obj_classes()
    return [versions[0] for versions in registry.values()
            if versions[0].OBJ_PROJECT_NAMESPACE == 'nova']


class EveryObjectTestCase(test_base.TestCase):

    def test_survives_json(self) -> None:
        for cls in all_classes():
            obj = make(cls)
            again = base.NovaObject.obj_from_json(as_json(obj))
            self.assertIs(cls, type(again))
            self.assertEqual(as_json(obj), as_json(again), cls.__name__)

    def test_can_be_copied(self) -> None:
        for cls in all_classes():
            obj = make(cls)
            self.assertEqual(obj.obj_to_primitive(),
                             obj.obj_clone().obj_to_primitive(), cls.__name__)

    def test_changes_can_be_forgotten(self) -> None:
        for cls in all_classes():
            obj = cls()
            for name, field in cls.fields.items():
                setattr(obj, name, sample(field._type, 0))
            self.assertEqual(set(cls.fields), obj.obj_what_changed())
            obj.obj_reset_changes(recursive=True)
            self.assertEqual(set(), obj.obj_what_changed(), cls.__name__)

    def test_can_be_shown(self) -> None:
        for cls in all_classes():
            self.assertIn(cls.__name__, repr(make(cls)))

    def test_objects_in_fields_exist(self) -> None:
        for cls in all_classes():
            for name, field in cls.fields.items():
                kind = getattr(field._type, '_obj_name', None)
                if kind:
                    self.assertTrue(hasattr(objects, kind), f'{cls}.{name}')

    def test_lists_hold_their_own_kind(self) -> None:
        for cls in all_classes():
            if not issubclass(cls, ovo_base.ObjectListBase):
                continue
            item = make(cls)[0]
            self.assertEqual(cls.__name__, f'{type(item).__name__}List')
            self.assertRaises(ValueError, cls, objects=[object()])


class ModuleTestCase(test_base.TestCase):

    def test_each_class_is_an_attribute(self) -> None:
        for cls in all_classes():
            self.assertIs(cls, getattr(objects, cls.__name__))

    def test_unknown_attribute(self) -> None:
        for name in ('Nothing', 'nothing'):
            self.assertRaises(AttributeError, getattr, objects, name)

    def test_attributes_need_no_registration(self) -> None:
        code = 'from nova import objects; print(objects.Flavor.__name__)'
        out = subprocess.run([sys.executable, '-W', 'ignore', '-c', code],
                             capture_output=True, text=True, timeout=60)
        self.assertEqual('Flavor', out.stdout.strip(), out.stderr)

    def test_each_module_can_be_imported_first(self) -> None:
        code = ('import importlib, sys\n'
                'importlib.import_module("nova.objects." + sys.argv[1])')
        for name in ('image_meta', 'instance', 'flavor', 'fields', 'numa'):
            out = subprocess.run([sys.executable, '-W', 'ignore', '-c', code, name],
                                 capture_output=True, text=True, timeout=60)
            self.assertEqual(0, out.returncode, out.stderr)


class BaseTestCase(test_base.TestCase):

    def test_plain_values(self) -> None:
        flavors = objects.FlavorList(objects=[
            objects.Flavor(name='a', extra_specs={'x': '1'})])
        self.assertEqual([{'name': 'a', 'extra_specs': {'x': '1'}}],
                         base.obj_to_primitive(flavors))

    def test_other_context_for_a_while(self) -> None:
        flavor = objects.Flavor('one')
        with flavor.obj_alternate_context('two'):
            self.assertEqual('two', flavor._context)
        self.assertEqual('one', flavor._context)

    def test_nothing_to_forget(self) -> None:
        flavor = objects.Flavor(name='a')
        flavor.obj_reset_changes([])
        self.assertEqual({'name'}, flavor.obj_what_changed())
