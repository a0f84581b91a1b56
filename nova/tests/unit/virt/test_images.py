# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import os
import struct

from nova import context
from nova import exception
from nova.tests.fixtures import imagefolder
from nova.tests.fixtures import programs
from nova.tests.unit import base
from nova.virt import images

GIB = 1 << 30
DATA_FILE = 1 << 2


def mbr(*partitions: bytes) -> bytes:
    """Return the first sector of a disk with a partition table."""
    return b''.join(partitions).rjust(446 + 16, b'\0').ljust(510, b'\0') + b'\x55\xaa'


LINUX_PARTITION = struct.pack('<B3BB3BII', 0x80, 0, 2, 0, 0x83, 0, 0, 0, 1, 100)


def vmdk(descriptor: str) -> bytes:
    """Return a VMDK file that has a head and a descriptor."""
    head = struct.pack('<4sIIQQQQIQQ', b'KDMV', 1, 3, 2048, 128, 1, 20, 512, 21, 26)
    text = descriptor.encode().ljust(20 * 512, b'\0')
    return head.ljust(512, b'\0') + text + bytes(1 << 20)


VMDK_DESCRIPTOR = """# Disk DescriptorFile
version=1
CID=fffffffe
parentCID=ffffffff
createType="monolithicSparse"

# Extent description
RW 2048 SPARSE "disk.vmdk"
"""


class ImagesTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.path = os.path.join(self.state_path, 'image')

    def write(self, content: bytes, size_bytes: int | None = None) -> None:
        with open(self.path, 'wb') as file:
            file.write(content)
            file.truncate(size_bytes or len(content))

    def inspect(self, declared: str) -> str:
        return images.do_image_deep_inspection(
            {'disk_format': declared}, 'an-image', self.path)

    def assert_refused(self, declared: str, reason: str) -> None:
        error = self.assertRaises(
            exception.ImageUnacceptable, self.inspect, declared)
        self.assertIn('an-image', str(error))
        self.assertIn(reason, str(error))


class TestInspection(ImagesTestCase):

    def test_good_qcow2(self) -> None:
        self.write(programs.qcow2_head(GIB))
        self.assertEqual('qcow2', self.inspect('qcow2'))

    def test_qcow2_with_backing_file(self) -> None:
        self.write(programs.qcow2_head(GIB, backing_file='/etc/passwd'))
        self.assert_refused('qcow2', 'backing file')

    def test_qcow2_with_data_file(self) -> None:
        self.write(programs.qcow2_head(GIB, incompatible_features=DATA_FILE))
        self.assert_refused('qcow2', 'data_file')

    def test_qcow2_with_unknown_features(self) -> None:
        self.write(programs.qcow2_head(GIB, incompatible_features=1 << 60))
        self.assert_refused('qcow2', 'features')

    def test_qcow2_without_size(self) -> None:
        self.write(programs.qcow2_head(0))
        self.assert_refused('qcow2', 'no size')

    def test_raw_of_any_content(self) -> None:
        self.write(b'any content', 1 << 20)
        self.assertEqual('raw', self.inspect('raw'))

    def test_raw_with_partitions(self) -> None:
        self.write(mbr(LINUX_PARTITION), 1 << 20)
        self.assertEqual('raw', self.inspect('raw'))

    def test_raw_that_is_qcow2(self) -> None:
        self.write(programs.qcow2_head(GIB, backing_file='/etc/passwd'))
        self.assert_refused('raw', 'its content is qcow2, not raw')

    def test_qcow2_that_is_raw(self) -> None:
        self.write(b'any content', 1 << 20)
        self.assert_refused('qcow2', 'its content is raw, not qcow2')

    def test_empty_file(self) -> None:
        self.write(b'')
        self.assert_refused('raw', 'empty')

    def test_kernel_is_taken_as_it_is(self) -> None:
        self.write(mbr(b'\xff' * 16), 1 << 20)
        self.assertEqual('raw', self.inspect('aki'))

    def test_unsupported_format(self) -> None:
        self.write(b'content')
        self.assert_refused('ploop', 'ploop is not supported')

    def test_format_that_is_missing(self) -> None:
        self.write(b'content')
        error = self.assertRaises(
            exception.ImageUnacceptable, images.do_image_deep_inspection,
            {}, 'an-image', self.path)
        self.assertIn('not supported', str(error))

    def test_excluded_format(self) -> None:
        self.flags(group='compute', image_type_exclude_list=['qcow2'])
        self.write(programs.qcow2_head(GIB))
        self.assert_refused('qcow2', 'excluded')

    def test_get_image_format(self) -> None:
        self.write(programs.qcow2_head(GIB))
        self.assertEqual('qcow2', images.get_image_format(self.path))
        self.write(mbr(LINUX_PARTITION), 1 << 20)
        self.assertEqual('raw', images.get_image_format(self.path))


class TestVMDK(ImagesTestCase):

    def test_good(self) -> None:
        self.write(vmdk(VMDK_DESCRIPTOR))
        self.assertEqual('vmdk', self.inspect('vmdk'))

    def test_type_that_is_not_allowed(self) -> None:
        self.flags(group='compute', vmdk_allowed_types=['streamOptimized'])
        self.write(vmdk(VMDK_DESCRIPTOR))
        self.assert_refused('vmdk', 'monolithicsparse is not allowed')

    def test_extent_elsewhere(self) -> None:
        self.write(vmdk(VMDK_DESCRIPTOR.replace('"disk.vmdk"', '"/etc/passwd"')))
        self.assert_refused('vmdk', 'extent')

    def test_parent(self) -> None:
        parent = 'parentFileNameHint="/etc/passwd"\n\n# Extent'
        self.write(vmdk(VMDK_DESCRIPTOR.replace('\n# Extent', parent)))
        self.assert_refused('vmdk', 'based on another file')


class TestFetch(ImagesTestCase):

    def setUp(self) -> None:
        super().setUp()
        self.folder = self.useFixture(imagefolder.ImageFolder())
        self.context = context.get_admin_context()

    def test_fetch(self) -> None:
        image_id = self.folder.add(b'content', 'raw')
        images.fetch(self.context, image_id, self.path)
        with open(self.path, 'rb') as file:
            self.assertEqual(b'content', file.read())

    def test_get_info(self) -> None:
        image_id = self.folder.add(b'content', 'raw')
        info = images.get_info(self.context, image_id)
        self.assertEqual('raw', info['disk_format'])

    def test_no_such_image(self) -> None:
        image_id = self.folder.add(b'content', 'raw')
        self.folder.remove(image_id)
        self.assertRaises(exception.ImageNotFound, images.fetch,
                          self.context, image_id, self.path)
        self.assertFalse(os.path.exists(self.path))
