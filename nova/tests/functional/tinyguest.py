# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Guests that boot in a second or two, for what can be done with a Guest.

Kernel and initramfs are given to QEMU directly.  In the guest are a shell on the
serial console and QEMU's agent; what QEMU says of it is asked over another connection
than that of the Host under test.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
from typing import Any
import uuid as uuid_lib

import fixtures
import libvirt
import libvirt_qemu
import testtools
from testtools import content

from nova.tests.functional import images
from nova.tests.functional import node as node_lib
from nova.tests.functional import shell
from nova.tests.functional import waiting
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import guest as libvirt_guest
from nova.virt.libvirt import host as libvirt_host

AGENT_CHANNEL = 'org.qemu.guest_agent.0'
MEMORY_KB = 128 * 1024


def is_running(process: int) -> bool:
    return pathlib.Path(f'/proc/{process}/exe').exists()


def assert_holds(disk: vconfig.LibvirtConfigGuestDisk, data: bytes) -> None:
    """Check with qemu-img what a disk begins with, which no guest has open."""
    path = pathlib.Path(f'{disk.source_path}.begin')
    subprocess.run(
        ['qemu-img', 'dd', '-f', disk.driver_format, '-O', 'raw', 'bs=64k',
         f'count={-(-len(data) // 65536)}', f'if={disk.source_path}', f'of={path}'],
        check=True, capture_output=True)
    found = path.read_bytes()[:len(data)]
    path.unlink()
    assert found == data, found[:80]


class Hypervisor(fixtures.Fixture):
    """A Host in this process, and a folder that QEMU may enter.

    In the end its guests are gone, whatever they were doing.
    """

    def __init__(self, uri: str | None = None) -> None:
        self.uri = uri or node_lib.default_uri()
        #: Events that the Host has told of.
        self.events: list[Any] = []

    def _setUp(self) -> None:
        parent = '/var/lib' if os.geteuid() == 0 else None
        self.folder = pathlib.Path(
            tempfile.mkdtemp(prefix='nova-functional-', dir=parent))
        self.addCleanup(shutil.rmtree, self.folder)
        self.folder.chmod(0o755)
        self.boot_files = self._boot_files()
        self.connection = libvirt.open(self.uri)
        self.addCleanup(self.connection.close)
        self.host = libvirt_host.Host(
            self.uri, lifecycle_event_handler=self.events.append,
            guest_factory=self._make_guest)
        self.addCleanup(self.host.cleanup)
        self.host.initialize()
        self.tinies: list[Tiny] = []
        self.addCleanup(self._remove_all)

    def _boot_files(self) -> pathlib.Path:
        # A checkout may be where the user of QEMU may not enter.
        folder = self.folder / 'boot'
        shutil.copytree(images.boot_files(), folder)
        return folder

    def _make_guest(self, domain: libvirt.virDomain) -> libvirt_guest.Guest:
        return libvirt_guest.Guest(domain, self.host)

    def _remove_all(self) -> None:
        for tiny in self.tinies:
            tiny.remove()

    def describe(self, *devices: Any, cmdline: str = '', **more: Any,
                 ) -> vconfig.LibvirtConfigGuest:
        """Describe a guest with a console, a channel for an agent, and a balloon.

        :param cmdline: more for its kernel.
        :param more: other attributes of the description.
        """
        uuid = str(uuid_lib.uuid4())
        conf = vconfig.LibvirtConfigGuest(
            virt_type='qemu', uuid=uuid, name=f'{self.folder.name}-{uuid[:8]}',
            memory=MEMORY_KB, vcpus=1, os_type='hvm', os_mach_type='pc',
            os_kernel=str(self.boot_files / 'vmlinuz'),
            os_initrd=str(self.boot_files / 'initrd'),
            os_cmdline=f'{images.QUICK} {cmdline}'.strip())
        for name, value in more.items():
            setattr(conf, name, value)
        conf.add_feature(vconfig.LibvirtConfigGuestFeatureACPI())
        for device in (vconfig.LibvirtConfigGuestController(type='usb', model='none'),
                       vconfig.LibvirtConfigGuestSerial(type='pty'),
                       vconfig.LibvirtConfigGuestChannel(
                           type='unix', source_mode='bind', target_type='virtio',
                           target_name=AGENT_CHANNEL),
                       vconfig.LibvirtConfigMemoryBalloon(
                           # Else the guest shows no less memory than it had.
                           model='virtio', autodeflate=False), *devices):
            conf.add_device(device)
        return conf

    def make(self, conf: vconfig.LibvirtConfigGuest) -> 'Tiny':
        """Define a guest, which is off."""
        guest = libvirt_guest.Guest.create(conf.to_xml(), self.host)
        tiny = Tiny(self.connection, guest)
        self.tinies.append(tiny)
        return tiny

    def adopt(self, uuid: str) -> 'Tiny':
        """Take over a guest that has come from elsewhere, with its console."""
        domain = self.host.get_connection().lookupByUUIDString(uuid)
        tiny = Tiny(self.connection, self._make_guest(domain))
        self.tinies.append(tiny)
        tiny.connect()
        return tiny

    def has(self, uuid: str) -> bool:
        """Tell whether there is such a domain."""
        return uuid in [domain.UUIDString()
                        for domain in self.connection.listAllDomains()]

    def boot(self, *devices: Any, cmdline: str = '', **more: Any) -> 'Tiny':
        """Start a guest, and return when its shell and its agent are there."""
        tiny = self.make(self.describe(*devices, cmdline=cmdline, **more))
        tiny.guest.launch()
        tiny.connect().wait_until_up()
        tiny.wait_for_agent()
        return tiny

    def disk(self, target: str, size_mb: int = 8,
             **more: Any) -> vconfig.LibvirtConfigGuestDisk:
        """Make the file of a disk, and return its description."""
        path = self.image(f'{target}.qcow2', size_mb)
        said = {'source_type': 'file', 'driver_name': 'qemu', 'driver_format': 'qcow2',
                'target_bus': 'virtio', 'source_path': str(path), **more}
        return vconfig.LibvirtConfigGuestDisk(target_dev=target, **said)

    def image(self, name: str, size_mb: int) -> pathlib.Path:
        path = self.folder / name
        subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', path, f'{size_mb}M'],
                       check=True)
        return path


