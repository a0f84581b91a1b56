# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Measures, in a process of its own, what libvirt calls do to the other greenlets.

Prints a JSON object with the longest time, in seconds, for which nothing else ran.
"""

import json
import sys
import threading
import time
from typing import Any

import libvirt

from nova.virt.libvirt import host as libvirt_host
from nova.virt.libvirt import threads

URI = 'test:///default'
SLOW_S = 0.7
TICK_S = 0.01


class Ticker:
    """Something that wants to run all the time."""

    def __init__(self) -> None:
        self.worst_s = 0.0
        threading.Thread(target=self._tick, daemon=True).start()

    def _tick(self) -> None:
        last = time.monotonic()
        while True:
            time.sleep(TICK_S)
            now = time.monotonic()
            self.worst_s = max(self.worst_s, now - last - TICK_S)
            last = now

    def during(self, call: Any, *args: Any) -> float:
        """Return the longest time for which nothing else ran during a call."""
        time.sleep(5 * TICK_S)
        self.worst_s = 0.0
        call(*args)
        time.sleep(5 * TICK_S)
        return self.worst_s


class SlowConnection(libvirt.virConnect):
    """A connection whose host name takes a while, in C as it were."""

    def getHostname(self) -> str:
        sleep_in_c()
        return 'slow'


def sleep_in_c() -> None:
    """Sleep as a library does that knows nothing of greenlets."""
    threads.native('time').sleep(SLOW_S)


def slow_open(uri: str, auth: list[Any], flags: int) -> libvirt.virConnect:
    """Open a connection slowly."""
    sleep_in_c()
    conn = libvirt.openAuth(uri, auth, flags)
    conn.__class__ = SlowConnection
    return conn


def main() -> None:
    """Measure and print."""
    told: list[str] = []
    ticker = Ticker()
    host = libvirt_host.Host(
        URI, opener=slow_open,
        lifecycle_event_handler=lambda event: told.append(event.get_name()))
    found: dict[str, Any] = {
        'blocked_s': ticker.during(sleep_in_c),
        'opening_s': ticker.during(host.initialize),
        'calling_s': ticker.during(host.get_hostname),
    }
    # The test driver comes with one domain, which runs.
    domain = host.list_instance_domains()[0]
    domain.suspend()
    domain.resume()
    domain.destroy()
    deadline = time.monotonic() + 10
    while len(told) < 3 and time.monotonic() < deadline:
        time.sleep(TICK_S)
    found['told'] = told
    del domain
    found['ending_s'] = ticker.during(host.cleanup)
    json.dump(found, sys.stdout)
