# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A guest on a fake libvirt, with the host that tells of its events."""

from typing import Any

from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.fixtures.libvirt import agent as fake_agent
from nova.tests.fixtures.libvirt.record import DomainRecord
from nova.tests.unit import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import guest as libvirt_guest
from nova.virt.libvirt import host as libvirt_host


class GuestTestCase(base.TestCase):
    """A test with a guest that runs, with one disk and a channel for an agent."""

    def setUp(self) -> None:
        super().setUp()
        self.libvirt = self.useFixture(fakelibvirt.FakeLibvirt())
        self.events: list[Any] = []
        self.host = libvirt_host.Host(
            'qemu:///fake', lifecycle_event_handler=self.events.append,
            guest_factory=self._make_guest, opener=self.libvirt.open)
        self.addCleanup(self.host.cleanup)
        self.host.initialize()
        self.guest = libvirt_guest.Guest.create(_describe().to_xml(), self.host)
        self.guest.launch()
        self.hypervisor, self.faults = self.libvirt.hypervisor, self.libvirt.faults

    def _make_guest(self, domain: Any) -> libvirt_guest.Guest:
        return libvirt_guest.Guest(domain, self.host)

    @property
    def record(self) -> DomainRecord:
        """What the fake knows of the guest."""
        return self.hypervisor.find(self.guest.uuid)

    def vda(self) -> vconfig.LibvirtConfigGuestDisk:
        """Return a description of the guest's disk."""
        return vconfig.LibvirtConfigGuestDisk(
            source_type='file', source_path='/nowhere/vda', target_dev='vda',
            target_bus='virtio')


def _describe() -> vconfig.LibvirtConfigGuest:
    conf = vconfig.LibvirtConfigGuest(
        virt_type='qemu', name='guest', uuid='5f6a1b00-52a7-4f2e-9a57-2f41e1ae1f0c',
        memory=65536, vcpus=2, vcpu_current=1, os_type='hvm')
    conf.add_device(vconfig.LibvirtConfigGuestDisk(
        source_type='file', source_path='/disks/vda', driver_name='qemu',
        driver_format='qcow2', target_dev='vda', target_bus='virtio'))
    conf.add_device(vconfig.LibvirtConfigGuestChannel(
        type='unix', target_type='virtio', target_name=fake_agent.CHANNEL))
    return conf
