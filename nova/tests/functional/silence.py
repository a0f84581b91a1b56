# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Keep the QEMU of a guest from running, as the only test that does so.

Whoever asks for statistics of all guests waits for one that does not answer, and what
libvirt holds for that call meanwhile keeps the guest from being changed, for as long
as it stands still.  So two tests at once would see each other's guests.
"""

from collections.abc import Iterator
import contextlib
import os
import pathlib
import signal
import tempfile

import libvirt
from oslo_concurrency import lockutils

from nova.tests.functional import waiting

_LOCK = 'nova-functional-silence'
_ANSWERS_WITHIN_S = 60


@contextlib.contextmanager
def of(domain: libvirt.virDomain) -> Iterator['Silence']:
    """Give the means to silence a guest; nobody else has them meanwhile.

    In the end, whatever happened, the guest runs again and libvirt waits for no
    answer of it.
    """
    # One libvirtd serves the tests of all checkouts on this machine.
    with lockutils.external_lock(_LOCK, lock_path=tempfile.gettempdir()):
        silence = Silence(domain)
        try:
            yield silence
        finally:
            silence.end()


class Silence:
    """Stops the process of a guest, and lets it go on."""

    def __init__(self, domain: libvirt.virDomain) -> None:
        self._domain = domain
        pid = pathlib.Path(f'/run/libvirt/qemu/{domain.name()}.pid').read_text()
        self._pid = int(pid)

    def begin(self) -> None:
        """Let the guest answer nobody."""
        os.kill(self._pid, signal.SIGSTOP)

    def end(self) -> None:
        """Let the guest go on, and return when it has answered who asked it."""
        os.kill(self._pid, signal.SIGCONT)
        waiting.until(self._is_idle, _ANSWERS_WITHIN_S, 'the guest answers again')

    def _is_idle(self) -> bool:
        state: int = self._domain.controlInfo()[0]
        return state == libvirt.VIR_DOMAIN_CONTROL_OK
