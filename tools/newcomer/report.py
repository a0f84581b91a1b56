# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Numbered steps on the screen, and long commands with a sign of life."""

from collections.abc import Callable, Iterator, Mapping, Sequence
import os
import pathlib
import queue
import re
import shlex
import subprocess
import sys
import threading
import time
from typing import IO, TextIO

#: What apt-get and pip print when they turn to the next thing.
_ACTIVITY = re.compile(
    r'^(?:Setting up|Unpacking|Get:\d+|Collecting|Downloading|Installing|Building'
    r'|Obtaining|Preparing|making|fetching)\b.*',
    re.IGNORECASE,
)
_NO_TERMINAL_INTERVAL_S = 10.0
_LOG_LINES_SHOWN = 25


class StepFailed(Exception):
    """A step could not be done; the text says what the reader can do."""


class Report:
    """Show steps as `[n/total] title`, and keep what commands print in a log."""

    def __init__(
        self, total: int, log_path: pathlib.Path, out: TextIO = sys.stdout
    ) -> None:
        self._total = total
        self._number = 0
        self._out = out
        self._live = out.isatty()
        self.log_path = log_path
        log_path.write_text('')

    def step(self, title: str) -> None:
        self._number += 1
        self._print(f'[{self._number}/{self._total}] {title}')

    def say(self, text: str = '') -> None:
        for line in text.splitlines():
            self._print(f'      {line}')

    def run(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: pathlib.Path | None = None,
    ) -> None:
        """Run a command that may take long; its output goes to the log.

        :raises: StepFailed with the last lines of the output
        """
        with self.log_path.open('ab', buffering=0) as log:
            log.write(f'\n$ {" ".join(command)}\n'.encode())
            status = self._follow(command, log, env, cwd)
        if status != 0:
            raise StepFailed(self._failure(command, status))

    def wait_for(
        self, what: str, condition: Callable[[], bool], deadline_s: float
    ) -> bool:
        """Poll until the condition holds; tell whether it did in time."""
        ticker = _Ticker(self._out, self._live, f'waiting for {what}')
        end = time.monotonic() + deadline_s
        while not (holds := condition()) and time.monotonic() < end:
            ticker.show()
            time.sleep(0.1)
        ticker.clear()
        return holds

    def show(self, command: Sequence[str], *, env: Mapping[str, str]) -> str:
        """Run a command as the reader could, with its name and output on the screen.

        :returns: what it printed
        :raises: StepFailed with its complaint
        """
        self.say(f'$ {shlex.join([pathlib.Path(command[0]).name, *command[1:]])}')
        output = self.ask(command, env=env)
        self.say(output)
        return output

    def ask(self, command: Sequence[str], *, env: Mapping[str, str]) -> str:
        """Run a command unseen and return what it printed.

        :raises: StepFailed with its complaint
        """
        done = subprocess.run(
            command,
            check=False,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding='utf-8',
            errors='replace',
        )
        if done.returncode != 0:
            raise StepFailed(done.stderr.strip() or f'{command[0]} failed')
        return done.stdout

    def _follow(
        self,
        command: Sequence[str],
        log: IO[bytes],
        env: Mapping[str, str] | None,
        cwd: pathlib.Path | None,
    ) -> int:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        ticker = _Ticker(self._out, self._live)
        for line in _lines(process):
            log.write(line)
            ticker.show(line.decode(errors='replace').strip())
        ticker.clear()
        return process.wait()

    def _failure(self, command: Sequence[str], status: int) -> str:
        return (
            f'"{" ".join(command[:3])} ..." failed with status {status}:\n'
            f'{tail(self.log_path)}\n(everything it printed: {self.log_path})'
        )

    def _print(self, text: str) -> None:
        print(text, file=self._out, flush=True)


class _Ticker:
    """Tell what a command does at present, and for how long it has been at it."""

    def __init__(self, out: TextIO, live: bool, activity: str = '') -> None:
        self._out = out
        self._live = live
        self._began = self._shown = time.monotonic()
        self._activity = activity

    def show(self, line: str = '') -> None:
        if _ACTIVITY.match(line):
            self._activity = line[:60]
        now = time.monotonic()
        text = f'      {now - self._began:3.0f} s  {self._activity}'
        if self._live:
            print(f'\r\033[K{text}', end='', file=self._out, flush=True)
        elif now - self._shown >= _NO_TERMINAL_INTERVAL_S:
            self._shown = now
            print(text, file=self._out, flush=True)

    def clear(self) -> None:
        if self._live:
            print('\r\033[K', end='', file=self._out, flush=True)


def _lines(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """Yield what a process prints, and nothing (b'') each second that it is silent."""
    assert process.stdout is not None
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=1.0)
        except queue.Empty:
            yield b''
            continue
        if line is None:
            return
        yield line


def _read(stream: IO[bytes], lines: 'queue.SimpleQueue[bytes | None]') -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def tail(path: pathlib.Path, lines: int = _LOG_LINES_SHOWN) -> str:
    """Give the last lines of a text file."""
    return '\n'.join(path.read_text(errors='replace').splitlines()[-lines:])
