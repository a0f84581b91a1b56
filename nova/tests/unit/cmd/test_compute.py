# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The program as a process of its own, on a hypervisor in memory."""

import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from typing import Any, TextIO

from nova.cmd import compute
from nova.tests.fixtures import ports
from nova.tests.unit import base

_DEADLINE_S = 60

#: nova-compute, with a driver that needs no libvirt.
_PROGRAM = '''
import sys
from nova.cmd import compute
from nova import monkey_patch
real = monkey_patch.patch
FLAGS = ('--no-hypervisor', '--hung-hypervisor', '--stuck-thread')
without, hung, stuck = (flag in sys.argv for flag in FLAGS)
sys.argv = [one for one in sys.argv if one not in FLAGS]
def patch(backend):
    real(backend)
    from nova.tests.fixtures import fake_driver
    from nova.virt import driver
    if stuck:
        import os
        import eventlet
        from eventlet import patcher, tpool
    if without:
        from nova import exception
        def unavailable(self, host):
            if stuck:
                never, self._keep = os.pipe()
                eventlet.spawn(tpool.execute, patcher.original('os').read, never, 1)
                eventlet.sleep(0)
            raise exception.HypervisorUnavailable('no libvirt at qemu:///nowhere')
        fake_driver.FakeDriver.init_host = unavailable
    if hung:
        import threading
        def hang(self, host):
            print('waiting for the hypervisor', flush=True)
            threading.Event().wait()
        fake_driver.FakeDriver.init_host = hang
    driver.load_compute_driver = lambda virtapi: fake_driver.FakeDriver()
monkey_patch.patch = patch
sys.exit(compute.main())
'''

#: What it says once it does what the test wants to see.
_READY = ('nova-compute is ready', 'waiting for the hypervisor')


