# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Print how much of libvirt's own documents config.py declares and keeps.

    python -m tools.xml_coverage [--kind domain] [--paths 40] [--files] [--any]

The documents are those of ``python -m tools.libvirt_corpus``.  "open" are facts that
libvirt's grammar leaves to other applications, in the metadata: nobody can declare
them, and "declared" is of the others.  The last line is the summary of the domain
documents.
"""

import argparse
import sys

from tools import libvirt_corpus
from tools.xml_coverage import measure

_HEAD = ('kind', 'documents', 'refused', 'whole', 'facts', 'kept', 'open', 'declared')
_ROW = '{:<20}{:>10}{:>9}{:>8}{:>10}{:>10}{:>6}{:>10}'


def main() -> int:
    """Print the table; return 1 for too little, or nothing to measure."""
    options = _options()
    corpus = libvirt_corpus.find()
    if corpus is None:
        print('libvirt\'s documents are not here: python -m tools.libvirt_corpus '
              'fetches them', file=sys.stderr)
        return 0 if options.if_fetched else 1
    print(f'libvirt {corpus.version}' + ('' if options.any else
                                         ', documents that its schema takes'))
    print(_ROW.format(*_HEAD))
    measured = []
    for kind in options.kind or libvirt_corpus.KINDS:
        each = [one for one in measure.documents(corpus, kind)
                if one.valid or options.any]
        print(_row(measure.summarise(kind, each, only_valid=False)))
        measured += each
        if options.files:
            _print_files(each)
    _print_paths(measured, options.paths)
    domains = measure.summarise('domain', measure.documents(corpus, 'domain'))
    print(_last_line(corpus, domains))
    return 0 if _is_enough(domains, options.at_least) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='xml_coverage', description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('--kind', action='append', choices=libvirt_corpus.KINDS,
                        help='only this kind; may be given again')
    parser.add_argument('--paths', type=int, default=40, metavar='N',
                        help='how many undeclared paths to print (40)')
    parser.add_argument('--files', action='store_true',
                        help='name each document that is not kept, and why')
    parser.add_argument('--at-least', type=float, default=0, metavar='PERCENT',
                        help='fail below this, or where a domain is not kept whole')
    parser.add_argument('--if-fetched', action='store_true',
                        help='succeed where the documents are not there')
    parser.add_argument('--any', action='store_true',
                        help='also the documents that libvirt\'s schema refuses')
    return parser.parse_args()


def _row(one: measure.Summary) -> str:
    return _ROW.format(one.kind, one.documents, one.refused, one.kept, one.facts,
                       _percent(one.facts_kept, one.facts), one.facts_open,
                       _percent(one.facts_declared, one.facts_defined))


def _percent(part: int, whole: int) -> str:
    # Only what is whole may look whole.
    return f'{int(part * 10000 / whole) / 100:.2f} %' if whole else '-'


def _print_files(measured: list[measure.Measured]) -> None:
    for one in measured:
        if one.is_kept:
            continue
        print(f'  {one.path.parent.name}/{one.path.name}: '
              + (one.refused or 'changed'))
        for what, facts in (('lost', one.lost), ('invented', one.invented)):
            for fact in facts[:10]:
                print(f'    {what} {" ".join(fact)}')


def _print_paths(measured: list[measure.Measured], count: int) -> None:
    found = measure.frequent(measured, count)
    if not found:
        return
    print('\nmost frequent undeclared paths')
    for path, number in found:
        print(f'{number:>8}  {path}')
    print()


def _is_enough(domains: measure.Summary, percent: float) -> bool:
    if not percent:
        return True
    is_whole = domains.kept == domains.documents > 0
    return is_whole and (
        domains.facts_declared >= domains.facts_defined * percent / 100)


def _last_line(corpus: libvirt_corpus.Corpus, one: measure.Summary) -> str:
    percent = _percent(one.facts_declared, one.facts_defined)
    return (f'xml coverage, libvirt {corpus.version}: {one.kept} of {one.documents} '
            f'domain documents kept whole, {percent} of {one.facts_defined} facts '
            f'declared; {one.facts_open} more are metadata of other applications')


if __name__ == '__main__':
    sys.exit(main())
