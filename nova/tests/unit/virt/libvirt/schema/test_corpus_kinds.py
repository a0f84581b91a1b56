# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirt's own test documents of every kind but domains, read and written back."""

from nova.tests.unit.virt.libvirt.schema import test_corpus
from tools import libvirt_corpus
from tools.xml_coverage import measure


def _is_named(guest):
    # Made by hand, a guest always has a name.
    return guest is None or guest.name is not None


class KindsCorpusTestCase(test_corpus.CorpusTestCase):

    def _check(self, kind, at_least):
        self._kept(kind, at_least)
        self._declared(kind, 100)
        for one in test_corpus._measured(kind):
            self._check_fields(kind, one)

    def _check_fields(self, kind, one):
        """Check that the fields alone, not what was carried, make the document."""
        cls = measure.class_of(kind)
        obj = cls()
        obj.parse_str(one.path.read_bytes())
        if test_corpus._gaps(obj):
            return
        again = cls()
        written = test_corpus._forgetting(obj).to_xml()
        again.parse_str(written)
        self.assertEqual(obj, test_corpus._forgetting(again), one.path)
        if kind != 'snapshot' or _is_named(obj.domain):
            self.assertTrue(
                measure.is_valid(libvirt_corpus.find(), kind, written), one.path)

    def test_network_filters(self):
        self._check('nwfilter', 100)

    def test_bindings_of_network_filters(self):
        self._check('nwfilter-binding', 2)

    def test_snapshots(self):
        self._check('snapshot', 26)

    def test_checkpoints(self):
        self._check('checkpoint', 9)

    def test_backups(self):
        self._check('backup', 14)

    def test_capabilities(self):
        self._check('capabilities', 20)

    def test_domain_capabilities(self):
        self._check('domain-capabilities', 60)

    def test_node_devices(self):
        self._check('node-device', 50)

    def test_secrets(self):
        self._check('secret', 7)

    def test_cpus(self):
        self._check('cpu', 280)

    def test_networks(self):
        self._check('network', 130)

    def test_ports_of_networks(self):
        self._check('network-port', 7)

    def test_interfaces(self):
        self._check('interface', 19)

    def test_storage_pools(self):
        self._check('storage-pool', 75)

    def test_storage_volumes(self):
        self._check('storage-volume', 48)
