# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Run commands inside a guest, over the shell on its serial console."""

import contextlib
import itertools
import os
import re
import select
import time
import tty

_PROMPT = b'guest# '
_READY = b'for a shell'
_ASK_AGAIN_S = 5


class Shell:
    """The shell of the tiny guest behind a pseudo terminal.

    :param path: the terminal, such as /dev/pts/3
    """

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._file)
        self._seen = b''
        self._numbers = itertools.count(1)

    def close(self) -> None:
        os.close(self._file)

    def wait_until_up(self, timeout_s: float = 60) -> str:
        """Wait for the end of the boot, and enter the shell; return what was printed.

        It may be the first boot, or another one after commands were run.
        """
        booted = self._wait_for_boot(timeout_s)
        self._seen = b''
        self._write('')
        self._read_until(re.escape(_PROMPT), timeout_s)
        # What is typed must not come back among what is printed.
        self._write("stty -echo; set +m; PS1=; PS2=; echo 're''ady'")
        self._read_until(rb'ready', timeout_s)
        return booted[0].decode(errors='replace')

    def _wait_for_boot(self, timeout_s: float) -> re.Match[bytes]:
        """Wait for the end of the boot, or for a prompt.

        What was printed before somebody listened is lost: a guest that has booted
        already gives a prompt when it is asked for one.
        """
        pattern = rb'(?s).*(%s|%s)' % (re.escape(_READY), re.escape(_PROMPT))
        end = time.monotonic() + timeout_s
        while time.monotonic() < end - _ASK_AGAIN_S:
            with contextlib.suppress(AssertionError):
                return self._read_until(pattern, _ASK_AGAIN_S)
            self._write('')
        return self._read_until(pattern, _ASK_AGAIN_S)

    def run(self, command: str, timeout_s: float = 30) -> str:
        """Run a command and return what it prints.

        :raises AssertionError: if it fails or takes too long
        """
        status, output = self.attempt(command, timeout_s)
        if status != 0:
            raise AssertionError(f'{command!r} ended with {status}: {output}')
        return output

    def attempt(self, command: str, timeout_s: float = 30) -> tuple[int, str]:
        """Run a command and return its exit status and what it prints."""
        number = next(self._numbers)
        self._seen = b''
        self._write(f'{{ {command}\n}} 2>&1; echo "@{number}:$?@"')
        match = self._read_until(rb'(?s)(.*)@%d:(\d+)@' % number, timeout_s)
        return int(match[2]), match[1].decode(errors='replace').strip()

    def _write(self, line: str) -> None:
        data = line.encode() + b'\n'
        while data:
            data = data[os.write(self._file, data):]

    def _read_until(self, pattern: bytes, timeout_s: float) -> re.Match[bytes]:
        end = time.monotonic() + timeout_s
        while not (match := re.search(pattern, self._seen)):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._file], [], [], left)[0]:
                raise AssertionError(f'not within {timeout_s} s on the console: '
                                     f'{pattern!r} (seen: {self._seen[-2000:]!r})')
            self._seen += os.read(self._file, 65536).replace(b'\r', b'')
        return match
