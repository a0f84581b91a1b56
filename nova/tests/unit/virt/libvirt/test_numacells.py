# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from nova.tests.unit import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import numacells
from nova.virt.libvirt import resources


def cells(inner):
    caps = vconfig.LibvirtConfigCaps()
    caps.parse_str('<capabilities><host><cpu><arch>x86_64</arch></cpu><topology>'
                   f"<cells num='1'><cell id='0'>{inner}</cell></cells></topology>"
                   '</host></capabilities>')
    return numacells.host_cells(caps)


class HostCellsTestCase(base.TestCase):
    CPUS = "<cpus num='2'><cpu id='0'/><cpu id='2'/></cpus>"

    def test_all_that_can_be_told(self):
        cell, = cells(
            "<memory unit='KiB'>4096</memory><pages unit='KiB' size='4'>512</pages>"
            "<pages unit='KiB' size='2048'>1</pages><distances>"
            "<sibling id='0' value='10'/><sibling id='1' value='21'/></distances>"
            "<cpus num='2'><cpu id='0' socket_id='1' core_id='0' siblings='0-1'/>"
            "<cpu id='1' socket_id='1' core_id='0' siblings='0-1'/></cpus>")
        self.assertEqual(numacells.HostCell(
            id=0, memory_kb=4096, cpus=frozenset({0, 1}),
            siblings=(frozenset({0, 1}),), pages={4: 512, 2048: 1},
            distances={0: 10, 1: 21}, socket=1), cell)

    def test_node_with_nothing_but_cpus(self):
        cell, = cells(self.CPUS)
        self.assertEqual(numacells.HostCell(
            id=0, memory_kb=0, cpus=frozenset({0, 2}), siblings=(), pages={},
            distances={}, socket=None), cell)

    def test_node_with_nothing_but_cpus_is_audited(self):
        cell, = cells(self.CPUS)
        found = resources._numa_cell(cell, frozenset({0, 2}), frozenset(), {})
        self.assertEqual((0, {0, 2}), (found.memory, found.cpuset))
