# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""See which programs a process of the project starts, or make them slow."""

import json
import pathlib
import stat

import fixtures

_SITECUSTOMIZE = '''\
import json
import os
import sys

def _record(event, arguments):
    if event == 'subprocess.Popen':
        words = [os.fsdecode(word) for word in arguments[1]]
    elif event == 'os.posix_spawn':
        words = [os.fsdecode(word) for word in arguments[1]]
        # Programs that set limits and become the next one.
        while os.path.basename(words[0]) in ('prlimit', 'setpriv'):
            words = words[words.index('--') + 1:]
        words[0] = os.path.basename(words[0])
    elif event in ('os.system', 'os.exec'):
        words = [event, str(arguments)]
    else:
        return
    with open({record!r}, 'a') as out:
        out.write(json.dumps(words) + '\\n')

sys.addaudithook(_record)
'''


class ProgramRecorder(fixtures.Fixture):
    """Record each program that a Python process starts with our environment."""

    def _setUp(self) -> None:
        folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self._record = folder / 'programs'
        self._record.touch()
        code = _SITECUSTOMIZE.format(record=str(self._record))
        (folder / 'sitecustomize.py').write_text(code)
        self.environment = {'PYTHONPATH': str(folder)}

    def started(self) -> list[list[str]]:
        """Give the command lines so far, in order."""
        return [json.loads(line) for line in self._record.read_text().splitlines()]


class Gate(fixtures.Fixture):
    """Hold a program at its start, by a namesake that comes first in PATH.

    :param program: name of the program, such as qemu-img
    :param argument: only invocations with this argument are held
    """

    def __init__(self, program: str, argument: str) -> None:
        self._program = program
        self._argument = argument

    def _setUp(self) -> None:
        self._folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self._reached = self._folder / 'reached'
        self._open = self._folder / 'open'
        script = self._folder / self._program
        script.write_text(self._script())
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        self.environment = {'PATH': f'{self._folder}:/usr/sbin:/usr/bin:/sbin:/bin'}
        self.addCleanup(self.open)

    def is_reached(self) -> bool:
        return self._reached.exists()

    def open(self) -> None:
        self._open.touch()

    def _script(self) -> str:
        return f'''#!/bin/sh
case " $* " in *" {self._argument} "*)
    touch {self._reached}
    while [ ! -e {self._open} ]; do sleep 0.05; done;;
esac
PATH=/usr/sbin:/usr/bin:/sbin:/bin exec {self._program} "$@"
'''
