# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Config drives hold what they were given, and who gets one."""

import io
import os

import pycdlib

from nova import exception
from nova.tests.unit import base
from nova.tests.unit.virt import builders
from nova.virt import configdrive


class FakeMetadata:
    """The files of an instance."""

    def __init__(self, **files: bytes) -> None:
        self.files = {path.replace('__', '/'): data for path, data in files.items()}

    def metadata_for_config_drive(self) -> list[tuple[str, bytes]]:
        """Return them."""
        return list(self.files.items())


class MakeDriveTest(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.path = os.path.join(self.state_path, 'drive')

    def make(self, **files: bytes) -> None:
        """Make a drive."""
        with configdrive.ConfigDriveBuilder(FakeMetadata(**files)) as builder:
            builder.make_drive(self.path)

    def read(self, **path: str) -> bytes:
        """Return a file of the drive."""
        disc = pycdlib.PyCdlib()
        disc.open(self.path)
        self.addCleanup(disc.close)
        self.assertEqual(b'config-2', disc.pvd.volume_identifier.strip())
        content = io.BytesIO()
        disc.get_file_from_iso_fp(content, **path)
        return content.getvalue()

    def test_files_with_both_extensions(self) -> None:
        files = {'openstack__latest__meta_data.json': b'{}', 'ec2__user-data': b'',
                 'openstack__2012-08-10__Some.long.NAME-with.many.parts': b'x' * 5000}
        self.make(**files)

        for path, content in files.items():
            path = f'/{path.replace("__", "/")}'
            self.assertEqual(content, self.read(rr_path=path))
            self.assertEqual(content, self.read(joliet_path=path))

    def test_its_owner_alone_can_read_it(self) -> None:
        umask = os.umask(0)
        self.addCleanup(os.umask, umask)
        self.make(one=b'1')
        self.assertEqual(0o600, os.stat(self.path).st_mode & 0o7777)

    def test_other_formats(self) -> None:
        self.flags(config_drive_format='vfat')
        self.assertRaises(exception.ConfigDriveUnknownFormat, self.make)
        self.assertFalse(os.path.exists(self.path))


class RequiredTest(base.TestCase):

    def assert_required(self, expected: bool, **values: object) -> None:
        """Check whether an instance gets a drive, and knows about it."""
        instance = builders.instance(**values)
        self.assertEqual(expected, configdrive.required_by(instance))
        configdrive.update_instance(instance)
        self.assertEqual('True' if expected else '', instance.config_drive)

    def test_any_of_three(self) -> None:
        self.assert_required(False)
        self.assert_required(True, config_drive='True')
        self.assert_required(
            True, system_metadata={'image_img_config_drive': 'mandatory'})
        self.assert_required(
            False, system_metadata={'image_img_config_drive': 'optional'})
        self.flags(force_config_drive=True)
        self.assert_required(True)
