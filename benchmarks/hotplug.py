# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Attach, use and detach an interface, again and again: ``benchmarks.hotplug``.

One real guest on a bridge of its own, as root.  Each time the guest pings its gateway
through the new interface.  Prints how long attaching and detaching took, and ends with
1 if anything is left: a card, a tap, a bridge port, a filter, a line in libvirt.
"""

import argparse
from collections.abc import Callable
import statistics
import sys
import time

import libvirt

from nova import context
from nova.network import model
from nova.tests.functional import hypervisor
from nova.tests.functional import waiting


def main() -> int:
    parser = argparse.ArgumentParser(prog='benchmarks.hotplug', description=__doc__)
    parser.add_argument('--times', type=int, default=50)
    times = parser.parse_args().times
    reason = hypervisor.why_not()
    if reason:
        sys.exit(reason)
    with hypervisor.Bridge() as bridge, hypervisor.Hypervisor() as host:
        server = host.start(bridge.vif(10))
        server.shell.wait_until_up()
        return _run(_Cycle(bridge, host, server), times)


class _Cycle:
    """One interface that comes, is used and goes."""

    def __init__(self, bridge: hypervisor.Bridge, host: hypervisor.Hypervisor,
                 server: hypervisor.Server) -> None:
        self._bridge, self._host, self._server = bridge, host, server
        self._context = context.get_admin_context()
        self.attach_s: list[float] = []
        self.detach_s: list[float] = []

    def run(self, number: int) -> None:
        vif = self._bridge.vif(20 + number)
        driver, instance = self._host.driver, self._server.instance
        self.attach_s.append(_timed(lambda: driver.attach_interface(
            self._context, instance, self._host.image_meta, vif)))
        self._use(vif)
        self.detach_s.append(_timed(lambda: driver.detach_interface(
            self._context, instance, vif)))

    def _use(self, vif: model.VIF) -> None:
        waiting.until(lambda: len(self._cards()) == 2, 30, 'a second card')
        self._server.configure(self._cards()[-1], vif)
        answers = self._server.ping(self._bridge.gateway)
        assert answers == 3, f'{answers} of 3 answers'

    def _cards(self) -> list[str]:
        found = self._server.shell.run('ls /sys/class/net').split()
        return [name for name in found if name.startswith('eth')]

    def left(self) -> dict[str, int]:
        """Count all that interfaces are made of."""
        domain = self._server.domain
        return {'cards': len(self._cards()), 'ports': len(self._bridge.ports()),
                'filters': len(self._host.filters()),
                'live': domain.XMLDesc().count('<interface'),
                'persistent': domain.XMLDesc(
                    libvirt.VIR_DOMAIN_XML_INACTIVE).count('<interface')}


def _run(cycle: _Cycle, times: int) -> int:
    before = cycle.left()
    for number in range(times):
        cycle.run(number)
    after = cycle.left()
    for name, values in (('attach', cycle.attach_s), ('detach', cycle.detach_s)):
        print(f'{name}: median {statistics.median(values):.3f} s, '
              f'longest {max(values):.3f} s, {times} times')
    print(f'before {before}, after {after}')
    return 0 if before == after else 1


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == '__main__':
    sys.exit(main())
