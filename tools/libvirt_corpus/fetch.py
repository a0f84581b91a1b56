# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""From the machine's package sources to an unpacked folder."""

import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile

from tools import libvirt_corpus

SOURCES = pathlib.Path('/etc/apt')


class FetchFailed(Exception):
    """The corpus could not be had; what was there before still is."""


def fetch() -> libvirt_corpus.Corpus:
    """Download libvirt's source package and unpack what the tests read of it.

    The machine's own lists of packages stay as they are, and root is not needed.

    :raises: FetchFailed with what apt or tar said
    """
    cache = libvirt_corpus.cache()
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix='fetch-', dir=cache) as name:
        work = pathlib.Path(name)
        unpacked = _unpack(_download(work), work)
        target = cache / unpacked.name
        shutil.rmtree(target, ignore_errors=True)
        unpacked.rename(target)
    return libvirt_corpus.Corpus(target)


def source_lists(folder: pathlib.Path = SOURCES) -> dict[str, str]:
    """Return the machine's lists of sources, by file name, asking for source packages.

    :raises: FetchFailed where there is none
    """
    paths = [folder / 'sources.list', *sorted((folder / 'sources.list.d').glob('*'))]
    lists = {path.name: _of_sources(path) for path in paths
             if path.suffix in ('.list', '.sources') and path.is_file()}
    if not any(text.strip() for text in lists.values()):
        raise FetchFailed(f'no lists of packages in {folder}: is this Debian?')
    return lists


def _of_sources(path: pathlib.Path) -> str:
    lines = path.read_text().splitlines(keepends=True)
    if path.suffix == '.list':
        return ''.join(f'deb-src{line[3:]}' for line in lines
                       if line.startswith(('deb ', 'deb\t')))
    return ''.join('Types: deb-src\n' if line.lower().startswith('types:') else line
                   for line in lines)


def _download(work: pathlib.Path) -> pathlib.Path:
    parts = work / 'sources.list.d'
    for folder in (parts, work / 'lists' / 'partial', work / 'archives' / 'partial'):
        folder.mkdir(parents=True)
    for name, text in source_lists().items():
        (parts / name).write_text(text)
    apt = ['apt-get', '--quiet', *_options(work, parts)]
    _run([*apt, 'update'], work)
    _run([*apt, 'source', '--download-only', 'libvirt'], work)
    found = sorted(work.glob('libvirt_*.orig.tar.*[!c]'))
    if not found:
        raise FetchFailed('the source package has no libvirt_*.orig.tar')
    return found[0]


def _options(work: pathlib.Path, parts: pathlib.Path) -> list[str]:
    options = {
        'Dir::Etc::SourceParts': parts, 'Dir::Etc::SourceList': '/dev/null',
        'Dir::State::Lists': work / 'lists', 'Dir::Cache': work,
        # Its own user could not write into our folder.
        'APT::Sandbox::User': '', 'Acquire::Retries': 3,
    }
    return [f'--option={name}={value}' for name, value in options.items()]


def _run(command: list[str], work: pathlib.Path) -> None:
    environment = {**os.environ, 'LC_ALL': 'C.UTF-8'}
    try:
        subprocess.run(command, cwd=work, env=environment, check=True,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError as ex:
        raise FetchFailed(f'{command[0]} is not here: is this Debian?') from ex
    except subprocess.CalledProcessError as ex:
        raise FetchFailed(f'{" ".join(command)}: {ex.output.strip()}') from ex


def _unpack(archive: pathlib.Path, work: pathlib.Path) -> pathlib.Path:
    target = work / 'unpacked'
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                if _is_wanted(member):
                    _write(target / member.name, tar, member)
    except (tarfile.TarError, OSError, EOFError) as ex:
        raise FetchFailed(f'{archive.name}: {ex}') from ex
    folders = list(target.glob('libvirt-*'))
    if len(folders) != 1:
        raise FetchFailed(f'{archive.name} has {len(folders)} folders libvirt-*')
    return folders[0]


def _is_wanted(member: tarfile.TarInfo) -> bool:
    """Keep the test documents and the grammars, and no path that leads elsewhere."""
    name = pathlib.PurePath(member.name)
    if name.is_absolute() or '..' in name.parts or not _is_own(member):
        return False
    is_document = name.parts[1:2] == ('tests',) and name.suffix == '.xml'
    is_grammar = name.parts[1:4] == ('src', 'conf', 'schemas') and name.suffix == '.rng'
    return is_document or is_grammar or name.name in ('COPYING', 'COPYING.LESSER')


def _is_own(member: tarfile.TarInfo) -> bool:
    # Most links of another folder stand for a document that is there already.
    return member.isfile() or (member.issym() and '/' not in member.linkname)


def _write(path: pathlib.Path, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    content = tar.extractfile(member)
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read())