class Process:
    """A nova-compute, its log, and what it says on stderr."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, '-c', _PROGRAM, *arguments], text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.log: list[str] = []
        self.errors: list[str] = []
        self._ready = threading.Event()
        self._said = threading.Condition()
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.log)),
            threading.Thread(target=self._read,
                             args=(self.process.stderr, self.errors))]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: TextIO, lines: list[str]) -> None:
        for line in stream:
            with self._said:
                lines.append(line.rstrip())
                self._said.notify_all()
            if any(words in line for words in _READY):
                self._ready.set()
        self._ready.set()

    def wait_until_ready(self) -> None:
        """Return when it serves, or fail with what it printed."""
        if not self._ready.wait(_DEADLINE_S) or self.process.poll() is not None:
            raise AssertionError('\n'.join([*self.log, *self.errors]))

    def wait_for(self, words: str) -> None:
        """Return when its log has them."""
        with self._said:
            if not self._said.wait_for(lambda: any(words in line for line in self.log),
                                       _DEADLINE_S):
                raise AssertionError('\n'.join([words, *self.log, *self.errors]))

    def wait(self) -> int:
        """Return the exit code."""
        code = self.process.wait(_DEADLINE_S)
        for reader in self._readers:
            reader.join(_DEADLINE_S)
        return code

    def end(self) -> None:
        """Leave nothing of it."""
        self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()


class ComputeTestCase(base.TestCase):
    """Has a configuration file and starts programs with it."""

    backend = 'eventlet'

    def setUp(self) -> None:
        super().setUp()
        self.port = ports.free()
        self.path = os.path.join(self.state_path, 'nova.conf')
        self.write({})

    def write(self, standalone: dict[str, Any], **default: Any) -> None:
        """Write the configuration."""
        default = {'state_path': self.state_path, 'concurrency_backend': self.backend,
                   **default}
        standalone = {'listen_port': self.port, **standalone}
        with open(self.path, 'w', encoding='utf-8') as stream:
            for group, options in (('DEFAULT', default), ('standalone', standalone)):
                lines = [f'{name} = {value}' for name, value in options.items()]
                stream.write('\n'.join([f'[{group}]', *lines, '']))

    def start(self, *arguments: str) -> Process:
        """Start the program."""
        process = Process('--config-file', self.path, *arguments)
        self.addCleanup(process.end)
        return process

    def get(self, path: str) -> Any:
        """Ask the API."""
        with open(os.path.join(self.state_path, 'api-secret'),
                  encoding='utf-8') as stream:
            secret = stream.read().strip()
        token = base64.b64encode(f'admin:{secret}'.encode()).decode()
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        with contextlib.closing(connection):
            connection.request('GET', path, headers={'Authorization': f'Basic {token}'})
            return json.loads(connection.getresponse().read())


class ServeTest(ComputeTestCase):
    """Start, serve and stop."""

    def test_serves_and_stops_within_seconds(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            process = self.start()
            process.wait_until_ready()
            self.assertEqual({'servers': []}, self.get('/compute/v2.1/servers'))
            hypervisors = self.get('/compute/v2.1/os-hypervisors')['hypervisors']
            self.assertEqual('fake-node', hypervisors[0]['hypervisor_hostname'])
            started = time.monotonic()
            process.process.send_signal(number)
            self.assertEqual(0, process.wait(), process.log)
            self.assertLess(time.monotonic() - started, 10)
            self.assertIn('has stopped', process.log[-1])
            self.assertEqual([], process.errors)

    def test_reads_the_networks_again(self) -> None:
        path = os.path.join(self.state_path, 'networks.yaml')
        self.write({'networks_file': path})
        process = self.start_with_networks(path, 'networks: []')
        lan = '{name: lan, bridge: br0, subnets: [{cidr: 192.0.2.0/28}]}'
        for text, said, names in (
                (f'networks: [{lan}]', 'was read again', ['lan']),
                ('networks: [lan]', "'lan' is not", ['lan'])):
            self.write_file(path, text)
            process.process.send_signal(signal.SIGHUP)
            process.wait_for(said)
            networks = self.get('/network/v2.0/networks')['networks']
            self.assertEqual(names, [network['name'] for network in networks])
        process.process.send_signal(signal.SIGTERM)
        self.assertEqual(0, process.wait(), process.log)

    def start_with_networks(self, path: str, text: str) -> Process:
        self.write_file(path, text)
        process = self.start()
        process.wait_until_ready()
        return process

    @staticmethod
    def write_file(path: str, text: str) -> None:
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write(text)

    def test_start_that_hangs_can_be_ended(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            process = self.start('--hung-hypervisor')
            process.wait_until_ready()
            # Told to read its files again, it goes on.
            process.process.send_signal(signal.SIGHUP)
            process.process.send_signal(number)
            self.assertEqual(-number, process.wait(), process.log)

    def test_leaves_private_files_only(self) -> None:
        process = self.start()
        process.wait_until_ready()
        for name in ('api-secret', 'clouds.yaml', 'nova.sqlite'):
            mode = os.stat(os.path.join(self.state_path, name)).st_mode
            self.assertEqual(0, mode & 0o077, name)

    def test_killed_it_can_start_again(self) -> None:
        first = self.start()
        first.wait_until_ready()
        first.process.kill()
        first.wait()
        self.start().wait_until_ready()


class ServeWithThreadsTest(ServeTest):
    """The same with native threads."""

    backend = 'threading'


class RefusalTest(ComputeTestCase):
    """What keeps it from starting, told in one line."""

    def assert_refused(self, *said: str, arguments: tuple[str, ...] = ()) -> None:
        """Check exit code and the only line."""
        process = self.start(*arguments)
        code = process.wait()
        self.assertEqual((1, 1), (code, len(process.errors)), process.errors)
        self.assertTrue(process.errors[0].startswith('nova-compute: '))
        for words in said:
            self.assertIn(words, process.errors[0])
        self.assertNotIn('Traceback', '\n'.join(process.log))

    def test_second_on_the_same_state_folder(self) -> None:
        first = self.start()
        first.wait_until_ready()
        self.write({'listen_port': ports.free()})
        self.assert_refused('Another nova-compute', str(first.process.pid),
                            self.state_path)
        self.assertEqual({'servers': []}, self.get('/compute/v2.1/servers'))

    def test_port_in_use(self) -> None:
        with contextlib.closing(socket.create_server(('127.0.0.1', self.port))):
            self.assert_refused(f'127.0.0.1:{self.port}')

    def test_database_of_a_newer_release(self) -> None:
        with contextlib.closing(sqlite3.connect(
                os.path.join(self.state_path, 'nova.sqlite'))) as database:
            database.execute('CREATE TABLE alembic_version (version_num TEXT)')
            database.execute("INSERT INTO alembic_version VALUES ('9999')")
            database.commit()
        self.assert_refused('nova.sqlite', '9999')

    def test_file_that_is_no_database(self) -> None:
        with open(os.path.join(self.state_path, 'nova.sqlite'), 'wb') as stream:
            stream.write(b'not a database' * 100)
        self.assert_refused('nova.sqlite', 'not a database')

    def test_broken_flavors_file(self) -> None:
        path = os.path.join(self.state_path, 'flavors.yaml')
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write('flavors: [{name: a, id: a, vcpus: -3, ram: 1, disk: 1}]')
        self.write({'flavors_file': path})
        self.assert_refused(path, 'vcpus', '-3')

    def test_hypervisor_not_running(self) -> None:
        self.assert_refused('qemu:///nowhere', arguments=('--no-hypervisor',))

    def test_hypervisor_that_never_answers(self) -> None:
        self.assert_refused('qemu:///nowhere',
                            arguments=('--no-hypervisor', '--stuck-thread'))

    def test_wrong_value_in_the_configuration(self) -> None:
        self.write({'listen_port': 'http'})
        self.assert_refused('listen_port', 'http')

    def test_wrong_value_that_is_used_late(self) -> None:
        self.write({}, max_concurrent_builds='many')
        self.assert_refused('max_concurrent_builds', 'many')

    def test_wrong_backend(self) -> None:
        self.write({}, concurrency_backend='asyncio')
        self.assert_refused('concurrency_backend', 'asyncio')

    def test_missing_configuration(self) -> None:
        os.unlink(self.path)
        self.assert_refused(self.path)

    def test_state_folder_that_cannot_be_made(self) -> None:
        self.write({}, state_path=f'{self.path}/state')
        self.assert_refused('state_path', f'{self.path}/state')

    def test_broken_clouds_file(self) -> None:
        path = os.path.join(self.state_path, 'mine.yaml')
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write('[')
        self.write({'clouds_file': path})
        self.assert_refused(path)


class ArgumentsTest(base.TestCase):
    """Which configuration file is read."""

    def test_named(self) -> None:
        for arguments in (['--config-file', 'x'], ['--config-file=x', '--debug']):
            self.assertEqual(arguments, compute.with_config_file(arguments))

    def test_default(self) -> None:
        self.patch(compute, '_DEFAULT_FOLDERS', ('/nonexistent', self.state_path))
        self.assertEqual(['-d'], compute.with_config_file(['-d']))
        path = os.path.join(self.state_path, 'nova.conf')
        with open(path, 'w', encoding='utf-8'):
            pass
        self.assertEqual(['--config-file', path, '-d'],
                         compute.with_config_file(['-d']))
