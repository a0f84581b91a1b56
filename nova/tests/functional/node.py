# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A nova-compute of a test's own: its process, folder, port and guests."""

from collections.abc import Iterator, Mapping
import contextlib
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from typing import Any

import fixtures
import libvirt

from nova.tests import CONCURRENCY
from nova.tests.fixtures import ports
from nova.tests.functional import images
from nova.tests.functional import rest
from nova.tests.functional import waiting

_START_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 60

Options = Mapping[str, Mapping[str, Any]]


class Node(fixtures.Fixture):
    """Start nova-compute; in the end nothing of it or of its guests is left.

    :param options: configuration on top of the usual, by group and name
    :param environment: variables for nova-compute on top of this process's own
    :param prefix: what to start nova-compute with, such as nsenter
    """

    def __init__(
        self,
        options: Options | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        prefix: tuple[str, ...] = (),
        uri: str | None = None,
    ) -> None:
        self._options: dict[str, dict[str, Any]] = {}
        self._initial = options or {}
        self._environment = dict(environment or {})
        self._prefix = prefix
        self.uri = uri or default_uri()
        self.process: subprocess.Popen[bytes] | None = None

    def _setUp(self) -> None:
        self.state = _state_folder()
        self.addCleanup(self._remove_everything)
        self.log = self.state / 'nova-compute.log'
        self.instances = self.state / 'instances'
        self.images = images.ImageFolder(self.state / 'images')
        self.images.path.mkdir()
        self.images.add_tiny()
        self.images.add_idle()
        self.port = ports.free()
        self.conf = self.state / 'nova.conf'
        self.set_options(self._usual())
        self.set_options(self._initial)

    def set_options(self, options: Options) -> None:
        """Write more options to nova.conf, for the next start."""
        for group, values in options.items():
            self._options.setdefault(group, {}).update(values)
        self.conf.write_text('\n'.join(_ini_lines(self._options)))

    def declare_networks(self, text: str) -> pathlib.Path:
        """Write the file of networks, for the next start; return its path."""
        path: pathlib.Path = self.state / 'networks.yaml'
        path.write_text(text)
        self.set_options({'standalone': {'networks_file': path}})
        return path

    def _usual(self) -> Options:
        return {
            'DEFAULT': {
                'compute_driver': 'libvirt.LibvirtDriver',
                'state_path': self.state,
                'instances_path': self.instances,
                'debug': True,
                'concurrency_backend': CONCURRENCY,
                'cpu_allocation_ratio': 64,
                # libvirt's names are shared with the nodes of other test processes
                'instance_name_template': f'{self.state.name}-%08x',
            },
            'libvirt': {'connection_uri': self.uri, 'virt_type': 'qemu'},
            'standalone': {'listen_port': self.port},
        }

    @property
    def api(self) -> rest.RestApi:
        secret = (self.state / 'api-secret').read_text().strip()
        return rest.RestApi(f'http://127.0.0.1:{self.port}', 'admin', secret)

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for anything."""
        environment = {**os.environ, **self._environment}
        with self.log.open('ab') as log:
            self.process = subprocess.Popen(
                [*self._prefix, *_compute_command(), '--config-file', str(self.conf)],
                cwd=images.CHECKOUT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.process

    def start(self) -> None:
        """Start the process and wait until it serves.

        :raises AssertionError: with its log, if it ends or takes too long
        """
        process = self.launch()
        waiting.until(
            lambda: process.poll() is not None or self._serves(),
            _START_TIMEOUT_S,
            'nova-compute serves',
        )
        if process.poll() is not None:
            raise AssertionError(f'nova-compute ended: {self.log.read_text()}')

    def stop(self) -> int:
        """End the process as an operator does; return its exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(_STOP_TIMEOUT_S)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def reload(self) -> None:
        """Let the process read the file of networks again."""
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """End the process and its helpers at once, as a power cut would."""
        if self.process is None or not self.is_running():
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def boot(self, name: str = 'guest', **server: Any) -> str:
        """Make a server, and return when libvirt has started its guest."""
        server_id = self.create(name, **server)
        self.api.wait_for_status(server_id, 'ACTIVE')
        return server_id

    def create(self, name: str = 'guest', *, image: str = 'tiny',
               **server: Any) -> str:
        """Ask for a server and return its id.

        :param image: name of its image
        :raises requests.HTTPError: if it is refused
        """
        server['imageRef'] = server.get('imageRef') or self.image_id(image)
        server['flavorRef'] = server.get('flavorRef') or self.flavor_id('m1.nano')
        answer = self.api.create(name=name, **server)
        answer.raise_for_status()
        server_id: str = answer.json()['server']['id']
        return server_id

    def image_id(self, name: str) -> str:
        listing = self.api.get('/images', rest.IMAGE)['images']
        (found,) = [image['id'] for image in listing if image['name'] == name]
        return str(found)

    def flavor_id(self, name: str) -> str:
        listing = self.api.get('/flavors')['flavors']
        (found,) = [flavor['id'] for flavor in listing if flavor['name'] == name]
        return str(found)

    @contextlib.contextmanager
    def libvirt(self) -> Iterator[libvirt.virConnect]:
        connection = libvirt.open(self.uri)
        try:
            yield connection
        finally:
            connection.close()

    def domains(self) -> dict[str, str]:
        """Find the domains of this node: uuid to XML."""
        with self.libvirt() as connection:
            documents = {d.UUIDString(): _xml(d) for d in connection.listAllDomains()}
        return {uuid: xml for uuid, xml in documents.items() if str(self.state) in xml}

    def filters(self) -> list[str]:
        """Find the network filters of this node's servers; a session has none."""
        with self.libvirt() as connection:
            try:
                names = connection.listNWFilters()
            except libvirt.libvirtError:
                return []
        return [name for name in names if self.state.name in name]

    def processes(self) -> list[str]:
        """Find QEMU processes of this node, by their command line."""
        lines = []
        for path in pathlib.Path('/proc').glob('[0-9]*/cmdline'):
            with contextlib.suppress(OSError):
                lines.append(path.read_bytes().replace(b'\0', b' ').decode())
        return [
            line for line in lines
            if line.startswith('/usr/bin/qemu') and str(self.instances) in line
        ]  # fmt: skip

    def instance_files(self) -> list[str]:
        """Find what instances have on disk; cache and locks are no instance's."""
        if not self.instances.is_dir():
            return []
        return [
            str(path) for path in self.instances.iterdir()
            if path.name not in ('_base', 'locks', 'compute_nodes')
        ]  # fmt: skip

    def rows(self, server_id: str) -> list[str]:
        """Find the tables whose rows mention a server."""
        database = sqlite3.connect(f'file:{self.state}/nova.sqlite?mode=ro', uri=True)
        with contextlib.closing(database):
            tables = database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            )
            return [t for (t,) in tables if _mentions(database, t, server_id)]

    def leftovers(self, *server_ids: str) -> dict[str, Any]:
        """Collect whatever the host still has of the node's servers."""
        found = {
            'domains': sorted(self.domains()),
            'processes': self.processes(),
            'files': self.instance_files(),
            'filters': self.filters(),
            'rows': [row for uuid in server_ids for row in self.rows(uuid)],
        }
        return {what: things for what, things in found.items() if things}

    def diagnostics(self) -> dict[str, str]:
        """Give what helps to understand a failure, by name."""
        found = {'nova-compute.log': _tail(self.log)}
        with contextlib.suppress(libvirt.libvirtError):
            for uuid, xml in self.domains().items():
                found[f'{uuid}.xml'] = xml
        for path in self.instances.glob('*/console.log'):
            found[f'{path.parent.name}.console'] = _tail(path)
        return found

    def _serves(self) -> bool:
        try:
            return self.api.request('GET', '/servers').status_code == 200
        except OSError:  # no secret yet, or nobody listens (requests' own is one)
            return False

    def _remove_everything(self) -> None:
        self.kill()
        with contextlib.suppress(libvirt.libvirtError), self.libvirt() as connection:
            for domain in connection.listAllDomains():
                if str(self.state) in _xml(domain):
                    _remove(domain)
        shutil.rmtree(self.state)


