# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A libvirtd of a benchmark's own, started and stopped by another process.

Whoever starts a program stands still, with all threads and greenlets, until that has
begun: for 100 ms and more while a libvirtd starts.
"""

import json
import subprocess
import sys
from typing import Any

#: Says when a libvirtd answers that has found its running guests again.
RETURN = """
import sys, time, libvirt
libvirt.registerErrorHandler(lambda *_: None, None)
while True:
    try:
        conn = libvirt.open(sys.argv[1])
        if len(conn.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)) == int(
                sys.argv[2]):
            break
    except libvirt.libvirtError:
        pass
    time.sleep(0.01)
print(time.monotonic(), flush=True)
"""
#: Has one place of a libvirtd's clients.
CLIENT = """
import libvirt, sys
conn = libvirt.open(sys.argv[1])
print("in", flush=True)
sys.stdin.read()
"""


class Daemon:
    """The other process, as the benchmark sees it; to be entered and left.

    :param options: lines for libvirtd.conf.
    """

    def __init__(self, *options: str) -> None:
        self._options = options

    def __enter__(self) -> 'Daemon':
        self._process = subprocess.Popen(
            [sys.executable, '-m', 'benchmarks.daemon', *self._options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.uri: str = self._answer()
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.stdin.close()
        self._process.wait()

    def ask(self, what: str, *args: Any) -> Any:
        """Let the process do something; a method of _Hands or PrivateLibvirtd."""
        self._process.stdin.write(json.dumps([what, *args]) + '\n')
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        # Of greenlets, only who asks waits: eventlet's Popen has pipes of its kind.
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError('the process that has the libvirtd is gone')
        return json.loads(line)


class _Hands:
    """What the process does beside the daemon itself."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._watcher: Any = None
        self._clients: list[Any] = []

    def watch(self, running: int) -> None:
        """Begin to look whether the daemon answers and has found so many guests."""
        self._watcher = subprocess.Popen(
            [sys.executable, '-c', RETURN, self._uri, str(running)],
            stdout=subprocess.PIPE, text=True)

    def returned(self) -> float:
        """Return when it did; the clock is that of all processes."""
        return float(self._watcher.communicate()[0])

    def occupy(self, places: int) -> None:
        """Take places of the daemon's clients, and return when they are taken."""
        self._clients = [subprocess.Popen(
            [sys.executable, '-c', CLIENT, self._uri],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(places)]
        for client in self._clients:
            client.stdout.readline()

    def leave(self) -> None:
        """Give them back."""
        for client in self._clients:
            client.kill()
            client.communicate()


def _main() -> None:
    from nova.tests.fixtures import privatelibvirtd
    with privatelibvirtd.PrivateLibvirtd(*sys.argv[1:]) as daemon:
        hands = _Hands(daemon.uri)
        _say(daemon.uri)
        for line in sys.stdin:
            what, *args = json.loads(line)
            act = getattr(hands, what, None) or getattr(daemon, what)
            _say(act(*args))


def _say(answer: Any) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    _main()
