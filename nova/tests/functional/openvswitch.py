# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""An Open vSwitch of a test's own, which needs nothing of the kernel."""

import os
import pathlib
import random
import shutil
import signal
import subprocess

import fixtures
from vif_plug_ovs import ovs

import nova.conf
from nova.tests.functional import waiting

_SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema'
_PROGRAMS = ('ovsdb-tool', 'ovsdb-server', 'ovs-vswitchd', 'ovs-vsctl')
_GROUP = 'os_vif_ovs'


def why_not() -> str | None:
    """Say why there can be none on this machine; None if there can."""
    path = f'{os.environ["PATH"]}:/usr/sbin:/sbin'
    missing = [name for name in _PROGRAMS if not shutil.which(name, path=path)]
    return f'not installed: {", ".join(missing)}' if missing else None


class OpenVSwitch(fixtures.Fixture):
    """Run the switch with one bridge; os-vif is told where it is.

    :param address: what the host has on the bridge
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self.bridge = f'nfo{random.getrandbits(32):08x}'

    def _setUp(self) -> None:
        self.folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.socket = f'unix:{self.folder}/db.sock'
        database = str(self.folder / 'conf.db')
        subprocess.run(['ovsdb-tool', 'create', database, _SCHEMA], check=True)
        self._start('ovsdb-server', database, f'--remote=p{self.socket}')
        self._control('--no-wait', 'init')
        self._start('ovs-vswitchd', self.socket)
        self._control('add-br', self.bridge, '--', 'set', 'bridge', self.bridge,
                      'datapath_type=netdev')
        self.addCleanup(self._control, 'del-br', self.bridge)
        for words in (f'address add {self._address}/24 dev {self.bridge}',
                      f'link set {self.bridge} up'):
            subprocess.run(['ip', *words.split()], check=True)
        self._tell_os_vif()

    def ports(self) -> list[str]:
        return self._control('list-ports', self.bridge).split()

    def _control(self, *words: str) -> str:
        done = subprocess.run(
            ['ovs-vsctl', f'--db={self.socket}', '--timeout=20', *words],
            check=True, capture_output=True, text=True)
        return done.stdout

    def _start(self, program: str, *words: str) -> None:
        environment = {**os.environ, 'OVS_RUNDIR': str(self.folder)}
        process = subprocess.Popen(
            [program, *words, f'--pidfile={self.folder}/{program}.pid',
             f'--unixctl={self.folder}/{program}.ctl',
             f'--log-file={self.folder}/{program}.log'],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait, 20)
        self.addCleanup(process.send_signal, signal.SIGTERM)
        waiting.until((self.folder / f'{program}.pid').exists, 20, program)

    def _tell_os_vif(self) -> None:
        config = nova.conf.CONF
        config.register_opts(ovs.OvsPlugin.CONFIG_OPTS, group=_GROUP)
        config.set_override('ovsdb_connection', self.socket, group=_GROUP)
        self.addCleanup(config.clear_override, 'ovsdb_connection', group=_GROUP)
