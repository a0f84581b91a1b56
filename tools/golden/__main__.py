# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Compare the guests of a folder of scenarios with what is expected of them.

Prints, for each scenario, that it is identical or the paths in which it differs.
A file that is missing or cannot be
read counts as a difference.  The process fails if one differs.
"""

import argparse
import logging
import pathlib
import sys
from xml.etree import ElementTree

from nova import objects
from nova.tests.golden import outcome
from nova.tests.golden import scenario

INSTANCES_PATH = '/var/lib/nova/instances'

#: What a file that is no scenario, or no document, is found out by.
UNREADABLE = (AttributeError, LookupError, OSError, TypeError, ValueError,
              ElementTree.ParseError)
EXPECTED_SUFFIXES = ('.xml', '.effects.json', '.error')


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
    """Return in what the guest of one scenario differs, or why nobody can tell."""
    try:
        loaded = scenario.load(path, INSTANCES_PATH)
        return outcome.differences(outcome.of(loaded), loaded, expected)
    except FileNotFoundError as error:
        return [f'missing: {error.filename}']
    except UNREADABLE as error:
        return [f'unreadable: {type(error).__name__}: {error}']


def names_in(options: argparse.Namespace) -> list[str]:
    """Return the names of which a scenario or an expectation is there, or asked for."""
    if options.names:
        return sorted(options.names)
    found = {path.stem for path in options.scenarios.glob('*.json')}
    for suffix in EXPECTED_SUFFIXES:
        found |= {path.name.removesuffix(suffix)
                  for path in options.expected.glob(f'*{suffix}')}
    return sorted(found)


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
    for name in names_in(options):
        results[name] = compare(
            options.scenarios / f'{name}.json', options.expected / name)
        print(f'{name}: {"differs" if results[name] else "identical"}')
        for line in results[name]:
            print(f'    {line}')
    print(summary(results, {path.stem for path in options.expected.glob('*.error')}))
    # A folder with nothing in it has shown nothing.
    return 1 if any(results.values()) or not results else 0


if __name__ == '__main__':
    logging.disable(logging.CRITICAL)
    sys.exit(main())
