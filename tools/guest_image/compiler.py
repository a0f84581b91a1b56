# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Compile the few programs of the guest that busybox does not have."""

import pathlib
import subprocess
import tempfile

#: Small, in need of nothing, and the same each time.
_COMMAND = ('gcc', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-Os', '-static', '-s',
            '-Wl,--build-id=none')


def static(source: pathlib.Path) -> bytes:
    """Compile a C file to a program that needs no library.

    :raises: subprocess.CalledProcessError with what the compiler said
    """
    with tempfile.TemporaryDirectory(prefix='compiled-') as folder:
        program = pathlib.Path(folder) / source.stem
        subprocess.run([*_COMMAND, '-o', str(program), str(source)],
                       check=True, capture_output=True)
        return program.read_bytes()
