# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The server: many at once, slow ones, large ones, and its end."""

import concurrent.futures
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from typing import Any
from unittest import mock

import nova
from nova import exception
from nova.api import wsgi
from nova.tests.unit import base

_UNDER_EVENTLET = '''
import nova.monkey_patch
nova.monkey_patch.patch('eventlet')
import threading, time, eventlet
from eventlet.green import socket
from nova.api import wsgi
from nova.tests.unit.api import test_wsgi

server = wsgi.Server(test_wsgi.Slow(50), '127.0.0.1', 0, threads=50)
server.start()

def ask(number):
    sock = socket.create_connection(('127.0.0.1', server.port), 10)
    sock.sendall(b'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')
    answer = b''
    while data := sock.recv(4096):
        answer += data
    return answer.startswith(b'HTTP/1.1 200')

pool = eventlet.GreenPool(50)
assert all(pool.imap(ask, range(50)))
server.stop()
server.wait()
print('stopped', threading.active_count())
'''


class Slow:
    """An application that answers once enough requests are in it together."""

    def __init__(self, together: int) -> None:
        self._barrier = threading.Barrier(together)

    def __call__(self, environ: dict[str, Any],
                 start_response: Any) -> list[bytes]:
        self._barrier.wait(30)
        start_response('200 OK', [('Content-Length', '2')])
        return [b'ok']


def _echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [environ['PATH_INFO'].encode('latin-1')]


