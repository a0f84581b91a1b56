# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The driver alone, in the test's own process, on the libvirt of this machine."""

from collections.abc import Iterator
import contextlib
import os
import pathlib
import random
import re
import shutil
import socket
import tempfile
from typing import Any

import fixtures
import libvirt
import netaddr
from oslo_concurrency import lockutils
from oslo_config import fixture as config_fixture
import pyroute2

from nova import context
from nova import objects
import nova.conf
from nova.image import local
from nova.network import model
from nova.tests.fixtures import instances
from nova.tests.functional import images
from nova.tests.functional import shell
from nova.virt import virtapi
from nova.virt.libvirt import driver
from nova.virt.libvirt import netdevices

URI = 'qemu:///system'
_PINGS, _PING_ROUNDS = 3, 5


class Bridge(fixtures.Fixture):
    """A Linux bridge of a test's own, with an address that guests can reach."""

    def _setUp(self) -> None:
        self.name = f'nfb{random.getrandbits(32):08x}'
        self.prefix = _unused_prefix()
        self.gateway = f'{self.prefix}.1'
        self.devices = netdevices.NetDevices()
        self.addCleanup(self.devices.delete, self.name)
        self.devices.add_bridge(self.name)
        with pyroute2.IPRoute() as kernel:
            (index,) = kernel.link_lookup(ifname=self.name)
            kernel.addr('add', index=index, address=self.gateway, prefixlen=24)

    def ports(self) -> list[str]:
        return self.devices.ports(self.name)

    def network(self, **meta: Any) -> model.Network:
        return model.Network(id='5b3ee6a1-0000-4000-8000-000000000001', label='test',
                             bridge=self.name, **meta)

    def vif(self, number: int, **said: Any) -> model.VIF:
        """Return the VIF of address `number` in this network.

        :param said: what the network service says of the port
        """
        address = f'{self.prefix}.{number}'
        subnet = model.Subnet(
            cidr=f'{self.prefix}.0/24', gateway=model.IP(address=self.gateway),
            ips=[model.FixedIP(address=address)])
        network = self.network()
        network.add_subnet(subnet)
        octets = [random.randrange(256) for _ in range(3)]
        mac_addr = 'fa:16:3e:' + ':'.join(f'{octet:02x}' for octet in octets)
        port_id = f'{random.getrandbits(32):08x}-0000-4000-8000-{number:012x}'
        return model.VIF(id=port_id, address=mac_addr, type=model.VIF_TYPE_BRIDGE,
                         devname=f'nft{port_id}'[:model.NIC_NAME_LEN],
                         network=network, **said)


def _unused_prefix() -> str:
    with pyroute2.IPRoute() as kernel:
        used = {address.get_attr('IFA_ADDRESS').rpartition('.')[0]
                for address in kernel.get_addr(family=socket.AF_INET)}
    return random.choice([prefix for number in range(256)
                          if (prefix := f'198.18.{number}') not in used])


class Hypervisor(fixtures.Fixture):
    """A driver with a folder of its own; in the end its guests are gone."""

    def _setUp(self) -> None:
        # QEMU runs as another user, who must be able to enter.
        self.state = pathlib.Path(
            tempfile.mkdtemp(prefix='nova-functional-', dir='/var/lib'))
        self.addCleanup(shutil.rmtree, self.state)
        self.state.chmod(0o755)
        self._configure()
        # No compute service stands behind the driver.
        self.useFixture(fixtures.MonkeyPatch(
            'nova.db.api.service_get', lambda **criteria: None))
        lockutils.set_defaults(str(self.state / 'locks'))
        self._add_image()
        self.connection = libvirt.open(URI)
        self.addCleanup(self.connection.close)
        self.addCleanup(self._remove_domains)
        self.driver = self.make_driver()

    def _configure(self) -> None:
        config = self.useFixture(config_fixture.Config(nova.conf.CONF))
        config.load_raw_values()
        self.prefix = f'{self.state.name}-'
        config.config(state_path=str(self.state),
                      instance_name_template=f'{self.prefix}%08x')
        config.config(group='libvirt', virt_type='qemu', connection_uri=URI)

    def _add_image(self) -> None:
        path = pathlib.Path(nova.conf.CONF.standalone.images_path)
        path.mkdir(parents=True)
        folder = images.ImageFolder(path)
        folder.add_tiny()
        folder.add_idle()
        self.image_meta = objects.ImageMeta.from_dict({
            'id': _image_id(path, 'tiny'), 'disk_format': 'qcow2',
            'properties': images.tiny_properties()})
        self.idle_image_meta = objects.ImageMeta.from_dict(
            {'id': _image_id(path, images.IDLE), 'disk_format': 'raw'})

    def make_driver(self) -> driver.LibvirtDriver:
        """Start one more driver, as after a restart."""
        made = driver.LibvirtDriver(virtapi.VirtAPI())
        self.addCleanup(made.cleanup_host, 'here')
        made.init_host('here')
        return made

    def an_instance(self) -> 'objects.Instance':
        """Return an instance that has no guest yet."""
        said = images.tiny_properties()
        return instances.make(self.image_meta.id, kernel_id=said['kernel_id'],
                              ramdisk_id=said['ramdisk_id'])

    def start(self, *vifs: model.VIF) -> 'Server':
        """Start a guest."""
        return self._start(self.an_instance(), self.image_meta, *vifs)

    def start_idle(self) -> 'Server':
        """Start a guest with nothing to boot, for who does not look into it."""
        instance = instances.make(self.idle_image_meta.id)
        return self._start(instance, self.idle_image_meta)

    def _start(self, instance: 'objects.Instance', image_meta: 'objects.ImageMeta',
               *vifs: model.VIF) -> 'Server':
        self.driver.spawn(context.get_admin_context(), instance, image_meta, [],
                          None, {}, network_info=model.NetworkInfo(vifs))
        server = Server(self, instance, list(vifs))
        self.addCleanup(server.close)
        return server

    def filters(self) -> list[str]:
        """Give the names of the network filters of this test's guests."""
        names = [found.name() for found in self.connection.listAllNWFilters()]
        return sorted(name for name in names if self.prefix in name)

    def clear_filter(self, name: str) -> None:
        """Let a filter let everything through, for the guests that use it too."""
        uuid = self.connection.nwfilterLookupByName(name).UUIDString()
        self.connection.nwfilterDefineXML(
            f"<filter name='{name}'><uuid>{uuid}</uuid></filter>")

    def diagnostics(self) -> dict[str, str]:
        """Give what helps to understand a failure, by name."""
        found = {}
        for domain in self.connection.listAllDomains():
            if domain.name().startswith(self.prefix):
                found[f'{domain.name()}.xml'] = domain.XMLDesc()
        for name in self.filters():
            found[f'{name}.xml'] = self.connection.nwfilterLookupByName(name).XMLDesc()
        for path in self.state.glob('instances/*/console.log'):
            found[f'{path.parent.name}.console'] = path.read_text(errors='replace')
        return found

    def domain(self, uuid: str) -> libvirt.virDomain:
        return self.connection.lookupByUUIDString(uuid)

    def _remove_domains(self) -> None:
        for domain in self.connection.listAllDomains():
            if domain.name().startswith(self.prefix):
                with contextlib.suppress(libvirt.libvirtError):
                    domain.destroy()
                domain.undefine()
        for name in self.filters():
            self.connection.nwfilterLookupByName(name).undefine()


