# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The base of contracts of Guest: a guest without an operating system, and its host."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from nova.tests.contract import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import guest as libvirt_guest
from nova.virt.libvirt import host as libvirt_host


class GuestContract(base.BackendTestCase):
    """A test with one guest, defined and off, and a folder for its disks."""

    def setUp(self) -> None:
        super().setUp()
        self.folder = _folder()
        self.addCleanup(shutil.rmtree, self.folder)
        self.host = libvirt_host.Host(
            self.backend.uri, guest_factory=self._make_guest, opener=self.opener)
        self.addCleanup(self.host.cleanup)
        self.host.initialize()
        self.conf = self.describe()
        self.guest = libvirt_guest.Guest.create(self.conf.to_xml(), self.host)

    def _make_guest(self, domain):
        return libvirt_guest.Guest(domain, self.host)

    def describe(self) -> vconfig.LibvirtConfigGuest:
        """Return the description of this test's guest: a disk and a controller."""
        conf = vconfig.LibvirtConfigGuest(
            virt_type=self.backend.virt_type, name=self.name, uuid=self.uuid,
            memory=64 * 1024, vcpus=2, vcpu_current=1, os_type='hvm',
            os_mach_type='pc')
        conf.add_feature(vconfig.LibvirtConfigGuestFeatureACPI())
        conf.add_device(vconfig.LibvirtConfigGuestController(
            type='scsi', index=0, model='virtio-scsi'))
        conf.add_device(self.disk('vda'))
        return conf

    def let_guest_ignore_us(self) -> None:
        """Have a guest that does nothing of what it is asked to.

        Where there is no system in it, it cannot do anything else.
        """
        if self.hypervisor is not None:
            self.hypervisor.guests_obey = False

    def disk(self, target: str, bus: str = 'virtio', size_mb: int = 1,
             ) -> vconfig.LibvirtConfigGuestDisk:
        """Make the file of a disk and return its description."""
        path = self.folder / f'{target}.qcow2'
        subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', path, f'{size_mb}M'],
                       check=True)
        return vconfig.LibvirtConfigGuestDisk(
            source_type='file', source_path=str(path), driver_name='qemu',
            driver_format='qcow2', target_dev=target, target_bus=bus)


def parent_folder() -> str | None:
    """Return where folders are made that the user of QEMU may enter."""
    return '/var/lib' if os.geteuid() == 0 else None


def _folder() -> pathlib.Path:
    """Make a folder that the user of QEMU may enter."""
    path = pathlib.Path(tempfile.mkdtemp(prefix='nova-contract-', dir=parent_folder()))
    path.chmod(0o755)
    return path
