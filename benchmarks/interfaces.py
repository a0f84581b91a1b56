# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""As ``benchmarks.hotplug``, through the API of a node: ``benchmarks.interfaces``.

One server on two bridges, as root.  Each time its guest pings the gateway through the
new interface.  Prints how long a request to attach took, and how long it took after one
to detach until the server had no such interface; ends with 1 if anything is left: a
card, a tap, a filter, a row of a port or of an address.
"""

import argparse
import contextlib
import json
import re
import sqlite3
import statistics
import sys
import time
from typing import Any

from nova.tests.functional import hypervisor
from nova.tests.functional import node as node_lib
from nova.tests.functional import shell
from nova.tests.functional import waiting


def main() -> int:
    parser = argparse.ArgumentParser(prog='benchmarks.interfaces', description=__doc__)
    parser.add_argument('--times', type=int, default=50)
    times = parser.parse_args().times
    reason = hypervisor.why_not()
    if reason:
        sys.exit(reason)
    with hypervisor.Bridge() as lan, hypervisor.Bridge() as other, \
            node_lib.Node() as node:
        _declare(node, lan, other)
        node.start()
        return _run(_Cycle(node, lan, other), times)


def _declare(node: node_lib.Node, *bridges: hypervisor.Bridge) -> None:
    node.declare_networks(json.dumps({'networks': [
        {'name': f'net{number}', 'bridge': bridge.name, 'subnets': [
            {'cidr': f'{bridge.prefix}.0/24', 'gateway': bridge.gateway}]}
        for number, bridge in enumerate(bridges)]}))


class _Cycle:
    """One interface that comes, is used and goes."""

    def __init__(self, node: node_lib.Node, lan: hypervisor.Bridge,
                 other: hypervisor.Bridge) -> None:
        self._node, self._lan, self._other = node, lan, other
        listed = node.api.get('/v2.0/networks', '/network')['networks']
        first, self._network_id = (network['id'] for network in listed)
        self._server_id = node.boot(networks=[{'uuid': first}])
        self._path = f'/servers/{self._server_id}/os-interface'
        self._inside = self._enter()
        self.attach_s: list[float] = []
        self.detach_s: list[float] = []

    def _enter(self) -> shell.Shell:
        xml = self._node.domains()[self._server_id]
        found = re.search(r"<source path='(/dev/pts/\d+)'", xml)
        assert found, xml
        inside = shell.Shell(found[1])
        inside.wait_until_up()
        return inside

    def run(self) -> None:
        began = time.perf_counter()
        answer = self._node.api.request('POST', self._path, json={
            'interfaceAttachment': {'net_id': self._network_id}})
        self.attach_s.append(time.perf_counter() - began)
        answer.raise_for_status()
        attached = answer.json()['interfaceAttachment']
        self._use(attached['fixed_ips'][0]['ip_address'])
        began = time.perf_counter()
        self._node.api.request('DELETE', f'{self._path}/{attached["port_id"]}')
        waiting.until(lambda: len(self._interfaces()) == 1, 60, 'one interface')
        self.detach_s.append(time.perf_counter() - began)

    def _use(self, address: str) -> None:
        waiting.until(lambda: len(self._cards()) == 2, 30, 'a second card')
        card = self._cards()[-1]
        self._inside.run(f'ip link set {card} up; ip address add {address}/24 '
                         f'dev {card}; ping -c 1 -W 5 {self._other.gateway}')

    def _cards(self) -> list[str]:
        return re.findall(r'eth\d+', self._inside.run('ls /sys/class/net'))

    def _interfaces(self) -> Any:
        return self._node.api.get(self._path)['interfaceAttachments']

    def left(self) -> dict[str, int]:
        """Count all that interfaces are made of."""
        database = sqlite3.connect(f'file:{self._node.state}/nova.sqlite?mode=ro',
                                   uri=True)
        with contextlib.closing(database):
            rows = {table: database.execute(query).fetchone()[0] for table, query in (
                ('rows of ports', 'SELECT count(*) FROM ports'),
                ('rows of addresses', 'SELECT count(*) FROM port_addresses'))}
        return {'cards': len(self._cards()), 'filters': len(self._node.filters()),
                'taps': len(self._lan.ports() + self._other.ports()), **rows}


def _run(cycle: _Cycle, times: int) -> int:
    before = cycle.left()
    for _number in range(times):
        cycle.run()
    after = cycle.left()
    for name, values in (('attach', cycle.attach_s), ('detach', cycle.detach_s)):
        print(f'{name}: median {statistics.median(values):.3f} s, '
              f'longest {max(values):.3f} s, {times} times')
    print(f'before {before}, after {after}')
    return 0 if before == after else 1


if __name__ == '__main__':
    sys.exit(main())
