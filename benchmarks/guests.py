# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Many real guests that do nothing: paused, tiny, with a qcow2 disk each."""

from collections.abc import Iterator
import contextlib
import json
import os
import shutil
import subprocess
import uuid

import libvirt

from nova.virt.libvirt import config

PREFIX = 'bench-'
_DISK = '1G'


class Guests:
    """Guests as instances have them, in a folder for each.

    :param folder: where the instances are.
    """

    def __init__(self, conn: libvirt.virConnect, folder: str) -> None:
        self._conn = conn
        self._folder = folder
        self._template = os.path.join(folder, 'template.qcow2')
        self.uuids: list[str] = []

    def grow_to(self, count: int) -> None:
        """Start guests until there are so many."""
        if not os.path.exists(self._template):
            subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', self._template,
                            _DISK], check=True)
        while len(self.uuids) < count:
            self._start(str(uuid.uuid4()))

    def _start(self, guest: str) -> None:
        folder = os.path.join(self._folder, guest)
        os.mkdir(folder)
        disk = os.path.join(folder, 'disk')
        shutil.copy(self._template, disk)
        os.chmod(disk, 0o666)
        with open(os.path.join(folder, 'disk.info'), 'w', encoding='utf-8') as record:
            json.dump({disk: 'qcow2'}, record)
        domain = self._conn.defineXML(_describe(guest, disk).to_xml())
        self.uuids.append(guest)
        domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)

    def remove(self) -> None:
        """Remove all of them, also those that an earlier run has left."""
        for domain in self._conn.listAllDomains():
            if not domain.name().startswith(PREFIX):
                continue
            with contextlib.suppress(libvirt.libvirtError):
                domain.destroy()
            with contextlib.suppress(libvirt.libvirtError):
                domain.undefine()


def _describe(guest: str, disk: str) -> config.LibvirtConfigGuest:
    conf = config.LibvirtConfigGuest(
        virt_type='qemu', uuid=guest, name=PREFIX + guest, memory=8 * 1024, vcpus=1,
        os_type='hvm', os_arch='x86_64', os_mach_type='pc')
    conf.add_device(config.LibvirtConfigGuestDisk(
        driver_name='qemu', driver_format='qcow2', source_path=disk, target_dev='vda',
        target_bus='virtio'))
    conf.add_device(config.LibvirtConfigGuestUSBHostController(model='none'))
    balloon = config.LibvirtConfigMemoryBalloon()
    balloon.model = 'none'
    conf.add_device(balloon)
    return conf


@contextlib.contextmanager
def running(conn: libvirt.virConnect, folder: str) -> Iterator[Guests]:
    """Give guests to a block, and remove them afterwards."""
    guests = Guests(conn, folder)
    guests.remove()
    try:
        yield guests
    finally:
        guests.remove()
