# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
r"""Run tests once on greenlets and once on native threads.

    python -m tools.backends stestr run test_host

With NOVA_TEST_CONCURRENCY=eventlet or =threading, only on that one.

    python -m tools.backends --alike 'unit\.objects' stestr run

Tests that --alike matches do not depend on it, and run on greenlets alone, unless
native threads are asked for.
"""

import argparse
import os
import subprocess
import sys

VARIABLE = 'NOVA_TEST_CONCURRENCY'
BACKENDS = ('eventlet', 'threading')


def main(arguments: list[str]) -> int:
    """Return 0 if the command ended well on each back end."""
    parser = argparse.ArgumentParser(prog='tools.backends')
    parser.add_argument('--alike', metavar='REGEX')
    parser.add_argument('command', nargs=argparse.REMAINDER)
    asked = parser.parse_args(arguments)
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return 1 if _run(chosen, asked.command) else 0
    first, second = BACKENDS
    without = ['--exclude-regex', asked.alike] if asked.alike else []
    statuses = [_run(first, asked.command), _run(second, [*asked.command, *without])]
    return 1 if any(statuses) else 0


def _run(backend: str, command: list[str]) -> int:
    print(f'--- {backend}: {" ".join(command)}', flush=True)
    return subprocess.run(command, env={**os.environ, VARIABLE: backend}).returncode


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
