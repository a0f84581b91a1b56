# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a test can see of a guest, and say to it, behind nova-compute's back."""

from collections.abc import Iterator
import contextlib
import os
import pathlib
import re

import libvirt

from nova.tests.functional import node as node_lib
from nova.tests.functional import waiting

#: The last line before the guest waits for somebody at its serial console.
READY = 'for a shell'
_PROMPT = 'guest# '


class Guest:
    """The domain of one server."""

    def __init__(self, node: node_lib.Node, server_id: str) -> None:
        self._node = node
        self._uuid = server_id

    def state(self) -> int:
        with self._domain() as domain:
            state: int = domain.state()[0]
            return state

    def is_active(self) -> bool:
        with self._domain() as domain:
            return bool(domain.isActive())

    def domain_id(self) -> int:
        """Give libvirt's number of the running domain: a new one for each start."""
        with self._domain() as domain:
            number: int = domain.ID()
            return number

    def destroy(self) -> None:
        """Pull the plug, as an operator can with virsh."""
        with self._domain() as domain:
            domain.destroy()

    def say(self, line: str) -> None:
        """Type a line into the shell on the guest's serial console."""
        with self._domain() as domain:
            stream = domain.connect().newStream()
            domain.openConsole(None, stream, libvirt.VIR_DOMAIN_CONSOLE_FORCE)
            before = self._console().count(_PROMPT)
            stream.send(b'\n')
            waiting.until(lambda: self._console().count(_PROMPT) > before, 30,
                          'one more prompt')
            stream.send(f'{line}\n'.encode())
            waiting.until(lambda: line in self._console(), 30, f'the echo of {line}')
            stream.abort()

    def _console(self) -> str:
        path = self._node.instances / self._uuid / 'console.log'
        return path.read_text(errors='replace')

    def last_stop_reason(self) -> str:
        """Tell from QEMU's log why the domain ended last: shutdown or destroyed."""
        with self._domain() as domain:
            log = _log_folder() / f'{domain.name()}.log'
        reasons = re.findall(r'shutting down, reason=(\w+)', log.read_text())
        last: str = reasons[-1]
        return last

    @contextlib.contextmanager
    def _domain(self) -> Iterator[libvirt.virDomain]:
        with self._node.libvirt() as connection:
            yield connection.lookupByUUIDString(self._uuid)


def _log_folder() -> pathlib.Path:
    if os.geteuid() == 0:
        return pathlib.Path('/var/log/libvirt/qemu')
    cache = os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache'
    return pathlib.Path(cache) / 'libvirt' / 'qemu' / 'log'
