# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What importing the driver costs: ``python -m benchmarks.start``.

Beside it, turn by turn in processes of their own, what it cannot do without.  The
best of many is compared: CPU time, and the largest memory.
"""

import subprocess
import sys

FLOOR = ('import libvirt, lxml.etree, oslo_config.cfg, oslo_log.log,'
         ' oslo_service.service, oslo_versionedobjects.base, eventlet')
DRIVER = 'import nova.virt.libvirt.driver'
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


def main() -> None:
    """Measure and print."""
    turns = [(cost(FLOOR), cost(DRIVER)) for _ in range(_TURNS)]
    floor, driver = ([min(values) for values in zip(*each, strict=True)]
                     for each in zip(*turns, strict=True))
    for name, unit, base, found in (('time', 'ms', floor[0] * 1e3, driver[0] * 1e3),
                                    ('memory', 'MiB', floor[1] / 1024,
                                     driver[1] / 1024)):
        print(f'{name:7} {found:7.1f} {unit}, floor {base:7.1f}: {found / base:.2f}'
              f' times, at most {LIMIT}')


if __name__ == '__main__':
    main()
