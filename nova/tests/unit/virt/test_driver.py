# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import inspect
import sys
import types

import fixtures

from nova.tests.unit import base
from nova.virt import driver
from nova.virt import event
from nova.virt import virtapi

UUID = '6ce9ba9b-7c1b-4d67-9f0c-0a1b2c3d4e5f'


class OneNode(driver.ComputeDriver):
    """A driver of one node with two instances."""

    def get_available_nodes(self, refresh: bool = False) -> list[str]:
        return ['here', 'added'] if refresh else ['here']

    def list_instances(self) -> list[str]:
        return ['one', 'two']


class FakeInstance:
    uuid, name = UUID, 'two'


class TestComputeDriver(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.driver = OneNode(virtapi.VirtAPI())
        self.events: list[event.Event] = []

    def test_everything_optional_is_off(self) -> None:
        self.assertEqual({False}, set(driver.ComputeDriver.capabilities.values()))

    def test_every_capability_has_a_known_name(self) -> None:
        self.assertLess(set(driver.CAPABILITY_TRAITS_MAP),
                        set(driver.ComputeDriver.capabilities))

    def test_capabilities_as_traits(self) -> None:
        self.driver.capabilities = {
            **driver.NO_CAPABILITIES, 'supports_multiattach': True}
        traits = self.driver.capabilities_as_traits()
        self.assertEqual(['COMPUTE_VOLUME_MULTI_ATTACH'],
                         [name for name, has in traits.items() if has])
        self.assertEqual(len(driver.CAPABILITY_TRAITS_MAP), len(traits))

    def test_what_a_driver_leaves_out(self) -> None:
        self.assertRaises(NotImplementedError, self.driver.pause, FakeInstance())

    def test_every_method_tells_what_it_is_for(self) -> None:
        for name, method in inspect.getmembers(
                driver.ComputeDriver, inspect.isfunction):
            if not name.startswith('_'):
                self.assertTrue(method.__doc__, name)

    def test_nodes(self) -> None:
        self.assertTrue(self.driver.node_is_available('here'))
        self.assertTrue(self.driver.node_is_available('added'))
        self.assertFalse(self.driver.node_is_available('elsewhere'))
        self.assertTrue(self.driver.is_node_deleted('elsewhere'))
        self.assertFalse(self.driver.is_node_deleted('here'))

    def test_instances(self) -> None:
        self.assertEqual(2, self.driver.get_num_instances())
        self.assertTrue(self.driver.instance_exists(FakeInstance()))

    def test_instances_by_uuid(self) -> None:
        self.driver.list_instance_uuids = lambda: []
        self.assertFalse(self.driver.instance_exists(FakeInstance()))

    def emit(self, transition: int = event.EVENT_LIFECYCLE_STOPPED) -> event.Event:
        emitted = event.LifecycleEvent(UUID, transition)
        self.driver.emit_event(emitted)
        return emitted

    def test_events(self) -> None:
        self.emit()
        self.driver.register_event_listener(self.events.append)
        emitted = [self.emit(), self.emit(event.EVENT_LIFECYCLE_STARTED)]
        self.assertEqual(emitted, self.events)
        self.driver.register_event_listener(None)
        self.emit()
        self.assertEqual(emitted, self.events)

    def test_listener_that_fails(self) -> None:
        def fail(emitted: event.Event) -> None:
            self.events.append(emitted)
            raise ValueError('injected')
        self.driver.register_event_listener(fail)
        emitted = [self.emit(), self.emit()]
        self.assertEqual(emitted, self.events)
        self.assertIn('injected', self.logs.output)

    def test_what_is_no_event(self) -> None:
        self.driver.register_event_listener(self.events.append)
        self.assertRaises(ValueError, self.driver.emit_event, 'stopped')
        self.assertEqual([], self.events)


class TestBlockDeviceInfo(base.TestCase):

    def test_nothing(self) -> None:
        for info in (None, {}):
            self.assertIsNone(driver.block_device_info_get_root_device(info))
            self.assertEqual([], driver.block_device_info_get_image(info))
            self.assertEqual([], driver.block_device_info_get_ephemerals(info))
            self.assertEqual([], driver.block_device_info_get_mapping(info))
            swap = driver.block_device_info_get_swap(info)
            self.assertFalse(driver.swap_is_usable(swap))

    def test_everything(self) -> None:
        swap = {'device_name': '/dev/vdb', 'swap_size': 64}
        info = {'root_device_name': '/dev/vda', 'image': [1], 'swap': swap,
                'ephemerals': [2], 'block_device_mapping': [3]}
        self.assertEqual(
            ('/dev/vda', [1], swap, [2], [3]),
            (driver.block_device_info_get_root_device(info),
             driver.block_device_info_get_image(info),
             driver.block_device_info_get_swap(info),
             driver.block_device_info_get_ephemerals(info),
             driver.block_device_info_get_mapping(info)))
        self.assertTrue(driver.swap_is_usable(swap))


class TestLoadComputeDriver(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        module = types.ModuleType('nova.virt.a_driver')
        module.OneNode, module.Other = OneNode, dict
        self.useFixture(fixtures.MonkeyPatch('sys.modules', {
            **sys.modules, 'nova.virt.a_driver': module}))

    def assert_refused(self, name: str, reason: str) -> None:
        self.flags(compute_driver=name)
        refused = self.assertRaises(
            SystemExit, driver.load_compute_driver, virtapi.VirtAPI())
        self.assertIn(reason, refused.code)
        self.assertNotIn('\n', refused.code)

    def test_configured(self) -> None:
        self.flags(compute_driver='a_driver.OneNode')
        virt_api = virtapi.VirtAPI()
        loaded = driver.load_compute_driver(virt_api)
        self.assertIsInstance(loaded, OneNode)
        self.assertIs(virt_api, loaded.virtapi)

    def test_given(self) -> None:
        loaded = driver.load_compute_driver(virtapi.VirtAPI(), 'a_driver.OneNode')
        self.assertIsInstance(loaded, OneNode)

    def test_not_configured(self) -> None:
        refused = self.assertRaises(
            SystemExit, driver.load_compute_driver, virtapi.VirtAPI())
        self.assertIn('compute_driver is not set', refused.code)

    def test_no_such_module(self) -> None:
        self.assert_refused('missing.Driver', 'missing.Driver')

    def test_no_such_class(self) -> None:
        self.assert_refused('a_driver.Missing', 'a_driver.Missing')

    def test_no_driver(self) -> None:
        self.assert_refused('a_driver.Other', 'is no ComputeDriver')
