# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Put boot loader, kernel and initramfs on a partitioned disk, without a mount."""

from collections.abc import Mapping
import pathlib
import struct
import subprocess

_SECTOR_BYTES = 512
_FIRST_SECTOR = 2048
_FAT16_LBA = 0x0E
_VOLUME_ID = '74696e79'

#: Where Debian and Ubuntu keep the boot code of the master boot record.
MBR_CODE = pathlib.Path('/usr/lib/SYSLINUX/mbr.bin')


def write(
    raw: pathlib.Path, files: Mapping[str, pathlib.Path], *, size_mb: int
) -> None:
    """Make a raw disk that starts the files' `vmlinuz` by BIOS.

    :param files: name in the root of the FAT partition to file on this machine
    :param size_mb: size of the whole disk, MiB
    """
    sectors = size_mb * 1024 * 1024 // _SECTOR_BYTES - _FIRST_SECTOR
    with raw.open('wb') as disk:
        disk.write(_master_boot_record(MBR_CODE.read_bytes(), sectors))
        disk.truncate(size_mb * 1024 * 1024)
    _format(raw, sectors)
    for name, source in files.items():
        _run(['mcopy', '-m', '-i', _partition(raw), str(source), f'::{name}'])
    offset = str(_FIRST_SECTOR * _SECTOR_BYTES)
    _run(['syslinux', '--install', '--offset', offset, str(raw)])


def to_qcow2(raw: pathlib.Path, qcow2: pathlib.Path) -> None:
    """Convert, with the clusters compressed."""
    _run(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', '-c',
          str(raw), str(qcow2)])  # fmt: skip


def _master_boot_record(code: bytes, sectors: int) -> bytes:
    """Compose sector 0: boot code and one active partition."""
    no_chs = b'\xfe\xff\xff'
    entry = struct.pack('<B3sB3sII', 0x80, no_chs, _FAT16_LBA, no_chs,
                        _FIRST_SECTOR, sectors)  # fmt: skip
    return code[:440].ljust(446, b'\0') + entry.ljust(64, b'\0') + b'\x55\xaa'


def _format(raw: pathlib.Path, sectors: int) -> None:
    _run(['mformat', '-i', _partition(raw), '-T', str(sectors), '-h', '64',
          '-s', '32', '-H', str(_FIRST_SECTOR), '-N', _VOLUME_ID,
          '-v', 'TINY', '::'])  # fmt: skip


def _partition(raw: pathlib.Path) -> str:
    return f'{raw}@@{_FIRST_SECTOR * _SECTOR_BYTES}'


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)
