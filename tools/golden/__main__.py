# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Compare the guests of a folder of scenarios with what is expected of them.

Prints, for each scenario, that it is identical or the paths in which it differs.
The process fails if one differs.
"""

import argparse
import logging
import pathlib
import sys

from nova import objects
from nova.tests.golden import outcome
from nova.tests.golden import scenario

INSTANCES_PATH = '/var/lib/nova/instances'


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog='tools.golden', description=__doc__)
    parser.add_argument('--scenarios', required=True, type=pathlib.Path,
                        help='folder of NAME.json')
    parser.add_argument('--expected', required=True, type=pathlib.Path,
                        help='folder of NAME.xml with NAME.effects.json, or NAME.error')
    parser.add_argument('names', nargs='*', help='only these scenarios')
    return parser.parse_args(argv)


def compare(path: pathlib.Path, expected: pathlib.Path) -> list[str]:
    """Return in what the guest of one scenario differs."""
    loaded = scenario.load(path, INSTANCES_PATH)
    return outcome.differences(outcome.of(loaded), loaded, expected)


def summary(results: dict[str, list[str]], errors: set[str]) -> str:
    """Return the last line."""
    right = {name for name, different in results.items() if not different}
    guests = results.keys() - errors
    return (f'{len(right & guests)} identical of {len(guests)}, '
            f'{len(right & errors)} right errors of {len(results.keys() & errors)}')


def main(argv: list[str] | None = None) -> int:
    """Compare; return how the process ends."""
    options = arguments(argv)
    objects.register_all()
    results: dict[str, list[str]] = {}
    for path in sorted(options.scenarios.glob('*.json')):
        if options.names and path.stem not in options.names:
            continue
        results[path.stem] = compare(path, options.expected / path.stem)
        print(f'{path.stem}: {"differs" if results[path.stem] else "identical"}')
        for line in results[path.stem]:
            print(f'    {line}')
    print(summary(results, {path.stem for path in options.expected.glob('*.error')}))
    return 1 if any(results.values()) else 0


if __name__ == '__main__':
    logging.disable(logging.CRITICAL)
    sys.exit(main())
