# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The HTTP server: cheroot, bounded against slow and oversized requests.

It runs in threads, which are greenlets where eventlet patched the standard
library before this module was imported.
"""

from collections.abc import Callable, Iterable
import logging as levels
import re
import socket
import threading
import time
from typing import Any

from cheroot import errors
from cheroot import makefile
from cheroot import server as cheroot_server
from cheroot import wsgi as cheroot_wsgi
from oslo_log import log as logging

from nova import exception

LOG = logging.getLogger(__name__)

#: Bytes of request line and headers.
MAX_HEADERS = 32 * 1024
#: Bytes of a body that are read at all.  The application answers to smaller
#: bodies that are too large for it, which is more polite than hanging up.
MAX_BODY = 4 * 1024 * 1024

#: Seconds that one read or write may take.
_IO_TIMEOUT = 10
#: Seconds that all reads of one request may take together, and all writes.
_IO_BUDGET = 30
#: Connections that wait for a thread.
_QUEUE = 256

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _BudgetedSocket:
    """A connection's socket, which times out when it was waited for too long.

    A timeout for each read does not bound a client that sends a byte now and
    then; the sum of all waiting does.
    """

    def __init__(self, sock: socket.socket, budget_s: float) -> None:
        self._sock = sock
        # Apart, so that who was too slow can still be told so.
        self._left_s = {'read': budget_s, 'write': budget_s}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def recv_into(self, *args: Any) -> Any:
        """Receive into a buffer."""
        return self._spend('read', self._sock.recv_into, *args)

    def send(self, *args: Any) -> Any:
        """Send bytes."""
        return self._spend('write', self._sock.send, *args)

    def _spend(self, kind: str, call: Callable[..., Any], *args: Any) -> Any:
        left_s = self._left_s[kind]
        if left_s <= 0:
            raise TimeoutError('timed out')
        self._sock.settimeout(min(_IO_TIMEOUT, left_s))
        started = time.monotonic()
        try:
            return call(*args)
        finally:
            self._left_s[kind] = left_s - (time.monotonic() - started)


class _Connection(cheroot_server.HTTPConnection):
    def __init__(self, server: Any, sock: socket.socket,
                 makefile: Any = makefile.MakeFile) -> None:
        super().__init__(server, _BudgetedSocket(sock, _IO_BUDGET), makefile)


class _Cheroot(cheroot_wsgi.Server):
    ConnectionClass = _Connection
    max_request_header_size = MAX_HEADERS
    max_request_body_size = MAX_BODY
    # One request for each connection.  A connection that waits for another one
    # would be noticed late under eventlet, whose selector does not see what is
    # added while it waits; on loopback a new connection costs next to nothing.
    keep_alive_conn_limit = 0

    def error_log(self, msg: str = '', level: int = levels.INFO,
                  traceback: bool = False) -> None:
        """Log what cheroot reports."""
        LOG.log(level, 'API server: %s', msg, exc_info=traceback)
        if level >= levels.ERROR:
            # An accept that fails (no descriptor left) is tried again at once.
            time.sleep(0.1)


def _reading_all(app: App) -> App:
    """Wrap an application so that no part of a body stays unread.

    Closing a connection with something unread resets it, and the client might
    lose the answer.
    """
    def wrapped(environ: dict[str, Any],
                start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = app(environ, start_response)
        _drain(environ['wsgi.input'])
        return answer
    return wrapped


def _drain(stream: Any) -> None:
    try:
        while stream.read(64 * 1024):
            pass
    except (OSError, ValueError, errors.MaxSizeExceeded) as error:
        # Too slow, malformed or too large: hang up.
        LOG.debug('The rest of a request was not read: %r', error)


class Server:
    """Serves an application at one address.

    :param app: a WSGI application.
    :param host: the address to listen at.
    :param port: the port; 0 takes a free one, see :attr:`port`.
    :param threads: requests that are worked on at once.
    """

    def __init__(self, app: App, host: str, port: int,
                 threads: int = 32) -> None:
        self._address = host, port
        self._server = _Cheroot(
            self._address, _reading_all(app), numthreads=threads,
            max=threads, server_name='nova-libvirt', request_queue_size=128,
            timeout=_IO_TIMEOUT, accepted_queue_size=_QUEUE,
            accepted_queue_timeout=0)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that is listened at, once started."""
        return int(self._server.bind_addr[1])

    def start(self) -> None:
        """Listen, and serve in the background.

        After a failure nothing listens and nothing runs.

        :raises exception.SocketPortInUseException: naming address and port, if
            they cannot be listened at.
        """
        host, port = self._address
        try:
            self._server.prepare()
        except OSError as error:
            raise exception.SocketPortInUseException(
                host=host, port=port, error=_reason(error)) from error
        self._thread = threading.Thread(
            target=self._server.serve, name='api-server')
        self._thread.start()
        LOG.info('The API listens at %s:%d', host, self.port)

    def stop(self) -> None:
        """Let running requests end, a few seconds at most, and stop."""
        self._server.stop()

    def wait(self) -> None:
        """Return when the server has stopped."""
        if self._thread is not None:
            self._thread.join()


def _reason(error: OSError) -> str:
    # cheroot wraps the operating system's words into a text of its own.
    words = re.search(r'\[Errno -?\d+\] ([^()]+)', str(error))
    return words[1] if words else str(error)
