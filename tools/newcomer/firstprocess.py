# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Be a decent process 1, which one is when started alone in a container.

Orphans become children of process 1. libvirt waits, for tens of seconds each
time, until those that it ends are reaped.
"""

from collections.abc import Callable
import os
import sys


def run(main: Callable[[], int]) -> int:
    """Run `main`; as process 1 in a child, while this process reaps orphans."""
    if os.getpid() != 1:
        return main()
    child = os.fork()
    if child == 0:
        sys.exit(main())
    while True:
        pid, status = os.wait()
        if pid == child:
            return os.waitstatus_to_exitcode(status)