class ServerTest(base.TestCase):
    """A server on a free port of loopback."""

    def start(self, app: wsgi.App = _echo, **kwargs: Any) -> wsgi.Server:
        """Return a server that is stopped when the test ends."""
        server = wsgi.Server(app, '127.0.0.1', 0, **kwargs)
        server.start()
        self.addCleanup(server.wait)
        self.addCleanup(server.stop)
        return server

    def connect(self, server: wsgi.Server) -> socket.socket:
        """Return a connection that times out."""
        sock = socket.create_connection(('127.0.0.1', server.port), 20)
        self.addCleanup(sock.close)
        return sock

    def get(self, server: wsgi.Server) -> int:
        """Return the status of a request."""
        connection = http.client.HTTPConnection(
            '127.0.0.1', server.port, timeout=20)
        try:
            connection.request('GET', '/hello')
            return connection.getresponse().status
        finally:
            connection.close()

    def test_serves(self) -> None:
        self.assertEqual(200, self.get(self.start()))

    def test_fifty_at_once(self) -> None:
        server = self.start(Slow(50), threads=50)
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            statuses = list(pool.map(self.get, [server] * 50))
        self.assertEqual([200] * 50, statuses)

    def test_fifty_at_once_under_eventlet(self) -> None:
        root = os.path.dirname(os.path.dirname(nova.__file__))
        result = subprocess.run(
            [sys.executable, '-W', 'ignore', '-c', _UNDER_EVENTLET], cwd=root,
            capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual('stopped 1\n', result.stdout, result.stderr)

    def test_more_than_there_are_threads(self) -> None:
        server = self.start(threads=2)
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            self.assertEqual([200] * 20,
                             list(pool.map(self.get, [server] * 20)))

    def test_a_port_in_use(self) -> None:
        server = self.start()
        other = wsgi.Server(_echo, '127.0.0.1', server.port)
        error = self.assertRaises(exception.SocketPortInUseException,
                                  other.start)
        self.assertIn('127.0.0.1', str(error))
        self.assertIn(str(server.port), str(error))
        self.assertTrue(str(error).endswith('Address already in use'))
        self.assertEqual(200, self.get(server))

    def test_an_address_of_others(self) -> None:
        error = self.assertRaises(
            exception.SocketPortInUseException,
            wsgi.Server(_echo, '192.0.2.1', 18999).start)
        self.assertIn('192.0.2.1:18999', str(error))

    def test_stops_and_lets_go_of_the_port(self) -> None:
        server = self._start_on_a_chosen_port()
        port = server.port
        self.assertEqual(200, self.get(server))
        server.stop()
        server.wait()
        names = [thread.name for thread in threading.enumerate()]
        self.assertNotIn('api-server', names)
        self.assertEqual([], [name for name in names if 'CP Server' in name])
        again = wsgi.Server(_echo, '127.0.0.1', port)
        again.start()
        self.addCleanup(again.stop)
        self.assertEqual(200, self.get(again))

    def _start_on_a_chosen_port(self) -> wsgi.Server:
        # A port that the kernel chose (0) cannot be taken again at once.
        with socket.create_server(('127.0.0.1', 0)) as free:
            port = free.getsockname()[1]
        server = wsgi.Server(_echo, '127.0.0.1', port)
        try:
            server.start()
        except exception.SocketPortInUseException:  # somebody was faster
            return self._start_on_a_chosen_port()
        return server

    def test_stopping_twice_or_unstarted_is_harmless(self) -> None:
        server = wsgi.Server(_echo, '127.0.0.1', 0)
        server.stop()
        server.wait()
        server.start()
        server.stop()
        server.stop()
        server.wait()

    def test_stop_lets_a_running_request_end(self) -> None:
        entered, leave = threading.Event(), threading.Event()

        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            entered.set()
            leave.wait(20)
            return _echo(environ, start_response)

        server = self.start(app)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            status = pool.submit(self.get, server)
            entered.wait(20)
            stopped = pool.submit(server.stop)
            leave.set()
            self.assertEqual(200, status.result(20))
            stopped.result(20)

    def test_huge_headers(self) -> None:
        sock = self.connect(self.start())
        sock.sendall(b'GET / HTTP/1.1\r\nHost: a\r\nX-A: '
                     + b'a' * (wsgi.MAX_HEADERS + 1024))
        self.assertIn(b' 413 ', sock.recv(4096))

    def test_huge_request_line(self) -> None:
        sock = self.connect(self.start())
        sock.sendall(b'GET /' + b'a' * (wsgi.MAX_HEADERS + 1024))
        self.assertIn(b' 414 ', sock.recv(4096))

    def test_body_that_is_not_read_does_not_lose_the_answer(self) -> None:
        sock = self.connect(self.start())
        body = b'a' * 1000000
        sock.sendall(b'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n'
                     % len(body) + body)
        self.assertIn(b' 200 ', sock.recv(4096))

    def test_body_beyond_all_bounds(self) -> None:
        sock = self.connect(self.start())
        sock.sendall(b'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n'
                     % (wsgi.MAX_BODY + 1))
        self.assertIn(b' 413 ', sock.recv(4096))

    def test_what_is_no_http(self) -> None:
        server = self.start()
        for data in (b'\x16\x03\x01\x02\x00\r\n', b'hello\r\n\r\n',
                     b'GET / HTTP/9.9\r\n\r\n', b'\r\n' * 10):
            sock = self.connect(server)
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            self.assertNotIn(b' 200 ', sock.recv(4096))
        self.assertEqual(200, self.get(server))

    def test_a_client_that_drips_is_dropped(self) -> None:
        with mock.patch.object(wsgi, '_IO_BUDGET', 0.5):
            server = self.start(threads=1)
            sock = self.connect(server)
            self.assertTrue(self._is_dropped_within(20, sock))
            self.assertEqual(200, self.get(server))

    def test_a_client_that_stops_is_told_so(self) -> None:
        with mock.patch.object(wsgi, '_IO_BUDGET', 0.2):
            sock = self.connect(self.start())
            sock.sendall(b'GET / HTTP/1.1\r\n')
            self.assertIn(b' 408 ', sock.recv(4096))

    def _is_dropped_within(self, seconds: float, sock: socket.socket) -> bool:
        """Send a byte now and then; tell whether the server gave up."""
        deadline = time.monotonic() + seconds
        sock.settimeout(0.05)
        while time.monotonic() < deadline:
            try:
                sock.sendall(b'G')
                return bool(sock.recv(4096))
            except TimeoutError:
                continue
            except ConnectionError:
                return True
        return False

    def test_an_application_that_fails_does_not_stop_it(self) -> None:
        app = mock.Mock(side_effect=RuntimeError('broken'))
        server = self.start(app)
        self.assertEqual(500, self.get(server))
        app.side_effect = _echo
        self.assertEqual(200, self.get(server))
        self.assertIn('broken', self.logs.output)
