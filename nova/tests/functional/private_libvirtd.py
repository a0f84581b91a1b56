# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A libvirtd of a test's own, which the test may end and start again."""

import os
import pathlib
import signal
import subprocess
import tempfile

import fixtures
import libvirt

from nova.tests.functional import waiting

_TIMEOUT_S = 30

#: Folders that are libvirt's alone: empty ones take their place in its namespace.
_PRIVATE = (
    '/run/libvirt', '/var/lib/libvirt', '/var/cache/libvirt', '/var/log/libvirt',
)  # fmt: skip

_LIBVIRTD_CONF = """\
unix_sock_dir = "{sockets}"
auth_unix_rw = "none"
auth_unix_ro = "none"
log_outputs = "2:file:{log}"
"""

# QEMU writes the console itself: virtlogd is not started here
_QEMU_CONF = 'stdio_handler = "file"\n'


class PrivateLibvirtd(fixtures.Fixture):
    """Run libvirtd in a mount namespace; its guests outlive it, but not the fixture."""

    def _setUp(self) -> None:
        if os.geteuid() != 0:
            raise RuntimeError('only root can make a mount namespace')
        folder = tempfile.TemporaryDirectory(prefix='nova-libvirtd-', dir='/var/lib')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.folder.chmod(0o755)
        self.log = self.folder / 'libvirtd.log'
        self._sockets = self.folder / 'sockets'
        self._sockets.mkdir()
        self._socket = self._sockets / 'libvirt-sock'
        self.uri = f'qemu+unix:///system?socket={self._socket}'
        self._write_configuration()
        self._holder = self._make_namespace()
        self._libvirtd: subprocess.Popen[bytes] | None = None
        self.addCleanup(self._end_namespace)
        self.start()

    def start(self) -> None:
        """Start libvirtd and wait until it answers."""
        files = ['-f', f'{self.folder}/libvirtd.conf', '-p', f'{self.folder}/pid']
        with (self.folder / 'libvirtd.out').open('ab') as out:
            self._libvirtd = subprocess.Popen(
                [*self._inside(), 'libvirtd', *files],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        waiting.until(self.answers, _TIMEOUT_S, f'libvirtd answers; see {self.log}')

    def kill(self) -> None:
        """End libvirtd at once; its guests go on."""
        if self._libvirtd is not None:
            self._libvirtd.kill()
            self._libvirtd.wait()
            self._libvirtd = None
            self._socket.unlink(missing_ok=True)

    def answers(self) -> bool:
        try:
            libvirt.open(self.uri).close()
        except libvirt.libvirtError:
            return False
        return True

    def _write_configuration(self) -> None:
        values = {'sockets': self._sockets, 'log': self.log}
        conf = self.folder / 'libvirtd.conf'
        conf.write_text(_LIBVIRTD_CONF.format(**values))
        etc = self.folder / 'etc'
        etc.mkdir()
        (etc / 'qemu.conf').write_text(_QEMU_CONF)

    def _make_namespace(self) -> subprocess.Popen[bytes]:
        """Start a process that keeps the namespace, and give it its folders."""
        mounts = [f'mount -t tmpfs -o mode=755 private {path}' for path in _PRIVATE]
        mounts.append(f'mount --bind {self.folder}/etc /etc/libvirt')
        script = ' && '.join([*mounts, 'echo ready', 'exec sleep infinity'])
        holder = subprocess.Popen(
            ['unshare', '--mount', 'sh', '-c', script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        assert holder.stdout is not None
        if holder.stdout.readline() != b'ready\n':
            raise RuntimeError('the mount namespace could not be made')
        return holder

    def _end_namespace(self) -> None:
        self.kill()
        for pid in self._pids_inside():
            os.kill(pid, signal.SIGKILL)
        self._holder.kill()
        self._holder.wait()
        assert self._holder.stdout is not None
        self._holder.stdout.close()

    def _pids_inside(self) -> list[int]:
        """Find what still runs in the namespace, such as guests."""
        ours = os.readlink(f'/proc/{self._holder.pid}/ns/mnt')
        found = []
        for path in pathlib.Path('/proc').glob('[0-9]*/ns/mnt'):
            try:
                inside = os.readlink(path) == ours
            except OSError:  # it ended meanwhile
                continue
            if inside:
                found.append(int(path.parts[2]))
        return [pid for pid in found if pid != self._holder.pid]

    def _inside(self) -> list[str]:
        return ['nsenter', '--mount', '--target', str(self._holder.pid), '--']
