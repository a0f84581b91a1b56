# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Fetch a distribution kernel and the modules that a small guest needs.

The package is downloaded and unpacked into a work folder, never installed: a
kernel that is installed changes how the machine itself boots.
"""

from collections.abc import Sequence
import dataclasses
import gzip
import lzma
import pathlib
import platform
import re
import struct

from tools.guest_image import packages

#: The meta package of each distribution; what it depends on holds the kernel.
META_PACKAGES = {'debian': 'linux-image-cloud-amd64', 'ubuntu': 'linux-image-virtual'}

#: What the guest loads, in this order. A name that the kernel has built in, or
#: does not have, is passed over.
WANTED_MODULES = (
    'virtio_pci', 'virtio_blk', 'button', 'evdev', 'af_packet', 'ipv6', 'virtio_net',
    'e1000', 'virtio_rng',
    'virtio_balloon', 'virtio_scsi', 'sd_mod', 'ata_piix', 'sr_mod', 'isofs',
    'vfat', 'nls_ascii', 'nls_cp437', 'nls_iso8859_1', 'i6300esb',
)  # fmt: skip


#: Where the boot protocol says how many sectors come before the kernel proper, and
#: where in that the compressed kernel is.
_BOOT_MAGIC = (0x202, b'HdrS')
_SECTORS = struct.Struct('<497xB')
_PAYLOAD = struct.Struct('<584xII')
#: The note of a kernel that can be started without having been compressed: owner of
#: four characters, an address of eight bytes, and its type.
_PVH_NOTE = struct.pack('<III4s', 4, 8, 18, b'Xen')

#: What stands after a signed module, its signature and the description of that.
_SIGNED = b'~Module signature appended~\n'
_DESCRIPTION = struct.Struct('>8xI')

#: Programs that unpack, by what the packed begins with.
_UNPACKERS = {
    b'\x1f\x8b': ['gzip', '-dc'],
    b'\xfd7zXZ': ['xz', '-dc'],
    b'\x28\xb5\x2f\xfd': ['zstd', '-dc'],
    b'\x02!L\x18': ['lz4', '-dc'],
}


@dataclasses.dataclass(frozen=True)
class Kernel:
    """A kernel image and its modules, each with what it depends on before it."""

    release: str
    image: pathlib.Path
    modules: tuple[pathlib.Path, ...]


def fetch(work: pathlib.Path, wanted: Sequence[str] = WANTED_MODULES) -> Kernel:
    """Download and unpack the distribution's kernel for virtual machines.

    :raises: subprocess.CalledProcessError with the output of the failed command
    """
    root = work / 'root'
    for name in _packages(META_PACKAGES[_distribution()]):
        packages.unpack(name, work, root)
    (release_dir,) = _module_root(root).iterdir()
    release = release_dir.name
    packages.run(['depmod', '-b', str(_module_root(root).parents[1]), release])
    return Kernel(
        release=release,
        image=root / 'boot' / f'vmlinuz-{release}',
        modules=load_order(release_dir, wanted),
    )


def load_order(release_dir: pathlib.Path,
               wanted: Sequence[str] = WANTED_MODULES) -> tuple[pathlib.Path, ...]:
    """List the files of the wanted modules, dependencies first, none twice."""
    depends = _read_dependencies(release_dir / 'modules.dep')
    by_name = {_module_name(path): path for path in depends}
    ordered: dict[str, None] = {}
    for name in wanted:
        path = by_name.get(name)
        if path is not None:
            # depmod lists the nearest dependency first
            ordered |= dict.fromkeys([*reversed(depends[path]), path])
    return tuple(release_dir / path for path in ordered)


def read_module(path: pathlib.Path) -> bytes:
    """Give a module as the kernel has it soonest: not compressed, and not signed."""
    return _without_signature(_unpacked(path))


def read_image(path: pathlib.Path) -> bytes:
    """Give a kernel as QEMU starts it soonest: not compressed, if it can be so.

    An emulated processor takes long to unpack it.
    """
    image = path.read_bytes()
    offset, magic = _BOOT_MAGIC
    if image[offset:offset + len(magic)] != magic:
        return image
    (sectors,) = _SECTORS.unpack_from(image)
    start, length = _PAYLOAD.unpack_from(image)
    begin = (sectors + 1) * 512 + start
    plain = _plain(image[begin:begin + length])
    return plain if plain and _PVH_NOTE in plain else image


def _plain(payload: bytes) -> bytes:
    """Unpack a kernel; nothing, if it is packed in an unknown way."""
    for magic, program in _UNPACKERS.items():
        if payload.startswith(magic):
            # Its size may stand behind it, which is garbage to the program.
            return packages.passed_through(program, payload)
    return b''


def _without_signature(module: bytes) -> bytes:
    """Save the guest arithmetic that is slow where a processor is emulated."""
    if not module.endswith(_SIGNED):
        return module
    end = len(module) - len(_SIGNED) - _DESCRIPTION.size
    (size,) = _DESCRIPTION.unpack_from(module, end)
    return module[:end - size]


def _unpacked(path: pathlib.Path) -> bytes:
    if path.suffix == '.xz':
        return lzma.decompress(path.read_bytes())
    if path.suffix == '.gz':
        return gzip.decompress(path.read_bytes())
    if path.suffix == '.zst':
        return packages.run(['zstd', '--decompress', '--stdout', '--quiet', str(path)])
    return path.read_bytes()


def _packages(meta_package: str) -> list[str]:
    """Name the packages behind a meta package: the image, and its modules."""
    images = _depends(meta_package, r'linux-image-\d')
    modules = [name for image in images for name in _depends(image, r'linux-modules-')]
    if not images:
        raise LookupError(f'{meta_package} depends on no kernel package')
    return images + modules


def _depends(package: str, pattern: str) -> list[str]:
    listing = packages.run(['apt-cache', 'depends', '--important', package]).decode()
    names = re.findall(r'^\s*\|?Depends: (\S+)', listing, re.MULTILINE)
    return [name for name in names if re.match(pattern, name)]


def _distribution() -> str:
    release = platform.freedesktop_os_release()
    for name in (release['ID'], *release.get('ID_LIKE', '').split()):
        if name in META_PACKAGES:
            return name
    raise LookupError(f'no kernel package is known for {release["ID"]}')


def _module_root(root: pathlib.Path) -> pathlib.Path:
    merged = root / 'usr' / 'lib' / 'modules'
    return merged if merged.is_dir() else root / 'lib' / 'modules'


def _read_dependencies(modules_dep: pathlib.Path) -> dict[str, list[str]]:
    lines = modules_dep.read_text().splitlines()
    pairs = (line.split(':', 1) for line in lines)
    return {path: depends.split() for path, depends in pairs}


def _module_name(path: str) -> str:
    return pathlib.PurePath(path).name.split('.')[0].replace('-', '_')
