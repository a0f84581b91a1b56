# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The image that the first server boots from, in the node's image folder."""

import dataclasses
import filecmp
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from tools.newcomer import packages
from tools.newcomer import report as report_lib

_BUILDER = pathlib.Path(__file__).parents[1] / 'guest_image'
_GIB = 1024**3
_TINY_RAM_MB = 128
_OWN_RAM_MB = 512


@dataclasses.dataclass(frozen=True)
class Image:
    """A bootable image file, and what a flavor must have to fit it."""

    name: str
    path: pathlib.Path
    disk_format: str
    min_disk_gb: int
    min_ram_mb: int
    #: What its console shows once the guest is up.
    ready: str
    #: Whether a file of that name is taken for it without a look at the content.
    by_name: bool = False


def tiny(report: report_lib.Report, checkout: pathlib.Path) -> Image:
    """Give the tiny image, built from Debian packages if it is not there yet.

    :raises: StepFailed with what the failed command said
    """
    path = checkout / 'build' / f'tiny-{builder_digest()}.qcow2'
    if path.exists():
        report.say(f'{path} is there')
    else:
        _build(report, checkout, path)
    return Image('tiny', path, 'qcow2', 1, _TINY_RAM_MB, 'for a shell', by_name=True)


def own(python: pathlib.Path, path: pathlib.Path) -> Image:
    """Take a file of the reader's, if it is a qcow2 or raw disk that may be used.

    :param python: one with the project's requirements: it inspects the file
    :raises: StepFailed naming the file and what is wrong with it
    """
    if not path.is_file():
        raise report_lib.StepFailed(f'--image {path}: there is no such file')
    inspect = pathlib.Path(__file__).with_name('inspect_image.py')
    done = subprocess.run(
        [python, inspect, path], check=False, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise report_lib.StepFailed(f'--image {path}: {done.stderr.strip()}')
    found = json.loads(done.stdout)
    size_gb = -(-found['virtual_size'] // _GIB)
    name = re.sub(r'[^A-Za-z0-9_.-]+', '-', path.stem) or 'image'
    return Image(name, path, found['format'], size_gb, _OWN_RAM_MB, 'login:')


def put(report: report_lib.Report, image: Image, folder: pathlib.Path) -> None:
    """Copy an image and its properties into the folder, unless they are there.

    :raises: StepFailed where another image has the name; nothing is overwritten
    """
    target = folder / f'{image.name}.{image.disk_format}'
    if target.exists() and (image.by_name or _same(image.path, target)):
        report.say(f'{target} is there')
        return
    if target.exists():
        raise report_lib.StepFailed(
            f'{target} is another image than {image.path}: give the file another name'
        )
    report.say(f'copying {image.path} to {target}')
    part = folder / f'.{target.name}.part'
    try:
        shutil.copyfile(image.path, part)
        _sidecar(target).write_text(_properties(image))
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _sidecar(target: pathlib.Path) -> pathlib.Path:
    return target.with_name(f'{target.name}.yaml')


def _properties(image: Image) -> str:
    properties = {
        'name': image.name,
        'disk_format': image.disk_format,
        'container_format': 'bare',
        'min_disk': image.min_disk_gb,
        'min_ram': image.min_ram_mb,
    }
    lines = [f'{key}: {json.dumps(value)}' for key, value in properties.items()]
    return '\n'.join([*lines, ''])


def _same(one: pathlib.Path, other: pathlib.Path) -> bool:
    return filecmp.cmp(one, other, shallow=False)


def _build(
    report: report_lib.Report, checkout: pathlib.Path, path: pathlib.Path
) -> None:
    report.say(f'making {path} from a kernel and busybox')
    command = [sys.executable, '-m', 'tools.guest_image', str(path)]
    try:
        report.run(command, cwd=checkout)
    except report_lib.StepFailed as error:
        if os.geteuid() != 0:
            hint = 'if a package was not found, "sudo apt-get update" may help'
            raise report_lib.StepFailed(f'{error}\n({hint})') from error
        # a list of packages that is out of date names files that are gone
        packages.update(report)
        report.run(command, cwd=checkout)


def builder_digest() -> str:
    """Tell builders apart, and with them what they have made."""
    digest = hashlib.sha256()
    for path in sorted(_BUILDER.iterdir()):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