class Tiny:
    """A guest: as the project sees it, from inside, and as QEMU has it."""

    def __init__(self, connection: libvirt.virConnect,
                 guest: libvirt_guest.Guest) -> None:
        self._connection = connection
        self.guest = guest
        self._shell: shell.Shell | None = None

    @property
    def domain(self) -> libvirt.virDomain:
        """The domain, over a connection that nobody tests."""
        return self._connection.lookupByUUIDString(self.guest.uuid)

    # From inside

    def connect(self) -> shell.Shell:
        """Open the console of the guest, which has a new one at each start."""
        self.disconnect()
        found = re.search(r"<serial type='pty'>\s*<source path='(/dev/pts/\d+)'",
                          self.domain.XMLDesc())
        assert found, self.domain.XMLDesc()
        self._shell = shell.Shell(found[1])
        return self._shell

    def disconnect(self) -> None:
        if self._shell is not None:
            with contextlib.suppress(OSError):
                self._shell.close()
        self._shell = None

    @property
    def shell(self) -> shell.Shell:
        assert self._shell is not None, 'there is no console yet'
        return self._shell

    def run(self, command: str, timeout_s: float = 30) -> str:
        """Run a command in the guest, and return what it prints."""
        return self.shell.run(command, timeout_s)

    def wait_inside(self, condition: str, timeout_s: float = 30) -> None:
        """Wait until a condition of the guest's shell holds."""
        self.run(f'until {condition}; do usleep 20000; done', timeout_s)

    def wait_for_agent(self) -> None:
        """Wait until the agent has opened its channel, as libvirt has heard."""
        waiting.until(lambda: "state='connected'" in self.domain.XMLDesc(), 30,
                      'the agent is there')

    # From QEMU

    def qmp(self, command: str, **arguments: Any) -> Any:
        """Ask QEMU something, and return its answer."""
        asked = json.dumps({'execute': command, 'arguments': arguments})
        return json.loads(
            libvirt_qemu.qemuMonitorCommand(self.domain, asked, 0))['return']

    def ask_agent(self, command: str) -> Any:
        """Ask the agent in the guest, and return its answer."""
        asked = json.dumps({'execute': command})
        return json.loads(
            libvirt_qemu.qemuAgentCommand(self.domain, asked, 10, 0))['return']

    def qemu_status(self) -> str:
        """Return what QEMU says the machine does: running, paused and so on."""
        status: str = self.qmp('query-status')['status']
        return status

    def block(self, target: str) -> Any:
        """Return what QEMU says of a disk."""
        alias = next(disk.alias for disk in self.guest.get_all_disks()
                     if disk.target_dev == target)
        return next(each for each in self.qmp('query-block')
                    if f'/{alias}/' in each['qdev'] or each['qdev'] == alias)

    @property
    def pid(self) -> int:
        """Number of the process of QEMU."""
        for path in pathlib.Path('/proc').glob('[0-9]*/cmdline'):
            with contextlib.suppress(OSError):
                words = path.read_bytes().split(b'\0')
                if self.guest.uuid.encode() in words:
                    return int(path.parent.name)
        raise AssertionError(f'no process of guest {self.guest.uuid}')

    def remove(self) -> None:
        """Remove the domain, whatever it does."""
        self.disconnect()
        for call in ('destroy', 'managedSaveRemove', 'undefine'):
            with contextlib.suppress(libvirt.libvirtError):
                getattr(self.domain, call)()


class TinyGuestTestCase(testtools.TestCase):
    """Give a hypervisor; a failed test shows its domains."""

    def setUp(self) -> None:
        super().setUp()
        # errors are exceptions here; libvirt would print each on stderr as well
        libvirt.registerErrorHandler(lambda *_: None, None)
        self.make_hypervisors()

    def make_hypervisors(self) -> None:
        self.hypervisor = self.make_hypervisor(node_lib.default_uri())

    def make_hypervisor(self, uri: str) -> Hypervisor:
        try:
            libvirt.open(uri).close()
        except libvirt.libvirtError as error:
            self.skipTest(f'{uri} does not answer: {error}')
        hypervisor: Hypervisor = self.useFixture(Hypervisor(uri))
        self.addOnException(lambda _error: self._attach_domains(hypervisor))
        return hypervisor

    def _attach_domains(self, hypervisor: Hypervisor) -> None:
        for tiny in hypervisor.tinies:
            with contextlib.suppress(libvirt.libvirtError):
                self.addDetail(f'{tiny.domain.name()}.xml',
                               content.text_content(tiny.domain.XMLDesc()))
