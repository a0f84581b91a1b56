# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Measure the description of a guest: ``python -m benchmarks.guest``.

A guest with two disks, two interfaces, a NUMA cell and pinned CPUs, as the recorded
scenarios have them.  Describing it (objects in, a config object out) and formatting
that as XML are timed apart, beside building and serialising the same document with
lxml by hand.  Prints microseconds, best of many, and what is allocated.
"""

from collections.abc import Callable
import copy
import logging
import pathlib
import timeit
import tracemalloc
from typing import Any

from lxml import etree

from benchmarks import config as by_hand
from nova import objects
from nova.tests.golden import facts
from nova.tests.golden import scenario
from nova.virt.libvirt import guest as libvirt_guest

FOLDER = pathlib.Path(facts.__file__).parent.parent / 'fixtures' / 'golden'
PINNED, VOLUME = 'pin-thread-prefer', 'vol-iscsi'
_ROUNDS, _NUMBER = 30, 10


def typical() -> scenario.Scenario:
    """Return the scenario of a pinned guest with one more disk and interface."""
    pinned = _load(PINNED).data
    data = copy.deepcopy(pinned)
    second = copy.deepcopy(pinned['network_info'][0])
    second.update(id='7c1f5f3e-0d0b-4a54-9a53-5a0a4b6a7a11',
                  address='fa:16:3e:00:00:02', devname='tap1a2b3c02-bb')
    data['network_info'].append(second)
    data['block_device_info'] = copy.deepcopy(_load(VOLUME).data['block_device_info'])
    return scenario.Scenario(data, '/var/lib/nova/instances')


def _load(name: str) -> scenario.Scenario:
    return scenario.load(FOLDER / 'scenarios' / f'{name}.json',
                         '/var/lib/nova/instances')


def best_us(call: Callable[[], Any]) -> float:
    """Return the microseconds that a call takes at best."""
    return min(timeit.repeat(call, number=_NUMBER, repeat=_ROUNDS)) / _NUMBER * 1e6


def allocated(call: Callable[[], Any]) -> tuple[int, int]:
    """Return how many blocks a call allocates and keeps, and its peak in KiB."""
    call()
    tracemalloc.start()
    before = tracemalloc.take_snapshot()
    tracemalloc.reset_peak()
    kept = call()
    after = tracemalloc.take_snapshot()
    peak_kib = tracemalloc.get_traced_memory()[1] // 1024
    tracemalloc.stop()
    del kept
    blocks = sum(each.count_diff for each in after.compare_to(before, 'filename'))
    return blocks, peak_kib


def main() -> None:
    """Measure and print."""
    logging.disable(logging.CRITICAL)
    objects.register_all()
    source = typical()
    inputs, host, settings = source.inputs(), source.host_facts, source.settings

    def describe() -> Any:
        return libvirt_guest.Guest.get_guest_config(inputs, host, settings)
    conf = describe()
    recipe = by_hand._recipe(etree.fromstring(conf.to_xml()))

    def raw() -> bytes:
        return etree.tostring(by_hand._build(None, recipe), pretty_print=True)
    elements = sum(1 for _ in etree.fromstring(conf.to_xml()).iter())
    print(f'{elements} elements')
    found = {}
    for name, call in (('lxml by hand', raw), ('format', conf.to_xml),
                       ('describe', describe)):
        found[name] = best_us(call)
        blocks, peak_kib = allocated(call)
        ratio = found[name] / found['lxml by hand']
        print(f'{name:14}{found[name]:9.0f} us{ratio:7.2f} times'
              f'{blocks:7} blocks{peak_kib:6} KiB at most')


if __name__ == '__main__':
    main()
