# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Every check of the project, from a bare machine, with one closing line."""

import argparse
import collections
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import time

from tools import libvirt_corpus
from tools.libvirt_corpus import fetch
from tools.newcomer import environment
from tools.newcomer import hypervisor
from tools.newcomer import image as image_lib
from tools.newcomer import packages
from tools.newcomer import report as report_lib

_CHECKOUT = pathlib.Path(__file__).parents[2]
#: The profile of bindep.txt and the extra of setup.cfg that some tests want.
OSINFO = 'osinfo'
ENVIRONMENTS = ('py3', 'xml', 'contract', 'functional', 'pep8', 'mypy')
_TOTALS = re.compile(r'^ - (Passed|Skipped|Failed|Unexpected Success): (\d+)', re.M)


@dataclasses.dataclass(frozen=True)
class Result:
    """What one tox environment came to; a check without tests counts as one."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float


def main() -> int:
    """Run what the command line names; exit status 1 if anything failed."""
    chosen = _parser().parse_args()
    os.umask(0o022)
    os.chdir(_CHECKOUT)
    names = chosen.environment or list(ENVIRONMENTS)
    report = report_lib.Report(7 + len(names), _CHECKOUT / '.run_tests.log')
    try:
        tox = _prepare(report, skip_packages=chosen.skip_packages)
        extras = _extras(report, skip_packages=chosen.skip_packages)
    except report_lib.StepFailed as error:
        print(f'\nerror: {error}', file=sys.stderr)
        return 1
    variables = _variables(extras)
    command = [str(tox), *_make_environments(report, tox, names, variables)]
    results = [_run(report, command, name, variables) for name in names]
    print(summary(results))
    return 1 if any(result.failed for result in results) else 0


def parse_totals(output: str, status: int) -> tuple[int, int, int]:
    """Read (passed, failed, skipped) off stestr's closing lines, of each of its runs.

    A tox environment that failed without a failed test counts as one failure: it
    did not install, or the runner itself died.
    """
    totals: collections.Counter[str] = collections.Counter()
    for name, number in _TOTALS.findall(output):
        totals[name] += int(number)
    if not totals:
        return int(status == 0), int(status != 0), 0
    failed = totals['Failed'] + totals['Unexpected Success']
    return totals['Passed'], failed or int(status != 0), totals['Skipped']


def summary(results: list[Result]) -> str:
    """Compose a table, and under it the line that machines read."""
    rows = [
        f'{result.name:12}{result.passed:6} passed{result.failed:6} failed'
        f'{result.skipped:6} skipped{result.seconds:8.0f} s'
        for result in results
    ]
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    skipped = sum(result.skipped for result in results)
    closing = f'{passed} passed, {failed} failed, {skipped} skipped'
    return '\n'.join(['', *rows, '', closing])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='./run_tests',
        description='Install what the tests need, run them, and sum up.',
    )
    parser.add_argument(
        'environment', nargs='*',
        help=f'tox environments to run (default: {" ".join(ENVIRONMENTS)})',
    )  # fmt: skip
    parser.add_argument(
        '--skip-packages', action='store_true',
        help='take it that the system packages of bindep.txt are installed',
    )  # fmt: skip
    return parser


def _prepare(report: report_lib.Report, *, skip_packages: bool) -> pathlib.Path:
    report.step('System packages')
    if skip_packages:
        report.say('skipped')
    else:
        packages.ensure(report, _CHECKOUT / 'bindep.txt')
    report.step('tox')
    venv = environment.Environment(_CHECKOUT / '.tox' / '.runner', _CHECKOUT)
    venv.ensure(report, 'tox>=4.14')
    uri = hypervisor.default_uri()
    report.step(f'libvirt ({uri})')
    hypervisor.ensure_libvirt(report, uri)
    report.step('Image for the functional tests')
    image_lib.tiny(report, _CHECKOUT)
    report.step("libvirt's own test documents")
    _fetch_documents(report)
    return venv.program('tox')


def _fetch_documents(report: report_lib.Report) -> None:
    # Not having them is no failure: the tests that need them say why they skip.
    try:
        corpus = libvirt_corpus.find() or fetch.fetch()
    except (fetch.FetchFailed, OSError) as error:
        report.say(f'not here: {error}')
    else:
        report.say(str(corpus.folder))


def _extras(report: report_lib.Report, *, skip_packages: bool) -> str:
    """Install what the extra needs, where that can be; return its name, or nothing."""
    report.step('libosinfo')
    bindep = _CHECKOUT / 'bindep.txt'
    try:
        if not skip_packages:
            packages.ensure(report, bindep, OSINFO)
        lacking = packages.missing(
            packages.required(bindep.read_text(), packages.platforms(), OSINFO)
        )
    except report_lib.StepFailed as error:
        # The tests that want it say that they skip.
        report.say(f'not here: {error}')
        return ''
    report.say(f'not here: {" ".join(lacking)}' if lacking else 'is here')
    return '' if lacking else OSINFO


def _variables(extras: str) -> dict[str, str]:
    return {
        **os.environ,
        **environment.build_environment(_CHECKOUT),
        'NOVA_TEST_EXTRAS': extras,
    }


def _make_environments(
    report: report_lib.Report,
    tox: pathlib.Path,
    names: list[str],
    variables: dict[str, str],
) -> list[str]:
    """Make the tox environments, several at once; return tox's options from then on."""
    report.step('tox environments')
    try:
        report.run(
            [str(tox), 'run-parallel', '--notest', '-e', ','.join(names)], env=variables
        )
    except report_lib.StepFailed as error:
        # Each is made again when it runs, and says what is wrong.
        report.say(f'not all could be made: {error}')
        return []
    return ['--skip-pkg-install']


def _run(
    report: report_lib.Report, command: list[str], name: str, variables: dict[str, str]
) -> Result:
    report.step(f'tox -e {name}')
    began = time.monotonic()
    with subprocess.Popen(
        [command[0], 'run', '-e', name, *command[1:]],
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        output = _echo(process)
    counts = parse_totals(output, process.returncode)
    return Result(name, *counts, seconds=time.monotonic() - began)


def _echo(process: subprocess.Popen[bytes]) -> str:
    """Pass on what a process prints, and keep it."""
    assert process.stdout is not None
    kept = []
    for line in process.stdout:
        text = line.decode(errors='replace')
        sys.stdout.write(text)
        sys.stdout.flush()
        kept.append(text)
    return ''.join(kept)
