# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The parts of the tiny image that need no packages."""

import gzip
import io
import lzma
import pathlib
import struct
import subprocess
import sys
import tempfile

import testtools

from tools.guest_image import agent
from tools.guest_image import compiler
from tools.guest_image import cpio
from tools.guest_image import kernel


class ArchiveTest(testtools.TestCase):

    def test_layout(self) -> None:
        buffer = io.BytesIO()
        archive = cpio.Archive(buffer)
        archive.file('a', b'hello', executable=True)
        archive.close()

        written = buffer.getvalue()

        header = b'070701' + b'00000001' + b'000081ED' + b'0' * 16 + b'00000001'
        self.assertEqual(header, written[: len(header)])
        self.assertEqual(b'00000005', written[54:62])  # file size
        self.assertEqual(b'a\0', written[110:112])
        self.assertEqual(b'hello\0\0\0', written[112:120])
        self.assertIn(b'TRAILER!!!\0', written)
        self.assertEqual(0, len(written) % 4)

    def test_same_input_same_bytes(self) -> None:
        self.assertEqual(self._archive(), self._archive())

    def _archive(self) -> bytes:
        buffer = io.BytesIO()
        archive = cpio.Archive(buffer)
        archive.directory('dev')
        archive.character_device('dev/console', 5, 1)
        archive.symlink('sh', 'busybox')
        archive.close()
        return buffer.getvalue()


class CompilerTest(testtools.TestCase):

    def test_program_runs_and_is_the_same_each_time(self) -> None:
        source = self._source('int main(void) { return 7; }')
        program = source.with_suffix('')
        program.write_bytes(compiler.static(source))
        program.chmod(0o755)

        self.assertEqual(7, subprocess.run([program], check=False).returncode)
        self.assertEqual(program.read_bytes(), compiler.static(source))

    def test_warnings_are_errors(self) -> None:
        source = self._source('int main(void) { int unused; return 0; }')

        error = self.assertRaises(
            subprocess.CalledProcessError, compiler.static, source)

        self.assertIn(b'unused', error.stderr)

    def _source(self, text: str) -> pathlib.Path:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        source = pathlib.Path(folder.name) / 'program.c'
        source.write_text(text)
        return source


class LoadOrderTest(testtools.TestCase):

    def test_dependencies_first_and_once(self) -> None:
        release = self._release(
            'k/virtio_pci.ko: k/virtio_ring.ko k/virtio.ko',
            'k/virtio_blk.ko.xz: k/virtio_ring.ko k/virtio.ko',
            'k/virtio_ring.ko: k/virtio.ko',
            'k/virtio.ko:',
            'k/unwanted.ko:',
        )

        names = [path.name for path in kernel.load_order(release)]

        self.assertEqual(
            ['virtio.ko', 'virtio_ring.ko', 'virtio_pci.ko', 'virtio_blk.ko.xz'], names
        )

    def test_other_modules_than_the_usual(self) -> None:
        release = self._release('k/virtio_pci.ko:', 'k/virtio_console.ko:')

        names = [path.name for path in kernel.load_order(release, ['virtio_console'])]

        self.assertEqual(['virtio_console.ko'], names)

    def test_dash_or_underscore(self) -> None:
        release = self._release('k/virtio-rng.ko.zst:')

        (path,) = kernel.load_order(release)

        self.assertEqual('virtio-rng.ko.zst', path.name)

    def _release(self, *lines: str) -> pathlib.Path:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        release = pathlib.Path(folder.name)
        (release / 'modules.dep').write_text('\n'.join([*lines, '']))
        return release


class LibrariesTest(testtools.TestCase):

    def test_loader_stays_where_the_kernel_looks_for_it(self) -> None:
        found = agent.libraries(pathlib.Path(sys.executable).resolve())
        places = sorted(agent.place(path) for path in found)

        self.assertIn('lib/libc.so.6', places)
        self.assertIn('lib64/ld-linux-x86-64.so.2', places)


class ReadModuleTest(testtools.TestCase):

    def test_compressed(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for suffix, compress in (('.xz', lzma.compress), ('.gz', gzip.compress)):
            path = pathlib.Path(folder.name) / f'm.ko{suffix}'
            path.write_bytes(compress(b'code'))

            self.assertEqual(b'code', kernel.read_module(path))

    def test_signature_is_left_out(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / 'm.ko'
        description = bytes(8) + len(b'signature').to_bytes(4, 'big')
        path.write_bytes(b'code' + b'signature' + description
                         + b'~Module signature appended~\n')

        self.assertEqual(b'code', kernel.read_module(path))


class ReadImageTest(testtools.TestCase):

    startable = b'\x7fELF' + struct.pack('<III4s', 4, 8, 18, b'Xen') + b'code'

    def read(self, payload: bytes, magic: bytes = b'HdrS') -> tuple[bytes, bytes]:
        """Return an image that holds something packed, and what is read of it."""
        header = bytearray(2 * 512)
        header[497] = 1
        header[0x202:0x206] = magic
        header[584:592] = struct.pack('<II', 3, len(payload))
        image = bytes(header) + b'...' + payload + b'behind'
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / 'vmlinuz'
        path.write_bytes(image)
        return image, kernel.read_image(path)

    def test_unpacked(self) -> None:
        for name, pack in (('gzip', gzip.compress), ('xz', lzma.compress)):
            _image, found = self.read(pack(self.startable) + b'size')

            self.assertEqual(self.startable, found, name)

    def test_left_as_it_is(self) -> None:
        packed = gzip.compress(self.startable)
        for why, arguments in (
                ('unknown packer', (self.startable,)),
                ('cannot be started unpacked', (gzip.compress(b'\x7fELF'),)),
                ('other boot protocol', (packed, b'none'))):
            image, found = self.read(*arguments)

            self.assertEqual(image, found, why)
