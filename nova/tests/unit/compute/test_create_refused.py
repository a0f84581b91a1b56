# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a create refuses at once, with nothing recorded."""

from nova import exception
from nova.tests.unit.compute import base

GIB = 1 << 30


class CreateRefusedTest(base.ComputeTestCase):
    """Requests that cannot be fulfilled, whatever happens later."""

    def assert_refused(self, error: type[Exception], message: str,
                       **arguments: object) -> None:
        """Check the refusal, and that it leaves nothing."""
        raised = self.assertRaises(error, self.create, **arguments)
        self.assertIn(message, str(raised))
        self.settle()
        self.assertEqual([], self.api.get_all(self.context))
        self.assertEqual([], self.driver.called('spawn'))

    def change_image(self, **changes: object) -> None:
        """Describe the image in another way."""
        self.images.images[base.IMAGE['id']].update(changes)

    def test_unknown_flavor(self) -> None:
        self.assert_refused(exception.FlavorNotFound, 'nope', flavor_id='nope')

    def test_unknown_image(self) -> None:
        self.assert_refused(exception.ImageNotFound, 'nope', image_id='nope')

    def test_flavor_larger_than_the_host(self) -> None:
        self.start_node(self.driver.__class__(vcpus=1, memory_mb=2048, local_gb=20))
        self.assert_refused(
            exception.ComputeResourcesUnavailable,
            'processors: 8 VCPU requested, 4 of 4 VCPU are free; '
            'memory: 16384 MiB requested, 1536 of 1536 MiB are free; '
            'disk: 160 GiB requested, 20 of 20 GiB are free', flavor_id='5')

    def test_inactive_image(self) -> None:
        self.change_image(status='queued')
        self.assert_refused(exception.ImageNotActive, base.IMAGE['id'])

    def test_image_larger_than_the_disk(self) -> None:
        self.change_image(size=GIB + 1)
        self.assert_refused(exception.FlavorDiskSmallerThanImage, str(GIB + 1))

    def test_image_whose_content_is_larger_than_the_disk(self) -> None:
        self.change_image(virtual_size=2 * GIB)
        self.assert_refused(exception.FlavorDiskSmallerThanImage, str(2 * GIB))

    def test_image_that_needs_a_larger_disk(self) -> None:
        self.change_image(min_disk=2)
        self.assert_refused(exception.FlavorDiskSmallerThanMinDisk, str(2 * GIB))

    def test_image_that_needs_more_memory(self) -> None:
        self.change_image(min_ram=193)
        self.assert_refused(exception.FlavorMemoryTooSmall, 'memory is too small')

    def test_image_just_as_large_as_the_disk(self) -> None:
        self.change_image(size=GIB, min_disk=1, min_ram=192)
        self.built()

    def test_image_with_a_wrong_property(self) -> None:
        self.change_image(properties={'hw_disk_bus': 'punched-cards'})
        self.assert_refused(exception.ImageUnacceptable, 'punched-cards')

    def test_excluded_format(self) -> None:
        self.flags(group='compute', image_type_exclude_list=['qcow2'])
        self.assert_refused(exception.ImageUnacceptable, 'format qcow2')

    def test_data_that_the_guest_would_not_find(self) -> None:
        self.assert_refused(exception.InvalidInput, 'user_data', user_data='YQ==')

    def test_data_on_a_config_drive(self) -> None:
        asked = self.built(user_data='YQ==', config_drive=True)
        self.change_image(properties={'img_config_drive': 'mandatory'})
        of_image = self.built(user_data='YQ==')
        self.change_image(properties={})
        without = self.built()
        self.flags(force_config_drive=True)
        forced = self.built(user_data='YQ==')

        self.assertEqual(['True', 'True', '', 'True'],
                         [self.reload(one).config_drive
                          for one in (asked, of_image, without, forced)])

    def test_zone(self) -> None:
        self.assert_refused(exception.InvalidInput, 'mars', availability_zone='mars')
        self.assert_refused(exception.InvalidInput, 'nova:mars',
                            availability_zone='nova:mars')

    def test_zone_with_this_host(self) -> None:
        self.flags(host='here')
        instance = self.built(availability_zone='nova:here:node')
        self.assertEqual('nova', instance.availability_zone)

    def test_long_name_is_numbered_within_its_limit(self) -> None:
        instances = self.create_several(2, name='x' * 255)
        self.settle()
        self.assertEqual(['x' * 253 + '-1', 'x' * 253 + '-2'],
                         [one.display_name for one in instances])