def default_uri() -> str:
    return 'qemu:///system' if os.geteuid() == 0 else 'qemu:///session'


def _state_folder() -> pathlib.Path:
    """Make a folder that the user of QEMU may enter."""
    parent = '/var/lib' if os.geteuid() == 0 else None
    path = pathlib.Path(tempfile.mkdtemp(prefix='nova-functional-', dir=parent))
    path.chmod(0o755)
    return path


def _compute_command() -> list[str]:
    installed = pathlib.Path(sys.executable).with_name('nova-compute')
    if installed.exists():
        return [str(installed)]
    code = 'import sys; from nova.cmd import compute; sys.exit(compute.main())'
    return [sys.executable, '-c', code]


def _ini_lines(settings: Options) -> Iterator[str]:
    for group, values in settings.items():
        yield f'[{group}]'
        yield from (f'{name} = {value}' for name, value in values.items())


def _xml(domain: libvirt.virDomain) -> str:
    try:
        xml: str = domain.XMLDesc()
    except libvirt.libvirtError:  # it went away after it was listed
        return ''
    return xml


def _remove(domain: libvirt.virDomain) -> None:
    with contextlib.suppress(libvirt.libvirtError):
        domain.destroy()
    with contextlib.suppress(libvirt.libvirtError):
        domain.undefine()


def _mentions(database: sqlite3.Connection, table: str, text: str) -> bool:
    rows = database.execute(f'SELECT * FROM "{table}"')
    return any(text == value for row in rows for value in row)


def _tail(path: pathlib.Path, size: int = 40_000) -> str:
    if not path.exists():
        return ''
    lines = path.read_text(errors='replace').splitlines(keepends=True)
    # a test asks over and over while it waits
    return ''.join(line for line in lines if 'nova.api.app' not in line)[-size:]
