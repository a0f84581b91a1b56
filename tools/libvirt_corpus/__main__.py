# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Fetch libvirt's own test documents, where they are not there yet.

    python -m tools.libvirt_corpus [--again]

They go into $XDG_CACHE_HOME/nova-libvirt/libvirt-corpus, or into build/libvirt-corpus
where that variable is not set.  Prints the folder.
"""

import argparse
import sys

from tools import libvirt_corpus
from tools.libvirt_corpus import fetch


def main() -> int:
    """Fetch; return how the process ends."""
    parser = argparse.ArgumentParser(prog='libvirt_corpus', description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('--again', action='store_true',
                        help='fetch even where there is one')
    options = parser.parse_args()
    corpus = None if options.again else libvirt_corpus.find()
    try:
        corpus = corpus or fetch.fetch()
    except fetch.FetchFailed as ex:
        print(f'libvirt_corpus: {ex}', file=sys.stderr)
        return 1
    print(corpus.folder)
    return 0


if __name__ == '__main__':
    sys.exit(main())
