# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirt's test documents come from the machine's own package sources."""

import io
import pathlib
import tarfile

import fixtures
import testtools

from tools import libvirt_corpus
from tools.libvirt_corpus import fetch

_SOURCES = '''Types: deb
URIs: http://deb.example.org/debian
Suites: bookworm
Components: main
'''
_LIST = '''# of old
deb [signed-by=/k.gpg] http://deb.example.org/debian bookworm main
deb-src http://deb.example.org/debian bookworm main
'''


class SourceListsTest(testtools.TestCase):

    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        (self.folder / 'sources.list.d').mkdir()

    def test_both_formats_ask_for_sources(self):
        (self.folder / 'sources.list.d' / 'debian.sources').write_text(_SOURCES)
        (self.folder / 'sources.list').write_text(_LIST)
        (self.folder / 'sources.list.d' / 'notes.txt').write_text('deb x y z')

        lists = fetch.source_lists(self.folder)

        self.assertEqual({'sources.list', 'debian.sources'}, set(lists))
        self.assertEqual(_SOURCES.replace('deb\n', 'deb-src\n'),
                         lists['debian.sources'])
        self.assertEqual(
            'deb-src [signed-by=/k.gpg] http://deb.example.org/debian bookworm main\n',
            lists['sources.list'])

    def test_no_sources(self):
        error = self.assertRaises(fetch.FetchFailed, fetch.source_lists, self.folder)
        self.assertIn(str(self.folder), str(error))


class UnpackTest(testtools.TestCase):

    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.archive = self.folder / 'libvirt_9.9.orig.tar.xz'

    def _pack(self, **members):
        with tarfile.open(self.archive, 'w:xz') as tar:
            for name, text in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(text)
                tar.addfile(info, io.BytesIO(text.encode()))

    def _names(self, folder):
        return sorted(str(path.relative_to(folder)) for path in folder.rglob('*')
                      if path.is_file())

    def test_documents_and_grammars_are_kept(self):
        self._pack(**{'libvirt-9.9/tests/a/one.xml': '<domain/>',
                      'libvirt-9.9/tests/a/one.args': '-S',
                      'libvirt-9.9/src/conf/schemas/domain.rng': '<grammar/>',
                      'libvirt-9.9/src/main.c': 'int main;'})

        unpacked = fetch._unpack(self.archive, self.folder)

        self.assertEqual('libvirt-9.9', unpacked.name)
        self.assertEqual(['src/conf/schemas/domain.rng', 'tests/a/one.xml'],
                         self._names(unpacked))

    def test_nothing_is_written_elsewhere(self):
        self._pack(**{'libvirt-9.9/tests/../../../evil.xml': '<domain/>',
                      '/tests/evil.xml': '<domain/>',
                      'libvirt-9.9/tests/a/one.xml': '<domain/>'})

        unpacked = fetch._unpack(self.archive, self.folder)

        self.assertEqual(['libvirt_9.9.orig.tar.xz',
                          'unpacked/libvirt-9.9/tests/a/one.xml'],
                         self._names(self.folder))
        self.assertEqual(['tests/a/one.xml'], self._names(unpacked))

    def test_an_archive_that_is_none(self):
        self.archive.write_bytes(b'not an archive')
        self.assertRaises(fetch.FetchFailed, fetch._unpack, self.archive, self.folder)


class CorpusTest(testtools.TestCase):

    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.useFixture(fixtures.EnvironmentVariable('XDG_CACHE_HOME',
                                                     str(self.folder)))

    def _write(self, name, text):
        path = libvirt_corpus.cache() / 'libvirt-9.9' / 'tests' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def test_none_was_fetched(self):
        self.assertIsNone(libvirt_corpus.find())

    def test_documents_are_told_by_their_root(self):
        self._write('qemuxml2argvdata/a.xml', '<domain type="kvm"/>')
        self._write('others/b.xml', '<?xml version="1.0"?>\n<!-- <pool> -->\n<domain>')
        self._write('others/c.xml', '<network>\n</network>')
        self._write('others/d.xml', '')

        corpus = libvirt_corpus.find()

        self.assertEqual('9.9', corpus.version)
        names = {kind: [path.name for path in corpus.documents(kind)]
                 for kind in ('domain', 'domain-elsewhere', 'network', 'secret')}
        self.assertEqual({'domain': ['a.xml'], 'domain-elsewhere': ['b.xml'],
                          'network': ['c.xml'], 'secret': []}, names)

    def test_every_kind_has_a_grammar(self):
        corpus = libvirt_corpus.Corpus(self.folder)
        for kind in libvirt_corpus.KINDS:
            self.assertEqual('.rng', corpus.grammar(kind).suffix)
