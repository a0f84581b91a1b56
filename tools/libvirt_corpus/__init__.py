# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirt's own test documents: where they are, and which there are.

They come from Debian's source package of libvirt and are never committed; see
``python -m tools.libvirt_corpus``.
"""

import functools
import os
import pathlib
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

#: The folder of the domain documents that cover the format.
DOMAINS = 'qemuxml2argvdata'

#: The root tag of each kind of document.
KINDS = {
    'domain': 'domain', 'domain-elsewhere': 'domain', 'nwfilter': 'filter',
    'nwfilter-binding': 'filterbinding', 'snapshot': 'domainsnapshot',
    'checkpoint': 'domaincheckpoint', 'backup': 'domainbackup',
    'capabilities': 'capabilities', 'domain-capabilities': 'domainCapabilities',
    'node-device': 'device', 'secret': 'secret', 'cpu': 'cpu', 'network': 'network',
    'network-port': 'networkport', 'interface': 'interface', 'storage-pool': 'pool',
    'storage-volume': 'volume',
}

#: The grammar of each root tag.
GRAMMARS = {
    'domain': 'domain.rng', 'filter': 'nwfilter.rng',
    'filterbinding': 'nwfilterbinding.rng', 'domainsnapshot': 'domainsnapshot.rng',
    'domaincheckpoint': 'domaincheckpoint.rng', 'domainbackup': 'domainbackup.rng',
    'capabilities': 'capability.rng', 'domainCapabilities': 'domaincaps.rng',
    'device': 'nodedev.rng', 'secret': 'secret.rng', 'cpu': 'cpu.rng',
    'network': 'network.rng', 'networkport': 'networkport.rng',
    'interface': 'interface.rng', 'pool': 'storagepool.rng',
    'volume': 'storagevol.rng',
}


class Corpus(NamedTuple):
    """An unpacked source package."""

    folder: pathlib.Path

    @property
    def version(self) -> str:
        """The version of libvirt."""
        return self.folder.name.partition('-')[2]

    def documents(self, kind: str) -> list[pathlib.Path]:
        """Return the files of a kind of document."""
        found = _by_root(self.folder).get(KINDS[kind], [])
        if KINDS[kind] != 'domain':
            return found
        return [path for path in found
                if (path.parent.name == DOMAINS) == (kind == 'domain')]

    def grammar(self, kind: str) -> pathlib.Path:
        """Return the RELAX NG schema of a kind of document."""
        return self.folder / 'src' / 'conf' / 'schemas' / GRAMMARS[KINDS[kind]]


def cache() -> pathlib.Path:
    """Return the folder that the source is unpacked in, whether it is there or not."""
    base = os.environ.get('XDG_CACHE_HOME')
    if base:
        return pathlib.Path(base) / 'nova-libvirt' / 'libvirt-corpus'
    return ROOT / 'build' / 'libvirt-corpus'


def find() -> Corpus | None:
    """Return the corpus, or None where it was not fetched."""
    found = sorted(path for path in cache().glob('libvirt-*') if path.is_dir())
    return Corpus(found[-1]) if found else None


@functools.cache
def _by_root(folder: pathlib.Path) -> dict[str | None, list[pathlib.Path]]:
    found: dict[str | None, list[pathlib.Path]] = {}
    for path in sorted((folder / 'tests').rglob('*.xml')):
        found.setdefault(_root_tag(path), []).append(path)
    return found


def _root_tag(path: pathlib.Path) -> str | None:
    # The tool runs before anything is installed: no parser but a look at the text.
    text = path.read_text(errors='replace')
    while (start := text.find('<')) >= 0:
        text = text[start + 1:]
        if text[:3] == '!--':
            text = text.partition('-->')[2]
        elif text[:1] not in '!?':
            return text.split('>', 1)[0].split(None, 1)[0].rstrip('/')
    return None
