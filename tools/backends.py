# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Run tests once on greenlets and once on native threads.

    python -m tools.backends stestr run test_host

With NOVA_TEST_CONCURRENCY=eventlet or =threading, only on that one.
"""

import os
import subprocess
import sys

VARIABLE = 'NOVA_TEST_CONCURRENCY'
BACKENDS = ('eventlet', 'threading')


def main(command: list[str]) -> int:
    """Return 0 if the command ended well on each back end."""
    chosen = os.environ.get(VARIABLE)
    statuses = [_run(name, command) for name in ([chosen] if chosen else BACKENDS)]
    return 1 if any(statuses) else 0


def _run(backend: str, command: list[str]) -> int:
    print(f'--- {backend}: {" ".join(command)}', flush=True)
    return subprocess.run(command, env={**os.environ, VARIABLE: backend}).returncode


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
