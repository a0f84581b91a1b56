# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Unpack packages of the distribution into a folder, without installing them."""

import pathlib
import subprocess


def unpack(package: str, work: pathlib.Path, root: pathlib.Path) -> None:
    """Download a package and add its files to those in `root`.

    :raises: subprocess.CalledProcessError with the output of the failed command
    """
    run(['apt-get', 'download', '--quiet', package], cwd=work)
    (deb,) = work.glob(f'{package}_*.deb')
    run(['dpkg-deb', '--extract', str(deb), str(root)])
    deb.unlink()


def run(command: list[str], cwd: pathlib.Path | None = None) -> bytes:
    done = subprocess.run(command, cwd=cwd, check=True, capture_output=True)
    return done.stdout


def passed_through(command: list[str], data: bytes) -> bytes:
    """Return what a program makes of data, as far as it gets."""
    try:
        return subprocess.run(command, input=data, capture_output=True).stdout
    except FileNotFoundError:
        return b''
