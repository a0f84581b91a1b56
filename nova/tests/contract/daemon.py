# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A libvirtd of the test's own, which may be killed and started again."""

import os
import pathlib
import shutil
import signal
import subprocess

import fixtures

from nova.tests.fixtures.libvirt import waiting

#: Folders of libvirt that the private daemon sees as its own alone.
FOLDERS = {'run': '/run/libvirt', 'lib': '/var/lib/libvirt', 'etc': '/etc/libvirt',
           'log': '/var/log/libvirt', 'cache': '/var/cache/libvirt'}
PROGRAMS = ('libvirtd', 'unshare', 'mount', 'qemu-system-x86_64')


def why_not() -> str | None:
    """Return why there can be no private daemon here, or None."""
    if os.geteuid() != 0:
        return 'a private libvirtd needs root'
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    missing += [path for path in FOLDERS.values() if not os.path.isdir(path)]
    return f'missing: {", ".join(missing)}' if missing else None


class PrivateLibvirtd(fixtures.Fixture):
    """A libvirtd in a mount namespace of its own; the machine's is not touched."""

    def _setUp(self) -> None:
        self._root = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self._root.chmod(0o755)
        for name in FOLDERS:
            (self._root / name).mkdir()
        # Without this, QEMU's output would have to go through a virtlogd.
        (self._root / 'etc/qemu.conf').write_text('stdio_handler = "file"\n')
        self._process: subprocess.Popen[bytes] | None = None
        self.addCleanup(self._end)
        self.start()

    @property
    def uri(self) -> str:
        """Address of the daemon."""
        return f'qemu+unix:///system?socket={self._socket}'

    @property
    def _socket(self) -> pathlib.Path:
        return self._root / 'run/libvirt-sock'

    def start(self) -> None:
        """Start the daemon, and return when it listens."""
        self._socket.unlink(missing_ok=True)
        mounts = '; '.join(f'mount --bind {self._root / name} {path}'
                           for name, path in FOLDERS.items())
        with open(self._root / 'output', 'ab') as output:
            self._process = subprocess.Popen(
                ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec',
                 f'{mounts}; exec libvirtd --pid-file {self._root}/libvirtd.pid'],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        waiting.wait_for(self._socket.exists, f'a libvirtd at {self._socket}', 60)

    def kill(self) -> None:
        """End the daemon as a crash would; its guests run on."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pid_of(self, name: str) -> int:
        """Return the number of the process of a guest."""
        return int((self._root / f'run/qemu/{name}.pid').read_text())

    def kill_guest(self, name: str) -> None:
        """End a guest as a crash would."""
        os.kill(self.pid_of(name), signal.SIGKILL)

    def _end(self) -> None:
        self.kill()
        for path in (self._root / 'run/qemu').glob('*.pid'):
            try:
                os.kill(int(path.read_text()), signal.SIGKILL)
            except ProcessLookupError:
                continue
