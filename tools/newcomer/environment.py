# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Virtual environments in the checkout, filled once and kept while they fit."""

import hashlib
import os
import pathlib
import sys

from tools.newcomer import processes
from tools.newcomer import report as report_lib

_MARK = '.made-by-newcomer-tools'
_INPUTS = ('setup.cfg', 'pyproject.toml', 'requirements.txt')


class Environment:
    """A virtual environment that knows what it was filled with."""

    def __init__(self, path: pathlib.Path, checkout: pathlib.Path) -> None:
        self.path = path
        self._checkout = checkout
        self._mark = path / _MARK

    def program(self, name: str) -> pathlib.Path:
        return self.path / 'bin' / name

    def ensure(self, report: report_lib.Report, *requirements: str) -> None:
        """Make it, and install into it, unless the same was done before.

        :raises: StepFailed; the next run then starts over with the install
        """
        stamp = self._stamp(requirements)
        if self._mark.exists() and self._mark.read_text() == stamp:
            report.say(f'{self.path} is up to date')
            return
        if self.path.is_file():  # a PEP 832 pointer, which tox makes by itself
            report.say(f'{self.path} pointed at another environment; replacing it')
            self.path.unlink()
        if not self.program('python').exists():
            report.run([sys.executable, '-m', 'venv', str(self.path)])
            self._mark.write_text('not filled yet\n')
        pip = [str(self.program('python')), '-m', 'pip', '--disable-pip-version-check']
        report.run(
            [*pip, 'install', '--upgrade', *requirements],
            env=build_environment(self._checkout),
            cwd=self._checkout,
        )
        if self.is_ours():
            self._mark.write_text(stamp)

    def is_ours(self) -> bool:
        """Tell whether these tools made it, and so may remove it."""
        return self._mark.exists()

    def users(self) -> set[int]:
        """Find the processes that run a program of this environment."""
        prefix = os.fsencode(self.path / 'bin') + b'/'
        return {
            pid for pid, words in processes.command_lines()
            if any(word.startswith(prefix) for word in words[:2])
        }  # fmt: skip

    def _stamp(self, requirements: tuple[str, ...]) -> str:
        digest = hashlib.sha256(repr(sys.version_info[:3]).encode())
        for name in _INPUTS:
            digest.update((self._checkout / name).read_bytes())
        digest.update('\0'.join([str(self.path), *requirements]).encode())
        return digest.hexdigest() + '\n'


def build_environment(checkout: pathlib.Path) -> dict[str, str]:
    """Let pbr find the version, also as root in another user's checkout."""
    if not (checkout / '.git').exists():
        return {} if 'PBR_VERSION' in os.environ else {'PBR_VERSION': '0.0.0'}
    return {
        'GIT_CONFIG_COUNT': '1',
        'GIT_CONFIG_KEY_0': 'safe.directory',
        'GIT_CONFIG_VALUE_0': str(checkout),
    }