class Server:
    """An instance whose guest runs, and a shell in it."""

    def __init__(self, hypervisor: Hypervisor, instance: 'objects.Instance',
                 vifs: list[model.VIF]) -> None:
        self._hypervisor = hypervisor
        self.instance = instance
        self.vifs = vifs
        self.shell = shell.Shell(self._terminal())

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.shell.close()

    @property
    def domain(self) -> libvirt.virDomain:
        return self._hypervisor.domain(self.instance.uuid)

    @property
    def mac(self) -> str:
        return str(self.vifs[0]['address'])

    @property
    def ip(self) -> str:
        return str(self.vifs[0].fixed_ips()[0]['address'])

    @property
    def link_local(self) -> str:
        return str(netaddr.EUI(self.mac).ipv6_link_local())

    def configure(self, card: str = 'eth0', vif: model.VIF | None = None) -> None:
        """Give a card of the guest its address."""
        address = (vif or self.vifs[0]).fixed_ips()[0]['address']
        self.shell.run(f'ip link set {card} up; ip address add {address}/24 dev {card}')

    def ping(self, address: str, source: str | None = None) -> int:
        """Ask three times, and return how many answers the guest gets.

        A busy machine may lose or delay one of them, but not each time.
        """
        for _ in range(_PING_ROUNDS):
            received = self._ping(address, source)
            if received in (0, _PINGS):
                break
        return received

    def _ping(self, address: str, source: str | None) -> int:
        own = f'-I {source}' if source else ''
        _status, output = self.shell.attempt(
            f'ping -c {_PINGS} -i 0.2 -W 1 {own} {address}')
        received = re.search(r'(\d+) packets received', output)
        assert received, output
        return int(received[1])

    def send(self, *frames: bytes) -> None:
        for frame in frames:
            self.shell.run(f'frames send eth0 {frame.hex()}')

    @contextlib.contextmanager
    def watching(self) -> Iterator['Watch']:
        """Write down all frames that come in."""
        self.shell.run('rm -f /tmp/seen; frames watch eth0 > /tmp/seen & watch=$!; '
                       'until grep -q watching /tmp/seen; do usleep 20000; done')
        try:
            yield Watch(self.shell)
        finally:
            self.shell.attempt('kill $watch; wait $watch')

    def destroy(self) -> None:
        self._hypervisor.driver.destroy(
            context.get_admin_context(), self.instance, model.NetworkInfo(self.vifs))

    def _terminal(self) -> str:
        found = re.search(r"<serial type='pty'>\s*<source path='(/dev/pts/\d+)'",
                          self.domain.XMLDesc())
        assert found, self.domain.XMLDesc()
        return found[1]


class Watch:
    """The frames that a guest has received since it began to watch."""

    def __init__(self, inside: shell.Shell) -> None:
        self._shell = inside

    def count(self, tag: bytes) -> int:
        return int(self._shell.attempt(f'grep -c {tag.hex()} /tmp/seen')[1])

    def wait_for(self, tag: bytes) -> None:
        """Wait until a frame has come in."""
        self._shell.run(
            f'until grep -q {tag.hex()} /tmp/seen; do usleep 20000; done')


def _image_id(folder: pathlib.Path, name: str) -> str:
    (found,) = [image.id for image in local.LocalStore(str(folder)).get_all()
                if image.name == name]
    return found


def why_not() -> str | None:
    """Say why this machine cannot run these tests; None if it can."""
    if os.geteuid() != 0:
        return 'networks need root'
    for program in ('ebtables', 'iptables'):
        if not shutil.which(program, path=f'{os.environ["PATH"]}:/usr/sbin:/sbin'):
            return f'{program} is not installed'
    return None
