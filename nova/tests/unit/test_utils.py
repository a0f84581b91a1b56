# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Small functions that the driver and the service share."""

import types

import hypothesis
from hypothesis import strategies

from nova import exception
from nova import utils
from nova.tests.unit import base


class HostnameTestCase(base.TestCase):

    def test_examples(self) -> None:
        for name, hostname in (('My Server', 'my-server'), ('.a_b.', 'a-b'),
                               ('<&"\'\n>', 'fallback'), ('été', 't')):
            self.assertEqual(hostname, utils.sanitize_hostname(name, 'fallback'))

    @hypothesis.given(strategies.text())
    def test_always_a_host_name(self, name: str) -> None:
        self.assertRegex(utils.sanitize_hostname(name, 'server-1'),
                         r'^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$')


class IntegerTestCase(base.TestCase):

    def test_bounds(self) -> None:
        self.assertEqual(3, utils.validate_integer('3', 'vcpus', 1, 3))
        for value in ('4', 0, 'x', None, '1.5'):
            error = self.assertRaises(
                exception.InvalidInput, utils.validate_integer, value, 'vcpus', 1, 3)
            self.assertIn('vcpus', str(error))


class SystemMetadataTestCase(base.TestCase):

    def test_round_trip(self) -> None:
        image = {'min_disk': 1, 'min_ram': 64, 'disk_format': 'qcow2',
                 'container_format': 'bare', 'name': 'not kept',
                 'properties': {'hw_disk_bus': 'sata', 'os_type': None}}
        flavor = types.SimpleNamespace(root_gb=20)
        kept = utils.get_image_from_system_metadata(
            utils.get_system_metadata_from_image(image, flavor))
        self.assertEqual(
            {'min_disk': 20, 'min_ram': 64, 'disk_format': 'qcow2',
             'container_format': 'bare',
             'properties': {'hw_disk_bus': 'sata', 'os_type': None}}, kept)

    @hypothesis.given(strategies.text(), strategies.integers(0, 80))
    def test_truncation_never_breaks_a_character(self, text: str, size: int) -> None:
        cut = utils.safe_truncate(text, size)
        self.assertTrue(text.startswith(cut))
        self.assertLessEqual(len(cut.encode()), size)
