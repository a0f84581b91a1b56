# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""System packages: which of bindep.txt are missing, and how they come.

bindep itself would need a virtual environment, which a bare machine cannot
make yet; of its format this reads what our file uses, `name [platform:... profile]`.
"""

import os
import pathlib
import platform
import re
import subprocess

from tools.newcomer import report as report_lib

_LINE = re.compile(r'^(?P<name>[a-z0-9][a-z0-9.+-]*)(?:\s+\[(?P<selectors>[^\]]*)\])?$')
_LISTS = pathlib.Path('/var/lib/apt/lists')
_APT = ['apt-get', '--quiet', '--option', 'DPkg::Lock::Timeout=300']
_INSTALL = ['install', '--yes', '--no-install-recommends']
_QUIET = {'DEBIAN_FRONTEND': 'noninteractive'}


def required(
    bindep_txt: str, platforms: set[str], profile: str | None = None
) -> list[str]:
    """List the packages that a bindep.txt asks for on this platform.

    :param profile: list those of this profile instead of those of every machine
    :raises: ValueError naming a line that cannot be read
    """
    lines = (line.split('#')[0].strip() for line in bindep_txt.splitlines())
    return [name for line in lines if line
            for name in _wanted(line, platforms, profile)]  # fmt: skip


def missing(names: list[str]) -> list[str]:
    """List those of the packages that are not installed."""
    query = ['dpkg-query', '--show', '--showformat', '${db:Status-Abbrev} ${Package}\n']
    done = subprocess.run([*query, *names], check=False, capture_output=True, text=True)
    states = (line.split() for line in done.stdout.splitlines())
    installed = {state[1] for state in states if state[0] == 'ii'}
    return [name for name in names if name not in installed]


def ensure(
    report: report_lib.Report, bindep: pathlib.Path, profile: str | None = None
) -> list[str]:
    """Install what is missing, or say how; return what was installed now.

    :param profile: of bindep.txt; None for what every machine needs
    :raises: StepFailed with the command to run, for who is not root
    """
    names = missing(required(bindep.read_text(), platforms(), profile))
    if not names and has_lists():
        report.say('all there')
        return []
    if os.geteuid() != 0:
        raise report_lib.StepFailed(_what_to_run(names))
    if profile is None or not has_lists():
        update(report)
    if names:
        report.say('installing: ' + ' '.join(names))
        report.run([*_APT, *_INSTALL, *names], env=_QUIET)
    return names


def update(report: report_lib.Report) -> None:
    """Fetch the lists of packages anew; only root can."""
    report.say('fetching the lists of packages')
    report.run([*_APT, 'update'], env=_QUIET)


def has_lists() -> bool:
    """Tell whether apt knows any packages; bare images come without lists."""
    return any(_LISTS.glob('*_Packages*'))


def platforms() -> set[str]:
    """Name this platform in bindep's words.

    :raises: StepFailed where there is no apt
    """
    release = platform.freedesktop_os_release()
    names = {release['ID'], *release.get('ID_LIKE', '').split()}
    if not names & {'debian', 'ubuntu'}:
        raise report_lib.StepFailed(
            f'{release["ID"]} is neither Debian nor Ubuntu: install what bindep.txt '
            'lists with its own tools, then use --skip-packages'
        )
    return {'dpkg', release['ID']}


def _wanted(line: str, platforms: set[str], profile: str | None) -> list[str]:
    match = _LINE.match(line)
    if match is None:
        raise ValueError(f'bindep.txt: cannot read "{line}"')
    selectors = set((match['selectors'] or '').split())
    profiles = {name for name in selectors if not name.startswith('platform:')}
    wanted = {name.removeprefix('platform:') for name in selectors - profiles}
    is_ours = profiles == ({profile} if profile else set())
    return [match['name']] if is_ours and (not wanted or wanted & platforms) else []


def _what_to_run(names: list[str]) -> str:
    commands = ['apt-get update']
    if names:
        commands.append(' '.join(['apt-get', *_INSTALL, *names]))
    return (
        'System packages are missing, and installing them takes root. Run this, '
        f"then start again:\n\n    sudo sh -c '{' && '.join(commands)}'\n"
    )
