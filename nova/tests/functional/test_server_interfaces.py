# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A server is told what it is, and its interfaces and rules change while it runs."""

import contextlib
import io
import json
import pathlib
import re
import signal
import socket
import subprocess
import threading
from typing import Any

import pycdlib
import requests

from nova.tests.functional import hypervisor
from nova.tests.functional import shell
from nova.tests.functional import silence
from nova.tests.functional import test_openstack_client
from nova.tests.functional import waiting

_USER_DATA = b'#!/bin/sh\necho \xc3\xa4\x00\xff\n'
_SSH = {'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': 22}


class ServerInterfacesTest(test_openstack_client.ClientTestCase):

    def setUp(self) -> None:
        reason = hypervisor.why_not()
        if reason:
            self.skipTest(reason)
        super().setUp()
        self.lan = self.useFixture(hypervisor.Bridge())
        self.other = self.useFixture(hypervisor.Bridge())
        self.address = f'{self.lan.prefix}.9'
        self.networks = self.node.declare_networks(self.file_with([]))
        self.node.start()

    def file_with(self, rules: list[dict[str, Any]]) -> str:
        # JSON is YAML too.
        return json.dumps({'networks': [
            {'name': name, 'bridge': bridge.name, 'security_group_rules': rules,
             'subnets': [{'cidr': f'{bridge.prefix}.0/24', 'gateway': bridge.gateway}]}
            for name, bridge in (('lan', self.lan), ('other', self.other))]})

    def write_rules(self, rules: list[dict[str, Any]]) -> None:
        self.networks.write_text(self.file_with(rules))

    def test_a_server(self) -> None:
        self.server_id = self.create()
        self.enter()
        self.check_config_drive()
        nothing_more = self.state()

        self.check_rules()
        self.check_attached_while_it_runs()
        self.assertEqual(nothing_more, self.state())
        self.check_what_fails()
        self.assertEqual(nothing_more, self.state())
        self.check_killed_while_it_attaches()
        self.assertEqual(nothing_more, self.state())
        self.node.api.act(self.server_id, 'os-stop')
        self.node.api.wait_for_status(self.server_id, 'SHUTOFF')
        self.check_restart()
        self.check_attached_while_it_is_off()

        self.node.api.delete(self.server_id)
        self.node.api.wait_gone(self.server_id)
        self.assert_nothing_left(self.server_id)

    def create(self) -> str:
        user_data = self.node.state / 'user-data'
        user_data.write_bytes(_USER_DATA)
        created = self.ask(
            'server', 'create', '--image', 'tiny', '--flavor', 'm1.nano',
            '--nic', f'net-id={self.network_id("lan")},v4-fixed-ip={self.address}',
            '--user-data', str(user_data), '--use-config-drive', '--wait', 'first',
        )  # fmt: skip
        self.assertEqual(('ACTIVE', 'True'),
                         (created['status'], created['config_drive']))
        return str(created['id'])

    # Config drive

    def check_config_drive(self) -> None:
        path = self.node.instances / self.server_id / 'disk.config'
        self.assertEqual(0o600, path.stat().st_mode & 0o7777)
        self.mount_drive()
        for name in ('openstack/latest/meta_data.json', 'ec2/latest/user-data',
                     'openstack/2018-08-27/network_data.json'):
            seen = bytes.fromhex(self.inside.run(
                f'hexdump -v -e \'/1 "%02x"\' /tmp/drive/{name}'))
            self.assertEqual(self.on_drive(path, f'/{name}'), seen, name)
        self.check_what_it_says(path)

    def mount_drive(self) -> None:
        self.inside.run('mkdir /tmp/drive; mount -t iso9660 /dev/sr0 /tmp/drive')

    def check_what_it_says(self, path: pathlib.Path) -> None:
        latest = '/openstack/latest'
        self.assertEqual(_USER_DATA, self.on_drive(path, f'{latest}/user_data'))
        meta_data = json.loads(self.on_drive(path, f'{latest}/meta_data.json'))
        self.assertEqual(
            (self.server_id, 'first', 'first.novalocal'),
            (meta_data['uuid'], meta_data['name'], meta_data['hostname']))
        told = json.loads(self.on_drive(path, f'{latest}/network_data.json'))
        (interface,) = self.interfaces()
        self.assertEqual(
            [(interface['port_id'], interface['mac_addr'])],
            [(link['vif_id'], link['ethernet_mac_address']) for link in told['links']])
        self.assertEqual(
            [(self.address, '255.255.255.0', self.lan.gateway)],
            [(one['ip_address'], one['netmask'], one['routes'][0]['gateway'])
             for one in told['networks']])

    @staticmethod
    def on_drive(path: pathlib.Path, name: str) -> bytes:
        disc, content = pycdlib.PyCdlib(), io.BytesIO()
        disc.open(str(path))
        with contextlib.closing(disc):
            disc.get_file_from_iso_fp(content, rr_path=name)
        return content.getvalue()

    # Rules and filters

    def check_rules(self) -> None:
        self.assertEqual([{'name': 'lan'}],
                         self.node.api.server(self.server_id)['security_groups'])
        self.inside.run(f'ip address add {self.address}/24 dev eth0')
        self.assertEqual('nothing', self.knock(22))
        self.change_rules([_SSH])
        self.assertEqual(('refused', 'nothing'), (self.knock(22), self.knock(23)))
        self.change_rules([])
        self.assertEqual('nothing', self.knock(22))

    def change_rules(self, rules: list[dict[str, Any]]) -> None:
        before = self.filters()
        self.write_rules(rules)
        self.node.process.send_signal(signal.SIGHUP)
        waiting.until(lambda: self.filters() != before, 20, 'another filter')

    def knock(self, port: int) -> str:
        """Tell what comes back from a port where nobody listens."""
        try:
            socket.create_connection((self.address, port), timeout=0.5).close()
        except TimeoutError:
            return 'nothing'
        except ConnectionRefusedError:
            return 'refused'
        raise AssertionError('somebody listens')

    def check_restart(self) -> None:
        """Kill the service, lose a filter, find one of nobody, and change rules."""
        before = self.filters()
        (name,) = before
        orphan = re.sub('-[0-9a-f]{8}-', '-ffffffff-', name)
        self.node.kill()
        with self.node.libvirt() as connection:
            connection.nwfilterLookupByName(name).undefine()
            connection.nwfilterDefineXML(f"<filter name='{orphan}'/>")
        self.assertEqual([orphan], list(self.filters()))
        self.node.start()
        self.assertEqual(before, self.filters())

    def filters(self) -> dict[str, str]:
        """Return the filters of the node's guests."""
        with self.node.libvirt() as connection:
            return {one.name(): one.XMLDesc() for one in connection.listAllNWFilters()
                    if self.node.state.name in one.name()}

    # Interfaces

    def check_attached_while_it_runs(self) -> None:
        self.run_client('server', 'add', 'network', 'first', 'other')
        waiting.until(lambda: len(self.cards()) == 2, 30, 'a second card')
        (added,) = self.interfaces()[1:]
        self.use('eth1', added['fixed_ips'][0]['ip_address'])
        self.detach_other()

    def detach_other(self) -> None:
        self.run_client('server', 'remove', 'network', 'first', 'other')
        waiting.until(lambda: len(self.interfaces()) == 1, 60, 'one interface')

    def check_what_fails(self) -> None:
        lan, other = self.network_id('lan'), self.network_id('other')
        self.assertIn(self.address, self.refusal(400, net_id=lan, fixed_ips=[
            {'ip_address': self.address}]))
        self.assertIn('port_id', self.refusal(400, port_id=lan))
        hidden = self.other.name.replace('nfb', 'nfc')
        self.rename(self.other.name, hidden)
        try:
            self.assertIn(self.other.name, self.refusal(409, net_id=other))
        finally:
            self.rename(hidden, self.other.name)

    def check_killed_while_it_attaches(self) -> None:
        waiting.until(self.kill_while_it_attaches, 120, 'the service begins to attach')
        self.node.start()
        waiting.until(lambda: len(self.interfaces()) == 1, 60, 'one interface')
        # The guest may have been given it in between.
        waiting.until(lambda: len(self.cards()) == 1, 30, 'one card')

    def kill_while_it_attaches(self) -> bool:
        """Kill the service after libvirt has begun to attach, before it has ended.

        :returns: False if that did not begin: statistics of all guests, which any
            service may ask for, may wait for this one first, and keep it as it is.
        """
        asking = threading.Thread(target=self.attach_in_vain)
        with (self.node.libvirt() as connection,
              silence.of(connection.lookupByUUIDString(self.server_id)) as guest):
            guest.begin()
            asking.start()
            with contextlib.suppress(waiting.TooLong):
                waiting.until(self.other.ports, 15, 'a tap')
                self.node.kill()
        asking.join()
        if self.node.is_running():
            self.detach_other()
            return False
        return True

    def attach_in_vain(self) -> None:
        with contextlib.suppress(requests.ConnectionError):
            self.attach(net_id=self.network_id('other'))

    @staticmethod
    def rename(old: str, new: str) -> None:
        for words in (f'{old} down', f'{old} name {new}', f'{new} up'):
            subprocess.run(['ip', 'link', 'set', *words.split()], check=True)

    def refusal(self, status: int, **asked: Any) -> str:
        answer = self.attach(**asked)
        self.assertEqual(status, answer.status_code, answer.text)
        return str(answer.text)

    def attach(self, **asked: Any) -> Any:
        return self.node.api.request(
            'POST', f'/servers/{self.server_id}/os-interface',
            json={'interfaceAttachment': asked})

    def check_attached_while_it_is_off(self) -> None:
        attached = self.attach(net_id=self.network_id('other')).json()
        # A start makes what is missing.
        (self.node.instances / self.server_id / 'disk.config').unlink()
        self.node.api.act(self.server_id, 'os-start')
        self.node.api.wait_for_status(self.server_id, 'ACTIVE')
        self.enter()
        self.mount_drive()
        self.use('eth1', attached['interfaceAttachment']['fixed_ips'][0]['ip_address'])

    def use(self, card: str, address: str) -> None:
        self.inside.run(f'ip link set {card} up; '
                        f'ip address add {address}/24 dev {card}')
        self.inside.run(f'ping -c 1 -W 5 {self.other.gateway}')

    # What there is

    def enter(self) -> None:
        """Take the shell of the guest that has just been started."""
        xml = self.node.domains()[self.server_id]
        found = re.search(r"<serial type='pty'>\s*<source path='(/dev/pts/\d+)'", xml)
        assert found, xml
        self.inside = shell.Shell(found[1])
        self.addCleanup(self.inside.close)
        self.inside.wait_until_up()

    def cards(self) -> list[str]:
        return re.findall(r'eth\d', self.inside.run('ls /sys/class/net'))

    def interfaces(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.node.api.get(
            f'/servers/{self.server_id}/os-interface')['interfaceAttachments']
        return found

    def network_id(self, name: str) -> str:
        (network,) = self.node.api.get(
            f'/v2.0/networks?name={name}', '/network')['networks']
        return str(network['id'])

    def state(self) -> dict[str, Any]:
        """Collect what interfaces are made of: host, libvirt, database, guest."""
        return {**self.on_host(), 'cards': self.cards(), 'shown': self.interfaces()}

    def on_host(self) -> dict[str, Any]:
        ports = self.node.api.get('/v2.0/ports', '/network')['ports']
        return {'taps': self.lan.ports() + self.other.ports(),
                'filters': sorted(self.filters()),
                'ports': [port['id'] for port in ports]}

    def assert_nothing_left(self, server_id: str) -> None:
        self.assertEqual({}, self.node.leftovers(server_id))
        self.assertEqual({'taps': [], 'filters': [], 'ports': []}, self.on_host())
