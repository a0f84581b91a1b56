# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What importing the driver costs: ``python -m benchmarks.start``.

Beside it, turn by turn in processes of their own, what it cannot do without.  The
best of many is compared: CPU time, and the largest memory.

A driver loads its parts when the first one is made, so what a driver costs that is
ready for libvirt is printed as well.  It has no limit: it is paid once, by a service
that uses most of it.  The exit status is 1 where the import exceeds its limit.
"""

import subprocess
import sys

FLOOR = ('import libvirt, lxml.etree, oslo_config.cfg, oslo_log.log,'
         ' oslo_service.service, oslo_versionedobjects.base, eventlet')
DRIVER = 'import nova.virt.libvirt.driver'
MADE = ('from nova.virt.libvirt import driver; from nova.virt import virtapi;'
        ' driver.LibvirtDriver(virtapi.VirtAPI())')
LIMIT = 1.3
_TURNS = 10
_PROGRAM = """
import resource, time
began = time.process_time()
{statement}
usage = resource.getrusage(resource.RUSAGE_SELF)
print(time.process_time() - began, usage.ru_maxrss)
"""


def cost(statement: str) -> tuple[float, int]:
    """Return CPU seconds and KiB of memory of a statement in a new process."""
    done = subprocess.run(
        [sys.executable, '-W', 'ignore', '-c', _PROGRAM.format(statement=statement)],
        capture_output=True, text=True, check=True)
    seconds, memory_kb = done.stdout.split()
    return float(seconds), int(memory_kb)


def main() -> int:
    """Measure and print; 1 if the limit does not hold."""
    turns = [[cost(each) for each in (FLOOR, DRIVER, MADE)] for _ in range(_TURNS)]
    floor, driver, made = ([min(values) for values in zip(*each, strict=True)]
                           for each in zip(*turns, strict=True))
    for name, unit, column, scale in (('time', 'ms', 0, 1e3),
                                      ('memory', 'MiB', 1, 1 / 1024)):
        base = floor[column]
        print(f'{name:7} floor {base * scale:6.1f} {unit};'
              f' imported {driver[column] * scale:6.1f}:'
              f' {driver[column] / base:.2f} times, at most {LIMIT};'
              f' a driver made {made[column] * scale:6.1f}:'
              f' {made[column] / base:.2f} times')
    return int(any(ours > base * LIMIT for ours, base in zip(driver, floor,
                                                             strict=True)))


if __name__ == '__main__':
    sys.exit(main())
