# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The state folder of a node, its nova.conf, and its nova-compute process."""

import configparser
import hashlib
import json
import os
import pathlib
import signal
import subprocess
from typing import Any
import urllib.request

from tools.newcomer import processes
from tools.newcomer import report as report_lib

_MARK = '.made-by-quickstart'
_START_DEADLINE_S = 60.0
_STOP_DEADLINE_S = 60.0

_CONF = """\
# Written once by ./quickstart; it is yours to edit, and is not written again.
# All options: tox -e genconfig

[DEFAULT]
compute_driver = libvirt.LibvirtDriver
state_path = {state}
instances_path = $state_path/instances
cpu_allocation_ratio = 16.0
instance_name_template = {names}

[libvirt]
connection_uri = {uri}
virt_type = {virt_type}

[standalone]
listen = 127.0.0.1
listen_port = {port}
"""


class Node:
    """Everything below one state folder."""

    def __init__(self, state: pathlib.Path) -> None:
        self.state = state
        self.conf = state / 'nova.conf'
        self.images = state / 'images'
        self.instances = state / 'instances'
        self.log = state / 'nova-compute.log'
        self._mark = state / _MARK

    def prepare(self) -> None:
        """Make the state folder, unless it is there.

        :raises: StepFailed where the folder holds other things, or QEMU could not
                 enter it
        """
        if self.is_ours():
            return
        if self.state.exists() and any(self.state.iterdir()):
            raise report_lib.StepFailed(
                f'{self.state} is not empty, and not made by quickstart: '
                'choose another folder with --state'
            )
        self._check_traversable()
        self.state.mkdir(parents=True, exist_ok=True)
        self.state.chmod(0o755)
        self.images.mkdir()
        self._mark.write_text('{}\n')

    def is_ours(self) -> bool:
        """Tell whether quickstart made the folder, and so may remove it."""
        return self._mark.exists()

    def remember(self, **facts: Any) -> None:
        """Keep what --remove needs to know about this machine."""
        self._mark.write_text(json.dumps({**self.memory(), **facts}) + '\n')

    def memory(self) -> dict[str, Any]:
        remembered: dict[str, Any] = json.loads(self._mark.read_text())
        return remembered

    def write_conf(self, *, uri: str, virt_type: str, port: int) -> None:
        text = _CONF.format(
            state=self.state, names=self._instance_names(), uri=uri,
            virt_type=virt_type, port=port,
        )  # fmt: skip
        part = self.conf.with_suffix('.part')
        part.write_text(text)
        part.rename(self.conf)

    def option(self, group: str, name: str) -> str:
        """Read one option from nova.conf.

        :raises: StepFailed where the file cannot be read
        """
        parser = configparser.ConfigParser(interpolation=None, default_section='')
        try:
            parser.read_string(self.conf.read_text())
            return parser.get(group, name)
        except (OSError, configparser.Error) as error:
            raise report_lib.StepFailed(f'{self.conf}: {error}') from error

    def client_environment(self) -> dict[str, str]:
        """Tell the openstack client where this node is."""
        clouds = str(self.state / 'clouds.yaml')
        return {'OS_CLIENT_CONFIG_FILE': clouds, 'OS_CLOUD': 'local'}

    def pid(self) -> int | None:
        """Find the running nova-compute of this folder, however it was started."""
        wanted = [b'--config-file', os.fsencode(self.conf)]
        for pid, words in processes.command_lines():
            runs_compute = any(word.endswith(b'/nova-compute') for word in words[:2])
            if runs_compute and wanted in (words[1:3], words[2:4]):
                return pid
        return None

    def start(self, report: report_lib.Report, program: pathlib.Path) -> None:
        """Start nova-compute in the background and wait until it serves.

        :raises: StepFailed with the end of its log; it does not run then
        """
        process = self._spawn(program)
        report.wait_for(
            'nova-compute',
            lambda: process.poll() is not None or self._serves(),
            _START_DEADLINE_S,
        )
        if process.poll() is None and self._serves():
            return
        process.kill()
        process.wait()
        raise report_lib.StepFailed(
            f'nova-compute did not start:\n{report_lib.tail(self.log)}\n'
            f'(its log: {self.log})'
        )

    def stop(self, report: report_lib.Report) -> bool:
        """End nova-compute; return whether it ran. Guests are not touched.

        :raises: StepFailed where it does not end in time; it runs on then
        """
        pid = self.pid()
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        gone = report.wait_for(
            'nova-compute to end', lambda: self.pid() is None, _STOP_DEADLINE_S
        )
        if not gone:
            raise report_lib.StepFailed(f'nova-compute (process {pid}) does not end')
        return True

    def _spawn(self, program: pathlib.Path) -> subprocess.Popen[bytes]:
        with self.log.open('ab') as log:
            return subprocess.Popen(
                [program, '--config-file', self.conf],
                cwd=self.state,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o022,
            )

    def _serves(self) -> bool:
        port = self.option('standalone', 'listen_port')
        try:
            with urllib.request.urlopen(f'http://127.0.0.1:{port}/', timeout=5):
                return (self.state / 'clouds.yaml').exists()
        except OSError:
            return False

    def _instance_names(self) -> str:
        """Give nodes of one libvirt, which wants each name once, names of their own."""
        digest = hashlib.sha256(os.fsencode(self.state)).hexdigest()
        return f'instance-{digest[:4]}-%08x'

    def _check_traversable(self) -> None:
        """Refuse a folder that the user of QEMU (libvirt's, not root) cannot enter."""
        if os.geteuid() != 0:
            return
        for folder in self.state.parents:
            if folder.exists() and not folder.stat().st_mode & 0o001:
                raise report_lib.StepFailed(
                    f'{folder} may not be entered by other users, so QEMU, which does '
                    f'not run as root, could not open disks in {self.state}: choose '
                    'another folder with --state'
                )
