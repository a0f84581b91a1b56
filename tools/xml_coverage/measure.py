# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Reading a document, writing it back, and what became of its facts."""

from collections import Counter
from collections.abc import Iterable, Iterator
import functools
import pathlib
import re
from typing import Any, NamedTuple

from lxml import etree

from nova import exception
from nova.virt.libvirt import config
from tools import libvirt_corpus
from tools.xml_coverage import facts

#: The class of each kind of document.
CLASSES = {
    'domain': 'LibvirtConfigGuest',
    'domain-elsewhere': 'LibvirtConfigGuest',
    'nwfilter': 'LibvirtConfigNWFilter',
    'nwfilter-binding': 'LibvirtConfigNWFilterBinding',
    'snapshot': 'LibvirtConfigGuestSnapshot',
    'checkpoint': 'LibvirtConfigGuestCheckpoint',
    'backup': 'LibvirtConfigGuestBackup',
    'capabilities': 'LibvirtConfigCaps',
    'domain-capabilities': 'LibvirtConfigDomainCaps',
    'node-device': 'LibvirtConfigNodeDevice',
    'secret': 'LibvirtConfigSecret',
    'cpu': 'LibvirtConfigCPU',
    'network': 'LibvirtConfigNetwork',
    'network-port': 'LibvirtConfigNetworkPort',
    'interface': 'LibvirtConfigInterface',
    'storage-pool': 'LibvirtConfigStoragePool',
    'storage-volume': 'LibvirtConfigStorageVolume',
}

_METADATA = re.compile(r'/metadata(?:\[\d+\])?/\{([^}]*)\}')
#: Namespaces of metadata that is declared.
_OURS = (config.LibvirtConfigGuestMetaNovaInstance.ns_uri,
         config.LibvirtConfigGuestMetaOsinfo.ns_uri)
_POSITION = re.compile(r'\[\d+\]')


class Measured(NamedTuple):
    """What became of one document."""

    path: pathlib.Path
    facts: list[facts.Fact]
    #: The facts that are carried without being declared.
    undeclared: list[Any]
    lost: list[facts.Fact]
    invented: list[facts.Fact]
    #: Whether the facts that were kept stand where they stood.
    in_order: bool
    #: Whether libvirt's grammar takes the document, and what was made of it.
    valid: bool
    valid_after: bool
    #: Why it was refused.
    refused: str | None = None

    @property
    def is_kept(self) -> bool:
        """Whether nothing was lost, invented or moved."""
        return not (self.refused or self.lost or self.invented) and self.in_order


class Summary(NamedTuple):
    """The documents of one kind in numbers; a refused one has declared nothing.

    What libvirt's grammar leaves open, nobody can declare: it is not among the facts
    that are defined, and whether it is kept counts like for any other.
    """

    kind: str
    documents: int
    valid: int
    kept: int
    refused: int
    facts: int
    facts_kept: int
    facts_open: int
    facts_declared: int

    @property
    def facts_defined(self) -> int:
        """How many facts libvirt's grammar itself defines."""
        return self.facts - self.facts_open


def class_of(kind: str) -> type[Any] | None:
    """Return the class that reads a kind of document; None where there is none."""
    return getattr(config, CLASSES[kind], None)


def documents(corpus: libvirt_corpus.Corpus, kind: str) -> Iterator[Measured]:
    """Measure every document of a kind; what is no XML at all is left out."""
    cls = class_of(kind)
    grammar = _grammar(corpus.grammar(kind))
    for path in corpus.documents(kind):
        text = path.read_bytes()
        try:
            root = facts.parse(text)
        except etree.XMLSyntaxError:
            continue
        yield _measure(path, text, root, cls, grammar)


def summarise(kind: str, measured: Iterable[Measured], *,
              only_valid: bool = True) -> Summary:
    """Return the numbers, of the documents alone that libvirt's grammar takes."""
    each = [one for one in measured if one.valid or not only_valid]
    total = sum(len(one.facts) for one in each)
    lost = sum(len(one.facts) if one.refused else len(one.lost) for one in each)
    undeclared = sum(len(one.facts) if one.refused else
                     len(one.undeclared) + len(one.lost) for one in each)
    left_open = sum(is_open(fact.path) for one in each for fact in one.undeclared)
    return Summary(kind, len(each), sum(one.valid for one in each),
                   sum(one.is_kept for one in each),
                   sum(one.refused is not None for one in each),
                   total, total - lost, left_open, total - undeclared)


def is_open(path: str) -> bool:
    """Tell whether a fact is metadata of another application.

    libvirt's grammar takes any element of any namespace there.
    """
    found = _METADATA.search(path)
    return found is not None and found[1] not in _OURS


def frequent(measured: Iterable[Measured], count: int = 40) -> list[tuple[str, int]]:
    """Return the paths that are most often undeclared, without positions."""
    found = Counter(f'{_POSITION.sub("", fact.path)}/{fact.kind}'
                    for one in measured for fact in one.undeclared
                    if not is_open(fact.path))
    return found.most_common(count)


def is_valid(corpus: libvirt_corpus.Corpus, kind: str, xml: str) -> bool:
    """Tell whether libvirt's grammar takes a document."""
    return bool(_grammar(corpus.grammar(kind)).validate(facts.parse(xml)))


def _measure(path: pathlib.Path, text: bytes, root: etree._Element,
             cls: type[Any] | None, grammar: etree.RelaxNG) -> Measured:
    before = facts.of(root)
    valid = grammar.validate(root)
    if cls is None:
        return Measured(path, before, [], [], [], False, valid, False, 'no class')
    try:
        obj = cls()
        obj.parse_str(text)
        undeclared = obj.undeclared()
        again = facts.parse(obj.to_xml())
    except exception.NovaException as ex:
        return Measured(path, before, [], [], [], False, valid, False, str(ex))
    return _compared(path, before, undeclared, again, valid, grammar)


def _compared(path: pathlib.Path, before: list[facts.Fact], undeclared: list[Any],
              again: etree._Element, valid: bool, grammar: etree.RelaxNG) -> Measured:
    was = facts.by_value(before)
    now = facts.by_value(facts.of(again))
    lost = list((Counter(was) - Counter(now)).elements())
    invented = list((Counter(now) - Counter(was)).elements())
    return Measured(path, before, undeclared, lost, invented, was == now, valid,
                    grammar.validate(again))


@functools.cache
def _grammar(path: pathlib.Path) -> etree.RelaxNG:
    return etree.RelaxNG(file=str(path))
