# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
r"""Run tests once on greenlets and once on native threads.

    python -m tools.backends stestr run test_host

With NOVA_TEST_CONCURRENCY=eventlet or =threading, only on that one.

    python -m tools.backends stestr run --alike 'unit\.virt\.libvirt\.schema'

Tests that --alike matches run on greenlets alone, unless native threads are asked for.
Only those of code that cannot tell the one from the other may be named there: it waits
for nothing, locks nothing and reads no clock, and import-linter (pyproject.toml) keeps
what could do so out of it.
"""

import os
import subprocess
import sys

VARIABLE = 'NOVA_TEST_CONCURRENCY'
ALIKE = '--alike'
BACKENDS = ('eventlet', 'threading')


def main(arguments: list[str]) -> int:
    """Return 0 if the command ended well on each back end."""
    command, alike = _split(arguments)
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return 1 if _run(chosen, command) else 0
    first, second = BACKENDS
    without = ['--exclude-regex', alike] if alike else []
    statuses = [_run(first, command), _run(second, [*command, *without])]
    return 1 if any(statuses) else 0


def _split(arguments: list[str]) -> tuple[list[str], str]:
    """Return the command without --alike and its value, and that value."""
    if ALIKE not in arguments:
        return arguments, ''
    place = arguments.index(ALIKE)
    return [*arguments[:place], *arguments[place + 2:]], arguments[place + 1]


def _run(backend: str, command: list[str]) -> int:
    print(f'--- {backend}: {" ".join(command)}', flush=True)
    return subprocess.run(command, env={**os.environ, VARIABLE: backend}).returncode


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
