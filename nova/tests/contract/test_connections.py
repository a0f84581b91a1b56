# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Connections: what they offer, and what is left when they are closed."""

import libvirt

from nova.tests.contract import base
from nova.virt.libvirt import errors

_CPU = '<cpu><arch>x86_64</arch><model>qemu64</model></cpu>'


class ConnectionContract(base.BackendTestCase):
    """What a connection does, whatever is behind it."""

    def test_open_connection_is_alive(self):
        self.assertEqual(1, self.conn.isAlive())

    def test_closed_connection_answers_nothing(self):
        conn = self.opener(self.backend.uri, [[], None, None], 0)
        conn.close()
        error = self.failure(conn.getHostname)
        self.assertTrue(errors.is_disconnected(error))

    def test_read_only_connection_defines_nothing(self):
        conn = self.opener(self.backend.uri, [[], None, None], libvirt.VIR_CONNECT_RO)
        self.addCleanup(conn.close)
        error = self.failure(conn.defineXML, self.xml)
        self.assertEqual(libvirt.VIR_ERR_OPERATION_DENIED, error.get_error_code())

    def test_cpu_map_counts_its_cpus(self):
        total, cpus, online = self.conn.getCPUMap(0)
        self.assertEqual((total, online), (len(cpus), sum(cpus)))

    def test_node_info_has_eight_figures(self):
        info = self.conn.getInfo()
        self.assertEqual(8, len(info))
        self.assertGreater(info[1], 0)

    def test_features_of_a_model_are_named_where_they_are_to_be(self):
        flags = (0, libvirt.VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES)
        plain, expanded = (self.conn.baselineCPU([_CPU], each).count('<feature')
                           for each in flags)
        self.assertLess(plain, expanded)

    def test_unknown_event_callback_is_an_invalid_argument(self):
        self.assertTrue(errors.is_invalid_argument(
            self.failure(self.conn.domainEventDeregisterAny, 12345)))


class TestConnectionsOnFake(ConnectionContract, base.OnFake):
    pass


class TestConnectionsOnTestDriver(ConnectionContract, base.OnTestDriver):
    pass


class TestConnectionsOnQemu(ConnectionContract, base.OnQemu):
    pass


del ConnectionContract
